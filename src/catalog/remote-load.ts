import type { Catalog } from './catalog.js';
import type { ImageLoadPlan } from './image-load.js';
import { ImageRows, type ImageRow } from './image-rows.js';
import { quoteLiteral } from './quoting.js';
import { markIncomplete } from './source-state.js';

/** A file as the listing of a source that is elsewhere shows it. */
export interface ListedFile {
  path: string;
  size_bytes: number | null;
  revision: string | null;
  modified_ms: number | null;
  claimed_md5: string | null;
  claimed_sha256: string | null;
  /** Why it cannot be read, as a sentence; null when it can. */
  unusable: string | null;
  /** What kind of reason that is. */
  unusable_code: 'unusable-name' | 'folder-marker' | 'not-given' | 'checksum-mismatch';
}

/** A file that must be read. */
export type PendingImage = Omit<ListedFile, 'unusable' | 'unusable_code'>;

/** A file whose copy on this machine is asked for. */
export interface KnownCopy {
  path: string;
  size_bytes: number;
  /** Nanoseconds since the epoch, decimal digits. */
  mtime_ns: string;
}

/** What the rows of a source have to hold to be up to date. */
export interface RemotePlanOptions {
  /** Read every file again. */
  rehash: boolean;
  /** Whether every byte is wanted, or the header alone. */
  whole: boolean;
  md5: boolean;
  /** Whether the copy of a file is still there; null when none is kept. */
  hasCopy: ((copy: KnownCopy) => boolean) | null;
  /** Drops the copy of a file that is no longer in the source. */
  dropCopy(path: string): void;
}

/** Pending files fetched at once. */
const PENDING_ROWS = 10_000;

/** What was read longer ago is committed: a killed pull has to fetch no more than that again. */
const COMMIT_AFTER_MS = 5000;

/** An object both of whose names `a` and `a/b` are keys cannot be both a file and a folder. */
const ALSO_A_FOLDER = 'The source has files below this name too, as if it were a folder: it cannot be the path of a file.';

/**
 * Brings the rows of a source that is elsewhere up to date: `scan` its listing, `plan` against what is known, read what is `pending`,
 * append what that gave. One that never reached `end` leaves a GATE-INCOMPLETE defect, and the next one goes on where it stopped.
 * A listing goes to disk as it comes, so that ten million files take no more memory than ten.
 */
export class RemoteLoad {
  private readonly rows: ImageRows;

  private constructor(
    private readonly catalog: Catalog,
    private readonly source: string,
  ) {
    this.rows = new ImageRows(catalog, source, { commitAfter_ms: COMMIT_AFTER_MS });
  }

  /** Starts with an empty listing. */
  static async begin(catalog: Catalog, source: string): Promise<RemoteLoad> {
    await catalog.run(`CREATE OR REPLACE TABLE listed_file (position BIGINT, path VARCHAR, size_bytes BIGINT, revision VARCHAR,
      modified_ms BIGINT, claimed_md5 VARCHAR, claimed_sha256 VARCHAR, unusable VARCHAR, unusable_code VARCHAR)`);
    await catalog.run('CREATE OR REPLACE TABLE lost_copy (path VARCHAR)');
    return new RemoteLoad(catalog, source);
  }

  /** Takes the listing; returns the number of files. `tick` is called now and then. */
  async scan(files: AsyncIterable<ListedFile>, tick: (files: number) => void): Promise<number> {
    const appender = await this.catalog.appender('listed_file');
    let count = 0;
    try {
      for await (const file of files) {
        appender.appendRow([count, file.path, file.size_bytes, file.revision, file.modified_ms, file.claimed_md5, file.claimed_sha256, file.unusable, file.unusable_code]);
        count += 1;
        if (count % 2048 === 0) tick(count);
        if (count % 50_000 === 0) appender.flush();
      }
    } finally {
      appender.close();
    }
    await this.settleNames();
    return count;
  }

  /** A path that was listed twice counts as it was listed last; one that is also a folder cannot be read. */
  private async settleNames(): Promise<void> {
    await this.catalog.run(`CREATE OR REPLACE TEMP TABLE doubled AS SELECT path, max(position) AS kept FROM listed_file GROUP BY path HAVING count(*) > 1`);
    await this.catalog.run('DELETE FROM listed_file USING doubled WHERE listed_file.path = doubled.path AND listed_file.position <> doubled.kept');
    await this.catalog.run('DROP TABLE doubled');
    await this.catalog.run(
      `UPDATE listed_file SET unusable = ? WHERE unusable IS NULL AND path IN (
        SELECT DISTINCT unnest([array_to_string(parts[1:depth], '/') FOR depth IN range(1, len(parts))])
        FROM (SELECT string_split(folder, '/') AS parts FROM (
          SELECT DISTINCT regexp_replace(path, '[^/]*$', '') AS folder FROM listed_file WHERE unusable IS NULL AND contains(path, '/'))))`,
      [ALSO_A_FOLDER],
    );
  }

