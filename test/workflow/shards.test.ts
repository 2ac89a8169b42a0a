import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { ShardsMergeReport, ShardsPlanReport, ShardsTemplate } from '../../src/model/shards.js';
import { runCli } from '../support/cli.js';
import { writeRelease } from '../support/release-folder.js';
import { TestKey } from '../support/ssh-key.js';
import { useTemporaryFolders } from '../support/temporary-folder.js';
import { slice, writeFiles } from './pull-workspace.js';

const makeFolder = useTemporaryFolders();
const CONFIG = 'format: 1\ndataset: {id: test, title: Test, license: CC0-1.0}\nsources:\n  - {name: images, kind: dicom-folder, path: dicom}\n  - {name: clinical, kind: tables, path: tables}\nschema: none\ntables: {case: {key: case_id}}\n';
const QUERY = ['query', '--json', 'SELECT * EXCLUDE (mtime_ns, batch) FROM instance ORDER BY path'];

function makeWorkspace(): string {
  const root = makeFolder();
  writeFiles(root, { 'colophon.yaml': CONFIG, 'dicom/broken.dcm': 'no DICOM', 'tables/case.csv': 'case_id\np\n' });
  for (let n = 0; n < 4; n++) writeFiles(root, { [`dicom/${n}.dcm`]: slice('p', n) });
  return root;
}

test('a pull by shards gives the catalog of a pull; merge refuses until every shard has a valid result', async () => {
  const root = makeWorkspace();
  const planned = await runCli(['shards', 'plan', '--shard-bytes', '1000', '--json'], root);
  expect(planned).toMatchObject({ status: 0, stderr: '' });
  const { folder, shards } = JSON.parse(planned.stdout) as ShardsPlanReport;
  expect(shards.length).toBeGreaterThan(1);
  expect(shards.reduce((sum, { items }) => sum + items, 0)).toBe(5);
  expect(await runCli(['shards', 'merge'], root)).toMatchObject({ status: 3, stderr: expect.stringContaining('have no valid result') });
  for (const { index } of shards.slice(1)) expect(await runCli(['shards', 'run', '--index', String(index)], root)).toMatchObject({ status: 0 });
  expect((await runCli(['shards', 'run', '--quiet'], root, { JOB_COMPLETION_INDEX: '0' })).status).toBe(0);
  const result = join(folder!, 'results/00000.parquet');
  const whole = readFileSync(result);
  writeFileSync(result, whole.subarray(0, whole.length - 5));
  expect(await runCli(['shards', 'status'], root)).toMatchObject({ status: 1, stdout: expect.stringContaining('0  result damaged') });
  expect((await runCli(['shards', 'merge'], root)).status).toBe(3);
  writeFileSync(result, whole);
  // a file that changed since is read by the merge, whatever its shard says
  writeFiles(root, { 'dicom/1.dcm': slice('p', 77) });
  const merged = await runCli(['shards', 'merge', '--json'], root);
  expect(merged.status).toBe(0);
  // the tables come too: without them nobody knows whose the images are
  expect((JSON.parse(merged.stdout) as ShardsMergeReport).pull?.cases).toMatchObject({ accepted: 1, accepted_images: 4 });
  expect((JSON.parse(merged.stdout) as ShardsMergeReport).pull?.images).toMatchObject([{ files: 5, read: 1, unchanged: 4, ok: 4, unreadable: 1 }]);
  const found = (await runCli(QUERY, root)).stdout;
  await runCli(['pull', '--rehash'], root);
  expect((await runCli(QUERY, root)).stdout).toBe(found);
}, 240_000);

test('templates are what their schedulers read', async () => {
  const root = makeWorkspace();
  const { folder } = JSON.parse((await runCli(['shards', 'plan', '--shard-bytes', '1', '--json'], root)).stdout) as ShardsPlanReport;
  const template = async (...args: string[]): Promise<string> => (JSON.parse((await runCli(['shards', 'template', ...args, '--json'], root)).stdout) as ShardsTemplate).text;
  expect(JSON.parse(await template('aws-batch'))).toMatchObject({ arrayProperties: { size: 5 }, containerOverrides: { command: ['shards', 'run', folder, '--jobs', '1'] } });
  const job = await template('kubernetes', '--volume', 'a"b');
  for (const line of ['completionMode: Indexed', 'completions: 5', 'backoffLimitPerIndex: 5', 'claimName: "a\\"b"']) expect(job).toContain(line);
  expect(await template('slurm')).toContain('--requeue');
}, 120_000);

test('a source that is elsewhere is not planned, and the user is told what to do', async () => {
  const root = makeFolder();
  writeFiles(root, { 'colophon.yaml': CONFIG.replace('kind: dicom-folder, path: dicom', 'kind: s3, bucket: scans') });
  for (const [args, message] of [[['images'], 'The source images is of kind s3'], [[], 'There is no folder of images']] as const) {
    const refused = await runCli(['shards', 'plan', 'pull', ...args], root);
    expect(refused).toMatchObject({ status: 2, stdout: '', stderr: expect.stringContaining(message) });
    expect(refused.stderr).toContain('colophon pull');
  }
}, 60_000);

test('a merged verify is held against the digest and the signers that its user names', async () => {
  const root = makeFolder();
  const release = join(root, 'release');
  const digest = writeRelease(release);
  const [signer, stranger] = [new TestKey(), new TestKey()];
  writeFiles(release, { 'release.json.sig': signer.sign(readFileSync(join(release, 'release.json')), 'colophon-release@v1') });
  writeFiles(root, { trusted: `curator ${signer.line}\n`, others: `somebody ${stranger.line}\n` });
  const plan = join(root, 'plan');
  expect((await runCli(['shards', 'plan', 'verify', release, '--output', plan], root)).status).toBe(0);
  expect((await runCli(['shards', 'run', plan, '--index', '0', '--jobs', '1'], root)).status).toBe(0);
  const merge = async (...args: string[]): Promise<{ status: number | null; kinds: string[] }> => {
    const { status, stdout } = await runCli(['shards', 'merge', plan, '--json', ...args], root);
    return { status, kinds: (JSON.parse(stdout) as ShardsMergeReport).verify?.problems.map(({ kind }) => kind) ?? [] };
  };
  expect(await merge('--expect', `sha256:${digest}`, '--signers', 'trusted')).toEqual({ status: 0, kinds: [] });
  expect(await merge('--expect', `sha256:${'0'.repeat(64)}`)).toEqual({ status: 1, kinds: ['manifest-tampered'] });
  // one that signed is nobody who was named, and nobody who was named has signed
  expect(await merge('--signers', 'others')).toEqual({ status: 1, kinds: ['signature-unknown', 'signature-unknown'] });
  expect((await merge('--threshold', '2')).status).toBe(2);
}, 60_000);
