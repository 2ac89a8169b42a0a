import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { systemErrorCode } from '../../errors.js';
import { randomId } from '../../fixity/uuid.js';
import { CURSOR_FREE, CURSOR_LENGTH } from './cursor.js';
import { pad, shardFiles } from './shard-files.js';

/** Processes that may die on an item before it is given up; the first death of a shard does not tell which item it was. */
const DEATHS = 3;

/** Attempts that are remembered of a shard: more of them say nothing new. */
const MAX_REMEMBERED = 50;

/**
 * One attempt of a process at a shard. It leaves a file when it begins and takes it away when it ends, however it ends: a file that
 * stays is of a process that was killed, or that is still at work elsewhere. After such an attempt the next one is careful: it notes
 * each item before it begins it, so that the item which kills processes is found.
 */
export class Attempt {
  private constructor(
    readonly folder: string,
    readonly index: number,
    readonly path: string,
    /** Whether an earlier attempt died. */
    readonly careful: boolean,
    /** Items on which processes died again and again. */
    readonly deadly: ReadonlySet<number>,
  ) {}

  /** Notes that this process begins with a shard. */
  static begin(folder: string, index: number): Attempt {
    const earlier = readAttempts(folder, index);
    const deaths = new Map<number, number>();
    for (const item of earlier) if (item !== null) deaths.set(item, (deaths.get(item) ?? 0) + 1);
    const deadly = new Set([...deaths].filter(([, times]) => times >= DEATHS).map(([item]) => item));
    const path = shardFiles.attempt(folder, index, randomId());
    writeFileSync(path, `${CURSOR_FREE}\n${JSON.stringify({ host: hostname(), pid: process.pid })}\n`, { flag: 'wx' });
    return new Attempt(folder, index, path, earlier.length > 0, deadly);
  }

  /** It ended, well or with an error that was told. */
  end(): void {
    rmSync(this.path, { force: true });
  }

  /** The shard is done: what earlier attempts left is of no use any more. */
  static forget(folder: string, index: number): void {
    for (const name of listAttempts(folder, index)) rmSync(`${shardFiles.attempts(folder)}/${name}`, { force: true });
  }
}

/** Of each attempt that did not end: the item that it was at, null when it did not note that. */
function readAttempts(folder: string, index: number): (number | null)[] {
  return listAttempts(folder, index)
    .slice(0, MAX_REMEMBERED)
    .map((name) => readCursor(`${shardFiles.attempts(folder)}/${name}`));
}

function listAttempts(folder: string, index: number): string[] {
  try {
    return readdirSync(shardFiles.attempts(folder)).filter((name) => name.startsWith(`${pad(index)}-`));
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

function readCursor(path: string): number | null {
  try {
    const text = readFileSync(path, 'latin1').slice(0, CURSOR_LENGTH);
    return /^\d+$/.test(text) ? Number(text) : null;
  } catch {
    return null;
  }
}
