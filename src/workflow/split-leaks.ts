import { Catalog } from '../catalog/catalog.js';
import type { ReleaseLeaks } from '../model/split-leak.js';
import { findPublishedSplit, openRelease } from '../release/open-release.js';
import { publishedLeakSources } from '../release/candidate/leak-sources.js';
import type { ReleasePaths } from '../release/release-log.js';
import { releaseSide } from '../release/diff/side.js';
import { findLeaks } from '../release/candidate/split-leakage.js';

/**
 * Looks for what two parts of a published split share, in the tables of the release alone.
 * @param named the folder of a release, or a version of the workspace
 * @param paths of the workspace; null outside one
 * @throws {CurationError} RELEASE_NOT_FOUND, NOT_A_RELEASE, RELEASE_INVALID, SPLIT_UNKNOWN
 */
export async function findReleaseLeaks(name: string, named: string, paths: ReleasePaths | null): Promise<ReleaseLeaks> {
  const entry = await openRelease(named, paths);
  const { document, digest, folder } = entry;
  findPublishedSplit(document, name);
  const catalog = await Catalog.open(':memory:', { bare: true, folders: [folder] });
  try {
    const side = await releaseSide(catalog, entry);
    await catalog.run(`CREATE TABLE looked_at AS SELECT split, case_id, part FROM ${side.own('splits')} WHERE split = ?`, [name]);
    const sources = publishedLeakSources(side);
    const report = await findLeaks(catalog, { ...sources, splits: 'looked_at' });
    return { split: name, release: { dataset: document.dataset.id, version: document.version, digest: `sha256:${digest}` }, ...report };
  } finally {
    catalog.close();
  }
}
