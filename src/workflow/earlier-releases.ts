import type { LoggedRelease, PublishedRelease } from '../checks/check.js';
import { releaseSide, type OwnTable, type Side } from '../release/diff/side.js';
import { readLog, releaseStatus, type LogEntry } from '../release/release-log.js';
import { CLINICAL_PREFIX } from '../release/release-table.js';
import type { Session } from './session.js';

const OWN_TABLES: readonly OwnTable[] = ['cases', 'studies', 'series', 'instances', 'splits', 'tombstones'];

/** Releases of this workspace, oldest first: what the log says of each, and the tables of those that are here. */
export interface EarlierReleases {
  log: LoggedRelease[];
  releases: PublishedRelease[];
}

/**
 * Reads the log of releases for the gate. Tables are checked against their manifests before they are opened.
 * @throws {CurationError} RELEASE_INVALID for a broken log or a table that was changed
 */
export async function readEarlierReleases({ workspace, catalog }: Session): Promise<EarlierReleases> {
  const entries = await readLog(workspace.paths);
  const log = entries.map(toLogged);
  const releases: PublishedRelease[] = [];
  const caseTable = workspace.config.link?.patient_id.split('.')[0] ?? 'case';
  for (const [index, entry] of entries.entries())
    if (log[index]?.status === 'published') releases.push(toPublished(entry.document.version, await releaseSide(catalog, entry), caseTable));
  return { log, releases };
}

function toLogged(entry: LogEntry): LoggedRelease {
  const { version, date, dataset, previous } = entry.document;
  return { sequence: entry.sequence, version, date, license: dataset.license, digest: entry.digest, previous: previous?.digest ?? null, status: releaseStatus(entry) };
}

function toPublished(version: string, side: Side, caseTable: string): PublishedRelease {
  const own = OWN_TABLES.map((name) => [name, side.own(name)] as const);
  const clinical = [...side.clinical].map(([name, { relation }]) => [CLINICAL_PREFIX + name, relation] as const);
  const cases = side.clinical.get(caseTable);
  return {
    version,
    tables: new Map([...own, ...clinical]),
    ...(cases === undefined || !cases.columns.has('case_id') ? {} : { cases: cases.relation, columns: cases.columns }),
  };
}
