import { quoteIdentifier, type Catalog } from '../catalog/catalog.js';
import { openReleaseTables } from '../catalog/query.js';
import { withdrawalsOf, type AmendmentDocument } from '../model/amendment.js';
import type { Tombstone } from '../model/release.js';
import type { ReleaseDetails, ReleaseEntry, ReleaseList } from '../model/release-reports.js';
import { readNewestAmendment, summariseAmendment, type StoredAmendment } from '../release/withdrawal/amendment-store.js';
import { findRelease, readLog, releaseStatus, type LogEntry } from '../release/release-log.js';
import type { Workspace } from '../workspace/workspace.js';

/**
 * The releases of a workspace, oldest first, each compared with the claim of its number.
 * @throws {CurationError} RELEASE_INVALID when the log is broken; RELEASE_TOO_NEW
 */
export async function listReleases({ config, paths }: Workspace): Promise<ReleaseList> {
  const amendment = readNewestAmendment(paths.releases, config.dataset.id);
  return { releases: (await readLog(paths)).map((entry) => toEntry(entry, amendment?.document ?? null)), ...describeAmendment(amendment) };
}

function describeAmendment(amendment: StoredAmendment | null): Pick<ReleaseList, 'amendment'> {
  return amendment === null ? {} : { amendment: summariseAmendment(amendment) };
}

function toEntry(entry: LogEntry, amendment: AmendmentDocument | null): ReleaseEntry {
  const { version, sequence, date, counts } = entry.document;
  const { cases, instances, bytes, withdrawn } = counts;
  const since = withdrawalsOf(amendment, version).length;
  return { version, sequence, date, digest: `sha256:${entry.digest}`, cases, instances, bytes, withdrawn, ...(since === 0 ? {} : { withdrawn_since: since }), status: releaseStatus(entry) };
}

/**
 * What one release holds.
 * @throws {CurationError} RELEASE_NOT_FOUND, RELEASE_INVALID when it was edited
 */
export async function showRelease({ config, paths }: Workspace, version: string): Promise<ReleaseDetails> {
  const amendment = readNewestAmendment(paths.releases, config.dataset.id);
  const since = withdrawalsOf(amendment?.document ?? null, version);
  const { folder, document, digest } = findRelease(await readLog(paths), version, paths);
  const catalog = await openReleaseTables(folder);
  try {
    const names = await catalog.all<{ name: string }>('SELECT view_name AS name FROM duckdb_views() WHERE NOT internal ORDER BY view_name');
    const tables: Record<string, number> = {};
    for (const { name } of names) tables[name] = await countRows(catalog, name);
    const tombstones = await catalog.all<Tombstone>('SELECT case_id, reason, since_version, date, replacement FROM tombstones ORDER BY case_id');
    return { path: folder, digest: `sha256:${digest}`, document, tables, tombstones, ...(since.length === 0 ? {} : { withdrawn_since: since }), ...describeAmendment(amendment) };
  } finally {
    catalog.close();
  }
}

async function countRows(catalog: Catalog, view: string): Promise<number> {
  const rows = await catalog.all<{ n: number }>(`SELECT count(*) AS n FROM ${quoteIdentifier(view)}`);
  return rows[0]?.n ?? 0;
}
