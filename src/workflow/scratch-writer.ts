import { closeSync, openSync, writeSync } from 'node:fs';
import { wrapSystemError } from '../errors.js';

const WRITE_BYTES = 1 << 20;

/** Writes a file in pieces of any size with few system calls. */
export class ScratchWriter {
  private readonly descriptor: number;
  private readonly buffer = Buffer.allocUnsafe(WRITE_BYTES);
  private filled = 0;

  constructor(private readonly path: string) {
    this.descriptor = this.guard(() => openSync(path, 'w', 0o600));
  }

  write(bytes: Uint8Array): void {
    if (this.filled + bytes.length > WRITE_BYTES) this.flush();
    if (bytes.length > WRITE_BYTES) return this.writeAll(bytes);
    this.buffer.set(bytes, this.filled);
    this.filled += bytes.length;
  }

  close(): void {
    try {
      this.flush();
    } finally {
      closeSync(this.descriptor);
    }
  }

  private flush(): void {
    this.writeAll(this.buffer.subarray(0, this.filled));
    this.filled = 0;
  }

  private writeAll(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) at += this.guard(() => writeSync(this.descriptor, bytes, at));
  }

  private guard<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw wrapSystemError(error, 'writing a table aside', this.path);
    }
  }
}
