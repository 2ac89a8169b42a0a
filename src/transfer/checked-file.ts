import { closeSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { wrapSystemError } from '../errors.js';
import { RunningSha256, sha256Hex } from '../fixity/digest.js';
import { openRegularFileCoarse, UnreadableFileError } from '../fixity/file.js';
import { damaged, type ReleaseFile } from './release-tree.js';

/** What a file is read in; also the most that is held of a file at once, but for those read whole. */
export const CHUNK_BYTES = 1 << 20;

/**
 * The bytes of a file of a release, held against its lists before they are handed out.
 * @throws {CurationError} RELEASE_INVALID naming the path, what was expected and what was found
 */
export function readChecked(folder: string, file: ReleaseFile): Buffer {
  const bytes = Buffer.allocUnsafe(file.size_bytes);
  opened(folder, file, (descriptor) => fill(descriptor, bytes, file));
  requireDigest(file, sha256Hex(bytes));
  return bytes;
}

/**
 * The bytes of a large file of a release in pieces; whether they are the right ones is known when the last one was handed
 * out, and told by an exception. Each piece is a buffer of its own.
 * @param pieceBytes length of each piece but the last
 * @throws {CurationError} RELEASE_INVALID
 */
export function* readPieces(folder: string, file: ReleaseFile, pieceBytes = CHUNK_BYTES): Generator<Buffer> {
  const { descriptor } = open(folder, file);
  try {
    const digest = new RunningSha256();
    for (let at = 0; at < file.size_bytes; ) {
      const piece = Buffer.allocUnsafe(Math.min(pieceBytes, file.size_bytes - at));
      fill(descriptor, piece, file);
      digest.update(piece);
      at += piece.length;
      if (at === file.size_bytes) requireDigest(file, digest.hex());
      yield piece;
    }
  } finally {
    closeSync(descriptor);
  }
}

function opened(folder: string, file: ReleaseFile, read: (descriptor: number) => void): void {
  const { descriptor } = open(folder, file);
  try {
    read(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Size before digest: a file that was cut short or grew is told before a byte is read. */
function open(folder: string, { path, size_bytes }: ReleaseFile): { descriptor: number } {
  try {
    const { descriptor, stat } = openRegularFileCoarse(join(folder, path));
    if (stat.size === size_bytes) return { descriptor };
    closeSync(descriptor);
    throw damaged(path, `${size_bytes} bytes`, `${stat.size} bytes`);
  } catch (error) {
    if (error instanceof UnreadableFileError) throw damaged(path, `a file of ${size_bytes} bytes`, error.message);
    throw error;
  }
}

function fill(descriptor: number, bytes: Buffer, { path, size_bytes }: ReleaseFile): void {
  try {
    for (let at = 0; at < bytes.length; ) {
      const read = readSync(descriptor, bytes, at, bytes.length - at, null);
      if (read === 0) throw damaged(path, `${size_bytes} bytes`, 'fewer: it was cut short while it was read');
      at += read;
    }
  } catch (error) {
    throw wrapSystemError(error, 'reading a file of the release', path);
  }
}

function requireDigest({ path, sha256 }: ReleaseFile, found: string): void {
  if (found !== sha256) throw damaged(path, `sha256:${sha256}`, `sha256:${found}`);
}
