import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { defaultEffects } from '../../src/effects.js';
import type { FetchReport, ReceiptFile } from '../../src/model/fetch.js';
import { fetchRelease } from '../../src/workflow/fetch.js';
import type { FetchOptions } from '../../src/workflow/fetch-options.js';
import { verifyRemote } from '../../src/workflow/verify-remote.js';
import { misbehave, serve, startBadServer, type BadServer } from '../support/hostile-server.js';
import { writeRelease } from '../support/release-folder.js';
import { useTemporaryFolders } from '../support/temporary-folder.js';
import { IMAGES, listing } from './packed-release.js';

const temporaryFolder = useTemporaryFolders();
const LARGE = 'data/images/C7/1.7/1.7.1/1.7.1.1.dcm';
const SMALL = 'data/images/C1/1.2.3/1.2.3.4/1.2.3.4.1.dcm';
/** Not repeated, so that a piece in a wrong place is found. */
const PAYLOAD = { ...IMAGES, [LARGE]: Buffer.from(Array.from({ length: 3_000_000 }, (_, at) => (at * 2654435761) >>> 13 & 0xff)) };
const EFFECTS = { ...defaultEffects, now: () => new Date('2026-03-04T05:06:07Z') };
const OPTIONS: FetchOptions = { jobs: 3, timeout_ms: 400, retry: { attempts: 4, base_ms: 5, max_ms: 1000, seed: 1 } };

let server: BadServer;
let root: string;
let digest: string;

beforeAll(async () => {
  const { mkdtempSync } = await import('node:fs');
  const { tmpdir } = await import('node:os');
  root = mkdtempSync(join(tmpdir(), 'colophon-served-'));
  mkdirSync(join(root, 'set/1.0.0'), { recursive: true });
  digest = writeRelease(join(root, 'set/1.0.0'), PAYLOAD);
  mkdirSync(join(root, 'set/log'));
  writeFileSync(join(root, 'set/log/1.json'), readFileSync(join(root, 'set/1.0.0/release.json')));
  server = await startBadServer(root);
});
afterAll(async () => {
  await server.stop();
  const { rmSync } = await import('node:fs');
  rmSync(root, { recursive: true });
});
afterEach(() => {
  server.misdeed = () => false;
  server.requests.length = 0;
});

function fetch(into: string, changes: FetchOptions = {}, url = `${server.url}/set/1.0.0/`): Promise<FetchReport> {
  return fetchRelease(url, into, { ...OPTIONS, ...changes }, EFFECTS);
}

/** Nothing has its final name, or the right bytes. */
function expectNothingWrong(into: string): void {
  expect(existsSync(join(into, '1.0.0'))).toBe(false);
  const aside = readdirSync(into).find((name) => name.startsWith('.fetch-1.0.0'));
  for (const [path, content] of Object.entries(PAYLOAD)) {
    const place = join(into, aside ?? 'none', 'release', path);
    if (existsSync(place)) expect(readFileSync(place).equals(Buffer.from(content))).toBe(true);
  }
}

