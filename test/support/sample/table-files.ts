import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { Cell, Row, Tables } from './clinical-rows.js';

/** The formats of the tables: every reader has something to read. */
const FORMAT: Record<string, 'tsv' | 'csv' | 'json' | 'ndjson' | 'parquet'> = {
  dataset: 'json',
  case: 'tsv',
  imaging_study: 'tsv',
  cr_series_file: 'csv',
  dx_series_file: 'ndjson',
  ct_series_file: 'tsv',
  measurement: 'parquet',
  condition: 'csv',
  visit: 'tsv',
  procedure: 'tsv',
  medication: 'ndjson',
};

/** Every table as the bytes of one file, by file name. */
export async function writeTables(tables: Tables): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  for (const [table, rows] of Object.entries(tables)) {
    const format = FORMAT[table]!;
    files.set(`${table}.${format}`, format === 'parquet' ? await parquetBytes(rows) : Buffer.from(textOf(rows, format)));
  }
  return files;
}

function textOf(rows: readonly Row[], format: 'tsv' | 'csv' | 'json' | 'ndjson'): string {
  if (format === 'json') return `${JSON.stringify(rows.map(withoutEmpty), null, 2)}\n`;
  if (format === 'ndjson') return rows.map((row) => `${JSON.stringify(withoutEmpty(row))}\n`).join('');
  const separator = format === 'tsv' ? '\t' : ',';
  const lines = [Object.keys(rows[0]!), ...rows.map((row) => Object.values(row).map(cellText))];
  return lines.map((cells) => `${cells.map((cell) => quote(cell, separator)).join(separator)}\n`).join('');
}

function withoutEmpty(row: Row): Row {
  return Object.fromEntries(Object.entries(row).filter(([, cell]) => cell !== null && !(Array.isArray(cell) && cell.length === 0)));
}

function cellText(cell: Cell): string {
  if (cell === null) return '';
  return Array.isArray(cell) ? cell.join(',') : String(cell);
}

function quote(cell: string, separator: string): string {
  return cell.includes(separator) || cell.includes('"') ? `"${cell.replaceAll('"', '""')}"` : cell;
}

/** One row group, text and whole numbers only; the bytes repeat for one version of DuckDB. */
async function parquetBytes(rows: readonly Row[]): Promise<Buffer> {
  const folder = mkdtempSync(join(tmpdir(), 'colophon-sample-'));
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  try {
    const connection = await instance.connect();
    const columns = Object.entries(rows[0]!);
    await connection.run(`CREATE TABLE sample (${columns.map(([name, cell]) => `"${name}" ${typeof cell === 'number' ? 'BIGINT' : 'VARCHAR'}`).join(', ')})`);
    const marks = columns.map((_, index) => `$${index + 1}`).join(', ');
    for (const row of rows) await connection.run(`INSERT INTO sample VALUES (${marks})`, Object.values(row) as (string | number | null)[]);
    const path = join(folder, 'table.parquet');
    await connection.run(`COPY (FROM sample) TO '${path}' (FORMAT parquet, COMPRESSION zstd)`);
    connection.closeSync();
    return readFileSync(path);
  } finally {
    instance.closeSync();
    rmSync(folder, { recursive: true, force: true });
  }
}
