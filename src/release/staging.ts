import { mkdirSync, mkdtempSync, readdirSync, rmSync, statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { CurationError, wrapSystemError } from '../errors.js';
import type { ReleasePaths } from './release-log.js';

/** Where releases lie and where they are prepared. */
export interface CutPaths extends ReleasePaths {
  /** .colophon/staging; used when it is on the file system of `releases`. */
  staging: string;
}

const PREFIX = 'cut-';

/** Where a release is staged instead when .colophon is on another file system than releases/: rename must not copy. */
function besideReleases(paths: CutPaths): string {
  return join(paths.releases, '.staging');
}

/** Makes an empty staging folder on the file system of releases/. */
export function makeStaging(paths: CutPaths): string {
  try {
    for (const folder of [paths.releases, paths.releaseLog, paths.staging]) mkdirSync(folder, { recursive: true });
    const near = statSync(paths.staging).dev === statSync(paths.releases).dev;
    const parent = near ? paths.staging : besideReleases(paths);
    mkdirSync(parent, { recursive: true });
    return mkdtempSync(join(parent, PREFIX));
  } catch (error) {
    throw wrapSystemError(error, 'making a staging folder', paths.staging);
  }
}

/** Staging folders that are there now. While the lock is held nobody works in them: a run that was killed left them. */
export function listStaging(paths: CutPaths): string[] {
  return [paths.staging, besideReleases(paths)].flatMap((parent) => {
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