describe('an honest server', () => {
  test('the release is there whole, with a receipt; the second run fetches nothing', async () => {
    const into = temporaryFolder();
    expect(await fetch(into, { dryRun: true })).toMatchObject({ dry_run: true, fetched: { files: Object.keys(PAYLOAD).length }, verified: null });
    expect(readdirSync(into)).toEqual([]);
    const report = await fetch(into);
    expect(report).toMatchObject({ release: { dataset: 'test-set', version: '1.0.0', digest: `sha256:${digest}` }, verified: { ok: true, problems: [] }, fetched: { files: Object.keys(PAYLOAD).length } });
    expect(listing(join(into, '1.0.0'))).toBe(listing(join(root, 'set/1.0.0')));
    expect(readdirSync(into).sort()).toEqual(['1.0.0', 'colophon-receipt.json']);
    const { releases } = JSON.parse(readFileSync(join(into, 'colophon-receipt.json'), 'utf8')) as ReceiptFile;
    expect(releases).toMatchObject([{ dataset: 'test-set', version: '1.0.0', digest: `sha256:${digest}`, url: `${server.url}/set/1.0.0/`, date: '2026-03-04' }]);
    expect(releases[0]?.methods).toContain(`sha256:${digest}`);
    server.requests.length = 0;
    expect(await fetch(into)).toMatchObject({ fetched: { files: 0 }, there: { files: Object.keys(PAYLOAD).length }, verified: { ok: true } });
    expect(server.requests.filter(({ path }) => path.includes('/data/'))).toEqual([]);
  });

  test('release.json comes first, then lists, tables, images', async () => {
    await fetch(temporaryFolder(), { jobs: 1 });
    const order = server.requests.map(({ path }) => path.replace('/set/1.0.0/', ''));
    expect(order[0]).toBe('release.json');
    expect(order.indexOf('manifest-sha256.txt')).toBeLessThan(order.indexOf('data/tables/cases.parquet'));
    expect(order.indexOf('data/tables/instances.parquet')).toBeLessThan(order.findIndex((path) => path.startsWith('data/images/')));
  });

  test.each(['latest', '1', '1.0', '1.0.0'])('%s is found in the log of the dataset', async (version) => {
    expect(await fetch(temporaryFolder(), { version, dryRun: true }, `${server.url}/set`)).toMatchObject({ release: { version: '1.0.0' } });
  });

  test('another digest than expected, a version that is not there, and nothing at all are refused', async () => {
    const into = temporaryFolder();
    await expect(fetch(into, { trust: { expect: `sha256:${'0'.repeat(64)}` } })).rejects.toMatchObject({ code: 'RELEASE_INVALID', found: `sha256:${digest}` });
    await expect(fetch(into, { version: '2' }, `${server.url}/set/`)).rejects.toMatchObject({ code: 'RELEASE_NOT_FOUND' });
    await expect(fetch(into, {}, `${server.url}/nothing/`)).rejects.toMatchObject({ code: 'RELEASE_NOT_FOUND' });
    await expect(fetch(into, {}, 'ftp://host/x')).rejects.toMatchObject({ code: 'USAGE' });
    expect(readdirSync(into)).toEqual([]);
  });

  test('a version that was fetched once is never taken for another release', async () => {
    const into = temporaryFolder();
    await fetch(into);
    const path = join(into, 'colophon-receipt.json');
    writeFileSync(path, readFileSync(path, 'utf8').replace(digest, 'f'.repeat(64)));
    await expect(fetch(into)).rejects.toMatchObject({ code: 'RELEASE_INVALID', expected: `sha256:${'f'.repeat(64)}` });
  });
});

describe('verifying a release where it is', () => {
  test('a sound one passes, with what cannot be asked for told', async () => {
    const report = await verifyRemote(`${server.url}/set/1.0.0/`, { expect: digest, jobs: 3 }, EFFECTS);
    expect(report).toMatchObject({ ok: true, problems: [], digest: `sha256:${digest}` });
    expect(report.not_checked.join()).toContain('only what its lists name');
  });

  test('every file with other bytes is named, and nothing else', async () => {
    server.misdeed = (request, response, file) => {
      if (file?.path.endsWith(SMALL) === true) return response.writeHead(200).end(Buffer.alloc(3000)), true;
      if (file?.path.endsWith('cases.parquet') === true) return response.writeHead(404).end(), true;
      if (file?.path.endsWith('croissant.json') === true) return response.writeHead(200).end('{'), true;
      if (file?.path.endsWith('z.txt') === true) return response.writeHead(200).end('same and more'), true;
      return request.url === '';
    };
    const { ok, problems } = await verifyRemote(`${server.url}/set/1.0.0/`, {}, EFFECTS);
    expect(ok).toBe(false);
    expect(problems.map(({ kind, path }) => [kind, path])).toEqual([['truncated', 'data/croissant.json'], ['corrupt', SMALL], ['corrupt', 'data/notes/z.txt'], ['missing', 'data/tables/cases.parquet']]);
  });
});

