import { closeSync, readSync } from 'node:fs';
import { TextDecoder } from 'node:util';
import { asUnreadable, openRegularFile } from './file.js';

/** A line of a text that may be in any encoding. */
export interface TagLine {
  /** Counted from 1. */
  number: number;
  text: string;
}

/** How the reading of a tag file ended: why its bytes are no text in its encoding, as a clause, or null. */
export interface TagReading {
  fault: string | null;
}

const CHUNK_BYTES = 1 << 20;
const MAX_LINE_CHARACTERS = 32_768;

/** The decoder of an encoding by its name at IANA; null when there is none. A byte order mark is kept as U+FEFF, for its reader to judge. */
export function tagDecoder(encoding: string): TextDecoder | null {
  const name = encoding.trim().toLowerCase();
  try {
    // without a mark UTF-16 is big-endian (RFC 2781 4.3), which WHATWG does not say
    return new TextDecoder(name === 'utf-16' || name === 'utf16' ? 'utf-16be' : name, { fatal: true, ignoreBOM: true });
  } catch {
    return null;
  }
}

/**
 * Reads the lines of a tag file of a bag: in its encoding, each ended by LF, CR or CR LF (RFC 8493 2.1.3), a byte order mark at
 * the beginning taken off. Never more than a chunk in memory.
 * @throws {UnreadableFileError}
 */
export function readTagLines(path: string, encoding: string, onLine: (line: TagLine) => void): TagReading {
  const { descriptor } = openRegularFile(path);
  try {
    const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
    let decoder: TextDecoder | null = null;
    const splitter = new TextSplitter(onLine);
    for (let read = readSync(descriptor, buffer); ; read = readSync(descriptor, buffer)) {
      decoder ??= decoderFor(encoding, buffer.subarray(0, read));
      if (decoder === null) return { fault: `is in an encoding that is not known here: ${encoding.slice(0, 40)}` };
      const text = decodeChunk(decoder, buffer.subarray(0, read), read > 0);
      if (text === null) return { fault: `is not in the encoding ${encoding.slice(0, 40)}` };
      if (!splitter.push(text)) return { fault: `has a line of more than ${MAX_LINE_CHARACTERS} characters` };
      if (read === 0) break;
    }
    splitter.end();
    return { fault: null };
  } catch (error) {
    throw asUnreadable(error, path);
  } finally {
    closeSync(descriptor);
  }
}

/** A mark at the beginning of UTF-16 says in which order its bytes are. */
function decoderFor(encoding: string, head: Buffer): TextDecoder | null {
  const isWide = /^utf-?16$/i.test(encoding.trim());
  return tagDecoder(isWide && head[0] === 0xff && head[1] === 0xfe ? 'utf-16le' : encoding);
}

function decodeChunk(decoder: TextDecoder, bytes: Buffer, more: boolean): string | null {
  try {
    return decoder.decode(bytes, { stream: more });
  } catch {
    return null;
  }
}

class TextSplitter {
  #carry = '';
  #number = 0;

  constructor(readonly onLine: (line: TagLine) => void) {}

  /** False when a line gets too long. */
  push(text: string): boolean {
    const all = this.#carry + text;
    let start = this.#number === 0 && all.startsWith('\ufeff') ? 1 : 0;
    const end = /\r\n|\n|\r(?!$)/g;
    end.lastIndex = start;
    for (let match = end.exec(all); match !== null; match = end.exec(all)) {
      if (match.index - start > MAX_LINE_CHARACTERS) return false;
      this.onLine({ number: ++this.#number, text: all.slice(start, match.index) });
      start = end.lastIndex;
    }
    this.#carry = all.slice(start);
    return this.#carry.length <= MAX_LINE_CHARACTERS;
  }

  end(): void {
    const rest = this.#carry.replace(/\r$/, '');
    if (this.#carry !== '') this.onLine({ number: ++this.#number, text: this.#number === 1 ? rest.replace(/^\ufeff/, '') : rest });
  }
}
