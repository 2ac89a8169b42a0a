import type { ManifestItem } from '../model/manifest-item.js';
import type { TableAppender } from './appender.js';
import type { Catalog } from './catalog.js';

/** An entry of a manifest, as it was read. */
export interface ManifestEntry {
  /** Line of the manifest, from 1. */
  line: number;
  /** What its row is called. */
  path: string;
  name: string | null;
  url: string | null;
  /** Whether it stands for several files. */
  is_set: boolean;
  /** Of a set: where its files are on this machine, '' for the folder itself; null when nothing says. */
  folder: string | null;
  size_bytes: number | null;
  md5: string | null;
  sha256: string | null;
  /** Why it names nothing that can be read, as a sentence; null when it does. */
  unusable: string | null;
}

/** Entries that name one file and cannot all be of it. */
const CONFLICT = `greatest(count(DISTINCT size_bytes), count(DISTINCT md5), count(DISTINCT sha256)) > 1
  OR (count(DISTINCT name) > 1 AND max(coalesce(md5, sha256)) IS NULL)`;

/**
 * The entries of the manifest of one source, on disk: one of a million entries takes no more memory than a small one. `add` all, then
 * `finish`; the tables `manifest_entry` and `manifest_item` stand until `drop`.
 */
export class ManifestLoad {
  private count = 0;

  private constructor(
    readonly catalog: Catalog,
    private readonly appender: TableAppender,
  ) {}

  /** Starts with no entry. */
  static async begin(catalog: Catalog): Promise<ManifestLoad> {
    await catalog.run(`CREATE OR REPLACE TABLE manifest_entry (position BIGINT, line BIGINT, path VARCHAR, name VARCHAR, url VARCHAR, is_set BOOLEAN, folder VARCHAR,
      size_bytes BIGINT, md5 VARCHAR, sha256 VARCHAR, unusable VARCHAR)`);
    return new ManifestLoad(catalog, await catalog.appender('manifest_entry'));
  }

  add({ line, path, name, url, is_set, folder, size_bytes, md5, sha256, unusable }: ManifestEntry): void {
    this.appender.appendRow([this.count, line, path, name, url, is_set, folder, size_bytes, md5, sha256, unusable]);
    this.count += 1;
    if (this.count % 50_000 === 0) this.appender.flush();
  }

  /** Ends the reading: makes one item of what several entries say of one file. Returns how many there are. */
  async finish(): Promise<number> {
    this.appender.close();
    await this.catalog.run(`CREATE OR REPLACE TABLE manifest_item AS
      SELECT path, min(position) AS position, CASE WHEN count(DISTINCT name) = 1 THEN min(name) END AS name, arg_min(url, position) AS url,
        bool_and(is_set) AS is_set, arg_min(folder, position) AS folder, max(size_bytes) AS size_bytes, max(md5) AS md5, max(sha256) AS sha256,
        CASE WHEN ${CONFLICT} THEN 'The manifest says ' || CASE WHEN count(DISTINCT size_bytes) > 1 THEN 'two sizes' WHEN max(coalesce(md5, sha256)) IS NULL THEN 'two ids' ELSE 'two digests' END
          || ' of this file: it cannot be both. It is on line ' || min(line) || ' and line ' || max(line) || '.' ELSE min(unusable) END AS unusable,
        CASE WHEN ${CONFLICT} THEN 'checksum-mismatch' ELSE 'unusable-name' END AS unusable_code
      FROM manifest_entry GROUP BY path`);
    const [row] = await this.catalog.all<{ n: number }>('SELECT count(*) AS n FROM manifest_item');
    return row?.n ?? 0;
  }

  /** In the order of the manifest. */
  async *items(): AsyncGenerator<ManifestItem> {
    for await (const rows of this.catalog.stream<ManifestItem>('SELECT path, name, url, is_set, size_bytes, md5, sha256, unusable, unusable_code FROM manifest_item ORDER BY position')) yield* rows;
  }

  /** Gives up the appender, when the reading failed. */
  abandon(): void {
    this.appender.close();
  }

  /** Drops the entries. */
  async drop(): Promise<void> {
    await this.catalog.run('DROP TABLE IF EXISTS manifest_entry; DROP TABLE IF EXISTS manifest_item');
  }
}
