import { createReadStream, openSync, closeSync, readSync, statSync } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { CurationError, systemErrorCode, wrapSystemError } from '../../errors.js';
import { ArchiveStop, type ArchiveIntake } from './archive-intake.js';
import { parseTarHeader } from './tar-header.js';
import { TarScanner } from './tar-scanner.js';
import { readZip } from './zip-reader.js';

/** What an archive is by its first bytes; `other`: compressed in a way that is not read here. */
export type ArchiveKind = 'zip' | 'tar' | 'tar.gz' | 'other';

const CHUNK_BYTES = 1 << 20;
const HEAD_BYTES = 512;
/** bzip2, xz, zstd, 7-Zip, RAR. */
const OTHERS = ['425a68', 'fd377a585a00', '28b52ffd', '377abcaf271c', '526172211a07'];

/** What a file is by its first bytes, whatever its name; null when it is no archive. */
export function archiveKind(path: string): ArchiveKind | null {
  const head = readHead(path, HEAD_BYTES);
  const hex = head.toString('hex', 0, 8);
  if (hex.startsWith('504b0304') || hex.startsWith('504b0506')) return 'zip';
  if (hex.startsWith('1f8b')) return 'tar.gz';
  if (OTHERS.some((magic) => hex.startsWith(magic))) return 'other';
  return head.length === HEAD_BYTES && typeof parseTarHeader(head) !== 'string' ? 'tar' : null;
}

/** The first bytes of a file, fewer when it has not so many. */
export function readHead(path: string, bytes: number): Buffer {
  const descriptor = openSync(path, 'r');
  try {
    const head = Buffer.alloc(bytes);
    let length = 0;
    for (let read = -1; read !== 0 && length < bytes; length += read) read = readSync(descriptor, head, length, bytes - length, length);
    return head.subarray(0, length);
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Reads an archive once, from beginning to end, into an intake. What is wrong with it is told there.
 * @throws {CurationError} INTERRUPTED, IO_FAILED, DISK_FULL
 */
export async function readArchive(path: string, kind: ArchiveKind, name: string, intake: ArchiveIntake, onProgress: () => void, signal?: AbortSignal): Promise<void> {
  const size = statSync(path).size;
  intake.turnTo(name, size);
  const check = (): void => {
    if (signal?.aborted === true) throw new CurationError('INTERRUPTED', 'Interrupted.');
    onProgress();
  };
  try {
    if (kind === 'zip') await readZip(path, intake, check);
    else await readTar(path, kind === 'tar.gz', size, intake, check);
  } catch (error) {
    if (error instanceof ArchiveStop) intake.fault(error.message);
    else if (isSystemError(error)) throw wrapSystemError(error, 'reading the archive', path);
    else throw error;
  }
}

async function readTar(path: string, gzip: boolean, size: number, intake: ArchiveIntake, check: () => void): Promise<void> {
  const scanner = new TarScanner(intake);
  const file = createReadStream(path, { highWaterMark: CHUNK_BYTES });
  const gunzip = gzip ? createGunzip({ chunkSize: CHUNK_BYTES }) : null;
  if (gunzip !== null) file.on('error', (error) => gunzip.destroy(error)).pipe(gunzip);
  try {
    for await (const chunk of gunzip ?? file) {
      check();
      scanner.push(chunk as Buffer);
      if (scanner.broken) return;
    }
  } catch (error) {
    if (!(systemErrorCode(error) ?? '').startsWith('Z_')) throw error;
    intake.fault(`it cannot be unpacked by gzip: ${(error as Error).message}`);
    return;
  } finally {
    file.destroy();
    gunzip?.destroy();
  }
  scanner.end();
  if (gunzip !== null && gunzip.bytesWritten !== size) intake.fault(`${size - gunzip.bytesWritten} bytes follow the end of its gzip stream`);
}

function isSystemError(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'syscall' in error;
}
