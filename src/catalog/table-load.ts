import { join } from 'node:path';
import { CurationError } from '../errors.js';
import { type Catalog, quoteIdentifier, quoteLiteral } from './catalog.js';
import { forgetMended } from './mended-table.js';

/** A strictly judged file in the scratch folder, ready to be loaded. */
export interface StagedTable {
  /** Name of the file in the catalog's scratch folder. */
  file: string;
  labels: readonly string[];
  rows: number;
  filled_cells: number;
  /** Between cells; null: Parquet. */
  delimiter: ',' | '\t' | null;
  /** Rows may end before the last columns (from JSON, whose columns appear as it goes). */
  padded: boolean;
  /** Cells hold line breaks. */
  multiline: boolean;
  /** Joins the members of list columns of a Parquet file. */
  listSeparator: string;
}

/** A file of a tables source as the catalog remembers it. */
export interface TableFileRow {
  source: string;
  path: string;
  table_name: string;
  size_bytes: number;
  mtime_ns: bigint;
  sha256: string;
  row_count: number;
  status: 'loaded' | 'refused';
  columns: readonly string[];
  schema_digest: string;
  /** Of the provenance of its rows. */
  batch: number;
}

/** Relation that holds the rows of the file being loaded: source_row, then the columns as c0, c1, ... */
export const STAGED = 'staged_row';

/** Rows have at most 1 MiB of text; quotes may double them. */
const LINE_BYTES_MAX = 4 << 20;

/**
 * Reads a staged file into a table of text and holds DuckDB's reading against the strict pass: both must have seen the
 * same rows and the same filled cells.
 * @throws {CurationError} CATALOG_FAILED when they differ or DuckDB refuses the file
 */
export async function stageTable(catalog: Catalog, staged: StagedTable): Promise<void> {
  const file = quoteLiteral(join(catalog.scratchFolder, staged.file));
  const columns = staged.labels.map((_, index) => `c${index}`);
  await catalog.run(`CREATE OR REPLACE TABLE ${STAGED} AS SELECT row_number() OVER () AS source_row, ${columns.join(', ')} FROM ${
    staged.delimiter === null ? `(${await selectParquet(catalog, file, staged)})` : readDelimited(file, columns, staged)
  }`);
  const filled = columns.map((column) => `count(${column})`).join(' + ');
  const [seen] = await catalog.all<{ rows: number; filled: number }>(`SELECT count(*) AS rows, coalesce(${filled}, 0) AS filled FROM ${STAGED}`);
  if (staged.delimiter === null || (seen?.rows === staged.rows && seen.filled === staged.filled_cells)) return;
  throw new CurationError('CATALOG_FAILED', 'Two readers of one table disagree, so neither is believed. This is a defect of Colophon: please report it.', {
    expected: `${staged.rows} rows with ${staged.filled_cells} filled cells`,
    found: `${seen?.rows} rows with ${seen?.filled} filled cells`,
  });
}

function readDelimited(file: string, columns: readonly string[], { delimiter, padded, multiline }: StagedTable): string {
  const types = columns.map((column) => `${quoteLiteral(column)}: 'VARCHAR'`).join(', ');
  // Nothing is sniffed. Cells with line breaks and padded rows are read by one thread: parallel readers guess at quotes.
  return `read_csv(${file}, auto_detect = false, header = false, skip = 0, columns = {${types}}, delim = ${quoteLiteral(delimiter ?? ',')},
    quote = '"', escape = '"', comment = '', new_line = '\\n', nullstr = '', allow_quoted_nulls = true, encoding = 'utf-8', compression = 'none',
    strict_mode = true, ignore_errors = false, null_padding = ${padded}, parallel = ${!multiline && !padded}, max_line_size = ${LINE_BYTES_MAX},
    buffer_size = ${4 * LINE_BYTES_MAX})`;
}

/** Column names of a staged Parquet file. @throws {CurationError} CATALOG_FAILED when it cannot be read */
export async function describeParquet(catalog: Catalog, file: string): Promise<string[]> {
  return (await parquetColumns(catalog, quoteLiteral(join(catalog.scratchFolder, file)))).map(({ column_name }) => column_name);
}

function parquetColumns(catalog: Catalog, file: string): Promise<{ column_name: string; column_type: string }[]> {
  return catalog.all(`SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM read_parquet(${file}))`);
}

async function selectParquet(catalog: Catalog, file: string, { listSeparator }: StagedTable): Promise<string> {
  const columns = await parquetColumns(catalog, file);
  const cells = columns.map(({ column_name, column_type }, index) => `${parquetText(quoteIdentifier(column_name), column_type, listSeparator)} AS c${index}`);
  return `SELECT ${cells.join(', ')} FROM read_parquet(${file})`;
}

/**
 * The text of a Parquet value as a CSV file would hold it: whole numbers without a decimal point (pandas turns integers
 * with a missing value into doubles), lists joined, empty text as NULL.
 */
