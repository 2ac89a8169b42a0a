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

  /**
   * Drops rows of files that are gone or changed, or that another inspector judged, and notes what is left to do.
   * @param wanted SQL that selects (source, path) of the files that the stage is for
   */
  static async begin(catalog: Catalog, stage: InspectionStage, inspector: string, wanted: string, factsTable: string | null): Promise<InspectionLoad> {
    const own = `stage = ${quoteLiteral(stage)}`;
    const current = `inspected AS done JOIN instance AS i ON i.source = done.source AND i.path = done.path AND i.sha256 = done.sha256
      WHERE done.${own} AND done.outcome = 'judged' AND done.inspector = ${quoteLiteral(inspector)}`;
    await catalog.run(`CREATE OR REPLACE TABLE current_inspection AS SELECT done.source, done.path FROM ${current}`);
    const [known] = await catalog.all<{ current: number; all: number }>(`SELECT (SELECT count(*) FROM current_inspection) AS current, (SELECT count(*) FROM inspected WHERE ${own}) AS all`);
    await catalog.transaction(async () => {
      const stale = (table: string): string => `NOT EXISTS (FROM current_inspection AS c WHERE c.source = ${table}.source AND c.path = ${table}.path)`;
      if (known?.current !== known?.all) await catalog.run(`DELETE FROM inspected WHERE ${own} AND ${stale('inspected')}`);
      await catalog.run(`DELETE FROM inspection_finding WHERE ${own} AND ${stale('inspection_finding')}`);
      if (factsTable !== null) await catalog.run(`DELETE FROM ${factsTable} WHERE ${stale(factsTable)}`);
      // Mostly all was looked at before: what was not is found first, and only that is met with what is wanted.
      const unknown = `SELECT source, path, size_bytes, mtime_ns::VARCHAR AS mtime_ns, sha256 FROM instance AS i WHERE sha256 IS NOT NULL AND NOT EXISTS (FROM current_inspection AS c WHERE c.source = i.source AND c.path = i.path)`;
      await catalog.run(`CREATE OR REPLACE TABLE pending_inspection AS
        WITH unknown AS ${known?.current === 0 ? '' : 'MATERIALIZED'} (${unknown})
        SELECT row_number() OVER (ORDER BY i.source, i.path) - 1 AS position, i.source, i.path, i.size_bytes, i.mtime_ns, i.sha256
        FROM unknown AS i JOIN (${wanted}) AS w ON w.source = i.source AND w.path = i.path`);
    });
    await catalog.run('DROP TABLE current_inspection');
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
