import type { PostgresSource } from '../../model/source-config.js';
import { namedTables, type FetchedTable, type FetchedTables } from '../fetched-tables.js';
import type { ListSplitter } from '../list-cell.js';
import { PartFile } from '../part-file.js';
import { registryAddress } from './registry-address.js';
import { Registry } from './registry.js';
import { readingStatement } from './statement.js';
import { TableExport } from './table-export.js';

/** How the tables of a registry are read. */
export interface RegistryRead {
  /** With the secrets in its place. */
  url: string;
  /** How the list cells of a table are joined. */
  splitter(table: string): ListSplitter;
  onProgress?(progress: { table: string; rows: number; bytes: number }): void;
  signal?: AbortSignal;
}

/** How long a statement may take, by default. */
const TIMEOUT_SECONDS = 600;

/** Rows between two reports of the progress. */
const PROGRESS_ROWS = 5000;

/** What was read of a registry. */
export interface RegistryReading {
  /** Server, port and database. */
  from: string;
  tables: FetchedTable[];
  /** Empty texts, which a clinical table takes for no value, as in a file. */
  empty_texts: number;
}

/**
 * Reads all tables of a registry in one transaction into part files of `store`: they are of one moment, or there are none.
 * @throws {CurationError} CONFIG_INVALID, SOURCE_UNREADABLE, INTERRUPTED, DISK_FULL, IO_FAILED
 */
export async function readRegistry(source: PostgresSource, store: FetchedTables, read: RegistryRead): Promise<RegistryReading> {
  const queries = namedTables(source.name, source.tables).map(([table, sql]) => ({ table, sql: readingStatement(source.name, table, sql) }));
  const address = registryAddress(source.name, read.url);
  const timeout_ms = 1000 * (source.timeout_seconds ?? TIMEOUT_SECONDS);
  const registry = await Registry.open(address, { source: source.name, timeout_ms, ...(read.signal === undefined ? {} : { signal: read.signal }) });
  try {
    const arrays = await listArrays(registry);
    const reading: RegistryReading = { from: address.name, tables: [], empty_texts: 0 };
    for (const { table, sql } of queries) {
      const { empty_texts, ...exported } = await exportTable(registry, { source: source.name, table }, sql, arrays, store, read);
      reading.tables.push(exported);
      reading.empty_texts += empty_texts;
    }
    return reading;
  } finally {
    await registry.close();
  }
}

async function exportTable(registry: Registry, place: TableExport['place'], sql: string, arrays: ReadonlyMap<number, number>, store: FetchedTables, read: RegistryRead): Promise<FetchedTable & { empty_texts: number }> {
  const { table } = place;
  const file = `${table}.csv`;
  const part = new PartFile(store.partOf(file));
  try {
    const writer = new TableExport(place, part, arrays, read.splitter(table));
    await registry.rows(table, sql, {
      begin: (fields) => writer.begin(fields),
      row(values, row) {
        writer.row(values, row);
        if (row % PROGRESS_ROWS === 0) read.onProgress?.({ table, rows: row, bytes: part.size_bytes });
      },
    });
    writer.end();
    return { table, file, part: part.path, ...part.finish(), empty_texts: writer.empty_texts };
  } finally {
    part.discard();
  }
}

/** Type ids of arrays of plain values whose members a comma separates, with the type id of the members. */
async function listArrays(registry: Registry): Promise<Map<number, number>> {
  const rows = await registry.all<{ list: string; member: string }>(
    "SELECT typarray AS list, oid AS member FROM pg_catalog.pg_type WHERE typarray <> 0 AND typtype <> 'c' AND typdelim = ','",
  );
  return new Map(rows.map(({ list, member }) => [Number(list), Number(member)]));
}
