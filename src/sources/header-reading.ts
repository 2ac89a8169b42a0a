import { readHeader } from '../dicom/header.js';
import { KEPT_ATTRIBUTES, type HeaderReading, type InstanceErrorCode } from '../model/header.js';

const NO_VALUES: readonly null[] = KEPT_ATTRIBUTES.map(() => null);

/**
 * Reads a header from the first bytes of a file; `need-more-bytes` asks for a longer head. No file may end the pull of a million others:
 * what the reader does not survive is unreadable, and the gate says so.
 * @param fileSize in bytes; null when it is not known yet
 */
export function readSafely(bytes: Buffer, complete: boolean, fileSize: number | null): HeaderReading | 'need-more-bytes' {
  try {
    return readHeader(bytes, { complete, ...(fileSize === null ? {} : { fileSize }) });
  } catch {
    return unreadableHeader('malformed', 'The header made the reader fail.');
  }
}

/** The reading of a file that gave none. */
export function unreadableHeader(errorCode: InstanceErrorCode, error: string): HeaderReading {
  return { status: 'unreadable', errorCode, error, TransferSyntaxUID: null, values: [...NO_VALUES] };
}
