import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { CurationError, systemErrorCode, wrapSystemError } from '../../errors.js';
import { MAX_AMENDMENT_BYTES, parseAmendment } from '../../fixity/amendment-file.js';
import { createFile, makeParentFolder, writeFileAtomic } from '../../fixity/atomic-file.js';
import { canonicalJson } from '../../fixity/canonical-json.js';
import { sha256Hex } from '../../fixity/digest.js';
import { readRegularFile, UnreadableFileError } from '../../fixity/file.js';
import { AMENDMENT_FOLDER, amendmentName, amendmentNumber, type AmendmentDocument, type AmendmentSummary } from '../../model/amendment.js';
import type { PreviousAmendment } from './amendment.js';

/** Signs the bytes of an amendment; the armored signature. */
export type SignAmendment = (bytes: Buffer) => string;

/** An amendment that lies beside the releases. */
export interface StoredAmendment extends PreviousAmendment {
  path: string;
}

/** Where the amendments of the releases in a folder lie. */
export function amendmentFolder(releases: string): string {
  return join(releases, AMENDMENT_FOLDER);
}

/**
 * The newest amendment beside the releases, which holds all earlier ones; null when there is none.
 * @throws {CurationError} RELEASE_INVALID when it is damaged or of another dataset; RELEASE_TOO_NEW
 */
export function readNewestAmendment(releases: string, dataset: string): StoredAmendment | null {
  const number = Math.max(0, ...listNumbers(amendmentFolder(releases)));
  if (number === 0) return null;
  const stored = readAmendment(join(amendmentFolder(releases), amendmentName(number)));
  if (stored.document.number !== number) throw unusable(stored.path, `It has the number ${stored.document.number}.`);
  if (stored.document.dataset !== dataset) throw unusable(stored.path, `It is about the dataset ${JSON.stringify(stored.document.dataset)}.`);
  return stored;
}

/**
 * One amendment, wherever it lies.
 * @throws {CurationError} RELEASE_INVALID when it is damaged; RELEASE_TOO_NEW
 */
export function readAmendment(path: string): StoredAmendment {
  const bytes = readBytes(path);
  const reading = parseAmendment(bytes, path);
  if ('reason' in reading) throw unusable(path, reading.reason);
  return { document: reading.document, digest: sha256Hex(bytes), path };
}

function listNumbers(folder: string): number[] {
  try {
    return readdirSync(folder).flatMap((name) => amendmentNumber(name) ?? []);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return [];
    throw wrapSystemError(error, 'reading the amendments', folder);
  }
}

function readBytes(path: string): Buffer {
  try {
    return readRegularFile(path, MAX_AMENDMENT_BYTES);
  } catch (error) {
    if (!(error instanceof UnreadableFileError)) throw error;
    throw unusable(path, `${error.message}.`);
  }
}

/**
 * Publishes an amendment: signed before anything is visible, then created whole, never over another one; the signature comes
 * beside it last. Killed before that, `completeSignature` adds it.
 * @throws {CurationError} SIGNING_FAILED, LOCKED when its number was just taken, DISK_FULL, IO_FAILED; nothing is published then
 */
export function publishAmendment(releases: string, document: AmendmentDocument, sign: SignAmendment | null): StoredAmendment {
  const path = join(amendmentFolder(releases), amendmentName(document.number));
  const bytes = Buffer.from(canonicalJson(document));
  const signature = sign === null ? null : sign(bytes);
  makeParentFolder(path);
  if (existsSync(path)) throw taken(path);
  createFile(path, bytes);
  if (signature !== null) writeFileAtomic(`${path}.sig`, signature);
  return { document, digest: sha256Hex(bytes), path };
}

/**
 * Signs an amendment that has no signature: an interrupted run left it so, or the signer was named later.
 * @returns whether it was signed now
 * @throws {CurationError} SIGNING_FAILED, DISK_FULL, IO_FAILED
 */
export function completeSignature({ path }: StoredAmendment, sign: SignAmendment | null): boolean {
  if (sign === null || existsSync(`${path}.sig`)) return false;
  writeFileAtomic(`${path}.sig`, sign(readBytes(path)));
  return true;
}

/** What is told of an amendment that lies beside the releases. */
export function summariseAmendment({ document, digest, path }: StoredAmendment): AmendmentSummary {
  return { number: document.number, date: document.date, path, digest: `sha256:${digest}`, signed: existsSync(`${path}.sig`) };
}

function taken(path: string): CurationError {
  return new CurationError('LOCKED', `Another publisher has just written ${path}.`, { suggestions: ['Run the same command again: it adds to that amendment.'] });
}

function unusable(path: string, reason: string): CurationError {
  return new CurationError('RELEASE_INVALID', `The amendment cannot be used: ${path}. ${reason}`, {
    expected: 'the file as it was published: amendments are never changed',
    suggestions: ['Bring it back from a copy or from version control. The next one must hold every case that it holds.'],
  });
}
