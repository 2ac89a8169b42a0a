import { closeSync, readSync } from 'node:fs';
import type { ByteSource } from '../dicom/dicom-file.js';
import { RunningSha256, sha256Hex } from '../fixity/digest.js';
import { asUnreadable, openRegularFileCoarse, UnreadableFileError } from '../fixity/file.js';

/** Files up to this size are read into memory once; larger ones in pieces, first for the digest, then for what is needed. */
const WHOLE_BYTES = 64 << 20;
const PIECE_BYTES = 1 << 20;

/**
 * Runs `work` with the bytes of a file if they are those that the catalog knows.
 * @param sha256 of the whole file
 * @returns null when they are others
 * @throws {UnreadableFileError}
 */
export function withKnownFile<T>(path: string, sha256: string, work: (source: ByteSource) => T): T | null {
  const { descriptor, stat } = openRegularFileCoarse(path);
  try {
    const readAt = (offset: number, length: number): Buffer => readPiece(descriptor, offset, Math.max(0, Math.min(length, stat.size - offset)), path);
    if (stat.size > WHOLE_BYTES) return digestOf(readAt, stat.size) === sha256 ? work({ size: stat.size, readAt }) : null;
    const bytes = readAt(0, stat.size);
    return sha256Hex(bytes) === sha256 ? work(memorySource(bytes)) : null;
  } finally {
    closeSync(descriptor);
  }
}

/** Bytes in memory as a source. */
export function memorySource(bytes: Buffer): ByteSource {
  return { size: bytes.length, readAt: (offset, length) => bytes.subarray(offset, Math.min(bytes.length, offset + length)) };
}

function digestOf(readAt: ByteSource['readAt'], size: number): string {
  const digest = new RunningSha256();
  for (let at = 0; at < size; at += PIECE_BYTES) digest.update(readAt(at, PIECE_BYTES));
  return digest.hex();
}

function readPiece(descriptor: number, offset: number, length: number, path: string): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  try {
    for (let at = 0; at < length; ) {
      const read = readSync(descriptor, bytes, at, length - at, offset + at);
      if (read === 0) throw new UnreadableFileError('changed', null, path);
      at += read;
    }
  } catch (error) {
    throw asUnreadable(error, path);
  }
  return bytes;
}
