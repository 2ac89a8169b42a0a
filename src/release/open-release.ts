import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CurationError } from '../errors.js';
import { sha256Hex } from '../fixity/digest.js';
import { readRegularFile, UnreadableFileError } from '../fixity/file.js';
import { nearMiss } from '../model/near-miss.js';
import { RELEASE_FILES, type ReleaseDocument } from '../model/release.js';
import { MAX_DOCUMENT_BYTES, parseDocument } from './release-document.js';
import { findRelease, readLog, type LogEntry, type ReleasePaths } from './release-log.js';

/** Whether a text is a version number, and so names a release of the workspace. */
export function isVersion(text: string): boolean {
  return /^\d+\.\d+\.\d+$/.test(text);
}

/**
 * A release by its folder, from wherever it came, or by its version in the workspace. Its release.json is read strictly;
 * `releaseSide` holds the tables against it before they are opened.
 * @param paths of the workspace; null when there is none
 * @throws {CurationError} RELEASE_NOT_FOUND, NOT_A_RELEASE, RELEASE_INVALID, RELEASE_TOO_NEW
 */
export async function openRelease(named: string, paths: ReleasePaths | null): Promise<LogEntry> {
  if (isFolder(named)) return readRelease(resolve(named));
  if (paths !== null && isVersion(named)) return findRelease(await readLog(paths), named, paths);
  throw new CurationError('RELEASE_NOT_FOUND', `There is no release ${JSON.stringify(named)}.`, {
    expected: 'the folder of a release, or the version of one of this workspace',
    suggestions: paths === null ? ['Name the folder of the release.'] : ['See: colophon release list'],
  });
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

async function readRelease(folder: string): Promise<LogEntry> {
  const path = join(folder, RELEASE_FILES.release);
  let bytes: Buffer;
  try {
    bytes = readRegularFile(path, MAX_DOCUMENT_BYTES);
  } catch (error) {
    if (!(error instanceof UnreadableFileError)) throw error;
    throw new CurationError('NOT_A_RELEASE', `${folder} is no release: ${error.message}`, { cause: error, suggestions: ['Name the folder that holds release.json.'] });
  }
  const document = await parseDocument(bytes, path);
  return { sequence: document.sequence, document, digest: sha256Hex(bytes), folder };
}

/**
 * What release.json says of a split.
 * @throws {CurationError} SPLIT_UNKNOWN
 */
export function findPublishedSplit({ splits, version }: ReleaseDocument, name: string): ReleaseDocument['splits'][number] {
  const split = splits.find((each) => each.name === name);
  if (split !== undefined) return split;
  const known = splits.map((each) => each.name);
  const guess = nearMiss(name, known);
  throw new CurationError('SPLIT_UNKNOWN', `The release ${version} publishes no split ${name}.`, {
    expected: known.join(', '),
    suggestions: [guess === undefined ? 'A split that decides what is released is not published itself.' : `Did you mean ${guess}?`],
  });
}
