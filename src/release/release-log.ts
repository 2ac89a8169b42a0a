import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { CurationError, systemErrorCode, wrapSystemError } from '../errors.js';
import { sha256Hex } from '../fixity/digest.js';
import { readRegularFile, UnreadableFileError } from '../fixity/file.js';
import { RELEASE_FILES, type ReleaseDocument } from '../model/release.js';
import { MAX_DOCUMENT_BYTES, parseDocument } from './release-document.js';

/** Where releases and their log lie. */
export interface ReleasePaths {
  releases: string;
  /** releases/log: `<sequence>.json`, a byte copy of release.json, claims each number. */
  releaseLog: string;
}

/** A claimed number. */
export interface LogEntry {
  sequence: number;
  document: ReleaseDocument;
  /** sha256 of the bytes in the log: the release digest. */
  digest: string;
  /** Folder of the release, whether it is there or not. */
  folder: string;
}

/** Name of the file that claims a number. */
export function logName(sequence: number): string {
  return `${sequence}.json`;
}

/** Folder of a release; the version has passed the schema, so it is digits and dots. */
export function releaseFolder(paths: ReleasePaths, version: string): string {
  return join(paths.releases, version);
}

const LOG_NAME = /^([1-9][0-9]{0,8})\.json$/;

/**
 * The log, oldest first: contiguous from 1, each entry chained to the one before.
 * @throws {CurationError} RELEASE_INVALID when an entry is missing, malformed or not chained; RELEASE_TOO_NEW
 */
export async function readLog(paths: ReleasePaths): Promise<LogEntry[]> {
  const sequences = listLog(paths.releaseLog);
  const entries: LogEntry[] = [];
  for (const [index, sequence] of sequences.entries()) {
    if (sequence !== index + 1) throw brokenLog(paths, index + 1, 'is missing, though later numbers are claimed');
    const entry = await readEntry(paths, sequence);
    const before = entries.at(-1);
    const { previous } = entry.document;
    if (entry.document.sequence !== sequence) throw brokenLog(paths, sequence, `claims the sequence ${entry.document.sequence}`);
    if ((previous?.digest ?? null) !== (before?.digest ?? null) || (previous?.version ?? null) !== (before?.document.version ?? null))
      throw brokenLog(paths, sequence, 'is not chained to the entry before it');
    entries.push(entry);
  }
  return entries;
}

function listLog(folder: string): number[] {
  try {
    const names = readdirSync(folder);
    return names.flatMap((name) => LOG_NAME.exec(name)?.[1] ?? []).map(Number).sort((a, b) => a - b);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return [];
    throw wrapSystemError(error, 'reading the log of releases', folder);
  }
}

async function readEntry(paths: ReleasePaths, sequence: number): Promise<LogEntry> {
  const path = join(paths.releaseLog, logName(sequence));
  const bytes = readBytes(path);
  if (bytes === null) throw brokenLog(paths, sequence, 'cannot be read');
  const document = await parseDocument(bytes, path);
  return { sequence, document, digest: sha256Hex(bytes), folder: releaseFolder(paths, document.version) };
}

/** What became of a claimed number: its folder as claimed, with another release.json, or not there. */
export function releaseStatus(entry: LogEntry): 'published' | 'missing' | 'edited' {
  const bytes = readBytes(join(entry.folder, RELEASE_FILES.release));
  if (bytes === null) return 'missing';
  return sha256Hex(bytes) === entry.digest ? 'published' : 'edited';
}

/** Null when there is no such file. @throws {CurationError} IO_FAILED */
function readBytes(path: string): Buffer | null {
  try {
    return readRegularFile(path, MAX_DOCUMENT_BYTES);
  } catch (error) {
    if (error instanceof UnreadableFileError && error.defect === 'missing') return null;
    if (error instanceof UnreadableFileError) throw new CurationError('IO_FAILED', error.message, { cause: error });
    throw error;
  }
}

/**
 * A release of the log that is here as it was published.
 * @throws {CurationError} RELEASE_NOT_FOUND, RELEASE_INVALID when its release.json was edited
 */
export function findRelease(log: readonly LogEntry[], version: string, paths: ReleasePaths): LogEntry {
  const entry = log.find(({ document }) => document.version === version);
  const known = log.map(({ document }) => document.version).join(', ');
  if (entry === undefined)
    throw new CurationError('RELEASE_NOT_FOUND', `There is no release ${JSON.stringify(version)} in ${paths.releases}.`, {
      ...(known === '' ? {} : { expected: `one of ${known}` }),
      suggestions: ['See: colophon release list'],
    });
  assertPublished(entry);
  return entry;
}

/**
 * Asserts that the folder of a claimed number is there and its release.json the one that claimed it.
 * @throws {CurationError} RELEASE_NOT_FOUND, RELEASE_INVALID
 */
export function assertPublished(entry: LogEntry): void {
  const status = releaseStatus(entry);
  if (status === 'published') return;
  const { version } = entry.document;
  const restore = `Bring the folder back from a copy, and check it: colophon verify ${entry.folder} --expect sha256:${entry.digest}`;
  if (status === 'missing')
    throw new CurationError('RELEASE_NOT_FOUND', `The release ${version} claims number ${entry.sequence} of the log, but its folder is not here: ${entry.folder}`, {
      suggestions: [restore, 'If another workspace publishes into this folder and was interrupted, it finishes by itself there: colophon release cut'],
    });
  throw new CurationError('RELEASE_INVALID', `The release ${version} was edited: its release.json is not the one that was published.`, {
    expected: `sha256:${entry.digest}`,
    found: entry.folder,
    suggestions: [restore, 'A published release never changes. To publish something else, cut the next one.'],
  });
}

function brokenLog(paths: ReleasePaths, sequence: number, what: string): CurationError {
  return new CurationError('RELEASE_INVALID', `The log of releases is broken: ${join(paths.releaseLog, logName(sequence))} ${what}.`, {
    suggestions: ['Bring the file back from a copy or from version control; it is a byte copy of the release.json of that release.'],
  });
}
