import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { defaultEffects } from '../../src/effects.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { cutRelease } from '../../src/release/cut.js';
import { recoverRelease } from '../../src/release/recover.js';
import { readLog, releaseStatus } from '../../src/release/release-log.js';
import { verifyRelease } from '../../src/verify/verify.js';
import { cutOptions, fillCatalog, openStoreCatalog, smallStore, storePaths } from '../support/release-store.js';
import { useTemporaryFolders } from '../support/temporary-folder.js';

const temporaryFolder = useTemporaryFolders();
const CHILD = join(PACKAGE_ROOT, 'dist/test/support/cut-child.js');
const verify = (folder: string) => verifyRelease(folder, { jobs: 1 });

function cutInChild(root: string, killAt: number): { signal: string | null; calls: number; digest: string } {
  const { signal, stdout, stderr, status } = spawnSync(process.execPath, [CHILD, root, String(killAt)], { encoding: 'utf8' });
  if (signal === null && status !== 0) throw new Error(stderr);
  return { signal, calls: 0, digest: '', ...(signal === null ? (JSON.parse(stdout) as { calls: number; digest: string }) : {}) };
}

async function cutHere(root: string): Promise<void> {
  const catalog = await openStoreCatalog(root);
  await fillCatalog(catalog, smallStore(), root);
  try {
    await cutRelease(catalog, cutOptions(root), defaultEffects);
  } finally {
    catalog.close();
  }
}

const stagingOf = (root: string): string[] => (existsSync(storePaths(root).staging) ? readdirSync(storePaths(root).staging) : []);

describe('killed at any step of a cut', () => {
  const whole = temporaryRun();
  // Every step of the end, where the number is claimed and the folder moved, and some of all that comes before.
  const steps = [...new Set([1, 2, 3, 7, Math.floor(whole.calls / 3), Math.floor(whole.calls / 2), ...Array.from({ length: 7 }, (_, back) => whole.calls - back)])].sort((a, b) => a - b);

  test.each(steps)('step %i: nothing published is harmed, and the next run finishes or sweeps', async (step) => {
    const root = temporaryFolder();
    expect(cutInChild(root, step).signal).toBe('SIGKILL');
    // What a reader sees at this moment is either nothing, or the release as a whole.
    if (existsSync(join(root, 'releases/1.0.0'))) expect(await verify(join(root, 'releases/1.0.0'))).toMatchObject({ ok: true });
    const recovery = await recoverRelease(storePaths(root), verify);
    expect(stagingOf(root)).toEqual([]);
    const log = await readLog(storePaths(root));
    expect(recovery.finished !== null || log.length === 0 || existsSync(join(root, 'releases/1.0.0'))).toBe(true);
    if (log.length === 0) await cutHere(root);
    const [entry] = await readLog(storePaths(root));
    expect(entry && releaseStatus(entry)).toBe('published');
    expect(entry?.digest).toBe(whole.digest);
    expect(await verify(join(root, 'releases/1.0.0'))).toMatchObject({ ok: true, problems: [] });
  });

  function temporaryRun(): { calls: number; digest: string } {
    const root = execFileSync('mktemp', ['-d'], { encoding: 'utf8' }).trim();
    try {
      return cutInChild(root, 0);
    } finally {
      rmSync(root, { recursive: true });
    }
  }
});

/** A workspace in the state between the claim of 1.0.0 and the rename. */
async function claimedAndStaged(): Promise<{ root: string; staged: string }> {
  const root = temporaryFolder();
  await cutHere(root);
  const staged = join(storePaths(root).staging, 'cut-Abc123');
  cpSync(join(root, 'releases/1.0.0'), staged, { recursive: true });
  rmSync(join(root, 'releases/1.0.0'), { recursive: true });
  return { root, staged };
}

test('a claimed and whole release is finished', async () => {
  const { root } = await claimedAndStaged();
  expect(await recoverRelease(storePaths(root), verify)).toMatchObject({ finished: { sequence: 1 }, unclaimed: null, swept: 0 });
  expect(await verify(join(root, 'releases/1.0.0'))).toMatchObject({ ok: true });
});

test('a claimed release whose staged folder is damaged gives its number back', async () => {
  const { root, staged } = await claimedAndStaged();
  writeFileSync(join(staged, 'data/dictionary.json'), 'damaged');
  expect(await recoverRelease(storePaths(root), verify)).toEqual({ finished: null, unclaimed: 1, swept: 1 });
  expect(await readLog(storePaths(root))).toEqual([]);
  expect(existsSync(join(root, 'releases/1.0.0'))).toBe(false);
});

