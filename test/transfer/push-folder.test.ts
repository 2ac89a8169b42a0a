import { spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { defaultEffects } from '../../src/effects.js';
import { walkTree } from '../../src/fixity/walk.js';
import type { PushReport } from '../../src/model/transfer.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import type { LogEntry } from '../../src/release/release-log.js';
import { FolderDestination } from '../../src/transfer/folder-destination.js';
import { pushRelease, type PushOptions } from '../../src/transfer/push.js';
import { verifyRelease } from '../../src/verify/verify.js';
import { useTemporaryFolders } from '../support/temporary-folder.js';
import { IMAGES, listing, makeRelease } from './packed-release.js';

const temporaryFolder = useTemporaryFolders();
const CHILD = join(PACKAGE_ROOT, 'dist/test/support/push-child.js');
const FILES = Object.keys(IMAGES).length + 8;
const IMAGE = 'data/images/C3/1.3/1.3.1/1.3.1.1.dcm';

function push(root: string, entry: LogEntry, to: string, changes: Partial<PushOptions> = {}): Promise<PushReport> {
  return pushRelease(entry, new FolderDestination(to, entry), { releases: join(root, 'releases'), log: [entry], dryRun: false, jobs: 3, ...changes }, defaultEffects);
}

async function start(): Promise<{ root: string; entry: LogEntry; to: string }> {
  const root = temporaryFolder();
  const to = join(root, 'there');
  mkdirSync(to);
  return { root, entry: await makeRelease(root), to };
}

test('a release is there whole, verifies, is claimed and pointed to; a second push sends nothing', async () => {
  const { root, entry, to } = await start();
  expect(await push(root, entry, to, { dryRun: true })).toMatchObject({ dry_run: true, sent: { files: FILES }, there: { files: 0 }, latest: null });
  expect(readdirSync(to)).toEqual([]);
  expect(await push(root, entry, to)).toMatchObject({ sent: { files: FILES }, there: { files: 0 }, latest: '1.0.0', notes: [] });
  expect(listing(join(to, '1.0.0'))).toBe(listing(entry.folder));
  expect(await verifyRelease(join(to, '1.0.0'), { jobs: 1 })).toMatchObject({ ok: true, digest: `sha256:${entry.digest}` });
  expect(readFileSync(join(to, 'log/1.json'))).toEqual(readFileSync(join(entry.folder, 'release.json')));
  expect(JSON.parse(readFileSync(join(to, 'latest.json'), 'utf8'))).toEqual({ dataset: 'test-set', date: '2026-01-31', digest: `sha256:${entry.digest}`, sequence: 1, version: '1.0.0' });
  expect(readdirSync(to).sort()).toEqual(['1.0.0', 'latest.json', 'log']);
  expect(await push(root, entry, to)).toMatchObject({ sent: { files: 0 }, there: { files: FILES - 0 } });
});

test('what a killed push left is used again, half a file is not', async () => {
  const { root, entry, to } = await start();
  const { signal } = spawnSync(process.execPath, [CHILD, entry.folder, to, '4']);
  expect(signal).toBe('SIGKILL');
  expect(existsSync(join(to, '1.0.0'))).toBe(false);
  expect(existsSync(join(to, 'log'))).toBe(false);
  const [aside = ''] = readdirSync(to);
  const [first] = walkTree(join(to, aside));
  const left = [...walkTree(join(to, aside))].length;
  truncateSync(join(to, aside, first?.path ?? ''), 5);
  const report = await push(root, entry, to);
  expect(report.there.files).toBe(left - 1);
  expect(report.sent.files).toBe(FILES - left + 1);
  expect(listing(join(to, '1.0.0'))).toBe(listing(entry.folder));
  expect(readdirSync(to).sort()).toEqual(['1.0.0', 'latest.json', 'log']);
});

describe('something else at the destination is a refusal, and stays as it is', () => {
  test.each([
    ['another release of that number', async (root: string, to: string) => void (await push(join(root, 'other'), await makeRelease(join(root, 'other'), { ...IMAGES, [IMAGE]: 'x' }, { version: '1.1.0' }), to)), 'log/1.json'],
    ['another release of that version', async (_root: string, to: string) => (mkdirSync(join(to, '1.0.0')), writeFileSync(join(to, '1.0.0/release.json'), '{}')), '1.0.0/release.json'],
    ['a link in place of the release', async (root: string, to: string) => symlinkSync(root, join(to, '1.0.0')), '1.0.0'],
    ['a link in place of the log', async (root: string, to: string) => symlinkSync(root, join(to, 'log')), 'log'],
  ])('%s', async (_what, prepare, place) => {
    const { root, entry, to } = await start();
    await prepare(root, to);
    const before = listing(to);
    await expect(async () => push(root, entry, to)).rejects.toMatchObject({ code: 'PUSH_CONFLICT', exitCode: 3, message: expect.stringContaining(place), expected: expect.any(String), found: expect.any(String) });
    rmSync(join(to, `.push-1.0.0-${entry.digest.slice(0, 16)}`), { recursive: true, force: true });
    expect(listing(to)).toBe(before);
    expect(readdirSync(root).sort()).toEqual(expect.arrayContaining(['releases', 'there']));
  });

  test.each([
    ['other bytes', (at: string) => writeFileSync(join(at, IMAGE), Buffer.alloc(2000, 'other'))],
    ['another length', (at: string) => appendFileSync(join(at, IMAGE), 'x')],
    ['an extra image', (at: string) => writeFileSync(join(at, 'data/images/C3/stray.dcm'), '')],
    ['a link', (at: string) => symlinkSync('/etc/hostname', join(at, 'data/images/C3/stray.dcm'))],
  ])('%s in a release that is there', async (_what, damage) => {
    const { root, entry, to } = await start();
    await push(root, entry, to);
    damage(join(to, '1.0.0'));
    await expect(push(root, entry, to)).rejects.toMatchObject({ code: 'PUSH_CONFLICT' });
  });
});

test('a file that was lost at the destination is sent again', async () => {
  const { root, entry, to } = await start();
  await push(root, entry, to);
  rmSync(join(to, '1.0.0', IMAGE));
  expect(await push(root, entry, to)).toMatchObject({ sent: { files: 1, bytes: 2000 }, there: { files: FILES - 1 } });
  expect(await verifyRelease(join(to, '1.0.0'), { jobs: 1 })).toMatchObject({ ok: true });
});

test('links in what was put aside are not written through', async () => {
  const { root, entry, to } = await start();
  const aside = join(to, `.push-1.0.0-${entry.digest.slice(0, 16)}`);
  mkdirSync(join(aside, 'data'), { recursive: true });
  mkdirSync(join(root, 'elsewhere'));
  symlinkSync(join(root, 'elsewhere'), join(aside, 'data/images'));
  await expect(async () => push(root, entry, to)).rejects.toMatchObject({ code: 'PUSH_CONFLICT' });
  expect(readdirSync(join(root, 'elsewhere'))).toEqual([]);
});

test('a release whose bytes change while it is pushed never gets its name', async () => {
  const { root, entry, to } = await start();
  writeFileSync(join(entry.folder, IMAGE), Buffer.alloc(2000, 'other'));
  await expect(push(root, entry, to)).rejects.toMatchObject({ code: 'RELEASE_INVALID', message: expect.stringContaining(IMAGE) });
  expect(existsSync(join(to, '1.0.0'))).toBe(false);
  expect(existsSync(join(to, 'log'))).toBe(false);
});

describe('what comes after a release', () => {
  test('signature, notice and amendments go along; a signature of others is not lost, an amendment never replaced', async () => {
    const { root, entry, to } = await start();
    await push(root, entry, to);
    mkdirSync(join(root, 'releases/amendments'));
    writeFileSync(join(root, 'releases/amendments/1.json'), '{"n":1}');
    mkdirSync(join(root, 'releases/keys'));
    writeFileSync(join(root, 'releases/keys/1.json'), '{}');
    writeFileSync(join(entry.folder, 'NOTICE'), 'withdrawn');
    writeFileSync(join(entry.folder, 'release.json.sig'), 'first\n');
    expect((await push(root, entry, to)).beside).toEqual(['amendments/1.json', 'keys/1.json', '1.0.0/NOTICE', '1.0.0/release.json.sig']);
    expect((await push(root, entry, to)).beside).toEqual([]);
    appendFileSync(join(to, '1.0.0/release.json.sig'), 'second\n');
    expect((await push(root, entry, to)).beside).toEqual([]);
    writeFileSync(join(entry.folder, 'release.json.sig'), 'third\n');
    await expect(push(root, entry, to)).rejects.toMatchObject({ code: 'PUSH_CONFLICT', message: expect.stringContaining('release.json.sig') });
    rmSync(join(entry.folder, 'release.json.sig'));
    writeFileSync(join(root, 'releases/amendments/1.json'), '{"n":2}');
    await expect(push(root, entry, to)).rejects.toMatchObject({ code: 'PUSH_CONFLICT', message: expect.stringContaining('amendments/1.json') });
    expect(readFileSync(join(to, 'amendments/1.json'), 'utf8')).toBe('{"n":1}');
  });

  test('latest.json goes forward only; the chain is held against its neighbours', async () => {
    const { root, entry, to } = await start();
    const second = await makeRelease(root, IMAGES, { version: '1.1.0', sequence: 2, previous: { version: '1.0.0', digest: entry.digest } });
    expect(await push(root, second, to)).toMatchObject({ latest: '1.1.0', notes: [expect.stringContaining('1.0.0')] });
    const stray = await makeRelease(join(root, 'stray'), { ...IMAGES, [IMAGE]: 'stray' });
    await expect(push(root, stray, to)).rejects.toMatchObject({ code: 'PUSH_CONFLICT', message: expect.stringContaining('log/2.json') });
    expect(await push(root, entry, to)).toMatchObject({ latest: '1.1.0', notes: [] });
  });
});

test('files at the destination can be read by all whom the umask lets', async () => {
  const { root, entry, to } = await start();
  await push(root, entry, to);
  expect(statSync(join(to, '1.0.0', IMAGE)).mode & 0o777).toBe(0o644 & ~process.umask());
});
