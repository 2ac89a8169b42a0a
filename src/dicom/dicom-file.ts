import { inflateRawSync } from 'node:zlib';
import { systemErrorCode } from '../errors.js';
import { DataSet, type DicomElement } from './data-set.js';
import { FIRST_READ_BYTES, INFLATE_FREE_BYTES, MAX_HELD_BYTES, MAX_INFLATE_RATIO, MAX_TAIL_BYTES } from './limits.js';
import { DataSetParser, type ParseEnd, type ReadAt } from './parse-data-set.js';
import { boundNotes, type ParseNote } from './parse-note.js';
import { locateDataSet, type DataSetLocation } from './part10.js';
import { encodingOfSyntax } from './transfer-syntax.js';

/** Where the bytes of a file come from: a descriptor, or memory. */
export interface ByteSource {
  /** Bytes of the file. */
  size: number;
  readAt: ReadAt;
}

/** A DICOM file, parsed as a whole: every element at any depth but the pixels, which can be read. */
export interface DicomFile {
  size: number;
  /** The 128 bytes before `DICM`; null when there are none. */
  preamble: Buffer | null;
  /** Group 0002; empty when there is none. */
  meta: DataSet;
  dataSet: DataSet;
  /** (0002,0010) as written; null when there is none. */
  transferSyntax: string | null;
  /** How the data set is encoded, whatever the transfer syntax says. */
  encoding: { explicitVr: boolean; bigEndian: boolean; deflated: boolean };
  /** The element of the pixels: (7FE0,0010), or the float kinds 0008 and 0009; null when there is none. */
  pixels: DicomElement | null;
  /** What is wrong with the encoding. */
  notes: readonly ParseNote[];
  /** Whether the data set was read to its end. */
  whole: boolean;
  /** What follows the data set: where a part that is no element begins; null when nothing follows. */
  trailing: { offset: number; bytes: Buffer } | null;
  /** Reads bytes at the offsets that elements and fragments give: of the file, or of the inflated data set. */
  readAt: ReadAt;
}

/** Why a file is no data set at all. */
export interface NoDataSet {
  reason: 'empty' | 'not-dicom' | 'truncated' | 'malformed' | 'dicomdir';
}

const PREAMBLE_BYTES = 128;

/**
 * Parses a DICOM file (PS3.10 7, PS3.5 7). Never throws on what the file holds; what reading it throws passes through.
 * @param inflatedBytes a deflated data set is inflated to so many bytes at most
 */
export function parseDicomFile(source: ByteSource, inflatedBytes: number): DicomFile | NoDataSet {
  if (source.size === 0) return { reason: 'empty' };
  for (let held = FIRST_READ_BYTES; ; held *= 2) {
    const bytes = source.readAt(0, Math.min(held, source.size));
    const complete = bytes.length >= source.size;
    const location = locateDataSet(bytes, complete);
    if (location.kind === 'ran-out') {
      if (complete || held >= MAX_HELD_BYTES) return { reason: 'truncated' };
      continue;
    }
    if (location.kind !== 'data-set') return { reason: location.kind };
    if (location.isDirectory) return { reason: 'dicomdir' };
    return location.encoding.deflated ? parseDeflated(source, bytes, location, inflatedBytes) : parsePlain(source, bytes, location);
  }
}

function parsePlain(source: ByteSource, head: Buffer, location: DataSetLocation): DicomFile {
  let bytes = head;
  for (;;) {
    const dataSet = new DataSet(null);
    const parser = new DataSetParser(dataSet, { bytes: bytes.subarray(location.offset), base: location.offset, size: source.size, ...location.encoding, readAt: source.readAt });
    const end = parser.parse();
    if (end.kind === 'more' && end.inside) {
      const wanted = Math.min(Math.max(end.offset, bytes.length * 2), source.size, MAX_HELD_BYTES);
      if (wanted > bytes.length) {
        bytes = source.readAt(0, wanted);
        continue;
      }
      parser.note('too-long', 0);
    }
    return finish(source, bytes, location, dataSet, [...parser.notes], end);
  }
}

/** Parses what follows the pixels, when they are not held, and puts the file together. */
function finish(source: ByteSource, head: Buffer, location: DataSetLocation, dataSet: DataSet, notes: ParseNote[], first: ParseEnd): DicomFile {
  let end = first;
  if (end.kind === 'more' && !end.inside && end.offset <= source.size) {
    const { offset } = end;
    const bytes = source.readAt(offset, Math.min(source.size - offset, MAX_TAIL_BYTES));
    const parser = new DataSetParser(dataSet, { bytes, base: offset, size: offset + bytes.length, ...location.encoding, readAt: source.readAt });
    end = parser.parse();
    if (offset + bytes.length < source.size) parser.note('too-long', bytes.length);
    notes.push(...parser.notes);
  }
  return compose(source, head, location, dataSet, notes, end, source.readAt);
}