test('a claim of which only the beginning was written, as can be where there are no links, is completed and finished', async () => {
  const { root, staged } = await claimedAndStaged();
  const claim = join(storePaths(root).releaseLog, '1.json');
  const bytes = readFileSync(join(staged, 'release.json'));
  for (const length of [0, 1, bytes.length - 1]) {
    writeFileSync(claim, bytes.subarray(0, length));
    await expect(readLog(storePaths(root))).rejects.toMatchObject({ code: 'RELEASE_INVALID' });
    expect(await recoverRelease(storePaths(root), verify)).toMatchObject({ finished: { sequence: 1 }, unclaimed: null, swept: 0 });
    expect(readFileSync(claim)).toEqual(bytes);
    cpSync(join(root, 'releases/1.0.0'), staged, { recursive: true });
    rmSync(join(root, 'releases/1.0.0'), { recursive: true });
  }
  writeFileSync(claim, 'another text');
  await expect(recoverRelease(storePaths(root), verify)).rejects.toMatchObject({ code: 'RELEASE_INVALID' });
});

test('a claim with no folder at all is left alone: somebody moved the release away', async () => {
  const { root, staged } = await claimedAndStaged();
  rmSync(staged, { recursive: true });
  expect(await recoverRelease(storePaths(root), verify)).toEqual({ finished: null, unclaimed: null, swept: 0 });
  await expect(cutHere(root)).rejects.toMatchObject({ code: 'RELEASE_NOT_FOUND' });
});

test('leftovers in staging are removed and nothing else', async () => {
  const root = temporaryFolder();
  await cutHere(root);
  const { staging } = storePaths(root);
  mkdirSync(join(staging, 'cut-old/data'), { recursive: true });
  mkdirSync(join(staging, 'not-ours'));
  writeFileSync(join(staging, 'cut-old.claim'), '{}');
  expect(await recoverRelease(storePaths(root), verify)).toMatchObject({ finished: null, swept: 2 });
  expect(readdirSync(staging)).toEqual(['not-ours']);
});

describe('the log', () => {
  test.each([
    ['a hole', (log: string) => writeFileSync(join(log, '3.json'), readFileSync(join(log, '1.json'))), '2.json is missing'],
    ['another number', (log: string) => writeFileSync(join(log, '2.json'), readFileSync(join(log, '1.json'))), '2.json claims the sequence 1'],
    ['no JSON', (log: string) => writeFileSync(join(log, '1.json'), '{'), 'is no release.json'],
    ['other white space', (log: string) => writeFileSync(join(log, '1.json'), `${readFileSync(join(log, '1.json'), 'utf8')}\n`), 'not in the canonical form'],
  ])('with %s is refused', async (_what, damage, message) => {
    const root = temporaryFolder();
    await cutHere(root);
    damage(storePaths(root).releaseLog);
    await expect(readLog(storePaths(root))).rejects.toMatchObject({ code: 'RELEASE_INVALID', message: expect.stringContaining(message) });
  });

  test('of a newer format has its own exit status', async () => {
    const root = temporaryFolder();
    await cutHere(root);
    const path = join(storePaths(root).releaseLog, '1.json');
    writeFileSync(path, readFileSync(path, 'utf8').replace('colophon-release/1', 'colophon-release/2'));
    await expect(readLog(storePaths(root))).rejects.toMatchObject({ code: 'RELEASE_TOO_NEW', exitCode: 4 });
  });
});

const isRoot = process.getuid?.() === 0;
const mounts = isRoot && spawnSync('mount', ['--version']).status === 0;

const onRoot = mounts ? test : test.skip;

onRoot.each(['40k', '64k', '88k'])('a full disk (%s; needs root to mount a small file system): nothing is published, staging is empty, the next cut works', async (size) => {
  const root = temporaryFolder();
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', root]);
  try {
    await expect(cutHere(root)).rejects.toMatchObject({ code: 'DISK_FULL', exitCode: 3 });
    expect(stagingOf(root)).toEqual([]);
    expect(await readLog(storePaths(root))).toEqual([]);
    expect(readdirSync(join(root, 'releases'))).toEqual(['log']);
    execFileSync('mount', ['-o', 'remount,size=8m', root]);
    await cutHere(root);
    expect(await verify(join(root, 'releases/1.0.0'))).toMatchObject({ ok: true });
  } finally {
    execFileSync('umount', [root]);
  }
});