describe('a hostile server: right bytes', () => {
  const broken = (bytes: number) => misbehave(LARGE, 3, (request, response, file) => {
    const from = Number(/=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
    const total = file.bytes.length;
    response.writeHead(from > 0 ? 206 : 200, { 'content-length': total - from, etag: '"same"', ...(from > 0 ? { 'content-range': `bytes ${from}-${total - 1}/${total}` } : {}) });
    response.write(file.bytes.subarray(from, from + bytes), () => response.destroy());
  });

  test.each<[string, () => BadServer['misdeed']]>([
    ['that drops connections', () => broken(500_000)],
    ['that drops connections before a byte', () => misbehave(SMALL, 3, (_, response) => response.destroy())],
    ['that ignores ranges', () => (_, response, file) => (file === null ? false : (response.writeHead(200, { 'content-length': file.bytes.length }).end(file.bytes), true))],
    ['that hangs', () => misbehave(SMALL, 2, () => {})],
    ['that hangs in the middle', () => misbehave(LARGE, 2, (_, response, file) => void response.writeHead(200, { 'content-length': file.bytes.length }).write(file.bytes.subarray(0, 1000)))],
    ['that is busy', () => misbehave(SMALL, 2, (_, response) => void response.writeHead(503, { 'retry-after': '0' }).end())],
    ['that serves a wrong byte once', () => misbehave(SMALL, 1, (_, response, file) => void response.writeHead(200).end(Buffer.from(file.bytes).fill(7, 5, 6)))],
    ['that redirects', () => misbehave(SMALL, 1, (_, response) => void response.writeHead(302, { location: `${server.url}/set/1.0.0/${SMALL}` }).end())],
    ['that tells no length', () => (_, response, file) => (file === null ? false : (response.writeHead(200, { 'transfer-encoding': 'chunked' }).end(file.bytes), true))],
    ['that answers a page for what is not there', () => (_, response, file) => (file === null ? (response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html>'), true) : false)],
  ])('%s', async (_name, misdeed) => {
    const into = temporaryFolder();
    server.misdeed = misdeed();
    expect(await fetch(into)).toMatchObject({ verified: { ok: true } });
    expect(listing(join(into, '1.0.0'))).toBe(listing(join(root, 'set/1.0.0')));
  });

  test('a file that changes in the middle comes once more, from its beginning', async () => {
    const into = temporaryFolder();
    const other = Buffer.from(PAYLOAD[LARGE] as Buffer).fill(1, 0, 600_000);
    server.misdeed = misbehave(LARGE, 1, (_request, response) => {
      response.writeHead(200, { 'content-length': other.length, etag: '"another"' });
      response.write(other.subarray(0, 1_500_000), () => response.destroy());
    });
    expect(await fetch(into)).toMatchObject({ verified: { ok: true } });
  });

  test('what a server asked one host for goes to no other: credentials', async () => {
    const into = temporaryFolder();
    const other = await startBadServer(root);
    try {
      server.misdeed = misbehave(SMALL, 1, (request, response) => void response.writeHead(307, { location: `http://localhost:${other.port}${request.url}` }).end());
      const report = await fetch(into, {}, `http://anna:geheim@127.0.0.1:${server.port}/set/1.0.0/?sig=secret`);
      expect(report.verified?.ok).toBe(true);
      expect(report.notes.join()).toContain(`localhost:${other.port}`);
      expect(server.requests[0]?.headers.authorization).toMatch(/^Basic /);
      expect(other.requests).toHaveLength(1);
      expect(other.requests[0]?.headers.authorization).toBeUndefined();
      expect(JSON.stringify(report) + readFileSync(join(into, 'colophon-receipt.json'), 'utf8')).not.toMatch(/geheim|secret|anna/);
    } finally {
      await other.stop();
    }
  });
});

describe('a hostile server: a clear error, and never a wrong file', () => {
  const always = (end: string, deed: Parameters<typeof misbehave>[2]) => misbehave(end, Infinity, deed);
  test.each<[string, RegExp, () => BadServer['misdeed']]>([
    ['that redirects to file://', /scheme file:/, () => always(SMALL, (_, response) => void response.writeHead(302, { location: 'file:///etc/passwd' }).end())],
    ['that redirects in a circle', /without end/, () => always(SMALL, (request, response) => void response.writeHead(302, { location: request.url ?? '' }).end())],
    ['that says a longer length', /4000 bytes where 3000/, () => always(SMALL, (_, response) => void response.writeHead(200, { 'content-length': 4000 }).end(Buffer.alloc(4000)))],
    ['that sends more than it may, without a length', /more than the 3000 bytes/, () => always(SMALL, (_, response, file) => void response.writeHead(200).end(Buffer.concat([file.bytes, Buffer.alloc(10)])))],
    ['that sends less and says so', /2000 bytes where 3000/, () => always(SMALL, (_, response) => void response.writeHead(200, { 'content-length': 2000 }).end(Buffer.alloc(2000)))],
    ['that sends other bytes of the right length', /bytes that were published/, () => always(SMALL, (_, response) => void response.writeHead(200).end(Buffer.alloc(3000)))],
    ['that encodes', /encoded \(gzip\)/, () => always(SMALL, (_, response, file) => void response.writeHead(200, { 'content-encoding': 'gzip' }).end(file.bytes))],
    ['that forbids', /may not be read \(403\)/, () => always(SMALL, (_, response) => void response.writeHead(403).end())],
    ['that has lost a file', /does not have/, () => always(SMALL, (_, response) => void response.writeHead(404).end())],
    ['that hangs for ever', /within 0.4 s/, () => always(SMALL, () => {})],
    ['that asks for hours', /left alone for 9000 s/, () => always(SMALL, (_, response) => void response.writeHead(429, { 'retry-after': '9000' }).end())],
    ['that has another manifest', /vouches for: manifest/, () => always('manifest-sha256.txt', (_, response, file) => void response.writeHead(200).end(Buffer.concat([file.bytes, Buffer.from('\n')])))],
    ['that sends release.json without end', /more than 16777216/, () => (request, response) => {
      if (request.url?.endsWith('/release.json') !== true) return false;
      response.writeHead(200);
      const piece = Buffer.alloc(1 << 20, 32);
      const more = (): void => void (response.destroyed || (response.write(piece), setImmediate(more)));
      more();
      return true;
    }],
  ])('%s', async (_name, message, misdeed) => {
    const into = temporaryFolder();
    server.misdeed = misdeed();
    await expect(fetch(into)).rejects.toMatchObject({ code: expect.stringMatching(/TRANSFER_FAILED|RELEASE_INVALID/), exitCode: 3, message: expect.stringMatching(message) });
    expectNothingWrong(into);
    server.misdeed = () => false;
    expect(await fetch(into)).toMatchObject({ verified: { ok: true } });
    expect(readdirSync(into).sort()).toEqual(['1.0.0', 'colophon-receipt.json']);
  });

  test('a large file that broke off is gone on with in the next run, from the block that was last whole', async () => {
    const into = temporaryFolder();
    server.misdeed = always(LARGE, (request, response, file) => {
      if (request.headers.range !== undefined) return void response.destroy();
      response.writeHead(200, { 'content-length': file.bytes.length, etag: '"kept"' });
      response.write(file.bytes.subarray(0, 2_500_000), () => setTimeout(() => response.destroy(), 50));
    });
    await expect(fetch(into)).rejects.toMatchObject({ code: 'TRANSFER_FAILED' });
    expectNothingWrong(into);
    server.requests.length = 0;
    server.misdeed = (request, response, file) => (file?.path.endsWith(LARGE) === true ? (delete request.headers['if-range'], serve(request, response, file), true) : false);
    expect(await fetch(into)).toMatchObject({ verified: { ok: true } });
    const large = server.requests.filter(({ path }) => path.endsWith(LARGE));
    expect(large.map(({ range }) => range)).toEqual([`bytes=${2 << 20}-2999999`]);
    expect(large[0]?.headers['if-range']).toBe('"kept"');
  });
});
