import { quoteIdentifier, type Catalog } from '../catalog/catalog.js';
import { openReleaseTables } from '../catalog/query.js';
import type { ReleaseDetails, ReleaseEntry, ReleaseList, Tombstone } from '../model/release.js';
import { findRelease, readLog, releaseStatus, type LogEntry } from '../release/release-log.js';
import type { Workspace } from '../workspace/workspace.js';

/**
 * The releases of a workspace, oldest first, each compared with the claim of its number.
 * @throws {CurationError} RELEASE_INVALID when the log is broken; RELEASE_TOO_NEW
 */
export async function listReleases({ paths }: Workspace): Promise<ReleaseList> {
  return { releases: (await readLog(paths)).map(toEntry) };
}

function toEntry(entry: LogEntry): ReleaseEntry {
  const { version, sequence, date, counts } = entry.document;
  const { cases, instances, bytes, withdrawn } = counts;
  return { version, sequence, date, digest: `sha256:${entry.digest}`, cases, instances, bytes, withdrawn, status: releaseStatus(entry) };
}

/**
 * What one release holds.
 * @throws {CurationError} RELEASE_NOT_FOUND, RELEASE_INVALID when it was edited
 */
export async function showRelease({ paths }: Workspace, version: string): Promise<ReleaseDetails> {
  const { folder, document, digest } = findRelease(await readLog(paths), version, paths);
  const catalog = await openReleaseTables(folder);
  try {
    const names = await catalog.all<{ name: string }>('SELECT view_name AS name FROM duckdb_views() WHERE NOT internal ORDER BY view_name');
    const tables: Record<string, number> = {};
    for (const { name } of names) tables[name] = await countRows(catalog, name);
    const tombstones = await catalog.all<Tombstone>('SELECT case_id, reason, since_version, date, replacement FROM tombstones ORDER BY case_id');
    return { path: folder, digest: `sha256:${digest}`, document, tables, tombstones };
  } finally {
    catalog.close();
  }
}

async function countRows(catalog: Catalog, view: string): Promise<number> {
  const rows = await catalog.all<{ n: number }>(`SELECT count(*) AS n FROM ${quoteIdentifier(view)}`);
  return rows[0]?.n ?? 0;
}
