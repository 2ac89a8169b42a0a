import { closeSync, existsSync, fsyncSync, linkSync, lstatSync, mkdirSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { CurationError, systemErrorCode, wrapSystemError } from '../errors.js';

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

/** Makes the folder of a file that is about to be written, and those above it. @throws {CurationError} IO_FAILED */
export function makeParentFolder(path: string): void {
  const folder = dirname(path);
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw wrapSystemError(systemErrorCode(error) === 'ENOENT' ? reasonOf(error, folder) : error, 'making the folder', folder);
  }
}

/** Node says ENOENT of a read-only file system when it makes folders to any depth; asked for the first one alone, it tells the reason. */
function reasonOf(error: unknown, folder: string): unknown {
  let missing = folder;
  while (dirname(missing) !== missing && !existsSync(dirname(missing))) missing = dirname(missing);
  try {
    mkdirSync(missing);
    return error;
  } catch (reason) {
    return reason;
  }
}

/**
 * Writes a new file, whole or not at all, and never over another one.
 * @param options.mode permissions of the new file
 * @throws {CurationError} USAGE when there is something of that name; DISK_FULL, IO_FAILED
 */
export function createFile(path: string, data: string | Uint8Array, options: { mode?: number } = {}): void {
  const aside = join(dirname(path), `.${basename(path)}.${randomUUID()}.tmp`);
  try {
    if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) throw taken(path);
    writeFileSync(aside, data, { flag: 'wx', flush: true, ...options });
    putInPlace(aside, path);
    fsyncFolder(dirname(path));
  } catch (error) {
    if (systemErrorCode(error) === 'EEXIST') throw taken(path);
    throw wrapSystemError(error, 'writing', path);
  } finally {
    rmSync(aside, { force: true });
  }
}

/** A link never replaces a file; where there are no links, a rename has to do. */
function putInPlace(aside: string, path: string): void {
  try {
    linkSync(aside, path);
  } catch (error) {
    const code = systemErrorCode(error);
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'ENOSYS') throw error;
    renameSync(aside, path);
  }
}

function taken(path: string): CurationError {
  return new CurationError('USAGE', `There is a file of that name already, and it is not replaced: ${path}`, { suggestions: ['Name another file, or move that one away.'] });
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
