import type { Catalog } from './catalog.js';

/** What a web server said of a table file that was loaded. */
export interface TableValidatorRow {
  table: string;
  /** Without user, password and query. */
  url: string;
  /** Of the file. */
  sha256: string;
  etag: string | null;
  last_modified: string | null;
}

/** What is known of the tables of a source, by table. */
export async function readValidators(catalog: Catalog, source: string): Promise<Map<string, TableValidatorRow>> {
  const rows = await catalog.all<TableValidatorRow>('SELECT table_name AS "table", url, sha256, etag, last_modified FROM table_validator WHERE source = ?', [source]);
  return new Map(rows.map((row) => [row.table, row]));
}

/** Replaces what is known of the tables of a source. */
export async function replaceValidators(catalog: Catalog, source: string, rows: Iterable<TableValidatorRow>): Promise<void> {
  await catalog.transaction(async () => {
    await catalog.run('DELETE FROM table_validator WHERE source = ?', [source]);
    for (const { table, url, sha256, etag, last_modified } of rows) await catalog.run('INSERT INTO table_validator VALUES (?, ?, ?, ?, ?, ?)', [source, table, url, sha256, etag, last_modified]);
  });
}
