import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { defaultEffects } from '../../src/effects.js';
import { cutRelease } from '../../src/release/cut.js';
import { awaitPublished } from '../../src/release/publish.js';
import { recoverRelease } from '../../src/release/recover.js';
import { readLog, releaseStatus } from '../../src/release/release-log.js';
import { listStaging, makeStaging } from '../../src/release/staging.js';
import { verifyRelease } from '../../src/verify/verify.js';
import { cutOptions, fillCatalog, openStoreCatalog, smallStore, storePaths } from '../support/release-store.js';
import { useTemporaryFolders } from '../support/temporary-folder.js';

const temporaryFolder = useTemporaryFolders();
const verify = (folder: string) => verifyRelease(folder, { jobs: 1 });

/** Workspaces with own catalogs and own locks, whose releases/ is one folder. */
function workspacesAround(shared: string, count: number): string[] {
  return Array.from({ length: count }, () => {
    const root = temporaryFolder();
    symlinkSync(shared, join(root, 'releases'));
    return root;
  });
}

async function cutIn(root: string): Promise<string> {
  const catalog = await openStoreCatalog(root);
  try {
    await fillCatalog(catalog, smallStore(), root);
    const { plan, published } = await cutRelease(catalog, cutOptions(root, { bump: 'patch' }), { ...defaultEffects, warn: () => undefined });
    expect(published).not.toBeNull();
    return plan.version ?? '';
  } finally {
    catalog.close();
  }
}

test('workspaces that share a folder of releases publish at once: each gets a number of its own, upon the release of the one before', async () => {
  const shared = temporaryFolder();
  const roots = workspacesAround(shared, 4);
  const versions = await Promise.all(roots.map(cutIn));
  expect(versions.sort()).toEqual(['1.0.0', '1.0.1', '1.0.2', '1.0.3']);
  const log = await readLog(storePaths(roots[0]!));
  expect(log.map((entry) => [entry.sequence, releaseStatus(entry)])).toEqual([1, 2, 3, 4].map((sequence) => [sequence, 'published']));
  for (const { folder } of log) expect(await verify(folder)).toMatchObject({ ok: true });
});

test('a release whose number was just claimed is waited for', async () => {
  const root = temporaryFolder();
  await cutIn(root);
  const folder = join(root, 'releases/1.0.0');
  renameSync(folder, `${folder}.aside`);
  setTimeout(() => renameSync(`${folder}.aside`, folder), 150);
  await awaitPublished(storePaths(root));
  expect(releaseStatus((await readLog(storePaths(root)))[0]!)).toBe('published');
});

const mounts = process.getuid?.() === 0 && spawnSync('mount', ['--version']).status === 0;

(mounts ? describe : describe.skip)('where a folder cannot be moved from .colophon into releases/ (needs root to mount)', () => {
  /** Two mounts of one file system: their device is one, and rename refuses all the same. */
  async function mounted(run: (root: string, shared: string) => Promise<void>): Promise<void> {
    const [root, shared] = [temporaryFolder(), temporaryFolder()];
    mkdirSync(join(root, 'releases'));
    execFileSync('mount', ['--bind', shared, join(root, 'releases')]);
    try {
      await run(root, shared);
    } finally {
      execFileSync('umount', [join(root, 'releases')]);
    }
  }

  test('it is staged beside the releases, and published', () =>
    mounted(async (root, shared) => {
      expect(await cutIn(root)).toBe('1.0.0');
      expect(readdirSync(shared).sort()).toEqual(['.staging', '1.0.0', 'log']);
      expect(listStaging(storePaths(root))).toEqual([]);
    }));

  test('a workspace sweeps what itself left there, and nothing of another, nor of the one that it is a copy of', () =>
    mounted(async (root, shared) => {
      const paths = storePaths(root);
      const own = makeStaging(paths);
      expect(own.startsWith(join(root, 'releases/.staging/workspace-'))).toBe(true);
      const copy = temporaryFolder();
      cpSync(join(root, '.colophon'), join(copy, '.colophon'), { recursive: true });
      symlinkSync(shared, join(copy, 'releases'));
      expect(await recoverRelease(storePaths(copy), verify)).toMatchObject({ swept: 0 });
      expect(listStaging(paths)).toEqual([own]);
      expect(await recoverRelease(paths, verify)).toMatchObject({ swept: 1 });
      expect(listStaging(paths)).toEqual([]);
      rmSync(copy, { recursive: true });
    }));
});
