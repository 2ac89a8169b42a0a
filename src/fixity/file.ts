import { closeSync, constants, fstatSync, openSync, readSync, type BigIntStats, type Stats } from 'node:fs';
import { CurationError, systemErrorCode } from '../errors.js';

/** Why the bytes of a path could not be had. `changed` means that the file was written to while it was read. */
export type FileDefect = 'missing' | 'link' | 'special' | 'changed' | 'too-large' | 'unreadable';

/** A file that cannot be read as a regular file: data about the tree, which callers turn into a finding or a problem. */
export class UnreadableFileError extends Error {
  override readonly name = 'UnreadableFileError';

  constructor(
    readonly defect: FileDefect,
    /** The system's error code (`EACCES`, `EIO`, ...), or null when the system had no objection. */
    readonly systemCode: string | null,
    readonly path: string,
  ) {
    super(`${describeDefect(defect)}${systemCode === null ? '' : ` (${systemCode})`}: ${path}`);
  }
}

/** The defect in words, as a clause about the file. */
export function describeDefect(defect: FileDefect): string {
  switch (defect) {
    case 'missing':
      return 'no such file';
    case 'link':
      return 'a link, not a file';
    case 'special':
      return 'not a regular file';
    case 'changed':
      return 'changed while it was read';
    case 'too-large':
      return 'larger than allowed';
    case 'unreadable':
      return 'cannot be read';
  }
}

/** A file open for reading; whoever opened it closes the descriptor. */
export interface OpenFile<Stat> {
  descriptor: number;
  stat: Stat;
}

/**
 * Opens a path for reading only if it is a regular file itself: a link is refused (O_NOFOLLOW, CWE-59), a fifo does not
 * block (O_NONBLOCK), a folder, socket or device is refused. The caller closes the descriptor.
 * Links in the folders above are the caller's to exclude: walk the tree, do not join names from a manifest.
 * @throws {UnreadableFileError}
 */
export function openRegularFile(path: string): OpenFile<BigIntStats> {
  return open(path, (descriptor) => fstatSync(descriptor, { bigint: true }));
}

/**
 * The same, with times in milliseconds only: saves a tenth of what hashing a small file costs.
 * @throws {UnreadableFileError}
 */
export function openRegularFileCoarse(path: string): OpenFile<Stats> {
  return open(path, (descriptor) => fstatSync(descriptor));
}

function open<Stat extends Stats | BigIntStats>(path: string, inspect: (descriptor: number) => Stat): OpenFile<Stat> {
  let descriptor: number;
  try {
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    throw openFailure(error, path);
  }
  try {
    const stat = inspect(descriptor);
    if (!stat.isFile()) throw new UnreadableFileError('special', null, path);
    return { descriptor, stat };
  } catch (error) {
    closeSync(descriptor);
    throw asUnreadable(error, path);
  }
}

/** Turns an error of the system met while reading into an `UnreadableFileError`; all others pass through. */
export function asUnreadable(error: unknown, path: string): UnreadableFileError {
  if (error instanceof UnreadableFileError) return error;
  // What a reader of lines throws by itself is its own affair.
  if (error instanceof CurationError) throw error;
  const code = systemErrorCode(error);
  if (code === undefined) throw error;
  return new UnreadableFileError('unreadable', code, path);
}

function openFailure(error: unknown, path: string): UnreadableFileError {
  switch (systemErrorCode(error)) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new UnreadableFileError('missing', null, path);
    case 'ELOOP':
      return new UnreadableFileError('link', null, path);
    case 'ENXIO': // a socket, or a device that is not there
      return new UnreadableFileError('special', null, path);
    default:
      return asUnreadable(error, path);
  }
}

/**
 * What the system says of a file's identity and last change: device, inode, size, times of the last change of its bytes and of
 * anything about it. The last one (ctime) is set by the system alone, so bytes that were written since do not have the same stamp.
 */
export function fileStamp({ dev, ino, size, mtimeMs, ctimeMs }: Stats): string {
  return `${dev}:${ino}:${size}:${mtimeMs}:${ctimeMs}`;
}

/**
 * Reads a whole regular file, refusing links, special files and anything over `maxBytes`.
 * @throws {UnreadableFileError}
 */
export function readRegularFile(path: string, maxBytes: number): Buffer {
  const { descriptor, stat } = openRegularFileCoarse(path);
  try {
    if (stat.size > maxBytes) throw new UnreadableFileError('too-large', null, path);
    const bytes = Buffer.allocUnsafe(stat.size);
    for (let at = 0; at < bytes.length; ) {
      const read = readSync(descriptor, bytes, at, bytes.length - at, null);
      if (read === 0) throw new UnreadableFileError('changed', null, path);
      at += read;
    }
    return bytes;
  } catch (error) {
    throw asUnreadable(error, path);
  } finally {
    closeSync(descriptor);
  }
}
