import { type HeaderReading } from '../model/header.js';
import { holdsStreamEnd, inflateHead } from './deflate.js';
import { ElementCursor } from './element-cursor.js';
import { findKeptElements, type KeptElements, noKeptElements, type ScanEnd } from './kept-elements.js';
import { FIRST_DEFLATED_BYTES, MAX_HEADER_BYTES } from './limits.js';
import { type DataSetLocation, locateDataSet } from './part10.js';
import { composeReading, type HeaderErrorCode, unreadable } from './reading.js';

/** What the caller knows of the bytes it holds. */
export interface ReadOptions {
  /** Whether the bytes held are the whole file. */
  complete: boolean;
  /** Size of the whole file in bytes, where known: an element that declares to end beyond it is not waited for. */
  fileSize?: number;
}

/** One scan of a data set: the bytes it lies in and what was found there. */
interface Scan {
  bytes: Buffer;
  kept: KeptElements;
  end: ScanEnd;
}

/**
 * Reads the kept attributes of a DICOM file (PS3.10; PS3.5) from its first bytes, never from its pixels.
 *
 * `bytes` is the head of the file, at least 64 KiB of a longer one. `need-more-bytes` asks for a longer head (twice as
 * long is well, up to the whole file): a kept attribute may still come. The reading is the same whatever head it took.
 * Only values of the top level count. Never throws: a file that is not DICOM is a reading with an error code.
 *
 * Why no library reads here: dicom-parser builds an object for every element, inflates without bound, recurses, knows no
 * character sets and stops at files without preamble; it is the second reader in the tests. Walking the bytes once takes
 * a fifth to a tenth of its time (test/bench/header.ts), which on two threads is what keeps hashing at full speed.
 */
export function readHeader(bytes: Buffer, options: ReadOptions): HeaderReading | 'need-more-bytes' {
  if (bytes.length === 0) return options.complete ? unreadable('empty', null) : 'need-more-bytes';
  const location = locateDataSet(bytes, options.complete);
  if (location.kind === 'ran-out') {
    return options.complete ? unreadable('truncated', location.transferSyntax) : 'need-more-bytes';
  }
  if (location.kind === 'not-dicom') return unreadable('not-dicom', null);
  if (location.kind === 'malformed') return unreadable('malformed', location.transferSyntax);
  if (location.isDirectory) return unreadable('dicomdir', location.transferSyntax);
  return location.encoding.deflated ? readDeflated(bytes, location, options) : readPlain(bytes, location, options);
}

function readPlain(bytes: Buffer, location: DataSetLocation, options: ReadOptions): HeaderReading | 'need-more-bytes' {
  const scan = scanDataSet(bytes, location.offset, location);
  const errorCode = judgeEnd(scan, options);
  return errorCode === 'need-more-bytes' ? errorCode : composeReading(scan.bytes, scan.kept, location, errorCode);
}

function scanDataSet(bytes: Buffer, offset: number, location: DataSetLocation): Scan {
  const kept = noKeptElements();
  const cursor = new ElementCursor(bytes, offset, location.encoding);
  cursor.end = Math.min(bytes.length, MAX_HEADER_BYTES);
  return { bytes, kept, end: findKeptElements(cursor, kept) };
}

function judgeEnd({ bytes, kept, end }: Scan, { complete, fileSize }: ReadOptions): HeaderErrorCode | null | 'need-more-bytes' {
  if (end.kind === 'stopped') return null;
  if (end.kind === 'malformed') return 'malformed';
  const size = complete ? bytes.length : (fileSize ?? Infinity);
  // Without a declared end, all that can be said is that more than the bytes held is needed.
  const needs = Math.max(Number.isFinite(end.needs) ? end.needs : 0, Math.min(bytes.length, MAX_HEADER_BYTES) + 1);
  if (end.kind === 'at-end' && size < needs) return kept.any ? null : 'truncated';
  if (size < needs) return 'truncated';
  return needs > MAX_HEADER_BYTES ? 'header-too-large' : 'need-more-bytes';
}

/**
 * Inflates a growing head of the stream until the header is whole, so that neither the pixels nor a bomb behind them
 * is ever inflated. The steps are fixed, so that the outcome does not depend on how much of the file is held.
 */
function readDeflated(bytes: Buffer, location: DataSetLocation, options: ReadOptions): HeaderReading | 'need-more-bytes' {
  const stream = bytes.subarray(location.offset);
  let scan: Scan = { bytes, kept: noKeptElements(), end: { kind: 'ran-out', needs: Infinity } };
  const compose = (errorCode: HeaderErrorCode | null): HeaderReading => composeReading(scan.bytes, scan.kept, location, errorCode);
  for (let size = FIRST_DEFLATED_BYTES; ; size *= 4) {
    if (size > stream.length && !options.complete) return bytes.length < MAX_HEADER_BYTES ? 'need-more-bytes' : compose('header-too-large');
    const head = stream.subarray(0, size);
    const inflated = inflateHead(head);
    if (inflated.kind === 'too-large') return compose('too-large-when-inflated');
    if (inflated.kind === 'corrupt') return compose('malformed');
    scan = scanDataSet(inflated.bytes, 0, location);
    if (scan.end.kind === 'stopped') return compose(null);
    if (scan.end.kind === 'malformed') return compose('malformed');
    if (size < stream.length) continue;
    return compose(scan.end.kind === 'at-end' && scan.kept.any && holdsStreamEnd(head) ? null : 'truncated');
  }
}
