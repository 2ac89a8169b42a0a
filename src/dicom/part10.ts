import { ElementCursor, isKnownVr, UNDEFINED_LENGTH } from './element-cursor.js';
import { MAX_HEADER_BYTES } from './limits.js';
import { encodingOfSyntax, EXPLICIT_BIG, EXPLICIT_LITTLE, IMPLICIT_LITTLE, type Encoding } from './transfer-syntax.js';

const MEDIA_STORAGE_DIRECTORY = '1.2.840.10008.1.3.10';
/** Length of the preamble, and of preamble and magic word together, in bytes (PS3.10 7.1). */
const PREAMBLE_BYTES = 128;
const META_OFFSET = PREAMBLE_BYTES + 4;
/** Bytes that must be there before the form of a file can be judged: magic word and the first element header. */
const DETECTION_BYTES = META_OFFSET + 12;
/** Longest believable first value of a data set that no file meta information announces, in bytes. */
const MAX_FIRST_VALUE_BYTES = 1024;

/** Where the data set of a file begins and how it is encoded. */
export interface DataSetLocation {
  kind: 'data-set';
  offset: number;
  encoding: Encoding;
  /** (0002,0010) as written; null when there is none. */
  transferSyntax: string | null;
  isDirectory: boolean;
  /** False when the form was guessed because no file meta information announces it. */
  announced: boolean;
  /** Where group 0002 begins and how it is encoded; null when there is none. */
  meta: { offset: number; encoding: Encoding } | null;
}

/** What the first bytes of a file are, when not a data set. */
export type Location =
  | DataSetLocation
  | { kind: 'not-dicom' }
  | { kind: 'ran-out'; transferSyntax: string | null }
  | { kind: 'malformed'; transferSyntax: string | null };

/**
 * Finds the data set of a file: behind preamble and file meta information (PS3.10 7.1) or, for what was written
 * before or beside that standard, at the very start. The letters DICM alone prove nothing; group 0002 after them does.
 */
export function locateDataSet(bytes: Buffer, complete: boolean): Location {
  if (!complete && bytes.length < DETECTION_BYTES) return { kind: 'ran-out', transferSyntax: null };
  const hasMagic = bytes.length >= META_OFFSET && bytes.toString('latin1', PREAMBLE_BYTES, META_OFFSET) === 'DICM';
  if (hasMagic) {
    if (bytes.length < META_OFFSET + 8) return { kind: 'ran-out', transferSyntax: null };
    const metaEncoding = guessMetaEncoding(bytes, META_OFFSET);
    if (metaEncoding !== null) return readMeta(bytes, META_OFFSET, metaEncoding, complete);
  }
  for (const offset of hasMagic ? [0, META_OFFSET] : [0]) {
    const metaEncoding = guessMetaEncoding(bytes, offset);
    if (metaEncoding !== null) return readMeta(bytes, offset, metaEncoding, complete);
    const encoding = guessEncoding(bytes, offset);
    if (encoding !== null) {
      return { kind: 'data-set', offset, encoding, transferSyntax: null, isDirectory: false, announced: false, meta: null };
    }
  }
  return { kind: 'not-dicom' };
}

/** The encoding of file meta information at `offset`: explicit little endian by PS3.10 7.1, the others by mistake; null when none is there. */
function guessMetaEncoding(bytes: Buffer, offset: number): Encoding | null {
  if (bytes.length < offset + 8) return null;
  const little = bytes[offset] === 0x02 && bytes[offset + 1] === 0x00;
  const big = bytes[offset] === 0x00 && bytes[offset + 1] === 0x02;
  if (!little && !big) return null;
  if (isKnownVr(bytes, offset + 4)) return big ? EXPLICIT_BIG : EXPLICIT_LITTLE;
  const cursor = new ElementCursor(bytes, offset, { explicitVr: false, bigEndian: big });
  if (!cursor.readElement() || cursor.length > MAX_FIRST_VALUE_BYTES) return null;
  return { explicitVr: false, bigEndian: big, deflated: false };
}

