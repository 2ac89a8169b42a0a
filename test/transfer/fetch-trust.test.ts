import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Catalog } from '../../src/catalog/catalog.js';
import { exportParquet } from '../../src/catalog/parquet.js';
import { defaultEffects } from '../../src/effects.js';
import type { FetchReport } from '../../src/model/fetch.js';
import { readSigners } from '../../src/verify/signers-file.js';
import { fetchRelease } from '../../src/workflow/fetch.js';
import type { FetchOptions } from '../../src/workflow/fetch-options.js';
import { imageSelection } from '../../src/workflow/image-selection.js';
import { startBadServer, type BadServer } from '../support/hostile-server.js';
import { sealRelease, sha256, writeRelease } from '../support/release-folder.js';
import { TestKey } from '../support/ssh-key.js';
import { useTemporaryFolders } from '../support/temporary-folder.js';

const temporaryFolder = useTemporaryFolders();
let root: string;
let server: BadServer;

beforeEach(async () => {
  root = temporaryFolder();
  server = await startBadServer(root);
});
afterEach(() => server.stop());

const fetch = (into: string, options: FetchOptions): Promise<FetchReport> => fetchRelease(`${server.url}/`, into, { jobs: 4, ...options }, defaultEffects);
const payloadRequests = (): string[] => server.requests.map(({ path }) => path).filter((path) => path.startsWith('/data/'));

describe('who is trusted', () => {
  const key = new TestKey();

  function signersFile(signer: TestKey): string {
    const path = join(temporaryFolder(), 'allowed_signers');
    writeFileSync(path, `steward@example.org ${signer.line}\n`);
    return path;
  }

  test('a release of another signer is refused before its payload is asked for', async () => {
    writeRelease(root, undefined, {});
    writeFileSync(join(root, 'release.json.sig'), key.sign(readFileSync(join(root, 'release.json')), 'colophon-release@v1'));
    const into = temporaryFolder();
    await expect(fetch(into, { trust: { signers: readSigners(signersFile(new TestKey())) } })).rejects.toMatchObject({ code: 'RELEASE_INVALID', message: expect.stringContaining('signature') });
    expect(payloadRequests()).toEqual([]);
    expect(readdirSync(into).filter((name) => !name.startsWith('.'))).toEqual([]);
    expect(await fetch(into, { trust: { signers: readSigners(signersFile(key)) } })).toMatchObject({ verified: { ok: true } });
  });

  test('a release below the least one is refused before its payload is asked for', async () => {
    writeRelease(root, undefined, { version: '2.1.0' });
    const into = temporaryFolder();
    await expect(fetch(into, { trust: { minRelease: '2.1.1' } })).rejects.toMatchObject({ code: 'RELEASE_INVALID', message: expect.stringContaining('rollback') });
    await expect(fetch(into, { trust: { minRelease: '2' } })).rejects.toMatchObject({ code: 'RELEASE_INVALID' });
    expect(payloadRequests()).toEqual([]);
    server.requests.length = 0;
    await expect(fetch(into, { trust: { minRelease: 'newest' } })).rejects.toMatchObject({ code: 'USAGE' });
    expect(server.requests).toEqual([]);
    expect(await fetch(into, { trust: { minRelease: '2.1.0' } })).toMatchObject({ verified: { ok: true } });
  });
});

test('no more comes in a second than the limit allows', async () => {
  const bytes = 2_000_000;
  writeRelease(root, { 'data/a.bin': Buffer.alloc(bytes / 2, 'a'), 'data/b.bin': Buffer.alloc(bytes / 2, 'b') });
  const rate = 1_600_000;
  const started = performance.now();
  await fetch(temporaryFolder(), { limitRate: rate });
  // a slow machine takes longer; none may be faster
  expect((performance.now() - started) / 1000).toBeGreaterThan((0.95 * bytes) / rate);
});

test('a release that does not fit is refused before its first byte', async () => {
  mkdirSync(join(root, 'data'));
  sealRelease(root, [{ path: 'data/huge.bin', sha256: sha256('x'), size: 2 ** 52 }]);
  const into = temporaryFolder();
  await expect(fetch(into, {})).rejects.toMatchObject({ code: 'DISK_FULL', exitCode: 3, expected: expect.stringMatching(/^[0-9]+ bytes$/) });
  expect(payloadRequests()).toEqual([]);
});

test('a part of many images comes alone, in a copy that is whole as a part and says so', async () => {
  const images = 1200;
  const path = (number: number): string => `data/images/C${number % 40}/${number}.dcm`;
  const catalog = await Catalog.open(':memory:', { bare: true });
  mkdirSync(join(root, 'data/tables'), { recursive: true });
  const query = `SELECT 'data/images/C' || (n % 40) || '/' || n || '.dcm' AS path, 8 AS size_bytes, 'C' || (n % 40) AS case_id, CASE WHEN n % 3 = 0 THEN 'CT' ELSE 'DX' END AS Modality FROM range(${images}) AS rows(n)`;
  await exportParquet(catalog, { query, orderBy: ['path'], path: join(root, 'data/tables/instances.parquet') });
  catalog.close();
  const payload: Record<string, string | Buffer> = { 'data/tables/instances.parquet': readFileSync(join(root, 'data/tables/instances.parquet')) };
  for (let number = 0; number < images; number++) payload[path(number)] = String(number).padStart(8);
  writeRelease(root, payload);
  const into = temporaryFolder();
  const report = await fetch(into, { only: imageSelection("modality = 'CT'"), jobs: 8 });
  expect(report).toMatchObject({ fetched: { files: images / 3 + 1 }, not_selected: { files: (2 * images) / 3 }, only: "modality = 'CT'", verified: { ok: true, problems: [] } });
  expect(report.verified?.not_checked.join('\n')).toContain(`${(2 * images) / 3} of ${images} images`);
  const here = readdirSync(join(into, '1.0.0/data/images'), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.dcm'));
  expect(here.map((name) => Number(/([0-9]+)\.dcm$/.exec(name)?.[1]) % 3)).toEqual(Array.from({ length: images / 3 }, () => 0));
}, 120_000);
