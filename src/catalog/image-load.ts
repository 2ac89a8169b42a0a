import { type Catalog, quoteLiteral } from './catalog.js';
import { ImageRows, type ImageRow } from './image-rows.js';
import { markIncomplete } from './source-state.js';

/** A file as the walk of its source saw it. */
export interface ScannedFile {
  path: string;
  kind: 'file' | 'link' | 'special' | 'unreadable';
  size_bytes: number;
  mtime_ns: bigint;
}

/** A file that must be read. */
export interface PendingFile {
  path: string;
  size_bytes: number;
  /** As it was listed: nanoseconds since the epoch, decimal digits. Tells this file from a later one of its name. */
  mtime_ns: string;
}

/** What a source held before and what of it must be read. */
export interface ImageLoadPlan {
  files: number;
  bytes: number;
  pending_files: number;
  pending_bytes: number;
  unchanged: number;
  /** Rows of files that are no longer in the source. */
  removed: number;
}

/** Pending files fetched at once. */
const PENDING_ROWS = 50_000;

/**
 * Brings the rows of one dicom-folder source up to date: `scan` what is there, `plan` against what is known, then
 * append what was read, in batches that are committed. A load that never reached `finish` leaves a GATE-INCOMPLETE
 * defect, and the next one goes on where it stopped.
 */
export class ImageLoad {
  private readonly rows: ImageRows;

  private constructor(
    private readonly catalog: Catalog,
    private readonly source: string,
  ) {
    this.rows = new ImageRows(catalog, source);
  }

  /** Starts with an empty list of scanned files. */
  static async begin(catalog: Catalog, source: string): Promise<ImageLoad> {
    await catalog.run(`CREATE OR REPLACE TABLE scanned_file (position BIGINT, path VARCHAR, kind VARCHAR, size_bytes BIGINT, mtime_ns BIGINT)`);
    return new ImageLoad(catalog, source);
  }

  /** Lists files; `tick` is awaited now and then, so that a long walk can be followed and interrupted. */
  async scan(files: Iterable<ScannedFile>, tick: (files: number, bytes: number) => void | Promise<void>): Promise<number> {
    const appender = await this.catalog.appender('scanned_file');
    let count = 0;
    let bytes = 0;
    try {
      for (const { path, kind, size_bytes, mtime_ns } of files) {
        appender.appendRow([count, path, kind, size_bytes, mtime_ns]);
        count += 1;
        bytes += size_bytes;
        if (count % 2048 === 0) await tick(count, bytes);
        if (count % 50_000 === 0) appender.flush();
      }
    } finally {
      appender.close();
    }
    return count;
  }

  /**
   * Compares with the known rows, drops those that are gone or stale, lists what is no regular file, and notes what must
   * be read.
   */
  async plan({ rehash, md5 }: { rehash: boolean; md5: boolean }): Promise<ImageLoadPlan> {
    const source = quoteLiteral(this.source);
    let removed = 0;
    await this.catalog.transaction(async () => {
      await this.notePending({ rehash, md5 });
      removed = await this.catalog.run(
        `DELETE FROM instance WHERE source = ${source} AND NOT EXISTS (FROM scanned_file AS scanned WHERE scanned.path = instance.path)`,
      );
      await this.catalog.run(`DELETE FROM instance WHERE source = ${source} AND path IN (
        SELECT path FROM pending_file UNION ALL SELECT path FROM scanned_file WHERE kind <> 'file')`);
      await this.catalog.run(`INSERT INTO instance (source, path, status, error_code, error)
        SELECT ${source}, path, 'unreadable',
          CASE kind WHEN 'link' THEN 'link' WHEN 'special' THEN 'special-file' ELSE 'unreadable-file' END,
          CASE kind WHEN 'link' THEN 'A link: links are not followed.' WHEN 'special' THEN 'Not a regular file.'
            ELSE 'The system does not let it be listed.' END
        FROM scanned_file WHERE kind <> 'file' ORDER BY position`);
      await markIncomplete(this.catalog, this.source, true);
    });
    const [row] = await this.catalog.all<Omit<ImageLoadPlan, 'removed'>>(`
      SELECT files, bytes, pending_files, pending_bytes, regular - pending_files AS unchanged
      FROM (SELECT count(*) AS files, count(*) FILTER (kind = 'file') AS regular, coalesce(sum(size_bytes), 0) AS bytes FROM scanned_file),
           (SELECT count(*) AS pending_files, coalesce(sum(size_bytes), 0) AS pending_bytes FROM pending_file)`);
    await this.catalog.run('DROP TABLE scanned_file');
    return { ...(row as Omit<ImageLoadPlan, 'removed'>), removed };
  }

  /** Notes what must be read, and changes no row: all that is new or has another size or time, or all of it with `rehash`. */
  async notePending({ rehash, md5 }: { rehash: boolean; md5: boolean }): Promise<void> {
    const current = `known.size_bytes = scanned.size_bytes AND known.mtime_ns = scanned.mtime_ns
      AND known.sha256 IS NOT NULL ${md5 ? 'AND known.md5 IS NOT NULL' : ''} AND ${rehash ? 'false' : 'true'}`;
    await this.catalog.run(`CREATE OR REPLACE TABLE pending_file AS
      SELECT position, path, size_bytes, mtime_ns::VARCHAR AS mtime_ns FROM scanned_file AS scanned
      WHERE kind = 'file' AND NOT EXISTS (FROM instance AS known WHERE known.source = ${quoteLiteral(this.source)} AND known.path = scanned.path AND ${current})
      ORDER BY position`);
  }

  /** Gives up a load of which nothing was begun. */
  async discard(): Promise<void> {
    await this.catalog.run('DROP TABLE IF EXISTS scanned_file; DROP TABLE IF EXISTS pending_file');
  }

  /** The files to read, in the order of the walk; taken from the catalog page by page. */
  async *pending(): AsyncGenerator<PendingFile> {
    for (let last = -1; ; ) {
      const files = await this.catalog.all<PendingFile & { position: number }>(
        'SELECT position, path, size_bytes, mtime_ns FROM pending_file WHERE position > ? ORDER BY position LIMIT ?',
        [last, PENDING_ROWS],
      );
      for (const { path, size_bytes, mtime_ns } of files) yield { path, size_bytes, mtime_ns };
      if (files.length < PENDING_ROWS) return;
      last = files.at(-1)?.position ?? last;
    }
  }

  /** Adds rows and commits them now and then. */
  append(rows: Iterable<ImageRow>): Promise<void> {
    return this.rows.append(rows);
  }

  /** Commits and gives up the appender; with `complete` every pending file has its row, and `settle` judges them all. */
  async end({ complete, settle }: { complete: boolean; settle?: () => Promise<void> | undefined }): Promise<void> {
    this.rows.close();
    if (!complete) return;
    await settle?.();
    await this.catalog.run('DROP TABLE pending_file');
    await markIncomplete(this.catalog, this.source, false);
  }
}
