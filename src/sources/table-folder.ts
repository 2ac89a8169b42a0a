import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { wrapSystemError } from '../errors.js';
import { compareBytewise } from '../fixity/order.js';
import type { IgnoredEntry } from '../model/pull.js';

export type TableFormat = 'csv' | 'tsv' | 'json' | 'ndjson' | 'parquet';

/** A file that holds a clinical table. */
export interface TableFile {
  /** Name within the folder. */
  path: string;
  table: string;
  format: TableFormat;
  gzip: boolean;
  size_bytes: number;
  /** Nanoseconds since the epoch. */
  mtime_ns: bigint;
}

/** What a tables source holds. */
export interface TableFolder {
  files: TableFile[];
  /** Several files for one table (case aside): none of them is taken. */
  clashes: TableFile[][];
  ignored: IgnoredEntry[];
}

const FORMATS: Record<string, TableFormat> = { csv: 'csv', tsv: 'tsv', json: 'json', ndjson: 'ndjson', jsonl: 'ndjson', parquet: 'parquet' };
const TABLE_FILE = /^([^.]*)\.(csv|tsv|json|ndjson|jsonl|parquet)(\.gz)?$/i;
const TABLE_NAME = /^[A-Za-z_][A-Za-z0-9_]{0,62}$/;

/** Looks at the names in a tables folder, in bytewise order: `<table>.<format>`, text formats also with `.gz`. */
export function listTables(folder: string): TableFolder {
  const byTable = new Map<string, TableFile[]>();
  const ignored: IgnoredEntry[] = [];
  for (const entry of readEntries(folder)) {
    const file = entry.isFile() ? parseName(entry.name) : entry.isDirectory() ? 'a folder: tables stand in the folder of the source itself' : 'a link or special file: it is not followed';
    if (typeof file === 'string') ignored.push({ path: entry.name, reason: file });
    else {
      const key = file.table.toLowerCase();
      byTable.set(key, [...(byTable.get(key) ?? []), { ...file, ...statFile(join(folder, entry.name)) }]);
    }
  }
  const groups = [...byTable.values()];
  return { files: groups.filter((group) => group.length === 1).flat(), clashes: groups.filter((group) => group.length > 1), ignored };
}

function readEntries(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => compareBytewise(a.name, b.name));
  } catch (error) {
    throw wrapSystemError(error, 'listing the tables', folder);
  }
}

function statFile(path: string): { size_bytes: number; mtime_ns: bigint } {
  try {
    const stat = lstatSync(path, { bigint: true });
    return { size_bytes: Number(stat.size), mtime_ns: stat.mtimeNs };
  } catch (error) {
    throw wrapSystemError(error, 'looking at a table', path);
  }
}

/** The table that a file name stands for, or why it stands for none. */
function parseName(name: string): Omit<TableFile, 'size_bytes' | 'mtime_ns'> | string {
  const match = TABLE_FILE.exec(name);
  const format = FORMATS[match?.[2]?.toLowerCase() ?? ''];
  if (match === null || format === undefined) return 'not <table>.csv, .tsv, .json, .ndjson, .jsonl or .parquet';
  const table = match[1] ?? '';
  if (!TABLE_NAME.test(table)) return 'a table name has letters, digits and _, begins with no digit, and has at most 63 characters';
  const gzip = match[3] !== undefined;
  return gzip && format === 'parquet' ? 'Parquet is compressed inside: it is not gzipped' : { path: name, table, format, gzip };
}
