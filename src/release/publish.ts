import { chmodSync, closeSync, existsSync, fsyncSync, linkSync, openSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CurationError, systemErrorCode, wrapSystemError } from '../errors.js';
import { fsyncFolder } from '../fixity/atomic-file.js';
import { logName, readLog, releaseStatus, type ReleasePaths } from './release-log.js';
import type { StagedRelease } from './stage.js';

/**
 * Renames a staged release whose number is claimed; both are durable afterwards. When it fails, the staged folder has to
 * stay where it is: the next run finishes from there.
 * @throws {CurationError} IO_FAILED
 */
export function moveIntoPlace(staged: string, target: string, paths: ReleasePaths): void {
  assertFree(target);
  try {
    fsyncFolder(paths.releaseLog);
    // staging is for nobody else to read; what is published is as open as the folder of releases
    chmodSync(staged, statSync(dirname(target)).mode & 0o777);
    renameSync(staged, target);
    fsyncFolder(dirname(target));
    fsyncFolder(dirname(staged));
  } catch (error) {
    throw wrapSystemError(error, 'moving the release into place', target);
  }
}

/**
 * Asserts that nothing is at the place of a release: a rename would replace an empty folder in silence.
 * @throws {CurationError} RELEASE_INVALID
 */
export function assertFree(target: string): void {
  if (!existsSync(target)) return;
  throw new CurationError('RELEASE_INVALID', `${target} is there already, though no number was claimed for it.`, {
    suggestions: ['Move it away: it was not published by Colophon, or the log of releases lost its entry.'],
  });
}

/** Whether a number is taken. */
export function isClaimed(sequence: number, paths: ReleasePaths): boolean {
  return existsSync(join(paths.releaseLog, logName(sequence)));
}

/** Between the claim of another publisher and his rename lie milliseconds; on a slow disk, or over a network, more. */
const SETTLE_MS = 3000;
const POLL_MS = 50;

/**
 * Waits for a release whose number another publisher has just claimed to come into its place, for a few seconds at most: what
 * is not there then was moved away, or its publisher was interrupted.
 * @throws {CurationError} RELEASE_INVALID for a broken log, RELEASE_TOO_NEW
 */
export async function awaitPublished(paths: ReleasePaths): Promise<void> {
  const last = (await readLog(paths)).at(-1);
  if (last === undefined) return;
  for (let waited = 0; waited < SETTLE_MS && releaseStatus(last) === 'missing'; waited += POLL_MS) await sleep(POLL_MS);
}

/**
 * Claims the number of a staged release: creates releases/log/<sequence>.json with all its bytes or not at all, and never
 * over another one; written aside, then linked, because a rename would replace a file that is there.
 * @returns false when somebody else claimed the number first
 * @throws {CurationError} IO_FAILED, DISK_FULL; then nothing is claimed
 */
export function claimNumber({ folder, document, bytes }: StagedRelease, paths: ReleasePaths): boolean {
  const target = join(paths.releaseLog, logName(document.sequence));
  const aside = `${folder}.claim`;
  try {
    writeFileSync(aside, bytes, { flag: 'wx', flush: true });
    return createExclusively(aside, target, bytes);
  } catch (error) {
    throw wrapSystemError(error, 'claiming the number of the release', target);
  } finally {
    rmSync(aside, { force: true });
  }
}

function createExclusively(aside: string, target: string, bytes: string): boolean {
  try {
    linkSync(aside, target);
    return true;
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === 'EEXIST') return false;
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'ENOSYS') throw error;
  }
  return createWithoutLinks(target, bytes);
}

/** For file systems without hard links. */
function createWithoutLinks(target: string, bytes: string): boolean {
  let descriptor: number;
  try {
    descriptor = openSync(target, 'wx');
  } catch (error) {
    if (systemErrorCode(error) === 'EEXIST') return false;
    throw error;
  }
  try {
    writeFileSync(descriptor, bytes);
    fsyncSync(descriptor);
    return true;
  } catch (error) {
    rmSync(target, { force: true });
    throw error;
  } finally {
    closeSync(descriptor);
  }
}