function parquetText(cell: string, type: string, listSeparator: string): string {
  if (type.endsWith('[]')) {
    const member = parquetText('member', type.slice(0, -2), listSeparator);
    return `nullif(array_to_string(list_transform(${cell}, lambda member: coalesce(${member}, '')), ${quoteLiteral(listSeparator)}), '')`;
  }
  if (/^(DOUBLE|FLOAT)$/.test(type))
    return `CASE WHEN isfinite(${cell}) AND ${cell} = trunc(${cell}) AND abs(${cell}) < 9007199254740992 THEN (${cell}::BIGINT)::VARCHAR ELSE ${cell}::VARCHAR END`;
  if (/^(STRUCT|MAP|UNION)/.test(type)) return `to_json(${cell})::VARCHAR`;
  return `nullif(${cell}::VARCHAR, '')`;
}

/** First row and column of the staged rows with a character that no table may hold (SCH-001); null when there is none. */
export async function findControlCharacter(catalog: Catalog, labels: readonly string[]): Promise<{ row: number; column: string } | null> {
  for (const [index, column] of labels.entries()) {
    const [found] = await catalog.all<{ row: number | null }>(
      `SELECT min(source_row) AS row FROM ${STAGED} WHERE regexp_matches(c${index}, '[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f]')`,
    );
    if (typeof found?.row === 'number') return { row: found.row, column };
  }
  return null;
}

/**
 * Puts the staged rows in the place of what `source` had in `raw_<table>`, beside the rows of other sources; with
 * `columns` null the source's rows go. The table goes with its last row's source. Columns are those of the sources in
 * the order of their names, so the order of pulling does not matter.
 */
export async function replaceRawRows(catalog: Catalog, source: string, table: string, columns: readonly string[] | null): Promise<void> {
  const raw = quoteIdentifier(`raw_${table}`);
  const others = await catalog.all<{ source: string; columns: string[] }>(
    "SELECT source, columns FROM table_file WHERE table_name = ? AND source <> ? AND status = 'loaded'",
    [table, source],
  );
  const parts = others.map((other) => ({ source: other.source, columns: other.columns, sql: selectRows(raw, other.source, other.columns) }));
  if (columns !== null) parts.push({ source, columns: [...columns], sql: selectStaged(source, columns) });
  parts.sort((a, b) => (a.source < b.source ? -1 : 1));
  await catalog.run(`DROP TABLE IF EXISTS ${quoteIdentifier(`clinical_${table}`)}`);
  await catalog.run('DELETE FROM clinical_table WHERE table_name = ?', [table]);
  await forgetMended(catalog, table);
  if (parts.length === 0) await catalog.run(`DROP TABLE IF EXISTS ${raw}`);
  else await catalog.run(`CREATE OR REPLACE TABLE ${raw} AS ${parts.map(({ sql }) => sql).join(' UNION ALL BY NAME ')}`);
  await catalog.run(`DROP TABLE IF EXISTS ${STAGED}`);
}

function selectRows(raw: string, source: string, columns: readonly string[]): string {
  return `SELECT source, source_row, ${columns.map(quoteIdentifier).join(', ')} FROM ${raw} WHERE source = ${quoteLiteral(source)}`;
}

function selectStaged(source: string, columns: readonly string[]): string {
  const cells = columns.map((label, index) => `c${index} AS ${quoteIdentifier(label)}`);
  return `SELECT ${quoteLiteral(source)} AS source, source_row, ${cells.join(', ')} FROM ${STAGED}`;
}

/** Columns of `raw_<table>` in order, without source and source_row; empty when there is no such table. */
export async function rawColumns(catalog: Catalog, table: string): Promise<string[]> {
  const rows = await catalog.all<{ name: string }>(
    'SELECT column_name AS name FROM duckdb_columns() WHERE table_name = ? AND column_index > 2 ORDER BY column_index',
    [`raw_${table}`],
  );
  return rows.map(({ name }) => name);
}

/** Remembers a file in the place of what was known of it. */
export async function recordTableFile(catalog: Catalog, row: TableFileRow): Promise<void> {
  await catalog.run('DELETE FROM table_file WHERE source = ? AND table_name = ?', [row.source, row.table_name]);
  await catalog.run('INSERT INTO table_file VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)', [
    row.source, row.path, row.table_name, row.size_bytes, row.mtime_ns, row.sha256, row.row_count, row.status, row.columns, row.schema_digest, row.batch,
  ]); // prettier-ignore
}

/** A file whose rows are in the catalog. */
export interface KnownTableFile {
  /** Relative to the source. */
  file: string;
  size_bytes: number;
  /** Nanoseconds since the epoch. */
  mtime_ns: bigint;
  sha256: string;
}

/** The files of a source whose rows are in the catalog, by table. */
export async function knownTables(catalog: Catalog, source: string): Promise<Map<string, KnownTableFile>> {
  const rows = await catalog.all<{ table_name: string; file: string; size_bytes: number; mtime_ns: string; sha256: string }>(
    "SELECT table_name, path AS file, size_bytes, mtime_ns::VARCHAR AS mtime_ns, sha256 FROM table_file WHERE source = ? AND status = 'loaded'",
    [source],
  );
  return new Map(rows.map(({ table_name, mtime_ns, ...file }) => [table_name, { ...file, mtime_ns: BigInt(mtime_ns) }]));
}
