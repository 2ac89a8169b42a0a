import { isUtf8 } from 'node:buffer';
import { closeSync, readSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { asUnreadable, openRegularFile } from './file.js';

/** A line of a text file without its line end. */
export interface Line {
  /** Counted from 1. */
  number: number;
  text: string;
  /** What is wrong with the line as text, whatever it says; null for a sound one. */
  defect: 'crlf' | 'not-utf8' | 'too-long' | 'cut' | null;
}

/** What reading a text file to its end established about its bytes. */
export interface TextDigest {
  size_bytes: number;
  sha256: string;
  lines: number;
}

const CHUNK_BYTES = 1 << 20;
/** A path is at most 4096 bytes on Linux, three times that when every byte is encoded; a URL gets the rest. */
const MAX_LINE_BYTES = 32_768;

/**
 * Reads a text file of any length once, hashing it on the way, and hands out its lines: never more than a chunk in memory.
 * A last line without line end has the defect `cut`; of a line that is too long only the beginning is handed out.
 * @throws {UnreadableFileError}
 */
export function readLines(path: string, onLine: (line: Line) => void): TextDigest {
  const { descriptor } = openRegularFile(path);
  try {
    const hash = createHash('sha256');
    const splitter = new LineSplitter(onLine);
    const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
    let size = 0;
    for (;;) {
      const read = readSync(descriptor, buffer, 0, CHUNK_BYTES, null);
      if (read === 0) break;
      const chunk = buffer.subarray(0, read);
      hash.update(chunk);
      splitter.push(chunk);
      size += read;
    }
    return { size_bytes: size, sha256: hash.digest('hex'), lines: splitter.end() };
  } catch (error) {
    throw asUnreadable(error, path);
  } finally {
    closeSync(descriptor);
  }
}

/**
 * The same file line by line, when its reader asks for the next one: several lists can be read side by side. Returns what
 * the whole file was. Whoever stops early calls `return()`, as `for of` does.
 * @throws {UnreadableFileError}
 */
export function* iterateLines(path: string): Generator<Line, TextDigest> {
  const { descriptor } = openRegularFile(path);
  try {
    const hash = createHash('sha256');
    let lines: Line[] = [];
    const splitter = new LineSplitter((line) => lines.push(line));
    const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
    let size = 0;
    for (;;) {
      const read = readSync(descriptor, buffer, 0, CHUNK_BYTES, null);
      if (read === 0) break;
      hash.update(buffer.subarray(0, read));
      splitter.push(buffer.subarray(0, read));
      size += read;
      yield* lines;
      lines = [];
    }
    const count = splitter.end();
    yield* lines;
    return { size_bytes: size, sha256: hash.digest('hex'), lines: count };
  } catch (error) {
    throw asUnreadable(error, path);
  } finally {
    closeSync(descriptor);
  }
}

/** Cuts chunks into lines and carries what is left of one chunk over to the next. */
class LineSplitter {
  #carry: Buffer = Buffer.alloc(0);
  #number = 0;
  /** True while the rest of a line that is too long, and was already handed out, is being skipped. */
  #skipping = false;

  constructor(readonly onLine: (line: Line) => void) {}

  push(chunk: Buffer): void {
    const bytes = this.#carry.length === 0 ? chunk : Buffer.concat([this.#carry, chunk]);
    // Most chunks are valid as a whole; a chunk that ends within a character is judged line by line.
    const valid = isUtf8(bytes);
    let start = 0;
    for (let end = bytes.indexOf(10); end !== -1; end = bytes.indexOf(10, start)) {
      if (this.#skipping) this.#skipping = false;
      else this.#emit(bytes, start, end, valid);
      start = end + 1;
    }
    this.#keep(bytes, start, valid);
  }

  end(): number {
    if (this.#carry.length > 0 && !this.#skipping) {
      this.onLine({ number: ++this.#number, text: this.#carry.toString('utf8'), defect: 'cut' });
    }
    return this.#number;
  }

  #keep(bytes: Buffer, start: number, valid: boolean): void {
    const rest = bytes.length - start;
    if (this.#skipping || rest > MAX_LINE_BYTES) {
      if (!this.#skipping) this.#emit(bytes, start, bytes.length, valid);
      this.#skipping = true;
      this.#carry = Buffer.alloc(0);
    } else {
      this.#carry = Buffer.from(bytes.subarray(start));
    }
  }

  #emit(bytes: Buffer, start: number, end: number, valid: boolean): void {
    const number = ++this.#number;
    if (end - start > MAX_LINE_BYTES) {
      this.onLine({ number, text: bytes.toString('utf8', start, start + MAX_LINE_BYTES), defect: 'too-long' });
    } else if (bytes[end - 1] === 13 && end > start) {
      this.onLine({ number, text: bytes.toString('utf8', start, end - 1), defect: 'crlf' });
    } else {
      const defect = valid || isUtf8(bytes.subarray(start, end)) ? null : 'not-utf8';
      this.onLine({ number, text: bytes.toString('utf8', start, end), defect });
    }
  }
}
