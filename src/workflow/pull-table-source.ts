import { knownTables } from '../catalog/table-load.js';
import type { Effects } from '../effects.js';
import type { TableSourceReport } from '../model/pull.js';
import type { PostgresSource, TableSourceConfig } from '../model/source-config.js';
import { expandVariables } from '../sources/environment.js';
import { FetchedTables } from '../sources/fetched-tables.js';
import { readRegistry } from '../sources/postgres/read-registry.js';
import { sourceFolder } from '../workspace/source-folders.js';
import type { PullOptions } from './pull.js';
import { pullTables, type TablePull } from './pull-tables.js';
import type { Session } from './session.js';
import { listSplitter } from './table-columns.js';

/**
 * Brings the tables of a source up to date: those of a folder as they are, others by way of the folder of the workspace that
 * holds what was read of the source. When that fails, the rows of the last pull stay as they were.
 * @throws {CurationError} SOURCE_MISSING, SOURCE_UNREADABLE, CONFIG_INVALID, INTERRUPTED, DISK_FULL
 */
export async function pullTableSource(session: Session, source: TableSourceConfig, batch: number, options: PullOptions, effects: Effects): Promise<TableSourceReport> {
  const { catalog, workspace, pack } = session;
  const pull: TablePull = {
    source: source.name,
    folder: sourceFolder(workspace, source),
    batch,
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
      return pullRegistry(session, source, pull, effects);
    case 'http-tables':
      throw new Error('not yet');
  }
}

async function pullRegistry({ catalog }: Session, source: PostgresSource, pull: TablePull, effects: Effects): Promise<TableSourceReport> {
  const begun = effects.now().getTime();
  const store = new FetchedTables(pull.folder);
  try {
    const tables = await readRegistry(source, store, {
      url: expandVariables(source.url, process.env, `sources, ${source.name}, url`),
      splitter: (table) => listSplitter(pull, table),
      onProgress: ({ rows, bytes }) => effects.progress({ stage: `reading ${source.name}`, unit: 'rows', files: rows, bytes }),
      ...(pull.signal === undefined ? {} : { signal: pull.signal }),
    });
    store.settle(tables, await knownTables(catalog, source.name));
    const report = await pullTables(catalog, pull, effects);
    return { ...report, seconds: (effects.now().getTime() - begun) / 1000 };
  } finally {
    store.clear();
  }
}
