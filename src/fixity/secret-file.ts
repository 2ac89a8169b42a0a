import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, openSync, readSync, realpathSync, writeSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { CurationError, systemErrorCode, wrapSystemError } from '../errors.js';
import { fsyncFolder } from './atomic-file.js';
import { openRegularFileCoarse, UnreadableFileError } from './file.js';

/** Bytes of a secret: as many as a SHA-256 digest has. */
const SECRET_BYTES = 32;

/** Longest file that is read at all, in bytes. */
const MAX_FILE_BYTES = 4096;

/** What a secret is, and where its file must not lie. */
export interface SecretRules {
  /** For messages: `key`, `seed`. */
  what: string;
  /** Absolute folders that the file must not lie in, whatever links lead there. */
  outside: readonly string[];
  /** Folders in these where it may lie all the same. */
  except?: readonly string[];
}

/**
 * Reads a secret of 32 bytes from its file: 64 hex digits and a line end. Refuses a file that others may read, a link, a
 * second name of another file, and a file in a folder where it would be published or copied along. No message quotes it.
 * @returns null when there is no such file
 * @throws {CurationError} SECRET_UNSAFE, IO_FAILED
 */
export function readSecretFile(path: string, rules: SecretRules): Buffer | null {
  refusePlace(path, rules);
  let descriptor: number | null = null;
  try {
    const opened = openRegularFileCoarse(path);
    descriptor = opened.descriptor;
    const { mode, nlink, size } = opened.stat;
    if (process.platform !== 'win32' && (mode & 0o077) !== 0)
      throw unsafe(rules, path, 'can be read by others', 'mode 600', `mode ${(mode & 0o777).toString(8)}`, [`Run: chmod 600 ${path}`, `If somebody else may have read it, make a new ${rules.what}.`]);
    if (nlink > 1) throw unsafe(rules, path, 'has a second name, by which others may reach it', 'one link', `${nlink} links`, ['Copy it to a new file and remove all names of this one.']);
    if (size > MAX_FILE_BYTES) throw wrongContent(rules, path);
    return decodeSecret(descriptor, size, rules, path);
  } catch (error) {
    if (error instanceof UnreadableFileError && error.defect === 'missing') return null;
    if (error instanceof UnreadableFileError) throw unsafe(rules, path, `is no file of its own: ${error.message.split(':')[0]}`, 'a regular file', error.defect, []);
    throw wrapSystemError(error, `reading the ${rules.what}`, path);
  } finally {
    if (descriptor !== null) closeSync(descriptor);
  }
}

function decodeSecret(descriptor: number, size: number, rules: SecretRules, path: string): Buffer {
  const bytes = Buffer.alloc(size);
  for (let at = 0; at < size; ) {
    const read = readSync(descriptor, bytes, at, size - at, null);
    if (read === 0) throw wrongContent(rules, path);
    at += read;
  }
  const text = bytes.toString('latin1');
  if (!/^[0-9a-f]{64}\n?$/.test(text)) throw wrongContent(rules, path);
  return Buffer.from(text.slice(0, 2 * SECRET_BYTES), 'hex');
}

/**
 * Draws a secret of 32 random bytes into a new file that its owner alone can read. Never replaces a file.
 * @throws {CurationError} SECRET_UNSAFE when there is something of that name already; DISK_FULL, IO_FAILED
 */
export function createSecretFile(path: string, rules: SecretRules): Buffer {
  refusePlace(path, rules);
  const secret = randomBytes(SECRET_BYTES);
  let descriptor: number | null = null;
  try {
    descriptor = openSync(path, 'wx', 0o600);
    writeSync(descriptor, `${secret.toString('hex')}\n`);
    fsyncSync(descriptor);
  } catch (error) {
    if (systemErrorCode(error) === 'EEXIST') throw unsafe(rules, path, 'is there already, and is never replaced', 'a new file', 'a file', [`Use it, or name another file for the new ${rules.what}.`]);
    if (systemErrorCode(error) === 'ENOENT') throw unsafe(rules, path, 'has no folder to lie in', `the folder ${dirname(resolve(path))}`, 'no such folder', ['Make the folder first, readable by you alone.']);
    throw wrapSystemError(error, `making the ${rules.what}`, path);
  } finally {
    if (descriptor !== null) closeSync(descriptor);
  }
  fsyncFolder(dirname(resolve(path)));
  return secret;
}

/** Judges where the file really is: by the folder that it lies in, all links followed. */
function refusePlace(path: string, rules: SecretRules): void {
  if (rules.except?.some((folder) => isPathWithin(path, folder)) === true) return;
  for (const folder of rules.outside) {
    if (!isPathWithin(path, folder)) continue;
    throw unsafe(rules, path, 'lies where it would be published, or copied along', `a file outside ${folder}`, path, [`Keep the ${rules.what} somewhere else: on another disk, or in a folder of your own.`]);
  }
}

/** Whether a path lies in a folder, all links on the way followed; neither needs to exist. */
export function isPathWithin(path: string, folder: string): boolean {
  return isWithin(join(realFolder(dirname(resolve(path))), basename(path)), realFolder(resolve(folder)));
}

/** A folder with all links followed, as far as it exists. */
function realFolder(folder: string): string {
  if (existsSync(folder)) return realpathSync(folder);
  const above = dirname(folder);
  return above === folder ? folder : join(realFolder(above), basename(folder));
}

function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

function wrongContent(rules: SecretRules, path: string): CurationError {
  return unsafe(rules, path, `holds no ${rules.what}`, '64 hex digits (0-9, a-f), as they were drawn', 'something else', [`Bring the file back from a copy. A ${rules.what} that somebody typed can be guessed.`]);
}

function unsafe({ what }: SecretRules, path: string, problem: string, expected: string, found: string, suggestions: string[]): CurationError {
  return new CurationError('SECRET_UNSAFE', `The file of the ${what} ${problem}: ${path}`, { expected, found, suggestions });
}
