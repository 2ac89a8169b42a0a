import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { wrapSystemError } from '../errors.js';

/** Text held before it is written, in characters. */
const BUFFERED = 1 << 18;

/** Writes the lines of a list of any length, durable when closed. */
export class ListWriter {
  #descriptor: number | null;
  #pending: string[] = [];
  #length = 0;

  constructor(readonly path: string) {
    try {
      this.#descriptor = openSync(path, 'wx', 0o644);
    } catch (error) {
      throw wrapSystemError(error, 'writing', path);
    }
  }

  /** Adds a line that brings its own line end. */
  add(line: string): void {
    this.#pending.push(line);
    this.#length += line.length;
    if (this.#length >= BUFFERED) this.#flush();
  }

  /** Writes what is left and makes the file durable. */
  close(): void {
    this.#flush();
    this.#guard((descriptor) => fsyncSync(descriptor));
    this.abandon();
  }

  /** Lets go of the file as it is; after `close` it does nothing. */
  abandon(): void {
    if (this.#descriptor === null) return;
    closeSync(this.#descriptor);
    this.#descriptor = null;
  }

  #flush(): void {
    if (this.#length === 0) return;
    const bytes = Buffer.from(this.#pending.join(''));
    this.#pending = [];
    this.#length = 0;
    this.#guard((descriptor) => {
      for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
    });
  }

  #guard(work: (descriptor: number) => void): void {
    try {
      if (this.#descriptor !== null) work(this.#descriptor);
    } catch (error) {
      throw wrapSystemError(error, 'writing', this.path);
    }
  }
}
