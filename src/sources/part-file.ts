import { closeSync, fsyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { wrapSystemError } from '../errors.js';
import { RunningSha256 } from '../fixity/digest.js';

const WRITE_BYTES = 1 << 20;

/** What a finished part file holds. */
export interface PartDigest {
  size_bytes: number;
  sha256: string;
}

/** A file that is being written under a name that nobody reads: digest and size come from the same bytes. */
export class PartFile {
  readonly #descriptor: number;
  readonly #buffer = Buffer.allocUnsafe(WRITE_BYTES);
  readonly #sha256 = new RunningSha256();
  #filled = 0;
  #size = 0;
  #closed = false;

  /** @throws {CurationError} DISK_FULL, IO_FAILED */
  constructor(readonly path: string) {
    this.#descriptor = this.#guard(() => openSync(path, 'w', 0o600));
  }

  /** Bytes taken so far. */
  get size_bytes(): number {
    return this.#size;
  }

  /** Takes the next bytes; they may be used again afterwards. @throws {CurationError} DISK_FULL, IO_FAILED */
  write(bytes: Uint8Array): void {
    this.#size += bytes.length;
    if (this.#filled + bytes.length > WRITE_BYTES) this.#flush();
    if (bytes.length > WRITE_BYTES) return this.#writeAll(bytes);
    this.#buffer.set(bytes, this.#filled);
    this.#filled += bytes.length;
  }

  /** Makes the bytes durable. @throws {CurationError} DISK_FULL, IO_FAILED */
  finish(): PartDigest {
    this.#flush();
    this.#guard(() => fsyncSync(this.#descriptor));
    this.#close();
    return { size_bytes: this.#size, sha256: this.#sha256.hex() };
  }

  /** Gives up the file, unless it was finished. */
  discard(): void {
    if (this.#closed) return;
    this.#close();
    rmSync(this.path, { force: true });
  }

  #close(): void {
    this.#closed = true;
    closeSync(this.#descriptor);
  }

  #flush(): void {
    this.#writeAll(this.#buffer.subarray(0, this.#filled));
    this.#filled = 0;
  }

  #writeAll(bytes: Uint8Array): void {
    this.#sha256.update(bytes);
    for (let at = 0; at < bytes.length; ) at += this.#guard(() => writeSync(this.#descriptor, bytes, at));
  }

  #guard<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw wrapSystemError(error, 'writing a table of a source', this.path);
    }
  }
}
