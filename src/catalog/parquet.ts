import { copyFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { systemErrorCode, wrapSystemError } from '../errors.js';
import { writeArrowFile } from './arrow-file.js';
import { ARROW_SCHEMA_KEY, arrowSchema, encodeArrowSchema, loadArrow, type ArrowModule, type ExportColumn } from './arrow-schema.js';
import { type Catalog, quoteIdentifier, quoteLiteral } from './catalog.js';

/**
 * Rows of a Parquet row group. Whoever wants one case of a million images reads the footer and one group: 1.6 MB, against 9.2 MB with
 * DuckDB's 122,880 rows and 1.7 MB with 4,096, whose footer is larger than what it saves (measured, all columns; the file is as large).
 */
const ROW_GROUP_ROWS = 16_384;

/** Rows that a sort of DuckDB hands on in one piece, and rows of a vector: a piece is written as it is when it is off a row group by less. */
const PIECE_ROWS = 122_880;
const VECTOR_ROWS = 2048;

/** What is exported, in which order, to where. */
export interface ParquetExport {
  /** One SELECT. */
  query: string;
  /** Columns to sort by first; ties are broken by all other columns from left to right, so the order is total. */
  orderBy: readonly string[];
  /** Whether no two rows agree in `orderBy`: then nothing else is sorted by, which takes half the memory. Default false. */
  unique?: boolean | undefined;
  path: string;
  /** Written to the file's key-value metadata. */
  metadata?: Readonly<Record<string, string>>;
  /** The columns of the query with what is to be said of each; default: nothing. */
  columns?: readonly ExportColumn[];
  /** Where the same rows go as an Arrow IPC file; default nowhere. Asks for `columns`. */
  arrowPath?: string | null;
}

/**
 * Writes a query to one Parquet file (zstd, format version 1 pages, fixed row groups): same rows, same bytes, whatever the number of threads
 * and the order they were inserted in. The bytes change with the version of DuckDB, so digest canonical rows as well.
 */
export async function exportParquet(catalog: Catalog, options: ParquetExport): Promise<{ rows: number; size_bytes: number }> {
  const order = await totalOrder(catalog, options);
  const aside = join(catalog.scratchFolder, 'export.parquet');
  const { columns, metadata = {} } = options;
  const arrow = columns === undefined ? null : await loadArrow();
  // DuckDB writes metadata of the whole file only, none of a column: Arrow's readers take that from its schema
  const schema: Record<string, string> = arrow === null || columns === undefined ? {} : { [ARROW_SCHEMA_KEY]: encodeArrowSchema(arrow, arrowSchema(arrow, columns, new Map())) };
  const keys = keyValues({ ...metadata, ...schema });
  const rows = await copyRows(catalog, `SELECT * FROM (${options.query}\n) ORDER BY ${order}`, aside, keys);
  try {
    if (mayJoin(rows)) await writeAgain(catalog, aside, keys);
    if (arrow !== null && columns !== undefined && typeof options.arrowPath === 'string') await exportArrow(catalog, arrow, { from: aside, path: options.arrowPath, columns, metadata });
    const size_bytes = statSync(aside).size;
    moveExport(aside, options.path);
    return { rows, size_bytes };
  } catch (error) {
    throw wrapSystemError(error, 'writing a table', options.path);
  }
}

function copyRows(catalog: Catalog, query: string, path: string, keys: string): Promise<number> {
  return catalog.run(`COPY (${query}) TO ${quoteLiteral(path)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE ${ROW_GROUP_ROWS}, PER_THREAD_OUTPUT false${keys})`);
}

/**
 * Whether the last piece is a row group and a few rows more. Those rows may then be in the last row group or in one of their own:
 * threads and memory decide (measured).
 */
function mayJoin(rows: number): boolean {
  const last = rows % PIECE_ROWS;
  return last > ROW_GROUP_ROWS && last < ROW_GROUP_ROWS + VECTOR_ROWS;
}

/** Writes a Parquet file once more, from the same rows in the same order, in row groups that are full but for the last. */
async function writeAgain(catalog: Catalog, path: string, keys: string): Promise<void> {
  const again = `${path}.again`;
  await catalog.withOneThread(() => copyRows(catalog, `FROM read_parquet(${quoteLiteral(path)})`, again, keys));
  renameSync(again, path);
}

/** The rows of a Parquet file, in their order, as an Arrow file. */
async function exportArrow(catalog: Catalog, arrow: ArrowModule, { from, path, columns, metadata }: { from: string; path: string; columns: readonly ExportColumn[]; metadata: Readonly<Record<string, string>> }): Promise<void> {
  const relation = `read_parquet(${quoteLiteral(from)})`;
  const categories = new Map<number, readonly string[]>();
  for (const [at, { name, categories: allowed }] of columns.entries()) if (allowed !== null) categories.set(at, [...allowed, ...(await otherValues(catalog, relation, name, allowed))]);
  const schema = arrowSchema(arrow, columns, new Map(sorted(metadata)));
  await writeArrowFile(arrow, { schema, categories, chunks: catalog.rawChunks(`FROM ${relation}`), path });
}

/** Values that are not allowed and there all the same, sorted: the gate may have let them pass. */
async function otherValues(catalog: Catalog, relation: string, name: string, allowed: readonly string[]): Promise<string[]> {
  const column = quoteIdentifier(name);
  const rows = await catalog.all<{ value: string }>(
    `SELECT DISTINCT ${column} AS value FROM ${relation} WHERE ${column} IS NOT NULL AND ${column} NOT IN (SELECT unnest(?::VARCHAR[])) ORDER BY 1`,
    [[...allowed]],
  );
  return rows.map(({ value }) => value);
}

/** SQL of the order of the rows: by the columns named, then by all others. */
export async function totalOrder(catalog: Catalog, { query, orderBy, unique }: Pick<ParquetExport, 'query' | 'orderBy' | 'unique'>): Promise<string> {
  const columns = unique === true ? [] : await catalog.describeSelect(query);
  const keys = [...orderBy, ...columns.filter((name) => !orderBy.includes(name))];
  return keys.map((name) => `${quoteIdentifier(name)} ASC NULLS FIRST`).join(', ');
}

function sorted(metadata: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1));
}

function keyValues(metadata: Readonly<Record<string, string>>): string {
  const entries = sorted(metadata);
  if (entries.length === 0) return '';
  return `, KV_METADATA {${entries.map(([key, value]) => `${quoteLiteral(key)}: ${quoteLiteral(value)}`).join(', ')}}`;
}

/** Brings a file that was written aside to its place: a rename where both are on one file system, else a copy. */
export function moveExport(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (systemErrorCode(error) !== 'EXDEV') throw error;
    copyFileSync(from, to);
    rmSync(from);
  }
}
