import { type HeaderReading, type InstanceErrorCode, KEPT_ATTRIBUTES } from '../model/header.js';
import { parseCharacterSet } from './character-set.js';
import { ElementCursor } from './element-cursor.js';
import { findKeptElements, type KeptElements, noKeptElements } from './kept-elements.js';
import { MAX_HEADER_BYTES } from './limits.js';
import { type DataSetLocation, isDeflated, locateDataSet } from './part10.js';
import { decodeValue } from './value.js';

/** What the caller knows of the bytes it holds. */
export interface ReadOptions {
  /** Whether the bytes held are the whole file. */
  complete: boolean;
  /** Size of the whole file in bytes, where known: what declares to end beyond it is not waited for. */
  fileSize?: number;
}

const CHARACTER_SET = KEPT_ATTRIBUTES.findIndex(({ keyword }) => keyword === 'SpecificCharacterSet');

/** Reads the kept attributes. */
export function readHeader(bytes: Buffer, options: ReadOptions): HeaderReading | 'need-more-bytes' {
  if (bytes.length === 0) return options.complete ? unreadable('empty', null) : 'need-more-bytes';
  const location = locateDataSet(bytes, options.complete);
  if (location.kind === 'ran-out' && !options.complete) return 'need-more-bytes';
  if (location.kind === 'not-dicom') return unreadable('not-dicom', null);
  if (location.kind !== 'data-set') {
    return unreadable(location.kind === 'ran-out' ? 'truncated' : 'malformed', location.transferSyntax);
  }
  if (location.isDirectory) return unreadable('dicomdir', location.transferSyntax);
  if (isDeflated(location)) return unreadable('unsupported-transfer-syntax', location.transferSyntax);
  return readDataSet(bytes, location, options);
}

function readDataSet(bytes: Buffer, location: DataSetLocation, options: ReadOptions): HeaderReading | 'need-more-bytes' {
  const kept = noKeptElements();
  const cursor = new ElementCursor(bytes, location.offset, location.encoding);
  const { end, needs } = findKeptElements(cursor, kept);
  if (end === 'ran-out' && !options.complete && needs <= (options.fileSize ?? Infinity) && bytes.length < MAX_HEADER_BYTES) {
    return 'need-more-bytes';
  }
  const errorCode: InstanceErrorCode | null = end === 'done' ? null : end === 'ran-out' ? 'truncated' : 'malformed';
  return assemble(bytes, kept, location, errorCode);
}

function assemble(bytes: Buffer, kept: KeptElements, location: DataSetLocation, errorCode: InstanceErrorCode | null): HeaderReading {
  const { bigEndian } = location.encoding;
  let characterSet = parseCharacterSet(null);
  const values = KEPT_ATTRIBUTES.map((attribute, index) => {
    const start = kept.starts[index] as number;
    if (start < 0) return null;
    const value = decodeValue(bytes, start, kept.lengths[index] as number, kept.vrs[index] as number, attribute, characterSet, bigEndian);
    if (index === CHARACTER_SET) characterSet = parseCharacterSet(value.text);
    return value.text;
  });
  return {
    status: errorCode === null ? 'ok' : values.some((value) => value !== null) ? 'partial' : 'unreadable',
    errorCode,
    error: errorCode === null ? null : 'The header breaks off.',
    TransferSyntaxUID: location.transferSyntax,
    values,
  };
}

function unreadable(errorCode: InstanceErrorCode, transferSyntax: string | null): HeaderReading {
  return {
    status: 'unreadable',
    errorCode,
    error: 'The header cannot be read.',
    TransferSyntaxUID: transferSyntax,
    values: KEPT_ATTRIBUTES.map(() => null),
  };
}