  /**
   * Compares with the known rows, drops those that are gone or stale, notes what cannot be read, and what must be: all that is new, has
   * another size or revision, or lost its copy.
   */
  async plan(options: RemotePlanOptions): Promise<ImageLoadPlan> {
    const source = quoteLiteral(this.source);
    if (options.hasCopy !== null) await this.findLostCopies(options.hasCopy);
    for await (const rows of this.catalog.stream<{ path: string }>(`SELECT path FROM instance WHERE source = ${source}
      AND NOT EXISTS (FROM listed_file AS listed WHERE listed.path = instance.path AND listed.unusable IS NULL)`))
      for (const { path } of rows) options.dropCopy(path);
    let removed = 0;
    await this.catalog.transaction(async () => {
      await this.catalog.run(`CREATE OR REPLACE TABLE pending_file AS
        SELECT * EXCLUDE (unusable, unusable_code) FROM listed_file AS listed
        WHERE unusable IS NULL AND NOT EXISTS (FROM instance AS known WHERE known.source = ${source} AND known.path = listed.path AND ${current(options)})
        ORDER BY position`);
      removed = await this.catalog.run(`DELETE FROM instance WHERE source = ${source} AND NOT EXISTS (FROM listed_file AS listed WHERE listed.path = instance.path)`);
      await this.catalog.run(`DELETE FROM instance WHERE source = ${source} AND path IN (
        SELECT path FROM pending_file UNION ALL SELECT path FROM listed_file WHERE unusable IS NOT NULL)`);
      await this.catalog.run(`INSERT INTO instance (source, path, size_bytes, status, error_code, error)
        SELECT ${source}, path, size_bytes, 'unreadable', unusable_code, unusable FROM listed_file WHERE unusable IS NOT NULL ORDER BY position`);
      await markIncomplete(this.catalog, this.source, true);
    });
    const [row] = await this.catalog.all<Omit<ImageLoadPlan, 'removed'>>(`
      SELECT files, bytes, pending_files, pending_bytes, usable - pending_files AS unchanged
      FROM (SELECT count(*) AS files, count(*) FILTER (unusable IS NULL) AS usable, coalesce(sum(size_bytes), 0)::BIGINT AS bytes FROM listed_file),
           (SELECT count(*) AS pending_files, coalesce(sum(size_bytes), 0)::BIGINT AS pending_bytes FROM pending_file)`);
    await this.catalog.run('DROP TABLE listed_file; DROP TABLE lost_copy');
    return { ...(row as Omit<ImageLoadPlan, 'removed'>), removed };
  }

  private async findLostCopies(hasCopy: (copy: KnownCopy) => boolean): Promise<void> {
    const known = this.catalog.stream<KnownCopy>('SELECT path, size_bytes, mtime_ns::VARCHAR AS mtime_ns FROM instance WHERE source = ? AND sha256 IS NOT NULL', [this.source]);
    const appender = await this.catalog.appender('lost_copy');
    try {
      for await (const rows of known) for (const row of rows) if (!hasCopy(row)) appender.appendRow([row.path]);
    } finally {
      appender.close();
    }
  }

  /**
   * The files to read, in the order of the listing. Pages are read to their end: a stream that is given up half way keeps the database
   * open until its memory is collected, and whoever opens the file again meanwhile loses rows (measured).
   */
  async *pending(): AsyncGenerator<PendingImage> {
    for (let last = -1; ; ) {
      const page: (PendingImage & { position: number })[] = [];
      for await (const rows of this.catalog.stream<PendingImage & { position: number }>('SELECT * FROM pending_file WHERE position > ? ORDER BY position LIMIT ?', [last, PENDING_ROWS])) page.push(...rows);
      for (const { path, size_bytes, revision, modified_ms, claimed_md5, claimed_sha256 } of page) yield { path, size_bytes, revision, modified_ms, claimed_md5, claimed_sha256 };
      if (page.length < PENDING_ROWS) return;
      last = page.at(-1)?.position ?? last;
    }
  }

  /** Adds rows and commits them now and then. */
  append(rows: Iterable<ImageRow>): Promise<void> {
    return this.rows.append(rows);
  }

  /** Commits; with `complete` every pending file has its row. */
  async end({ complete }: { complete: boolean }): Promise<void> {
    this.rows.close();
    if (!complete) return;
    await this.catalog.run('DROP TABLE pending_file');
    await markIncomplete(this.catalog, this.source, false);
  }
}

/** What makes a known row one that need not be read again. */
function current({ rehash, whole, md5, hasCopy }: RemotePlanOptions): string {
  if (rehash) return 'false';
  const conditions = [
    'known.revision = listed.revision',
    '(listed.size_bytes IS NULL OR known.size_bytes = listed.size_bytes)',
    ...(whole ? ['known.sha256 IS NOT NULL'] : []),
    ...(whole && md5 ? ['known.md5 IS NOT NULL'] : []),
    ...(hasCopy === null ? [] : ['NOT EXISTS (FROM lost_copy AS lost WHERE lost.path = known.path)']),
  ];
  return conditions.join(' AND ');
}
