import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { Writable } from 'node:stream';
import { wrapSystemError } from '../errors.js';
import { RunningSha256 } from '../fixity/digest.js';

const BUFFER_BYTES = 1 << 20;
/** Where gzip says on which system it ran (RFC 1952 2.3.1), and how it says that it does not tell. */
const GZIP_SYSTEM = 9;
const UNKNOWN_SYSTEM = 0xff;

/** Writes an archive, hashing what it writes; durable when finished. Small pieces are gathered, and written at once. */
export class ShardSink extends Writable {
  readonly #digest = new RunningSha256();
  readonly #buffer = Buffer.allocUnsafe(BUFFER_BYTES);
  #descriptor: number | null;
  #used = 0;
  size_bytes = 0;
  /** 64 hex digits, once the stream is finished. */
  sha256 = '';

  /** @param gzip whether what comes is a gzip stream, whose head must not depend on the system */
  constructor(
    readonly path: string,
    readonly gzip: boolean,
  ) {
    super({ highWaterMark: BUFFER_BYTES });
    try {
      this.#descriptor = openSync(path, 'wx', 0o644);
    } catch (error) {
      throw wrapSystemError(error, 'writing an archive', path);
    }
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#guard(done, () => {
      for (let at = 0; at < chunk.length; ) {
        const copied = chunk.copy(this.#buffer, this.#used, at);
        this.#used += copied;
        at += copied;
        if (this.#used === BUFFER_BYTES) this.#flush();
      }
    });
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#guard(done, () => {
      this.#flush();
      if (this.#descriptor !== null) fsyncSync(this.#descriptor);
      this.sha256 = this.#digest.hex();
      this.#close();
    });
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#close();
    done(error);
  }

  #flush(): void {
    if (this.#used === 0 || this.#descriptor === null) return;
    if (this.gzip && this.size_bytes === 0) this.#buffer[GZIP_SYSTEM] = UNKNOWN_SYSTEM;
    const bytes = this.#buffer.subarray(0, this.#used);
    this.#digest.update(bytes);
    for (let at = 0; at < bytes.length; ) at += writeSync(this.#descriptor, bytes, at);
    this.size_bytes += bytes.length;
    this.#used = 0;
  }

  #close(): void {
    if (this.#descriptor !== null) closeSync(this.#descriptor);
    this.#descriptor = null;
  }

  #guard(done: (error?: Error | null) => void, work: () => void): void {
    try {
      work();
    } catch (error) {
      return done(wrapSystemError(error, 'writing an archive', this.path));
    }
    done();
  }
}
