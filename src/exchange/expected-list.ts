import type { TableAppender } from '../catalog/appender.js';
import { Catalog } from '../catalog/catalog.js';
import { CHECKSUM_ALGORITHMS } from '../fixity/checksum.js';
import { collisionKey, unsafePathReason } from '../fixity/safe-path.js';
import type { EntrySink } from '../manifests/entry-sink.js';
import type { ExpectedFile } from '../manifests/expected-file.js';
import type { ImportLog } from './import-log.js';

const MEMORY = '1GB';
/** Longer paths and ids are no names of files. */
const MAX_TEXT = 4096;
// Invisible characters would make two names look like one, line ends would make two lines of one.
const CONTROL = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Surrogate}]/u;

/** `source` of bundles. */
export const BUNDLE = '(bundle)';

const TEXTS = 'id VARCHAR, path VARCHAR, size_bytes BIGINT, md5 VARCHAR, sha1 VARCHAR, sha256 VARCHAR, sha512 VARCHAR, url VARCHAR, replaced_by VARCHAR, origin VARCHAR';

/**
 * The entries of a manifest in a table `expected` of a database of its own, which spills to disk: a manifest of millions of files needs no
 * more memory than a small one.
 */
export class ExpectedList implements EntrySink {
  entries = 0;
  bundles = 0;

  private constructor(
    readonly catalog: Catalog,
    private readonly appender: TableAppender,
    private readonly log: ImportLog,
  ) {}

  /** @param folders that SQL may read besides */
  static async open(log: ImportLog, folders: readonly string[] = []): Promise<ExpectedList> {
    const catalog = await Catalog.open(':memory:', { bare: true, memoryLimit: MEMORY, folders });
    await catalog.run(`CREATE TABLE expected (source VARCHAR, line BIGINT, ${TEXTS}, fold VARCHAR)`);
    return new ExpectedList(catalog, await catalog.appender('expected'), log);
  }

  /** Adds an entry; a path that must not be joined to a folder is told, and not kept. `source` is the list it is from. */
  add(entry: ExpectedFile, source = ''): void {
    const { line, id, size_bytes, md5, sha1, sha256, sha512, url, replaced_by, origin } = entry;
    const path = entry.path === null ? null : this.safePath(entry.path, line, source);
    this.entries += 1;
    this.appender.appendRow([source, line, id, path, size_bytes, md5, sha1, sha256, sha512, url, replaced_by, origin, path === null ? null : collisionKey(path)]);
  }

  /** Adds a set of files that is no file itself. */
  addBundle(entry: ExpectedFile): void {
    this.bundles += 1;
    this.add(entry, BUNDLE);
  }

  private safePath(path: string, line: number, source: string): string | null {
    const reason = path.length > MAX_TEXT ? 'is too long' : (unsafePathReason(path) ?? (CONTROL.test(path) ? 'holds a control or invisible character' : null));
    if (reason === null) return path;
    this.log.defect(line, `The path of the file ${reason}; it is not looked for.`, { kind: 'unsafe-path', found: path, ...(source === '' ? {} : { file: source }) });
    return null;
  }

  /** Ends the reading: from here on the table may be asked. */
  finish(): void {
    this.appender.close();
  }

  /** Makes one entry of what several lists (the manifests of a bag, its fetch.txt) say of a path. */
  async mergeByPath(): Promise<void> {
    const digests = CHECKSUM_ALGORITHMS.map((name) => `max(${name}) AS ${name}`).join(', ');
    await this.catalog.run(`
      CREATE TABLE merged AS SELECT '' AS source, coalesce(min(line) FILTER (source LIKE 'manifest-%'), min(line)) AS line, NULL::VARCHAR AS id, path, max(size_bytes) AS size_bytes, ${digests}, max(url) AS url,
        NULL::VARCHAR AS replaced_by, max(origin) AS origin, min(fold) AS fold FROM expected WHERE path IS NOT NULL GROUP BY path`);
    await this.catalog.run('DROP TABLE expected');
    await this.catalog.run('CREATE VIEW expected AS SELECT source, line, id, path, size_bytes, md5, sha1, sha256, sha512, url, replaced_by, origin, fold FROM merged');
  }

  close(): void {
    this.catalog.close();
  }
}