function parseDeflated(source: ByteSource, head: Buffer, location: DataSetLocation, inflatedBytes: number): DicomFile {
  const dataSet = new DataSet(null);
  const deflated = source.size > MAX_HELD_BYTES ? head.subarray(location.offset) : source.readAt(location.offset, source.size - location.offset);
  const fail = (fault: ParseNote['fault']): DicomFile => compose(source, head, location, dataSet, [{ fault, path: null, offset: location.offset }], { kind: 'failed', offset: location.offset }, source.readAt);
  if (source.size > MAX_HELD_BYTES) return fail('too-long');
  const limit = Math.min(inflatedBytes, Math.max(INFLATE_FREE_BYTES, deflated.length * MAX_INFLATE_RATIO));
  let bytes: Buffer;
  try {
    bytes = inflateRawSync(deflated, { maxOutputLength: limit });
  } catch (error) {
    return fail(systemErrorCode(error) === 'ERR_BUFFER_TOO_LARGE' ? 'inflate-limit' : 'inflate-corrupt');
  }
  const readAt: ReadAt = (offset, length) => bytes.subarray(offset, Math.min(bytes.length, offset + length));
  const parser = new DataSetParser(dataSet, { bytes, base: 0, size: bytes.length, ...location.encoding, readAt });
  const end = parser.parse();
  return compose(source, head, location, dataSet, [...parser.notes], end, readAt);
}

function compose(source: ByteSource, head: Buffer, location: DataSetLocation, dataSet: DataSet, notes: ParseNote[], end: ParseEnd, readAt: ReadAt): DicomFile {
  const meta = parseMeta(head, location, notes);
  const { transferSyntax, encoding } = location;
  if (transferSyntax !== null && !sameEncoding(encodingOfSyntax(transferSyntax), encoding)) notes.push({ fault: 'other-encoding', path: null, offset: location.offset });
  const pixels = [0x7fe00010, 0x7fe00008, 0x7fe00009].map((tag) => dataSet.get(tag)).find((element) => element !== undefined) ?? null;
  return {
    size: source.size,
    preamble: location.meta !== null && location.meta.offset > PREAMBLE_BYTES ? head.subarray(0, PREAMBLE_BYTES) : null,
    meta,
    dataSet,
    transferSyntax,
    encoding,
    pixels,
    notes: boundNotes(notes),
    whole: end.kind === 'done',
    trailing: trailingOf(end, readAt),
    readAt,
  };
}

function sameEncoding(a: DicomFile['encoding'], b: DicomFile['encoding']): boolean {
  return a.explicitVr === b.explicitVr && a.bigEndian === b.bigEndian && a.deflated === b.deflated;
}

/** What no element could be read from: what was appended to a file, or the rest of a broken one. */
function trailingOf(end: ParseEnd, readAt: ReadAt): DicomFile['trailing'] {
  if (end.kind !== 'failed') return null;
  const bytes = readAt(end.offset, MAX_TAIL_BYTES);
  return bytes.length === 0 ? null : { offset: end.offset, bytes };
}

function parseMeta(head: Buffer, { meta: place, offset: end }: DataSetLocation, notes: ParseNote[]): DataSet {
  const meta = new DataSet(null);
  if (place === null) {
    notes.push({ fault: 'no-meta', path: null, offset: 0 });
    return meta;
  }
  if (place.offset <= PREAMBLE_BYTES) notes.push({ fault: 'no-preamble', path: null, offset: 0 });
  if (!place.encoding.explicitVr || place.encoding.bigEndian) notes.push({ fault: 'meta-encoding', path: null, offset: place.offset });
  const bytes = head.subarray(place.offset, end);
  const parser = new DataSetParser(meta, { bytes, base: place.offset, size: end, ...place.encoding, readAt: () => Buffer.alloc(0) });
  parser.parse();
  notes.push(...parser.notes);
  const [length] = meta.numbers(0x00020000);
  const first = meta.get(0x00020000);
  if (length === undefined || first === undefined || first.offset + first.length + length !== end) notes.push({ fault: 'meta-length', path: 'FileMetaInformationGroupLength', offset: place.offset });
  return meta;
}
