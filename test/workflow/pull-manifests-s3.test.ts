import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CreateBucketCommand, DeleteObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { noRadosgw, startRadosgw, type S3Server } from '../support/radosgw.js';
import { useTemporaryFolders } from '../support/temporary-folder.js';
import { claim, codesOf, configOf, image } from './manifest-files.js';
import { pullAt } from './pull-workspace.js';

const makeFolder = useTemporaryFolders();
const uuid = (n: number): string => `0000000${n}-1aca-4aab-a2a1-f6d2c3e2ab19`;
const OBJECTS = { [`${uuid(1)}/a.dcm`]: image('2.25.31', 1), [`${uuid(1)}/b.dcm`]: image('2.25.31', 2), [`${uuid(2)}/c.dcm`]: image('2.25.32', 3), [`${uuid(1)}0/other.dcm`]: image('2.25.33', 4) };

const reason = noRadosgw();
(reason === null ? describe : describe.skip)(`manifests upon a real S3 server${reason === null ? '' : `: ${reason}`}`, () => {
  let server: S3Server;
  let client: S3Client;

  beforeAll(async () => {
    server = await startRadosgw();
    Object.assign(process.env, server.env, { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' });
    client = new S3Client({ region: 'us-east-1', endpoint: server.endpoint, forcePathStyle: true });
    for (const Bucket of ['one', 'mirror']) await client.send(new CreateBucketCommand({ Bucket }));
    for (const [key, Body] of Object.entries(OBJECTS)) {
      await client.send(new PutObjectCommand({ Bucket: 'one', Key: key, Body }));
      await client.send(new PutObjectCommand({ Bucket: 'mirror', Key: `idc/v1/${key}`, Body, ChecksumAlgorithm: 'SHA256' }));
    }
  }, 240_000);
  afterAll(async () => {
    client?.destroy();
    await server?.stop();
  });

  test('s5cmd: the series of the buckets that it names, or of a mirror; one that is not there is told', async () => {
    const root = makeFolder();
    writeFileSync(join(root, 'list.s5cmd'), [1, 2, 3].map((n) => `cp s3://one/${uuid(n)}/* .`).join('\n'));
    const idc = { name: 'idc', kind: 'idc-manifest', path: 'list.s5cmd', endpoint: server.endpoint } as const;
    const named = await pullAt(root, configOf(idc), async (catalog, report) => {
      expect(await codesOf(catalog)).toEqual({ [`one/${uuid(1)}/a.dcm`]: 'ok', [`one/${uuid(1)}/b.dcm`]: 'ok', [`one/${uuid(2)}/c.dcm`]: 'ok', [`one/${uuid(3)}`]: 'not-given' });
      expect(report.images[0]).toMatchObject({ manifest: { listed: 3, missing: 1 }, remote: { kept_files: 3 } });
      return catalog.all("SELECT sha256 FROM instance WHERE status = 'ok' ORDER BY path");
    });
    await pullAt(root, configOf(idc), async (_catalog, { images: [report] }) => expect(report).toMatchObject({ read: 0, unchanged: 3 }));
    rmSync(join(root, '.colophon'), { recursive: true });
    await pullAt(root, configOf({ ...idc, base_url: 's3://mirror/idc/v1/' }), async (catalog) => {
      expect(Object.keys(await codesOf(catalog))).toEqual([`${uuid(1)}/a.dcm`, `${uuid(1)}/b.dcm`, `${uuid(2)}/c.dcm`, uuid(3)]);
      expect(await catalog.all("SELECT sha256 FROM instance WHERE status = 'ok' ORDER BY path")).toEqual(named);
    });
  }, 240_000);

  test('s5cmd: headers alone are read, and nothing is kept', async () => {
    const root = makeFolder();
    writeFileSync(join(root, 'list.s5cmd'), `cp s3://one/${uuid(1)}/* .`);
    const idc = { name: 'idc', kind: 'idc-manifest', path: 'list.s5cmd', endpoint: server.endpoint, keep: false, read: 'headers' } as const;
    await pullAt(root, configOf(idc), async (catalog, { images: [report] }) => {
      expect(report).toMatchObject({ ok: 2, remote: { kept_files: 0 } });
      expect(await catalog.all("SELECT DISTINCT SeriesInstanceUID FROM instance")).toEqual([{ SeriesInstanceUID: '2.25.31' }]);
    });
  }, 240_000);

  test('Gen3: the md5 of the manifest is held against the bytes, whatever the store says of them', async () => {
    const root = makeFolder();
    const [a, b, c] = Object.entries(OBJECTS).map(([key, bytes]) => claim(key, bytes)) as [Record<string, unknown>, Record<string, unknown>, Record<string, unknown>];
    writeFileSync(join(root, 'list.json'), JSON.stringify([a, { ...b, md5sum: 'a'.repeat(32) }, c, { ...c, file_name: 'none.dcm' }]));
    const gen3 = { name: 'commons', kind: 'gen3-manifest', path: 'list.json', base_url: 's3://mirror/idc/v1', endpoint: server.endpoint } as const;
    for (const read of ['whole', 'headers'] as const) {
      await client.send(new PutObjectCommand({ Bucket: 'mirror', Key: `idc/v1/${uuid(1)}/a.dcm`, Body: Object.values(OBJECTS)[0] }));
      await pullAt(root, configOf({ ...gen3, read }), async (catalog) => {
        expect(await codesOf(catalog)).toEqual({ [`${uuid(1)}/a.dcm`]: 'ok', [`${uuid(1)}/b.dcm`]: read === 'whole' ? 'checksum-mismatch' : 'ok', [`${uuid(2)}/c.dcm`]: 'ok', 'none.dcm': 'not-given' });
      });
      await client.send(new DeleteObjectCommand({ Bucket: 'mirror', Key: `idc/v1/${uuid(1)}/a.dcm` }));
    }
  }, 240_000);
});
