import { closeSync, fstatSync, readSync, type BigIntStats, type Stats } from 'node:fs';
import { createHash, hash, type Hash } from 'node:crypto';
import { asUnreadable, openRegularFile, openRegularFileCoarse, UnreadableFileError } from './file.js';

/** sha256 as 64 lower-case hex digits; a string is hashed as its UTF-8 bytes. */
export function sha256Hex(data: string | Uint8Array): string {
  return hash('sha256', data);
}

/** sha256 as base64, as a Content Security Policy names an inline style or script; a string is hashed as its UTF-8 bytes. */
export function sha256Base64(data: string | Uint8Array): string {
  return hash('sha256', data, 'base64');
}

/** md5 as 32 lower-case hex digits; a string is hashed as its UTF-8 bytes. Names content for others, protects nothing. */
export function md5Hex(data: string | Uint8Array): string {
  return hash('md5', data);
}

/** sha256 over bytes that come in pieces, for what is read as a stream anyway. */
export class RunningSha256 {
  readonly #hash = createHash('sha256');

  update(bytes: Uint8Array): void {
    this.#hash.update(bytes);
  }

  /** The digest of everything so far, as 64 lower-case hex digits; ends the run. */
  hex(): string {
    return this.#hash.digest('hex');
  }
}

/** What one read of a file established. */
export interface FileDigest {
  size_bytes: number;
  /** Last modification in nanoseconds since the epoch, as it was before and after the read. */
  mtime_ns: bigint;
  sha256: string;
  /** Null unless it was asked for. */
  md5: string | null;
}

export interface DigestOptions {
  /** Also compute md5, from the same read. */
  md5?: boolean;
  /**
   * Called with the first bytes of the file before they are hashed; `complete` says that they are all. `more` asks to be
   * called again with a head at least twice as long, until it answers `done` or has seen the whole file (or
   * `maxHeadBytes`). The buffer is reused: take copies of what must outlive the call.
   */
  onHead?: (head: Buffer, complete: boolean) => 'more' | 'done';
  /** Longest head that is kept in memory for `onHead`; default 256 MiB. */
  maxHeadBytes?: number;
}

/** A file that has another size than its manifest says; it was not read. */
export class SizeError extends Error {
  override readonly name = 'SizeError';

  constructor(
    readonly path: string,
    readonly expectedBytes: number,
    readonly foundBytes: number,
  ) {
    super(`${path}: expected ${expectedBytes} bytes, found ${foundBytes}`);
  }
}

const BUFFER_BYTES = 1 << 20;
const MAX_HEAD_BYTES = 256 << 20;

/**
 * Hashes one file after the other with synchronous reads into one reused buffer: the fastest way Node has (streams cost
 * twice the time, promises three times). One instance a thread.
 */
export class FileDigester {
  readonly #buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);

  /**
   * Reads a regular file once, from beginning to end, and hashes it; never follows a link and never blocks on a fifo.
   * @throws {UnreadableFileError} no regular file, unreadable, or changed while it was read.
   */
  digestFile(path: string, options: DigestOptions = {}): FileDigest {
    const { descriptor, stat } = openRegularFile(path);
    return closing(descriptor, path, () => {
      const size_bytes = Number(stat.size);
      const digests = this.#digest(descriptor, size_bytes, path, options);
      refuseChanged(stat, fstatSync(descriptor, { bigint: true }), path);
      return { size_bytes, mtime_ns: stat.mtimeNs, ...digests };
    });
  }

  /**
   * Hashes a file whose digest is known beforehand and will be compared: size before digest, and no second look at the
   * time, because bytes that were changed during the read do not match. `stat` is from before the read.
   * @throws {UnreadableFileError} no regular file, unreadable, shorter than when it was opened, or, where the read took long, longer.
   * @throws {SizeError} when it has another size than `expectedBytes`; it was not read then.
   */
  hashFile(path: string, expectedBytes?: number): { size_bytes: number; sha256: string; stat: Stats } {
    const { descriptor, stat } = openRegularFileCoarse(path);
    return closing(descriptor, path, () => {
      const size_bytes = stat.size;
      if (expectedBytes !== undefined && size_bytes !== expectedBytes) throw new SizeError(path, expectedBytes, size_bytes);
      const { sha256 } = this.#digest(descriptor, size_bytes, path, {});
      // what was added behind the bytes that were read does not show in their digest
      if (size_bytes > BUFFER_BYTES && fstatSync(descriptor).size !== size_bytes) throw new UnreadableFileError('changed', null, path);
      return { size_bytes, sha256, stat };
    });
  }

  #digest(descriptor: number, size: number, path: string, options: DigestOptions): Digests {
    return size <= BUFFER_BYTES ? this.#digestWhole(descriptor, size, path, options) : this.#digestChunks(descriptor, size, path, options);
  }

  #digestWhole(descriptor: number, size: number, path: string, options: DigestOptions): Digests {
    const bytes = this.#buffer.subarray(0, size);
    readFully(descriptor, bytes, path);
    options.onHead?.(bytes, true);
    return { sha256: hash('sha256', bytes), md5: options.md5 === true ? hash('md5', bytes) : null };
  }

  #digestChunks(descriptor: number, size: number, path: string, options: DigestOptions): Digests {
    const sha256 = createHash('sha256');
    const md5 = options.md5 === true ? createHash('md5') : null;
    let at = options.onHead === undefined ? 0 : this.#digestHead(descriptor, size, path, options, [sha256, md5]);
    while (at < size) {
      const bytes = this.#buffer.subarray(0, Math.min(BUFFER_BYTES, size - at));
      readFully(descriptor, bytes, path);
      sha256.update(bytes);
      md5?.update(bytes);
      at += bytes.length;
    }
    return { sha256: sha256.digest('hex'), md5: md5 === null ? null : md5.digest('hex') };
  }

  /** Reads, hashes and offers a growing head; returns how many bytes of the file are done. */
  #digestHead(descriptor: number, size: number, path: string, options: DigestOptions, hashes: (Hash | null)[]): number {
    const limit = Math.min(size, options.maxHeadBytes ?? MAX_HEAD_BYTES);
    let head: Buffer = this.#buffer.subarray(0, Math.min(BUFFER_BYTES, size));
    let at = 0;
    for (;;) {
      const added = head.subarray(at);
      readFully(descriptor, added, path);
      for (const each of hashes) each?.update(added);
      at = head.length;
      const answer = options.onHead?.(head, at === size);
      if (answer !== 'more' || at >= limit) return at;
      const longer = Buffer.allocUnsafe(Math.min(limit, 2 * at));
      head.copy(longer);
      head = longer;
    }
  }
}

interface Digests {
  sha256: string;
  md5: string | null;
}

function closing<Result>(descriptor: number, path: string, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    throw error instanceof SizeError ? error : asUnreadable(error, path);
  } finally {
    closeSync(descriptor);
  }
}

function readFully(descriptor: number, bytes: Buffer, path: string): void {
  for (let at = 0; at < bytes.length; ) {
    const read = readSync(descriptor, bytes, at, bytes.length - at, null);
    if (read === 0) throw new UnreadableFileError('changed', null, path);
    at += read;
  }
}

function refuseChanged(before: BigIntStats, after: BigIntStats, path: string): void {
  if (before.size !== after.size || before.mtimeNs !== after.mtimeNs) throw new UnreadableFileError('changed', null, path);
}
