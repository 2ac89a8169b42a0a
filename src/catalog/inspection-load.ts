import type { AppendedCell, TableAppender } from './appender.js';
import { type Catalog, quoteLiteral } from './catalog.js';

/** Stages in which image files are looked at. */
export type InspectionStage = 'header' | 'pixels' | 'digest' | 'text' | 'opinion';

/** A file that a stage must look at. */
export interface PendingInspection {
  source: string;
  path: string;
  size_bytes: number;
  /** Decimal digits. */
  mtime_ns: string;
  sha256: string;
}

/** A row of `inspection_finding`, but for the place. */
export interface InspectionFindingRow {
  code: string;
  level?: string | undefined;
  message: string;
  tag?: string | undefined;
  hint?: string | undefined;
  expected?: string | undefined;
  found?: string | undefined;
  content: string | null;
}

/** What a stage says of a file. */
export interface InspectionRow {
  source: string;
  path: string;
  sha256: string;
  outcome: 'judged' | 'failed';
  reason: string | null;
  applied: string;
  findings: readonly InspectionFindingRow[];
}

/** What a stage is to look at. */
export interface InspectionPlan {
  stage: InspectionStage;
  /** Digest of what judges. */
  inspector: string;
  /** SQL condition over `instance` as `i`: the files that the stage is for. */
  wanted: string;
  /** SQL that selects (source, path) of those among which they are, mostly few; null: all. */
  among: string | null;
  /** Null when the stage finds no facts. */
  factsTable: string | null;
}

/** Files between two commits. */
const COMMIT_FILES = 2048;
/** Pending files fetched at once. */
const PENDING_FILES = 20_000;

/**
 * Brings the results of one stage up to date: `plan` drops what is stale and lists what must be looked at, then rows are
 * appended in batches that are committed. Facts of a stage go into a table of its own with the columns (source, path, ...).
 */
export class InspectionLoad {
  private uncommitted = 0;

  private constructor(
    private readonly catalog: Catalog,
    private readonly stage: InspectionStage,
    private readonly inspector: string,
    private readonly inspected: TableAppender,
    private readonly findings: TableAppender,
    private readonly facts: { table: string; appender: TableAppender } | null,
    /** Files that must be looked at, and their bytes. */
    readonly pending: { files: number; bytes: number },
  ) {}

  /** Drops rows of files that are gone or changed, or that another inspector judged, and notes what is left to do. */
  static async begin(catalog: Catalog, { stage, inspector, wanted, among, factsTable }: InspectionPlan): Promise<InspectionLoad> {
    const own = `stage = ${quoteLiteral(stage)}`;
    const judged = `${own} AND outcome = 'judged' AND inspector = ${quoteLiteral(inspector)}`;
    const few = among !== null || !(await areMostJudged(catalog, judged));
    if (few) await listFew(catalog, judged, among);
    await catalog.run(`CREATE OR REPLACE TABLE pending_inspection AS
      SELECT row_number() OVER (ORDER BY source, path) - 1 AS position, * FROM (${few ? unmatchedOfFew(wanted, among !== null) : unmatchedOfMany(judged, wanted)})`);
    await catalog.run(`DROP TABLE IF EXISTS ${JUDGED}; DROP TABLE IF EXISTS ${AMONG}`);
    await dropStale(catalog, { own, judged, factsTable });
    const [pending] = await catalog.all<{ files: number; bytes: number }>('SELECT count(*) AS files, coalesce(sum(size_bytes), 0)::BIGINT AS bytes FROM pending_inspection');
    return new InspectionLoad(
      catalog,
      stage,
      inspector,
      await catalog.appender('inspected'),
      await catalog.appender('inspection_finding'),
      factsTable === null ? null : { table: factsTable, appender: await catalog.appender(factsTable) },
      pending ?? { files: 0, bytes: 0 },
    );
  }

  /** Sources that have files to look at, in ascending order. */
  async sources(): Promise<string[]> {
    const rows = await this.catalog.all<{ source: string }>('SELECT DISTINCT source FROM pending_inspection ORDER BY source');
    return rows.map(({ source }) => source);
  }

  /** The files of a source to look at, by path; taken from the catalog page by page. */
  async *pendingOf(source: string): AsyncGenerator<PendingInspection> {
    for (let last = -1; ; ) {
      const files = await this.catalog.all<PendingInspection & { position: number }>(
        'SELECT * FROM pending_inspection WHERE source = ? AND position > ? ORDER BY position LIMIT ?',
        [source, last, PENDING_FILES],
      );
      for (const { path, size_bytes, mtime_ns, sha256 } of files) yield { source, path, size_bytes, mtime_ns, sha256 };
      if (files.length < PENDING_FILES) return;
      last = files.at(-1)?.position ?? last;
    }
  }

  /** Adds what was found out about a file; `facts` are the cells of its row in the facts table behind source and path. */
  append({ source, path, sha256, outcome, reason, applied, findings }: InspectionRow, facts: readonly AppendedCell[] | null = null): void {
    this.inspected.appendRow([this.stage, source, path, sha256, this.inspector, outcome, reason, applied]);
    for (const { code, level, message, tag, hint, expected, found, content } of findings)
      this.findings.appendRow([this.stage, source, path, code, level ?? null, message, tag ?? null, hint ?? null, expected ?? null, found ?? null, content]);
    if (this.facts !== null && facts !== null) this.facts.appender.appendRow([source, path, ...facts]);
    this.uncommitted += 1;
    if (this.uncommitted >= COMMIT_FILES) this.commit();
  }

