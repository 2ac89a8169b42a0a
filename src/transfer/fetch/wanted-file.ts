import { CurationError } from '../../errors.js';
import { IMAGE_FOLDER } from '../shard-plan.js';
import { listedPayload, type ListedFile } from '../release-tree.js';
import type { ReleaseDocument } from '../../model/release.js';

/** A file of a release that has to come, as its lists describe it. */
export type WantedFile = ListedFile;

/**
 * The payload in the order in which it is fetched: tables and what describes them first, then images; each group in the
 * order of the manifest. Lists are read again for each group, so that none is held.
 * @param isWanted which files; all by default
 * @throws {CurationError} RELEASE_INVALID
 */
export function* wantedFiles(folder: string, document: ReleaseDocument, isWanted: (path: string) => boolean = () => true): Generator<WantedFile> {
  for (const images of [false, true])
    for (const file of listedPayload(folder, document, notWhole)) if (file.path.startsWith(IMAGE_FOLDER) === images && isWanted(file.path)) yield file;
}

function notWhole(path: string, expected: string, found: string): CurationError {
  return new CurationError('RELEASE_INVALID', `The lists of the release do not hang together: ${path}`, { expected, found, suggestions: ['Nothing of it can be trusted. Tell its publisher, or fetch from another place.'] });
}
