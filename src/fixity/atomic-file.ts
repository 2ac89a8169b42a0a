import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { wrapSystemError } from '../errors.js';

/**
 * Writes a file so that the path holds either the old bytes or all of the new ones, even after a power cut: written
 * aside in the same folder, fsynced, renamed, folder fsynced.
 * @param options.mode permissions of the new file; 0o666 less the umask by default
 * @throws {CurationError} DISK_FULL or IO_FAILED; the path is untouched and nothing is left beside it.
 */
export function writeFileAtomic(path: string, data: string | Uint8Array, options: { mode?: number } = {}): void {
  const aside = join(dirname(path), `.${basename(path)}.${randomUUID()}.tmp`);
  try {
    writeFileSync(aside, data, { flag: 'wx', flush: true, ...options });
    renameSync(aside, path);
    fsyncFolder(dirname(path));
  } catch (error) {
    rmSync(aside, { force: true });
    throw wrapSystemError(error, 'writing', path);
  }
}

/**
 * Makes a folder and those above it, unless they are there.
 * @throws {CurationError} DISK_FULL or IO_FAILED
 */
export function ensureFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    throw wrapSystemError(error, 'making the folder', path);
  }
}

/**
 * Makes the entries of a folder (creations, renames, removals) durable.
 * @throws {CurationError} IO_FAILED
 */
export function fsyncFolder(path: string): void {
  fsyncPath(path);
}

/**
 * Makes the bytes of a file durable that somebody else (DuckDB, a copy) wrote and closed.
 * @throws {CurationError} DISK_FULL or IO_FAILED
 */
export function fsyncFile(path: string): void {
  fsyncPath(path);
}

function fsyncPath(path: string): void {
  try {
    const descriptor = openSync(path, 'r');
    try {
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    throw wrapSystemError(error, 'making durable', path);
  }
}
