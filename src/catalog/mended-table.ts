import type { ColumnMending, Mending, TableMending } from '../model/mending.js';
import { type Catalog, quoteIdentifier } from './catalog.js';
import { candidateCondition } from './mend-candidates.js';
import { countChanges, countMended } from './mend-counts.js';
import { joinLoinc, LOINC_READING, readLoinc, replaceLoinc } from './mend-loinc.js';
import { joinTexts, MEND_CELL, mendedCell } from './mended-cell.js';

/** The rows of a raw table with mended cells, before LOINC codes are filled. */
const MENDING = 'mending';

/**
 * Mends the cells of `raw_<table>` into `mended_<table>` and writes down what was done; where nothing changes there is no such
 * table. Returns the name of the table of texts to go on with.
 * @param columns of the raw table; null for `mending`: no rule is about it
 */
export async function mendTable(catalog: Catalog, table: string, columns: readonly string[], mending: TableMending | null): Promise<string> {
  const [raw, mended] = [`raw_${table}`, `mended_${table}`];
  await forgetMended(catalog, table);
  if (mending === null) return raw;
  await readTexts(catalog, raw, mending.columns);
  await catalog.run(`CREATE OR REPLACE TEMP VIEW ${MENDING} AS ${selectMended(raw, columns, mending.columns)}`);
  if (mending.loinc !== null) await readLoinc(catalog, MENDING, table, mending.loinc, mending.listSeparator);
  await countMended(catalog, raw, MENDING, table, mending);
  const changed = (await countChanges(catalog, table)) > 0;
  if (changed)
    await catalog.run(`CREATE OR REPLACE TABLE ${quoteIdentifier(mended)} AS
      SELECT rows.* ${replaceLoinc(mending.loinc)} FROM ${MENDING} AS rows ${joinLoinc(mending.loinc)} ORDER BY rows.source, rows.source_row`);
  await catalog.run('INSERT INTO mended_table VALUES (?, ?, ?)', [table, mending.digest, changed]);
  for (const sql of [`DROP VIEW ${MENDING}`, `DROP TABLE ${MEND_CELL}`, `DROP TABLE IF EXISTS ${LOINC_READING}`]) await catalog.run(sql);
  return changed ? mended : raw;
}

/** Drops what rules did to a table. */
export async function forgetMended(catalog: Catalog, table: string): Promise<void> {
  await catalog.run(`DROP TABLE IF EXISTS ${quoteIdentifier(`mended_${table}`)}`);
  for (const about of ['mended_table', 'harmonization', 'unmapped']) await catalog.run(`DELETE FROM ${about} WHERE table_name = ?`, [table]);
}

/** Asks the rules about every distinct text that they may do something about, once, into `mend_cell`. */
export async function readTexts(catalog: Catalog, relation: string, columns: readonly ColumnMending[]): Promise<void> {
  await catalog.run(`CREATE OR REPLACE TABLE ${MEND_CELL} (column_index INTEGER, text VARCHAR, outcome VARCHAR, rule VARCHAR, mended VARCHAR,
    reason VARCHAR, above BOOLEAN, shown_from VARCHAR, shown_to VARCHAR, merges BOOLEAN)`);
  for (const [index, { column, candidates, mend, isKey }] of columns.entries()) {
    const cell = quoteIdentifier(column);
    const where = candidates.map((each) => candidateCondition(cell, each)).join(' OR ');
    for await (const rows of catalog.stream<{ text: string }>(`SELECT DISTINCT ${cell} AS text FROM ${quoteIdentifier(relation)} WHERE ${cell} <> '' AND (${where})`)) {
      const appender = await catalog.appender(MEND_CELL);
      for (const { text } of rows) {
        const mending = mend(text);
        if (mending !== null) appender.appendRow([index, text, ...cellsOf(text, mending, isKey)]);
      }
      appender.close();
    }
    await markMerges(catalog, relation, column, index);
  }
}

function cellsOf(text: string, mending: Mending, isKey: boolean): (string | boolean | null)[] {
  if (mending.outcome === 'left') return ['left', mending.rule, null, mending.reason, false, null, null, false];
  const { to, reason = '', over = false, masked } = mending.read;
  const shown = masked ?? (isKey ? { from: null, to: null } : { from: text, to });
  return ['mended', mending.rule, to, reason, over, shown.from, shown.to, false];
}

/** Marks results that come from several spellings, or stood in the column already. */
async function markMerges(catalog: Catalog, relation: string, column: string, index: number): Promise<void> {
  await catalog.run(`
    UPDATE ${MEND_CELL} SET merges = true WHERE column_index = ${index} AND outcome = 'mended' AND mended IN (
      SELECT mended FROM ${MEND_CELL} WHERE column_index = ${index} AND outcome = 'mended' GROUP BY mended HAVING count(*) > 1
      UNION ALL SELECT ${quoteIdentifier(column)} FROM ${quoteIdentifier(relation)})`);
}

function selectMended(raw: string, columns: readonly string[], mended: readonly ColumnMending[]): string {
  const cells = columns.map((column) => `${mendedCell(column, mended)} AS ${quoteIdentifier(column)}`);
  return `SELECT rows.source, rows.source_row, ${cells.join(', ')} FROM ${quoteIdentifier(raw)} AS rows ${mended.map((_, index) => joinTexts(index, mended)).join(' ')}`;
}

/** The quoted name of the relation that holds the cells of a clinical table as text, as everything but typing reads them. */
export type TextTable = (table: string) => string;

/** Tells for every clinical table where its texts are: in `mended_<table>` where rules changed cells, else in `raw_<table>`. */
export async function textTables(catalog: Pick<Catalog, 'all'>): Promise<TextTable> {
  const rows = await catalog.all<{ table_name: string }>('SELECT table_name FROM mended_table WHERE changed ORDER BY table_name');
  const mended = new Set(rows.map(({ table_name }) => table_name));
  return (table) => quoteIdentifier(`${mended.has(table) ? 'mended' : 'raw'}_${table}`);
}
