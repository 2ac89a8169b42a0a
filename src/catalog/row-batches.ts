import { type Catalog, quoteIdentifier, quoteLiteral } from './catalog.js';
import { rawColumns, STAGED } from './table-load.js';

/**
 * Notes which batch brought each of the staged rows that are about to take the place of what `source` has in `raw_<table>`: a
 * row with the cells of one that is there keeps the batch of that one. Columns that are in one of them only count as empty.
 * @param labels of the staged columns
 */
export async function stageBatches(catalog: Catalog, source: string, table: string, labels: readonly string[], batch: number): Promise<void> {
  const before = new Set(await rawColumns(catalog, table));
  const names = [...new Set([...before, ...labels])].sort();
  const staged = names.map((name) => (labels.includes(name) ? `c${labels.indexOf(name)}` : 'NULL'));
  const raw = names.map((name) => (before.has(name) ? quoteIdentifier(name) : 'NULL'));
  const key = (cells: readonly string[]): string => `sha256(to_json([${cells.map((cell) => `${cell}::VARCHAR`).join(', ')}])::VARCHAR)`;
  const known =
    before.size === 0
      ? 'SELECT NULL::VARCHAR AS content, NULL::BIGINT AS batch WHERE false'
      : `SELECT ${key(raw)} AS content, min(b.batch) AS batch FROM ${quoteIdentifier(`raw_${table}`)} AS r
         JOIN row_batch AS b ON b.table_name = ${quoteLiteral(table)} AND b.source = r.source AND b.source_row = r.source_row
         WHERE r.source = ${quoteLiteral(source)} GROUP BY content`;
  await catalog.run(`CREATE OR REPLACE TABLE staged_batch AS
    SELECT ${quoteLiteral(table)} AS table_name, ${quoteLiteral(source)} AS source, source_row, coalesce(known.batch, ${batch}) AS batch
    FROM (SELECT source_row, ${key(staged)} AS content FROM ${STAGED}) AS staged LEFT JOIN (${known}) AS known USING (content)
    ORDER BY source_row`);
}

/** Puts the batches that were staged in the place of those of `source`; with `loaded` false its rows are gone, and so are they. */
export async function replaceRowBatches(catalog: Catalog, source: string, table: string, loaded: boolean): Promise<void> {
  await catalog.run('DELETE FROM row_batch WHERE table_name = ? AND source = ?', [table, source]);
  if (loaded) await catalog.run('INSERT INTO row_batch SELECT table_name, source, source_row, batch FROM staged_batch');
  await catalog.run('DROP TABLE IF EXISTS staged_batch');
}
