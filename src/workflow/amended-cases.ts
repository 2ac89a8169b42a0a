import type { AmendedCase } from '../model/amendment.js';
import { readAmendment, readNewestAmendment } from '../release/withdrawal/amendment-store.js';
import { readLog, type LogEntry, type ReleasePaths } from '../release/release-log.js';
import { placesAround } from '../verify/amendment-places.js';

/**
 * The withdrawn cases that amendments tell of: those in the folder of a release and beside it, and the newest of a workspace of the
 * same dataset. A case may come several times.
 * @param paths of the workspace; null when there is none
 * @throws {CurationError} RELEASE_INVALID when one cannot be read: it may be the one that tells; RELEASE_TOO_NEW
 */
export async function readAmendedCases({ folder, document }: LogEntry, paths: ReleasePaths | null): Promise<AmendedCase[]> {
  const { id } = document.dataset;
  const around = placesAround(folder).files.map(({ path }) => readAmendment(path).document).filter(({ dataset }) => dataset === id);
  const own = paths !== null && (await readLog(paths)).some((each) => each.document.dataset.id === id) ? readNewestAmendment(paths.releases, id) : null;
  return [...around, ...(own === null ? [] : [own.document])].flatMap(({ withdrawn }) => withdrawn);
}
