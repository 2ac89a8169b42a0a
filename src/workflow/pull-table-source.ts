import type { Catalog } from '../catalog/catalog.js';
import { knownTables, type KnownTableFile } from '../catalog/table-load.js';
import { readValidators, replaceValidators } from '../catalog/table-validator.js';
import type { Effects } from '../effects.js';
import type { TableSourceReport } from '../model/pull.js';
import type { HttpTablesSource, PostgresSource, TableSourceConfig } from '../model/source-config.js';
import { expandVariables } from '../sources/environment.js';
import { FetchedTables, type FetchedTable } from '../sources/fetched-tables.js';
import { readHttpTables, type HttpTable, type KnownVersion } from '../sources/http-tables/read-http-tables.js';
import { readRegistry } from '../sources/postgres/read-registry.js';
import { sourceFolder } from '../workspace/source-folders.js';
import type { PullOptions } from './pull.js';
import { pullTables, type TablePull } from './pull-tables.js';
import type { Session } from './session.js';
import { listSplitter } from './table-columns.js';

/** What a table source is pulled with, beside its own settings. */
export type TableContext = Pick<TablePull, 'batch' | 'harmonization'>;

/**
 * Brings the tables of a source up to date: those of a folder as they are, others by way of the folder of the workspace that
 * holds what was read of the source. When that fails, the rows of the last pull stay as they were.
 * @throws {CurationError} SOURCE_MISSING, SOURCE_UNREADABLE, CONFIG_INVALID, INTERRUPTED, DISK_FULL
 */
export async function pullTableSource({ catalog, workspace, pack }: Session, source: TableSourceConfig, context: TableContext, options: PullOptions, effects: Effects): Promise<TableSourceReport> {
  const pull: TablePull = {
    source: source.name,
    folder: sourceFolder(workspace, source),
    ...context,
    pack,
    keys: workspace.config.tables ?? {},
    rehash: options.rehash === true,
    ...(source.list_separator === undefined ? {} : { listSeparator: source.list_separator }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  };
  switch (source.kind) {
    case 'tables':
      return pullTables(catalog, pull, effects);
    case 'postgres':
      return pullFetched(catalog, pull, effects, (store) => fetchRegistry(source, store, pull, effects));
    case 'http-tables':
      return pullHttpTables(catalog, source, pull, effects);
  }
}

/** What was brought here, and what the report says of it. */
interface Fetched extends Pick<TableSourceReport, 'from' | 'empty_texts'> {
  tables: FetchedTable[];
}

/** Brings the tables here, all or none, and then into the catalog. */
async function pullFetched(catalog: Catalog, pull: TablePull, effects: Effects, fetch: (store: FetchedTables, known: Map<string, KnownTableFile>) => Promise<Fetched>): Promise<TableSourceReport> {
  const begun = effects.now().getTime();
  const store = new FetchedTables(pull.folder);
  try {
    const known = await knownTables(catalog, pull.source);
    const { tables, ...told } = await fetch(store, known);
    store.settle(tables, known);
    const report = await pullTables(catalog, pull, effects);
    return { ...report, ...told, seconds: (effects.now().getTime() - begun) / 1000 };
  } finally {
    store.clear();
  }
}

function fetchRegistry(source: PostgresSource, store: FetchedTables, pull: TablePull, effects: Effects): Promise<Fetched> {
  return readRegistry(source, store, {
    url: expandVariables(source.url, process.env, `sources, ${source.name}, url`),
    splitter: (table) => listSplitter(pull, table),
    onProgress: ({ table, rows, bytes }) => effects.progress({ stage: `reading the table ${table}`, unit: 'rows', files: rows, bytes }),
    ...(pull.signal === undefined ? {} : { signal: pull.signal }),
  });
}

async function pullHttpTables(catalog: Catalog, source: HttpTablesSource, pull: TablePull, effects: Effects): Promise<TableSourceReport> {
  let fetched: HttpTable[] = [];
  const report = await pullFetched(catalog, pull, effects, async (store, known) => {
    const reading = await readHttpTables(source, store, {
      url: expandVariables(source.url, process.env, `sources, ${source.name}, url`),
      authorization: source.authorization === undefined ? null : expandVariables(source.authorization, process.env, `sources, ${source.name}, authorization`),
      known: pull.rehash ? new Map() : await knownVersions(catalog, source.name, store, known),
      onProgress: ({ table, bytes }) => effects.progress({ stage: `fetching the table ${table}`, files: 0, bytes }),
      note: effects.warn,
      ...(pull.signal === undefined ? {} : { signal: pull.signal }),
    });
    fetched = reading.tables;
    return reading;
  });
  await replaceValidators(catalog, source.name, fetched);
  return report;
}

/** The files that are here just as they were loaded, with what their server said of them. */
async function knownVersions(catalog: Catalog, source: string, store: FetchedTables, known: ReadonlyMap<string, KnownTableFile>): Promise<Map<string, KnownVersion>> {
  const versions = new Map<string, KnownVersion>();
  for (const [table, { url, sha256, etag, last_modified }] of await readValidators(catalog, source)) {
    const file = known.get(table);
    if (file?.sha256 === sha256 && store.holds(file)) versions.set(table, { ...file, url, etag, last_modified });
  }
  return versions;
}
