import type { TableAppender } from './appender.js';
import type { Catalog } from './catalog.js';

/** A row of `instance`, without `source` and `case_id`. */
export interface ImageRow {
  path: string;
  size_bytes: number | null;
  mtime_ns: bigint | null;
  sha256: string | null;
  md5: string | null;
  status: string;
  error_code: string | null;
  error: string | null;
  TransferSyntaxUID: string | null;
  /** In the order of KEPT_ATTRIBUTES. */
  values: readonly (string | null)[];
  /** Of a source that is elsewhere: what tells this version of the file from others; null when nothing does. */
  revision: string | null;
}

/** Rows between two commits: what a killed pull loses at most, and what memory holds. */
const COMMIT_ROWS = 4096;

export interface ImageRowsOptions {
  /** Table of the columns of `instance` that they are added to; default `instance` itself. */
  table?: string;
  /** Time after which rows are committed however few they are, in ms; never by default. */
  commitAfter_ms?: number;
}

/** Adds rows to `instance`, or to another table of its columns, in batches that are committed. */
export class ImageRows {
  private appender: TableAppender | null = null;
  private uncommitted = 0;
  private committed_ms = performance.now();

  constructor(
    private readonly catalog: Catalog,
    private readonly source: string,
    private readonly options: ImageRowsOptions = {},
  ) {}

  /** Adds rows and commits them now and then. */
  async append(rows: Iterable<ImageRow>): Promise<void> {
    this.appender ??= await this.catalog.appender(this.options.table ?? 'instance');
    for (const row of rows) {
      this.appender.appendRow([
        this.source, row.path, row.size_bytes, row.mtime_ns, row.sha256, row.md5, row.status, row.error_code, row.error, null,
        row.TransferSyntaxUID, ...row.values, row.revision, null,
      ]); // prettier-ignore
      this.uncommitted += 1;
    }
    if (this.uncommitted >= COMMIT_ROWS || performance.now() - this.committed_ms > (this.options.commitAfter_ms ?? Infinity)) this.commit();
  }

  /** Makes the rows appended so far survive whatever happens next. */
  commit(): void {
    this.appender?.flush();
    this.uncommitted = 0;
    this.committed_ms = performance.now();
  }

  /** Commits and gives up the appender. */
  close(): void {
    this.appender?.close();
    this.appender = null;
  }
}
