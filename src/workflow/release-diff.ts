import { Catalog } from '../catalog/catalog.js';
import { exportChanges } from '../release/diff/changes-export.js';
import { formatChanges } from '../release/diff/changes-text.js';
import { diffSides } from '../release/diff/diff.js';
import { readChanges, readExamples, readSplitDiffs, readTableDiffs } from '../release/diff/report.js';
import { openRelease } from '../release/open-release.js';
import type { LogEntry, ReleasePaths } from '../release/release-log.js';
import { releaseSide } from '../release/diff/side.js';
import { decideVersion } from '../release/diff/version.js';
import { hideWithdrawn } from '../release/diff/withdrawn-changes.js';
import type { ReleaseDiff } from '../model/release-diff.js';
import { readAmendedCases } from './amended-cases.js';

/** What is compared, and how much of it is told. */
export interface DiffRequest {
  /** Each a version of the workspace, or the folder of a release from anywhere. */
  from: string;
  to: string;
  /** Paths of the workspace; null when there is none. */
  paths: ReleasePaths | null;
  /** Changes that are listed, 1000 by default; all are counted. */
  limit?: number;
  /** Where all changes are written as a table, by its ending `.parquet` or `.jsonl`; nowhere when absent. */
  table?: string;
  /** Bytes that the process may take; a small part of what the machine has by default. */
  memory?: number | undefined;
  /** Folder for what does not fit into memory, e.g. `.colophon` of the workspace; the system's for temporary files by default. */
  scratch?: string | undefined;
}

/** Held by DuckDB unless more is allowed; what goes beyond is spilled to disk. */
const MEMORY_LIMIT = '1200MB';

/**
 * What changed from one release to another, from their tables and content digests: no image is read, and none need be there.
 * @throws {CurationError} RELEASE_NOT_FOUND, NOT_A_RELEASE, RELEASE_INVALID, RELEASE_TOO_NEW, IO_FAILED
 */
export async function diffReleases({ from, to, paths, limit = 1000, table, memory, scratch }: DiffRequest): Promise<ReleaseDiff> {
  const [before, after] = [await openRelease(from, paths), await openRelease(to, paths)];
  const catalog = await Catalog.open(':memory:', { bare: true, folders: [before.folder, after.folder], scratch, ...(memory === undefined ? { memoryLimit: MEMORY_LIMIT } : { memory }) });
  try {
    const announced = [...(await readAmendedCases(before, paths)), ...(await readAmendedCases(after, paths))];
    const [was, is] = [await releaseSide(catalog, before), await releaseSide(catalog, after)];
    const { counts, total, changedCases } = await diffSides(catalog, was, is, announced);
    await hideWithdrawn(catalog, was, is, before.document.version);
    if (table !== undefined) await exportChanges(catalog, table);
    const decision = decideVersion(before.document.version, counts, undefined, await readExamples(catalog));
    return {
      ...describe(before, after),
      level: decision?.level ?? null,
      reasons: decision?.reasons ?? [],
      total,
      changed_cases: changedCases,
      tables: await readTableDiffs(catalog),
      splits: await readSplitDiffs(catalog),
      changes: await readChanges(catalog, limit),
    };
  } finally {
    catalog.close();
  }
}

function describe(before: LogEntry, after: LogEntry): Pick<ReleaseDiff, 'dataset' | 'date' | 'from' | 'to' | 'counts'> {
  const { id, title } = after.document.dataset;
  return {
    dataset: { id, title },
    date: after.document.date,
    from: { version: before.document.version, digest: before.digest },
    to: { version: after.document.version, digest: after.digest },
    counts: { from: before.document.counts, to: after.document.counts },
  };
}

/** A comparison in Markdown, as CHANGES.md tells it. */
export function formatDiff(diff: ReleaseDiff): string {
  const { dataset, date, from, to, counts, reasons, tables, splits, changes, total } = diff;
  return formatChanges({ title: dataset.title, datasetId: dataset.id, version: to.version, date, previous: from, reasons, counts: counts.to, tables, splits, changes, total, rest: 'see --limit, or write all with --output changes.parquet' });
}
