import { closeSync, constants, copyFileSync, existsSync, fsyncSync, linkSync, mkdirSync, mkdtempSync, openSync, renameSync, rmdirSync, rmSync, statfsSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { systemErrorCode } from '../../errors.js';
import type { WorkspacePaths } from '../../workspace/workspace.js';
import { failed, ok, skipped, warning, type Answer } from './probe.js';

/** Free bytes below which nothing goes well, and below which a pull may fill the disk. */
const LEAST_FREE = 256 << 20;
const LITTLE_FREE = 5 * 2 ** 30;
/** How far the clock of a file server may be away, in ms. */
const CLOCK_OFF_MS = 5000;

/** Tries what the file system of a workspace can do, in a folder below .colophon that is removed again. */
export function tryFileSystem({ cache }: WorkspacePaths): Answer[] {
  const made = !existsSync(cache);
  let folder: string;
  try {
    mkdirSync(cache, { recursive: true });
    folder = mkdtempSync(join(cache, 'doctor-'));
  } catch (error) {
    return [{ what: 'writing', ...failed(`nothing can be written below ${cache} (${codeOf(error)})`, 'Look at the permissions of the folder, and at how its file system is mounted.') }];
  }
  try {
    return [...freeSpace(cache), ...tryFile(folder)];
  } finally {
    rmSync(folder, { recursive: true, force: true });
    if (made) removeEmpty(cache);
  }
}

function freeSpace(folder: string): Answer[] {
  const { bavail, bsize, files, ffree } = statfsSync(folder);
  const free = bavail * bsize;
  const shown = `${(free / 1e9).toFixed(1)} GB free`;
  const space = free < LEAST_FREE ? failed(shown, 'Free some space on this file system.', 'at least 0.3 GB') : free < LITTLE_FREE ? warning(shown, 'Pulls, spilled queries and staged releases may need more.', 'at least 5 GB') : ok(shown);
  const few = files > 0 && ffree < 10_000 ? [{ what: 'inodes', ...warning(`${ffree} files can still be made`, 'A release has a file an image: free some, or use another file system.') }] : [];
  return [{ what: 'disk space', ...space }, ...few];
}

function tryFile(folder: string): Answer[] {
  const file = join(folder, 'probe');
  const writing = attempt('writing and fsync', () => {
    const descriptor = openSync(file, 'wx', 0o600);
    try {
      writeSync(descriptor, 'probe');
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  }, (code) => failed(`a file cannot be written and flushed (${code})`, 'A release must be on the disk before it is published: use a file system that can flush.'));
  if (writing.outcome !== 'ok') return [writing];
  return [
    writing,
    attempt('rename', () => renameSync(file, join(folder, 'renamed')) ?? renameSync(join(folder, 'renamed'), file), (code) => failed(`a file cannot be renamed (${code})`, 'Releases are published by a rename: use another file system.')),
    attempt('hard links', () => linkSync(file, join(folder, 'linked')), (code) => warning(`none (${code})`, 'Do not use `payload: hardlink`; locks fall back to exclusive creation.')),
    attempt('reflinks', () => copyFileSync(file, join(folder, 'cloned'), constants.COPYFILE_FICLONE_FORCE), (code) => ({ ...skipped(`none (${code}): copies take their own space`) })),
    { what: 'case of names', ...(existsSync(join(folder, 'PROBE')) ? warning('`a` and `A` are one file here', 'Names that differ in case only collide; check and verify tell which.') : ok('told apart')) },
    { what: 'clock of the file system', ...judgeTimes(statSync(file).mtimeMs, Date.now()) },
  ];
}

/** Whether files get times that fit the clock of this machine. */
export function judgeTimes(mtimeMs: number, nowMs: number): Answer {
  const off = Math.round((mtimeMs - nowMs) / 1000);
  if (Math.abs(mtimeMs - nowMs) <= CLOCK_OFF_MS) return ok('agrees with this machine');
  return warning(`${Math.abs(off)} s ${off > 0 ? 'ahead of' : 'behind'} this machine`, 'Set both clocks (NTP): what changed is told by the times of files.');
}

function attempt(what: string, work: () => void, otherwise: (code: string) => Answer): Answer {
  try {
    work();
    return { what, ...ok('works') };
  } catch (error) {
    return { what, ...otherwise(codeOf(error)) };
  }
}

function codeOf(error: unknown): string {
  return systemErrorCode(error) ?? String(error);
}

function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // somebody else has begun to use it
  }
}
