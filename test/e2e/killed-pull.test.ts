/** A pull of a bucket that is killed midway and run again: nothing is lost, nothing is there twice, and no row is of a copy that is not whole. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Catalog } from '../../src/catalog/catalog.js';
import type { PullReport } from '../../src/model/pull.js';
import { startBadBucket, type BadBucket } from '../support/bad-bucket.js';
import { runCli, startCli } from '../support/cli.js';
import { useTemporaryFolders } from '../support/temporary-folder.js';
import { S3_ENVIRONMENT } from '../workflow/bucket-workspace.js';
import { slice } from '../workflow/pull-workspace.js';

const OBJECTS = 4600;
/** Behind the first commit (4,096 rows), and before the end. */
const KILLED_AT = 4400;

const makeFolder = useTemporaryFolders();
let bucket: BadBucket;
beforeEach(async () => {
  bucket = await startBadBucket();
  for (let n = 0; n < OBJECTS; n++) bucket.objects.set(`${n % 7}/${n}.dcm`, { bytes: slice('p1', n) });
});
afterEach(() => bucket.stop());

interface Row {
  path: string;
  sha256: string;
}

async function rowsOf(root: string): Promise<Row[]> {
  const catalog = await Catalog.open(join(root, '.colophon/catalog.duckdb'));
  try {
    return await catalog.all<Row>("SELECT path, sha256 FROM instance WHERE status = 'ok' ORDER BY path");
  } finally {
    catalog.close();
  }
}

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

test('kill -9 midway, then the same command', async () => {
  const root = makeFolder();
  writeFileSync(join(root, 'colophon.yaml'), JSON.stringify({ dataset: { id: 'test', title: 'Test', license: 'CC0-1.0' }, sources: [{ name: 'images', kind: 's3', bucket: 'images', endpoint: bucket.endpoint }] }));
  let asked = 0;
  const { child, result } = startCli(['pull', '--json'], root, S3_ENVIRONMENT);
  bucket.misdeed = (_request, _response, key) => key !== null && (asked += 1) === KILLED_AT && (child.kill('SIGKILL'), true);
  expect(await result).toMatchObject({ status: null, signal: 'SIGKILL' });
  const kept = await rowsOf(root);
  expect(kept.length).toBeGreaterThanOrEqual(1000);
  expect(kept.length).toBeLessThan(OBJECTS);
  // A row stands for bytes that are on the disk.
  for (const { path, sha256: digest } of kept) expect([path, sha256(readFileSync(join(root, '.colophon/sources/images', path)))]).toEqual([path, digest]);

  bucket.misdeed = () => false;
  bucket.requests.length = 0;
  const again = await runCli(['pull', '--json'], root, S3_ENVIRONMENT);
  expect([again.status, again.stderr]).toEqual([0, '']);
  const [report] = (JSON.parse(again.stdout) as PullReport).images;
  expect(report).toMatchObject({ files: OBJECTS, ok: OBJECTS, unchanged: kept.length, read: OBJECTS - kept.length });
  const fetched = bucket.requests.map(({ path }) => path.replace('/images/', '')).filter((path) => bucket.objects.has(path));
  expect(fetched).toHaveLength(OBJECTS - kept.length);
  expect(new Set([...fetched, ...kept.map(({ path }) => path)]).size).toBe(OBJECTS);
  const rows = await rowsOf(root);
  expect(rows.map(({ path }) => path)).toEqual([...bucket.objects.keys()].sort());
  for (const { path, sha256: digest } of rows) expect([path, digest]).toEqual([path, sha256(bucket.objects.get(path)!.bytes)]);
  const copies = join(root, '.colophon/sources');
  expect(readdirSync(copies, { recursive: true, encoding: 'utf8' }).filter((name) => statSync(join(copies, name)).isFile())).toHaveLength(OBJECTS);
  expect(existsSync(join(copies, '.parts/images'))).toBe(false);
}, 120_000);
