import { copyFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { systemErrorCode, wrapSystemError } from '../errors.js';
import { type Catalog, quoteIdentifier, quoteLiteral } from './catalog.js';

/** Rows of a Parquet row group: a part of the bytes, so it never changes within a format version. */
const ROW_GROUP_ROWS = 122_880;

/** What is exported, in which order, to where. */
export interface ParquetExport {
  /** One SELECT. */
  query: string;
  /** Columns to sort by first; ties are broken by all other columns from left to right, so the order is total. */
  orderBy: readonly string[];
  path: string;
  /** Written to the file's key-value metadata. */
  metadata?: Readonly<Record<string, string>>;
}

/**
 * Writes a query to one Parquet file (zstd, format version 1 pages, fixed row groups): same rows, same bytes, whatever the number of threads
 * and the order they were inserted in. The bytes change with the version of DuckDB, so digest canonical rows as well.
 */
export async function exportParquet(catalog: Catalog, options: ParquetExport): Promise<{ rows: number; size_bytes: number }> {
  const order = await totalOrder(catalog, options);
  const aside = join(catalog.scratchFolder, 'export.parquet');
  const rows = await catalog.run(
    `COPY (SELECT * FROM (${options.query}\n) ORDER BY ${order}) TO ${quoteLiteral(aside)}
     (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE ${ROW_GROUP_ROWS}, PER_THREAD_OUTPUT false${keyValues(options.metadata)})`,
  );
  try {
    const size_bytes = statSync(aside).size;
    moveExport(aside, options.path);
    return { rows, size_bytes };
  } catch (error) {
    throw wrapSystemError(error, 'writing a Parquet file', options.path);
  }
}

/** SQL of the order of the rows: by the columns named, then by all others. */
export async function totalOrder(catalog: Catalog, { query, orderBy }: Pick<ParquetExport, 'query' | 'orderBy'>): Promise<string> {
  const columns = await catalog.describeSelect(query);
  const keys = [...orderBy, ...columns.filter((name) => !orderBy.includes(name))];
  return keys.map((name) => `${quoteIdentifier(name)} ASC NULLS FIRST`).join(', ');
}

function keyValues(metadata: Readonly<Record<string, string>> | undefined): string {
  const entries = Object.entries(metadata ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
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