  /** Makes what was appended so far survive whatever happens next. */
  commit(): void {
    this.facts?.appender.flush();
    this.findings.flush();
    // Last: a file counts as looked at only when all about it is there.
    this.inspected.flush();
    this.uncommitted = 0;
  }

  async end(): Promise<void> {
    this.facts?.appender.close();
    this.findings.close();
    this.inspected.close();
    await this.catalog.run('DROP TABLE IF EXISTS pending_inspection');
  }
}

async function areMostJudged(catalog: Catalog, judged: string): Promise<boolean> {
  const [row] = await catalog.all<{ most: boolean }>(`SELECT 2 * (SELECT count(*) FROM inspected WHERE ${judged}) > (SELECT count(*) FROM instance) AS most`);
  return row?.most === true;
}

/**
 * SQL of what only one side has: files that are pending, and stale rows (stale_source, stale_path) of `inspected`. Each of
 * millions of files meets what was judged of it once.
 */
function unmatchedOfMany(judged: string, wanted: string): string {
  return `SELECT i.source, i.path, i.size_bytes, i.mtime_ns, i.sha256, d.source AS stale_source, d.path AS stale_path
    FROM (SELECT source, path, size_bytes, mtime_ns::VARCHAR AS mtime_ns, sha256, coalesce(${wanted}, false) AS wanted FROM instance AS i WHERE sha256 IS NOT NULL) AS i
    FULL JOIN (SELECT source, path, sha256 FROM inspected WHERE ${judged}) AS d ON d.source = i.source AND d.path = i.path AND d.sha256 = i.sha256
    WHERE i.source IS NULL OR (d.source IS NULL AND i.wanted)`;
}

/** Scratch tables, so that DuckDB knows how few rows there are and holds those, not the millions that they are looked for in. */
const JUDGED = 'judged_inspection';
const AMONG = 'among_inspection';

async function listFew(catalog: Catalog, judged: string, among: string | null): Promise<void> {
  await catalog.run(`CREATE OR REPLACE TABLE ${JUDGED} AS SELECT source, path, sha256 FROM inspected WHERE ${judged}`);
  if (among !== null) await catalog.run(`CREATE OR REPLACE TABLE ${AMONG} AS ${among}`);
}

/** The same where few were judged, or few are wanted: the two sides one by one. `listFew` must have run. */
function unmatchedOfFew(wanted: string, some: boolean): string {
  const same = 'd.source = i.source AND d.path = i.path AND d.sha256 = i.sha256';
  const chosen = some ? `SEMI JOIN ${AMONG} AS a ON a.source = i.source AND a.path = i.path` : '';
  return `SELECT i.source, i.path, i.size_bytes, i.mtime_ns::VARCHAR AS mtime_ns, i.sha256, NULL::VARCHAR AS stale_source, NULL::VARCHAR AS stale_path
    FROM instance AS i ${chosen} WHERE i.sha256 IS NOT NULL AND ${wanted} AND NOT EXISTS (FROM ${JUDGED} AS d WHERE ${same})
    UNION ALL
    SELECT NULL, NULL, NULL, NULL, NULL, source, path FROM ${JUDGED} AS d WHERE NOT EXISTS (FROM instance AS i WHERE ${same})`;
}

/**
 * Drops what was said of other bytes, or by another inspector; and its facts, which are looked at only when there is a reason:
 * mostly nothing changed, and a file that was judged has its facts.
 */
async function dropStale(catalog: Catalog, { own, judged, factsTable }: { own: string; judged: string; factsTable: string | null }): Promise<void> {
  const facts = factsTable === null ? '0' : `(SELECT count(*) FROM ${factsTable})`;
  const [known] = await catalog.all<{ unmatched: number; judged: number; all: number; facts: number }>(
    `SELECT (SELECT count(*) FROM pending_inspection) AS unmatched, (SELECT count(*) FROM inspected WHERE ${judged}) AS judged, (SELECT count(*) FROM inspected WHERE ${own}) AS all, ${facts} AS facts`,
  );
  if (known === undefined || (known.unmatched === 0 && known.judged === known.all && (factsTable === null || known.facts === known.judged))) return;
  await catalog.transaction(async () => {
    await catalog.run(`DELETE FROM inspected WHERE ${own} AND (NOT (${judged}) OR EXISTS (FROM pending_inspection AS p WHERE p.stale_source = inspected.source AND p.stale_path = inspected.path))`);
    const stale = (table: string): string => `NOT EXISTS (FROM inspected AS d WHERE d.${own} AND d.source = ${table}.source AND d.path = ${table}.path)`;
    await catalog.run(`DELETE FROM inspection_finding WHERE ${own} AND ${stale('inspection_finding')}`);
    if (factsTable !== null) await catalog.run(`DELETE FROM ${factsTable} WHERE ${stale(factsTable)}`);
    await catalog.run('DELETE FROM pending_inspection WHERE source IS NULL');
  });
}
