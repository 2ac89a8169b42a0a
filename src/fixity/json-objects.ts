import { closeSync, readSync } from 'node:fs';
import { CurationError } from '../errors.js';
import { openRegularFileCoarse } from './file.js';
import { parseJsonStrict } from './json.js';

/** Bounds of one object: a bundle may name a hundred thousand members. */
const LIMITS = { maxBytes: 64 << 20, maxDepth: 32 };
const CHUNK_BYTES = 1 << 20;
/** An array may stand alone, or under this key of an object, as DRS services answer. */
const WRAPPED = /^\s*\{\s*"drs_objects"\s*:\s*\[/;
/** Bytes in which the beginning of the document must show. */
const HEAD_BYTES = 4096;

const [LF, QUOTE, BACKSLASH, COMMA, OPEN_LIST, CLOSE_LIST, OPEN, CLOSE] = [0x0a, 0x22, 0x5c, 0x2c, 0x5b, 0x5d, 0x7b, 0x7d];
const BLANKS = new Set([0x20, 0x09, 0x0a, 0x0d]);

export interface JsonObjectReader {
  /** An object, with the line that it begins on. */
  onObject(value: Record<string, unknown>, line: number): void;
  /** An object that is refused, and why, as a clause. */
  onDefect(line: number, reason: string): void;
}

/**
 * Reads a JSON document that is an array of objects, or one object, and hands out one object after the other: of a document of any size
 * no more than one object is in memory, and nothing is read by recursion.
 * @throws {CurationError} MANIFEST_INVALID when it is neither
 * @throws {UnreadableFileError}
 */
export function readJsonObjects(path: string, reader: JsonObjectReader): void {
  const { descriptor } = openRegularFileCoarse(path);
  try {
    const splitter = new ObjectSplitter(path, reader);
    const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
    for (let read = readSync(descriptor, buffer); read > 0; read = readSync(descriptor, buffer)) splitter.push(buffer.subarray(0, read));
    splitter.end();
  } finally {
    closeSync(descriptor);
  }
}

class ObjectSplitter {
  #place: 'start' | 'first' | 'next' | 'object' | 'separator' | 'end' = 'start';
  #line = 1;
  #objectLine = 1;
  #depth = 0;
  #inText = false;
  #escaped = false;
  #kept: Buffer[] = [];
  #keptBytes = 0;
  #tooLong = false;
  /** Closing bracket that may still follow the array; null for none. */
  #wrapped = false;

  constructor(
    readonly path: string,
    readonly reader: JsonObjectReader,
  ) {}

  push(chunk: Buffer): void {
    let at = this.#place === 'start' ? this.#begin(chunk) : 0;
    let from = at;
    for (; at < chunk.length; at++) {
      const byte = chunk[at] as number;
      if (byte === LF) this.#line += 1;
      if (this.#place === 'object') {
        if (!this.#closes(byte)) continue;
        this.#keep(chunk.subarray(from, at + 1));
        this.#finish();
      } else if (!BLANKS.has(byte)) {
        this.#between(byte);
        from = at;
      }
    }
    if (this.#place === 'object') this.#keep(chunk.subarray(from));
  }

  end(): void {
    if (this.#place === 'separator' && !this.#wrapped && this.#single) return;
    if (this.#place !== 'end' || this.#wrapped) throw this.#invalid(this.#place === 'start' ? 'the file is empty' : 'the JSON text is cut off');
  }

  #single = false;

  /** Steps over what comes before the first object, which lies in the first chunk; returns where to go on. */
  #begin(chunk: Buffer): number {
    const mark = chunk.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf])) ? 3 : 0;
    const head = chunk.toString('latin1', mark, HEAD_BYTES);
    const wrapper = WRAPPED.exec(head);
    const opening = wrapper?.[0] ?? /^\s*\[/.exec(head)?.[0];
    this.#wrapped = wrapper !== null;
    this.#single = opening === undefined;
    if (opening === undefined && !/^\s*\{/.test(head)) throw this.#invalid('it is no array of objects and no object');
    this.#place = opening === undefined ? 'next' : 'first';
    this.#line += (opening ?? '').split('\n').length - 1;
    return mark + (opening ?? '').length;
  }

  /** A byte outside all objects, no blank. */
  #between(byte: number): void {
    if (byte === OPEN && (this.#place === 'first' || this.#place === 'next')) {
      this.#place = 'object';
      this.#objectLine = this.#line;
      this.#depth = 1;
    } else if (byte === COMMA && this.#place === 'separator' && !this.#single) this.#place = 'next';
    else if (byte === CLOSE_LIST && (this.#place === 'separator' || this.#place === 'first') && !this.#single) this.#place = 'end';
    else if (byte === CLOSE && this.#place === 'end' && this.#wrapped) this.#wrapped = false;
    else throw this.#invalid('it is no array of objects');
  }

  /** A byte of an object; true when it is its last. */
  #closes(byte: number): boolean {
    if (this.#inText) {
      if (this.#escaped) this.#escaped = false;
      else if (byte === BACKSLASH) this.#escaped = true;
      else if (byte === QUOTE) this.#inText = false;
    } else if (byte === QUOTE) this.#inText = true;
    else if (byte === OPEN || byte === OPEN_LIST) this.#depth += 1;
    else if (byte === CLOSE || byte === CLOSE_LIST) this.#depth -= 1;
    return this.#depth === 0;
  }

  #keep(bytes: Buffer): void {
    this.#keptBytes += bytes.length;
    if (this.#keptBytes > LIMITS.maxBytes) {
      this.#tooLong = true;
      this.#kept = [];
    } else this.#kept.push(Buffer.from(bytes));
  }

  #finish(): void {
    const bytes = Buffer.concat(this.#kept);
    const tooLong = this.#tooLong;
    this.#kept = [];
    this.#keptBytes = 0;
    this.#tooLong = false;
    this.#place = 'separator';
    if (tooLong) return this.reader.onDefect(this.#objectLine, `it is longer than ${LIMITS.maxBytes} bytes`);
    const reading = parseJsonStrict(bytes, LIMITS);
    if (!reading.ok) this.reader.onDefect(this.#objectLine, reading.reason);
    else this.reader.onObject(reading.value as Record<string, unknown>, this.#objectLine);
  }

  #invalid(reason: string): CurationError {
    return new CurationError('MANIFEST_INVALID', `${this.path}:${this.#line}: ${reason}.`, { expected: 'a JSON array of objects, one a file', suggestions: ['Download the manifest again from where it was made: it may have been cut on its way.', 'Name the manifest itself, and not a page or a table around it.'] });
  }
}
