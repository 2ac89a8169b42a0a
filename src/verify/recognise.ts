import { readdirSync, realpathSync, statSync } from 'node:fs';
import { CurationError, systemErrorCode, wrapSystemError } from '../errors.js';
import { RELEASE_FILES } from '../model/release.js';
import type { Inspection } from './inspection.js';
import { hasReleaseMarks } from './release-marks.js';

/**
 * Resolves the folder the user named; a link to a release is followed here, and nowhere else.
 * @throws {CurationError} RELEASE_NOT_FOUND, NOT_A_RELEASE
 */
export function resolveReleaseFolder(path: string): string {
  try {
    const root = realpathSync(path);
    if (statSync(root).isDirectory()) return root;
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT') throw wrapSystemError(error, 'opening the release', path);
    throw new CurationError('RELEASE_NOT_FOUND', `There is nothing at ${path}.`, {
      suggestions: ['Name the folder that holds release.json.'],
    });
  }
  throw new CurationError('NOT_A_RELEASE', `${path} is a file; this version verifies release folders.`, {
    suggestions: ['Unpack the archive and name the folder that holds release.json.'],
  });
}

/**
 * Takes stock of the root: links and special files there are problems, and a folder that has nothing of a release is none.
 * A release whose release.json was lost is still one: its tag manifest says so.
 * @throws {CurationError} NOT_A_RELEASE
 */
export function recogniseRelease(inspection: Inspection): void {
  for (const entry of readdirSync(inspection.root, { withFileTypes: true })) if (entry.isFile()) inspection.rootFiles.add(entry.name);
  const has = (name: string): boolean => inspection.rootFiles.has(name);
  if (hasReleaseMarks(has)) return;
  const isBag = has(RELEASE_FILES.bagit);
  throw new CurationError('NOT_A_RELEASE', `${inspection.root} is not a release: ${isBag ? 'it is a BagIt bag without release.json' : 'it has no release.json and no bagit.txt'}.`, {
    suggestions: isBag
      ? ['Check a plain bag with `sha256sum -c manifest-sha256.txt` or any BagIt validator.']
      : ['Name the folder of one release, e.g. releases/1.0.0.'],
  });
}
