import { constants, copyFileSync, linkSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CurationError, systemErrorCode, wrapSystemError } from '../errors.js';

/** Who holds a lock; written into it so that a stale one can be told and broken. */
interface Holder {
  pid: number;
  host: string;
  /** Start of the process, in clock ticks since boot (Linux), so that a reused pid is not taken for the holder. */
  started: string;
  /** What the holder is doing, for the message. */
  doing: string;
}

export interface LockOptions {
  /** What is being done, a gerund: `cutting a release`. */
  doing: string;
  /** How long to wait for another holder, in ms; 0 fails at once. */
  waitMs?: number;
  /** Told once when another holder has to be waited for. */
  onWait?(message: string): void;
}

const POLL_MS = 200;

/** Files that waiters of this process have made beside locks, so that each has a name of its own. */
let asides = 0;

/**
 * Runs `work` while holding the lock file at `path`; a lock whose process is gone is broken.
 * @throws {CurationError} LOCKED when another living process holds it for longer than `waitMs`
 */
export async function withLock<T>(path: string, options: LockOptions, work: () => Promise<T>): Promise<T> {
  const token = await acquire(path, options);
  try {
    return await work();
  } finally {
    if (readText(path) === token) rmSync(path, { force: true });
  }
}

/** Who holds the lock at `path`, as a sentence, and whether that process is gone; null when nobody does. */
export function readLock(path: string): { held: string; gone: boolean } | null {
  const found = readText(path);
  if (found === null) return null;
  const holder = parseHolder(found);
  return { held: sentence(holder), gone: holder !== null && isGone(holder) };
}

async function acquire(path: string, { doing, waitMs = 0, onWait }: LockOptions): Promise<string> {
  const token = JSON.stringify({ pid: process.pid, host: hostname(), started: startOf(process.pid) ?? '', doing } satisfies Holder);
  const aside = nameAside(path);
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(aside, token);
    for (let waited = 0; ; waited += POLL_MS) {
      if (claim(aside, path)) {
        sweepWaiters(path);
        return token;
      }
      const found = readText(path);
      if (found === null) continue;
      const holder = parseHolder(found);
      if (holder !== null && isGone(holder)) breakStale(path, found);
      else if (waited >= waitMs) throw lockedBy(path, holder);
      else {
        if (waited === 0) onWait?.(`Waiting: ${sentence(holder)}`);
        await sleep(POLL_MS);
      }
    }
  } catch (error) {
    throw wrapSystemError(error, 'taking the lock', path);
  } finally {
    rmSync(aside, { force: true });
  }
}

/** A link appears whole or not at all, so that nobody ever reads a half-written lock; where there are no links, exclusive creation has to do. */
function claim(aside: string, path: string): boolean {
  try {
    linkSync(aside, path);
    return true;
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === 'EEXIST') return false;
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'ENOSYS') throw error;
  }
  try {
    copyFileSync(aside, path, constants.COPYFILE_EXCL);
    return true;
  } catch (error) {
    if (systemErrorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

function nameAside(path: string): string {
  return `${path}.${process.pid}-${++asides}`;
}

/** Removes what waiters left that were killed. Only who holds the lock does so. */
function sweepWaiters(path: string): void {
  const folder = dirname(path);
  for (const name of readdirSync(folder)) {
    if (!name.startsWith(`${basename(path)}.`)) continue;
    const left = join(folder, name);
    const holder = parseHolder(readText(left) ?? '');
    if (holder !== null && isGone(holder)) rmSync(left, { force: true });
  }
}

/**
 * Removes a dead holder's lock. It is moved first and looked at again: another waiter may have broken it meanwhile and hold a lock of its
 * own there, which is put back.
 */
function breakStale(path: string, found: string): void {
  const moved = nameAside(path);
  try {
    renameSync(path, moved);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return;
    throw error;
  }
  if (readText(moved) !== found) claim(moved, path);
  rmSync(moved, { force: true });
}

function isGone({ pid, host, started }: Holder): boolean {
  if (host !== hostname()) return false;
  const now = startOf(pid);
  if (now !== undefined) return started !== '' && now !== started;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return systemErrorCode(error) === 'ESRCH';
  }
}

/** Field 22 of /proc/<pid>/stat (proc(5)); undefined where there is no such file. */
function startOf(pid: number): string | undefined {
  const stat = readText(`/proc/${pid}/stat`);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
}

function parseHolder(text: string): Holder | null {
  try {
    const value = JSON.parse(text) as Partial<Holder> | null;
    const { pid, host, started, doing } = value ?? {};
    const whole = typeof pid === 'number' && typeof host === 'string' && typeof started === 'string' && typeof doing === 'string';
    return whole ? { pid, host, started, doing } : null;
  } catch {
    return null;
  }
}

function lockedBy(path: string, holder: Holder | null): CurationError {
  return new CurationError('LOCKED', `The workspace is in use: ${sentence(holder)}`, {
    suggestions: ['Wait until it is done, then run the same command again.', `If no such process runs any more, remove ${path}.`],
  });
}

function sentence(holder: Holder | null): string {
  return holder === null ? 'its lock file is not readable' : `process ${holder.pid} on ${holder.host} is ${holder.doing}`;
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
