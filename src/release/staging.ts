import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statfsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { CurationError, systemErrorCode, wrapSystemError } from '../errors.js';
import { makeOwnFolder, ownFolder } from './own-staging.js';
import type { ReleasePaths } from './release-log.js';

/** Where releases lie and where they are prepared. */
export interface CutPaths extends ReleasePaths {
  /** .colophon/staging; used when a folder can be moved from there into `releases`. */
  staging: string;
}

const PREFIX = 'cut-';

/** Makes an empty staging folder from where a release can be moved into releases/ in one step. */
export function makeStaging(paths: CutPaths): string {
  try {
    for (const folder of [paths.releases, paths.releaseLog, paths.staging]) mkdirSync(folder, { recursive: true });
    const folder = mkdtempSync(join(paths.staging, PREFIX));
    if (canMove(folder, paths.releases)) return folder;
    removeStaging(folder);
    return mkdtempSync(join(makeOwnFolder(paths), PREFIX));
  } catch (error) {
    throw wrapSystemError(error, 'making a staging folder', paths.staging);
  }
}

/** Tried with the empty folder, because no number tells it: two mounts of one file system share their device, and rename refuses. */
function canMove(folder: string, releases: string): boolean {
  const probe = join(releases, `.${basename(folder)}`);
  try {
    renameSync(folder, probe);
  } catch (error) {
    if (systemErrorCode(error) === 'EXDEV') return false;
    throw error;
  }
  renameSync(probe, folder);
  return true;
}

/** Staging folders of this workspace. While its lock is held nobody works in them: a run that was killed left them. */
export function listStaging(paths: CutPaths): string[] {
  const own = ownFolder(paths);
  return [paths.staging, ...(own === null ? [] : [own])].flatMap((parent) => {
    try {
      return readdirSync(parent).filter((name) => name.startsWith(PREFIX)).sort().map((name) => join(parent, name));
    } catch {
      return [];
    }
  });
}

/** Removes a staging folder and all in it. */
export function removeStaging(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch (error) {
    throw wrapSystemError(error, 'removing a staging folder', folder);
  }
}

/** Kept free beyond what a release needs. */
const MARGIN = 1.01;

/**
 * Refuses to begin what cannot end.
 * @throws {CurationError} DISK_FULL
 */
export function assertSpace(folder: string, neededBytes: number): void {
  const { bavail, bsize } = statfsSync(folder);
  const needed = Math.ceil(neededBytes * MARGIN);
  const free = bavail * bsize;
  if (free >= needed) return;
  throw new CurationError('DISK_FULL', `There is not enough space for the release: ${folder}`, {
    expected: `${needed} bytes free`,
    found: `${free} bytes free`,
    suggestions: [
      'Free some space on that file system, then run the same command again: nothing was published.',
      'Or set `release: {payload: none, base_url: ...}` or `payload: hardlink` in colophon.yaml.',
    ],
  });
}
