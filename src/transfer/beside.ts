import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CurationError } from '../errors.js';
import { sha256Hex } from '../fixity/digest.js';
import { readRegularFile, UnreadableFileError } from '../fixity/file.js';
import { unpublishablePathReason } from '../fixity/safe-path.js';
import { listTree } from '../fixity/walk.js';
import { RELEASE_FILES } from '../model/release.js';
import { MAX_DOCUMENT_BYTES } from '../release/release-document.js';
import type { LogEntry } from '../release/release-log.js';
import { conflict, type Destination } from './destination.js';

/** Folders of releases/ with what is said later of published releases and of the keys that signed them. */
const LATER_FOLDERS = ['amendments/', 'keys/'];

/** Signatures, and the statements that a release carries: more of them may be appended. */
const SIGNATURE = /\.(?:(?:mini)?sig|keys)$/;

/** How often a document that others replace at the same time is tried. */
const MAX_ATTEMPTS = 5;

/**
 * What lies beside the releases and goes with every push: amendments, statements about keys, and the notices of other releases that are at the
 * destination. Relative to the folder of releases, sorted.
 */
export async function besideFiles(releases: string, log: readonly LogEntry[], pushed: LogEntry, destination: Destination): Promise<string[]> {
  const statements = LATER_FOLDERS.flatMap((folder) => (existsSync(join(releases, folder)) ? [...listTree(releases, folder)] : []));
  const paths = statements.filter(({ path }) => !path.includes('/.')).map(({ path, kind }) => {
    const reason = kind === 'file' ? unpublishablePathReason(path) : 'is no plain file';
    if (reason === null) return path;
    throw new CurationError('RELEASE_INVALID', `What lies beside the releases cannot be passed on: ${path} ${reason}`);
  });
  for (const { document, digest, folder } of log) {
    const path = `${document.version}/${RELEASE_FILES.notice}`;
    if (digest === pushed.digest || !existsSync(join(folder, RELEASE_FILES.notice))) continue;
    const there = await destination.read(`${document.version}/${RELEASE_FILES.release}`);
    if (there !== null && sha256Hex(there.bytes) === digest) paths.push(path);
  }
  return paths;
}

/**
 * Brings a document there that may come after a release. One that differs is replaced by ours, but for statements, which
 * never change, and for signatures that we do not have.
 * @param path relative to the folder of releases, here and there
 * @returns whether something was, or in a dry run would be, written
 * @throws {CurationError} PUSH_CONFLICT
 */
export async function placeDocument(destination: Destination, releases: string, path: string, dryRun: boolean): Promise<boolean> {
  const bytes = readDocument(join(releases, path));
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const found = await destination.read(path);
    if (found !== null && (found.bytes.equals(bytes) || isSignedFurther(path, found.bytes, bytes))) return false;
    if (found !== null && SIGNATURE.test(path) && !bytes.includes(found.bytes)) throw conflict(destination, path, 'signatures that are here too', 'others');
    if (found !== null && isStatement(path)) throw conflict(destination, path, `sha256:${sha256Hex(bytes)}`, `sha256:${sha256Hex(found.bytes)}`);
    if (dryRun) return true;
    if (found === null ? await destination.create(path, bytes) : await destination.replace(path, bytes, found.tag)) return true;
  }
  throw conflict(destination, path, 'a document that stands still', 'one that others replaced again and again');
}

/** Amendments and statements about keys are numbered and never change. */
function isStatement(path: string): boolean {
  return LATER_FOLDERS.some((folder) => path.startsWith(folder)) && path.endsWith('.json');
}

/** Signatures stand one after another: nobody's is lost. */
function isSignedFurther(path: string, there: Buffer, here: Buffer): boolean {
  return SIGNATURE.test(path) && there.includes(here);
}

function readDocument(path: string): Buffer {
  try {
    return readRegularFile(path, MAX_DOCUMENT_BYTES);
  } catch (error) {
    if (error instanceof UnreadableFileError) throw new CurationError('RELEASE_INVALID', `What lies beside the releases cannot be passed on: ${error.message}`, { cause: error });
    throw error;
  }
}
