import { inflateSync, constants } from 'node:zlib';

/** Streams of one document that are inflated, and bytes of each. */
const MAX_STREAMS = 2000;
const MAX_STREAM_BYTES = 16 * 1024 * 1024;

/** What could be read of a document. */
export interface DocumentTexts {
  texts: string[];
  /** Some of it could not be read: other filters than Flate, encryption, or more than the limits. */
  unread: boolean;
}

/**
 * The texts of a PDF: strings in its objects and in its Flate streams (ISO 32000-1 7.3.4, 7.4.4). Strings of one text
 * operation are put together, since kerning cuts words apart. @param budget bytes inflated in all
 */
export function pdfTexts(bytes: Buffer, budget: number): DocumentTexts {
  const texts = stringsOf(bytes);
  let unread = bytes.includes('/Encrypt');
  let left = budget;
  let at = 0;
  for (let count = 0; ; count += 1) {
    const start = bytes.indexOf('stream', at);
    if (start === -1) return { texts, unread };
    const end = bytes.indexOf('endstream', start);
    if (end === -1 || count >= MAX_STREAMS || left <= 0) return { texts, unread: true };
    const dictionary = bytes.toString('latin1', Math.max(0, start - 512), start);
    const content = contentOf(bytes.subarray(start + 6, end));
    at = end + 9;
    if (!isText(dictionary)) continue;
    const inflated = isFlate(dictionary) ? inflate(content, Math.min(left, MAX_STREAM_BYTES)) : content;
    if (inflated === null) unread = true;
    else {
      left -= inflated.length;
      for (const text of stringsOf(inflated)) texts.push(text);
    }
  }
}

/** The dictionary of a stream is what follows the last `obj` before it. */
function ownDictionary(before: string): string {
  return before.slice(Math.max(0, before.lastIndexOf(' obj')));
}

function isFlate(before: string): boolean {
  return /\/FlateDecode|\/Fl\b/.test(ownDictionary(before));
}

/** Pictures and font programs hold no text. */
function isText(before: string): boolean {
  return !/\/Subtype\s?\/Image|\/FontFile|\/Length1\b|\/DCTDecode|\/JPXDecode|\/CCITTFaxDecode/.test(ownDictionary(before));
}

function contentOf(bytes: Buffer): Buffer {
  return bytes[0] === 0x0d && bytes[1] === 0x0a ? bytes.subarray(2) : bytes[0] === 0x0a ? bytes.subarray(1) : bytes;
}

function inflate(content: Buffer, limit: number): Buffer | null {
  try {
    return inflateSync(content, { maxOutputLength: limit, finishFlush: constants.Z_SYNC_FLUSH });
  } catch {
    return null;
  }
}

/** Longest text put together. */
const MAX_TEXT_CHARS = 4096;

/** Strings in parentheses or hexadecimal; those that one array holds are one text, as are those of one text object (BT to ET). */
function stringsOf(bytes: Buffer): string[] {
  const texts: string[] = [];
  let line = '';
  const endLine = (): void => {
    if (line.trim().length >= 3) texts.push(line.trim());
    line = '';
  };
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte === 0x28) {
      const { text, end } = literalAt(bytes, at + 1);
      line += text;
      at = end;
    } else if (byte === 0x3c && bytes[at + 1] !== 0x3c) {
      const { text, end } = hexAt(bytes, at + 1);
      line += text;
      at = end;
    } else if (byte === 0x54 && (bytes[at + 1] === 0x64 || bytes[at + 1] === 0x44 || bytes[at + 1] === 0x2a || bytes[at + 1] === 0x6a || bytes[at + 1] === 0x4a)) {
      // Td, TD and T* begin a line; Tj and TJ end a piece of one.
      if (bytes[at + 1] === 0x6a || bytes[at + 1] === 0x4a) line += ' ';
      else endLine();
    } else if (byte === 0x45 && bytes[at + 1] === 0x54) endLine();
    if (line.length >= MAX_TEXT_CHARS) endLine();
  }
  endLine();
  return texts;
}

/** A string up to its closing parenthesis; pairs inside belong to it, a backslash takes what follows as it is. */
function literalAt(bytes: Buffer, start: number): { text: string; end: number } {
  let depth = 1;
  let text = '';
  let at = start;
  for (; at < bytes.length && text.length < MAX_TEXT_CHARS; at += 1) {
    const byte = bytes[at] as number;
    if (byte === 0x5c) {
      at += 1;
      text += String.fromCharCode(bytes[at] ?? 0x20);
      continue;
    }
    if (byte === 0x28) depth += 1;
    if (byte === 0x29 && --depth === 0) break;
    if (byte !== 0) text += String.fromCharCode(byte);
  }
  return { text: printable(text), end: at };
}

function hexAt(bytes: Buffer, start: number): { text: string; end: number } {
  const end = bytes.indexOf(0x3e, start);
  if (end === -1 || end - start > MAX_TEXT_CHARS * 4) return { text: '', end: start };
  const digits = bytes.toString('latin1', start, end).replace(/\s/g, '');
  if (!/^[0-9A-Fa-f]+$/.test(digits)) return { text: '', end: start };
  return { text: printable(Buffer.from(digits, 'hex').toString('latin1').replaceAll('\0', '')), end };
}

function printable(text: string): string {
  return text.replace(/[^\x20-\x7e\xa0-\xff]/g, ' ');
}
