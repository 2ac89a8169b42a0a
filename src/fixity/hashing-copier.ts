import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { createHash, type Hash } from 'node:crypto';
import { wrapSystemError } from '../errors.js';
import { asUnreadable, openRegularFileCoarse, UnreadableFileError } from './file.js';

/** What one read of a file established while it was copied. */
export interface CopiedBytes {
  size_bytes: number;
  sha256: string;
  /** 128 hex digits; null unless it was asked for. */
  sha512: string | null;
}

const BUFFER_BYTES = 1 << 20;

/** Copies files and hashes them in the same read; one buffer for all of them. */
export class HashingCopier {
  readonly #buffer = Buffer.allocUnsafe(BUFFER_BYTES);

  constructor(readonly withSha512: boolean) {}

  /**
   * Copies a regular file into a new one; what is hashed is what was written.
   * @param target null: hash only
   * @throws {UnreadableFileError} of the source: no regular file, unreadable, or shorter than when it was opened
   * @throws {CurationError} DISK_FULL, IO_FAILED of the target, also when there is something of that name
   */
  copy(source: string, target: string | null): CopiedBytes {
    const { descriptor, stat } = openRegularFileCoarse(source);
    try {
      if (target === null) return this.#pump(descriptor, stat.size, source, () => {});
      return writeNew(target, (write) => this.#pump(descriptor, stat.size, source, write));
    } finally {
      closeSync(descriptor);
    }
  }

  #pump(descriptor: number, size: number, source: string, write: (bytes: Buffer) => void): CopiedBytes {
    const sha256 = createHash('sha256');
    const sha512: Hash | null = this.withSha512 ? createHash('sha512') : null;
    for (let at = 0; at < size; ) {
      const bytes = this.#buffer.subarray(0, readSome(descriptor, this.#buffer, size - at, source));
      sha256.update(bytes);
      sha512?.update(bytes);
      write(bytes);
      at += bytes.length;
    }
    return { size_bytes: size, sha256: sha256.digest('hex'), sha512: sha512?.digest('hex') ?? null };
  }
}

function readSome(descriptor: number, buffer: Buffer, left: number, source: string): number {
  let read: number;
  try {
    read = readSync(descriptor, buffer, 0, Math.min(buffer.length, left), null);
  } catch (error) {
    throw asUnreadable(error, source);
  }
  if (read === 0) throw new UnreadableFileError('changed', null, source);
  return read;
}

function writeNew(target: string, pump: (write: (bytes: Buffer) => void) => CopiedBytes): CopiedBytes {
  let descriptor: number;
  try {
    descriptor = openSync(target, 'wx', 0o644);
  } catch (error) {
    throw wrapSystemError(error, 'copying', target);
  }
  try {
    return pump((bytes) => {
      try {
        for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
      } catch (error) {
        throw wrapSystemError(error, 'copying', target);
      }
    });
  } finally {
    closeSync(descriptor);
  }
}