/** The encoding of a data set that begins at `offset` with an element of group 0008; null when none does. */
function guessEncoding(bytes: Buffer, offset: number): Encoding | null {
  if (bytes.length < offset + 8) return null;
  const little = bytes[offset] === 0x08 && bytes[offset + 1] === 0x00;
  const big = bytes[offset] === 0x00 && bytes[offset + 1] === 0x08;
  if (!little && !big) return null;
  if (isKnownVr(bytes, offset + 4)) return big ? EXPLICIT_BIG : EXPLICIT_LITTLE;
  const cursor = new ElementCursor(bytes, offset, { explicitVr: false, bigEndian: big });
  if (!cursor.readElement() || cursor.length > MAX_FIRST_VALUE_BYTES) return null;
  return big ? { explicitVr: false, bigEndian: true, deflated: false } : IMPLICIT_LITTLE;
}

/** Reads group 0002 from `offset`. Its group length is only believed where deflated bytes follow, which look like anything. */
function readMeta(bytes: Buffer, offset: number, metaEncoding: Encoding, complete: boolean): Location {
  const cursor = new ElementCursor(bytes, offset, metaEncoding);
  let transferSyntax: string | null = null;
  let sopClass: string | null = null;
  let announcedEnd = Infinity;
  for (;;) {
    const at = cursor.position;
    if (encodingOfSyntax(transferSyntax ?? '').deflated && at >= announcedEnd) break;
    if (!cursor.readElement()) {
      if (complete && (at === bytes.length || !beginsMeta(bytes, at, metaEncoding))) break;
      return { kind: 'ran-out', transferSyntax };
    }
    if (cursor.group !== 0x0002) {
      cursor.position = at;
      break;
    }
    const end = cursor.position + cursor.length;
    if (cursor.length === UNDEFINED_LENGTH || end > MAX_HEADER_BYTES) return { kind: 'malformed', transferSyntax };
    if (end > bytes.length) return { kind: 'ran-out', transferSyntax };
    if (cursor.element === 0x0000 && cursor.length === 4) {
      announcedEnd = end + (metaEncoding.bigEndian ? bytes.readUInt32BE(cursor.position) : bytes.readUInt32LE(cursor.position));
    }
    if (cursor.element === 0x0002) sopClass ??= readUid(bytes, cursor.position, end);
    if (cursor.element === 0x0010) transferSyntax ??= readUid(bytes, cursor.position, end);
    cursor.position = end;
  }
  return {
    kind: 'data-set',
    offset: cursor.position,
    encoding: settleEncoding(bytes, cursor.position, transferSyntax),
    transferSyntax,
    isDirectory: sopClass === MEDIA_STORAGE_DIRECTORY,
    announced: true,
    meta: { offset, encoding: metaEncoding },
  };
}

function beginsMeta(bytes: Buffer, at: number, { bigEndian }: Encoding): boolean {
  return bytes[at] === (bigEndian ? 0x00 : 0x02) && (bytes[at + 1] ?? (bigEndian ? 0x02 : 0x00)) === (bigEndian ? 0x02 : 0x00);
}

function readUid(bytes: Buffer, from: number, end: number): string {
  return bytes.toString('latin1', from, Math.min(end, from + 256)).replaceAll('\0', ' ').trim();
}

/**
 * The encoding to read the data set in. Writers contradict their own file meta information (implicit announced, explicit
 * written, and the reverse; big endian; deflated announced, plain written); the first element of group 0008 tells.
 */
function settleEncoding(bytes: Buffer, offset: number, transferSyntax: string | null): Encoding {
  const found = guessEncoding(bytes, offset);
  if (found !== null) return found;
  if (transferSyntax !== null) return encodingOfSyntax(transferSyntax);
  return isKnownVr(bytes, offset + 4) ? EXPLICIT_LITTLE : IMPLICIT_LITTLE;
}
