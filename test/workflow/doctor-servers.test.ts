import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import type { DoctorProbe, DoctorReport } from '../../src/model/doctor.js';
import { runCli } from '../support/cli.js';
import { noRadosgw, startRadosgw } from '../support/radosgw.js';
import { noSlurm, startSlurm } from '../support/slurm.js';
import { useTemporaryFolders } from '../support/temporary-folder.js';

const makeFolder = useTemporaryFolders();
const IMAGE = join(PACKAGE_ROOT, 'src/demo/sample/first/dicom/218417-000256/cr-1-1/0001.dcm');

async function probesOf(args: string[], root: string, env: NodeJS.ProcessEnv): Promise<DoctorProbe[]> {
  return (JSON.parse((await runCli(['doctor', '--json', ...args], root, env)).stdout) as DoctorReport).probes;
}

(noSlurm() === null ? test : test.skip)('a real cluster, and one whose nodes are gone', async () => {
  const slurm = await startSlurm();
  try {
    const folder = makeFolder();
    const ask = async (): Promise<DoctorProbe | undefined> => (await probesOf(['--engine', 'slurm'], folder, slurm.env)).find(({ what }) => what === 'slurm');
    expect(await ask()).toMatchObject({ outcome: 'ok', found: 'test (2 nodes); MaxArraySize 1001' });
    // nodes that are down come back as soon as their daemons report
    await slurm.command('scontrol', 'update', 'NodeName=n1,n2', 'State=DRAIN', 'Reason=test');
    expect(await ask()).toMatchObject({ outcome: 'failed' });
  } finally {
    await slurm.stop();
  }
}, 240_000);

(noRadosgw() === null ? test : test.skip)('a real bucket with an image, one with something else, one that is empty, one that is not there', async () => {
  const server = await startRadosgw();
  try {
    const client = new S3Client({ endpoint: server.endpoint, forcePathStyle: true, region: 'us-east-1', credentials: { accessKeyId: server.env.AWS_ACCESS_KEY_ID ?? '', secretAccessKey: server.env.AWS_SECRET_ACCESS_KEY ?? '' } });
    for (const name of ['images', 'texts', 'empty']) await client.send(new CreateBucketCommand({ Bucket: name }));
    await client.send(new PutObjectCommand({ Bucket: 'images', Key: 'a/1.dcm', Body: readFileSync(IMAGE) }));
    await client.send(new PutObjectCommand({ Bucket: 'texts', Key: 'a.txt', Body: 'no image' }));
    client.destroy();
    const root = makeFolder();
    const sources = ['images', 'texts', 'empty', 'missing'].map((name) => ({ name, kind: 's3', bucket: name, endpoint: server.endpoint }));
    writeFileSync(join(root, 'colophon.yaml'), JSON.stringify({ dataset: { id: 't', title: 'T', license: 'CC0-1.0' }, schema: 'none', sources }));
    const probes = (await probesOf([], root, server.env)).filter(({ area }) => area === 'sources');
    expect(probes.map(({ outcome }) => outcome)).toEqual(['ok', 'warning', 'warning', 'failed']);
    expect(JSON.stringify(probes)).not.toContain(server.env.AWS_SECRET_ACCESS_KEY);
  } finally {
    await server.stop();
  }
}, 480_000);
