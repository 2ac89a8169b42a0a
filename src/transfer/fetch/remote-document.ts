import { rmSync, renameSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { CurationError, wrapSystemError } from '../../errors.js';
import { RunningSha256 } from '../../fixity/digest.js';
import type { Retry } from '../../network/retry.js';
import { SourceFailure, type Source } from '../../network/source.js';
import { transferFailed } from './downloader.js';

/** Lists of a release are refused beyond this, in bytes: room for some ten million files. */
export const MAX_LIST_BYTES = 2 ** 31;

/** Where to read, and how often to try. */
export interface Reading {
  source: Source;
  retry: Retry;
}

/**
 * A small document; null when there is none.
 * @param optional also null when it may not be read: stores that list nothing refuse what is not there
 * @throws {CurationError} TRANSFER_FAILED, INTERRUPTED
 */
export async function readRemote({ source, retry }: Reading, path: string, maxBytes: number, optional = false): Promise<Buffer | null> {
  return told(optional, () =>
    retry.run(async () => {
      const opened = await source.open(path);
      if (opened === null) return null;
      const chunks: Uint8Array[] = [];
      let size = 0;
      try {
        for await (const chunk of opened.body) {
          size += chunk.length;
          if (size > maxBytes) throw tooLong(source, path, maxBytes);
          chunks.push(chunk);
        }
      } finally {
        opened.close();
      }
      return Buffer.concat(chunks);
    }),
  );
}

/**
 * Saves a list whose digest is known; it has its name only when it has that digest.
 * @returns false when there is no such file
 * @throws {CurationError} TRANSFER_FAILED, INTERRUPTED, DISK_FULL, IO_FAILED
 */
export async function saveRemote({ source, retry }: Reading, path: string, sha256: string, target: string): Promise<boolean> {
  const found = await told(false, () => retry.run(() => saveOnce(source, path, target)));
  if (found === null) return false;
  if (found === sha256) {
    renameSync(`${target}.part`, target);
    return true;
  }
  rmSync(`${target}.part`, { force: true });
  throw new CurationError('TRANSFER_FAILED', `${source.name} has another file than its release.json vouches for: ${path}`, {
    expected: `sha256:${sha256}`,
    found: `sha256:${found}`,
    suggestions: ['Fetch the release from another place, or tell its publisher.'],
  });
}

async function saveOnce(source: Source, path: string, target: string): Promise<string | null> {
  const opened = await source.open(path);
  if (opened === null) return null;
  const sha256 = new RunningSha256();
  let size = 0;
  try {
    const file = await open(`${target}.part`, 'w', 0o644);
    try {
      for await (const chunk of opened.body) {
        size += chunk.length;
        if (size > MAX_LIST_BYTES) throw tooLong(source, path, MAX_LIST_BYTES);
        sha256.update(chunk);
        await file.writeFile(chunk);
      }
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    throw error instanceof SourceFailure ? error : wrapSystemError(error, 'writing', target);
  } finally {
    opened.close();
  }
  return sha256.hex();
}

async function told<T>(optional: boolean, work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof SourceFailure)) throw error;
    if (optional && error.details.kind === 'refused') return null;
    throw transferFailed(error);
  }
}

function tooLong(source: Source, path: string, maxBytes: number): SourceFailure {
  return new SourceFailure(`${source.name} sends more than ${maxBytes} bytes for ${path}`, { retry: false });
}
