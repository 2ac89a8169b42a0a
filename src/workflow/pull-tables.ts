import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Catalog } from '../catalog/catalog.js';
import { replaceRowBatches, stageBatches } from '../catalog/row-batches.js';
import { markIncomplete } from '../catalog/source-state.js';
import {
  describeParquet,
  findControlCharacter,
  recordTableFile,
  replaceRawRows,
  stageTable,
  type StagedTable,
} from '../catalog/table-load.js';
import type { Effects } from '../effects.js';
import { CurationError } from '../errors.js';
import type { IgnoredEntry, TableDefect, TableReport, TableSourceReport } from '../model/pull.js';
import { assertSourceFolder, emptySource } from '../sources/dicom-folder.js';
import { listTables, type TableFile } from '../sources/table-folder.js';
import { checkLabels } from '../sources/table-labels.js';
import { readTableFile, type TableReading } from '../sources/table-pass.js';
import { ScratchWriter } from './scratch-writer.js';
import { listSplitter, retypeTable, typingDigest, type TypingRules } from './table-columns.js';

/** How a tables source is pulled. */
export interface TablePull extends TypingRules {
  source: string;
  folder: string;
  /** Of the provenance of the rows. */
  batch: number;
  /** Read every file, also those whose size and time did not change. */
  rehash: boolean;
  signal?: AbortSignal;
}

/** Name of the file in the scratch folder that DuckDB reads; never one from the source. */
const SCRATCH_FILE = 'table';

/**
 * Brings the raw and typed tables of a tables source up to date. A file with a defect loads no rows and loses those it
 * had; the other files go on.
 * @throws {CurationError} SOURCE_MISSING, SOURCE_UNREADABLE, INTERRUPTED
 */
export async function pullTables(catalog: Catalog, pull: TablePull, effects: Effects): Promise<TableSourceReport> {
  const begun = effects.now().getTime();
  assertSourceFolder(pull.source, pull.folder);
  const { files, clashes, ignored } = listTables(pull.folder);
  if (files.length + clashes.length === 0) throw noTables(pull, ignored);
  await markIncomplete(catalog, pull.source, true);
  const removed = await dropGone(catalog, pull, [...files, ...clashes.flat()]);
  const tables: TableReport[] = [];
  for (const clash of clashes) tables.push(await refuseClash(catalog, pull, clash));
  for (const [index, file] of files.entries()) {
    effects.progress({ stage: 'loading tables', unit: 'tables', files: index, totalFiles: files.length, bytes: 0 });
    tables.push(await pullTable(catalog, pull, file));
  }
  await markIncomplete(catalog, pull.source, false);
  tables.sort((a, b) => (a.table < b.table ? -1 : 1));
  return { source: pull.source, tables, removed, ignored, seconds: (effects.now().getTime() - begun) / 1000 };
}

async function pullTable(catalog: Catalog, pull: TablePull, file: TableFile): Promise<TableReport> {
  const schemaDigest = typingDigest(pull, file.table);
  const known = pull.rehash ? null : await findUnchanged(catalog, pull.source, file, schemaDigest);
  if (known !== null) return known;
  await forget(catalog, pull.source, file.table);
  const reading = await readAside(catalog, pull, file);
  const staged = reading.defects.count === 0 ? await stage(catalog, pull, file, reading) : null;
  const defects = reading.defects;
  const loaded = staged !== null && defects.count === 0;
  if (loaded) await stageBatches(catalog, pull.source, file.table, staged.labels, pull.batch);
  await catalog.transaction(async () => {
    await replaceRawRows(catalog, pull.source, file.table, loaded ? staged.labels : null);
    await replaceRowBatches(catalog, pull.source, file.table, loaded);
  });
  // The other sources of a table keep their rows, so it is typed anew also when this file is refused.
  await retypeTable(catalog, pull, file.table);
  await catalog.transaction(async () => {
    await recordDefects(catalog, pull.source, file, defects.kept);
    await recordTableFile(catalog, {
      source: pull.source,
      path: file.path,
      table_name: file.table,
      size_bytes: reading.size_bytes,
      mtime_ns: reading.mtime_ns,
      sha256: reading.sha256,
      row_count: loaded ? staged.rows : 0,
      status: loaded ? 'loaded' : 'refused',
      columns: loaded ? staged.labels : [],
      schema_digest: schemaDigest,
      batch: pull.batch,
    });
  });
  return {
    table: file.table,
    path: file.path,
    status: loaded ? 'loaded' : 'refused',
    rows: loaded ? staged.rows : 0,
    columns: loaded ? staged.labels.length : 0,
    defect_count: defects.count,
    defects: defects.kept,
  };
}

/** The strict pass, with what may be loaded written to the scratch folder. */
async function readAside(catalog: Catalog, pull: TablePull, file: TableFile): Promise<TableReading> {
  const path = join(catalog.scratchFolder, SCRATCH_FILE);
  const writer = new ScratchWriter(path);
  try {
    return await readTableFile(pull.folder, file, {
      splitter: listSplitter(pull, file.table),
      write: (bytes) => writer.write(bytes),
      ...(pull.signal === undefined ? {} : { signal: pull.signal }),
    });
  } finally {
    writer.close();
  }
}

/** Lets DuckDB read what the pass wrote; null, with a defect, for a Parquet file that it cannot read or that no table may hold. */
async function stage(catalog: Catalog, pull: TablePull, file: TableFile, { shape, defects }: TableReading): Promise<StagedTable | null> {
  const common = { file: SCRATCH_FILE, listSeparator: listSplitter(pull, file.table)('').separator };
  try {
    if (shape !== null) {
      const json = file.format === 'json' || file.format === 'ndjson';
      const staged = { ...common, ...shape, delimiter: file.format === 'tsv' ? ('\t' as const) : (',' as const), padded: json };
      await stageTable(catalog, staged);
      return staged;
    }
    const labels = await describeParquet(catalog, SCRATCH_FILE);
    checkLabels(labels, defects);
    if (defects.count > 0) return null;
    const staged = { ...common, labels, rows: 0, filled_cells: 0, delimiter: null, padded: false, multiline: false };
    await stageTable(catalog, staged);
    const control = await findControlCharacter(catalog, labels);
    if (control !== null) defects.add('SCH-001', `A control character stands in the text (data row ${control.row}).`, { column: control.column });
    const [count] = await catalog.all<{ rows: number }>('SELECT count(*) AS rows FROM staged_row');
    return { ...staged, rows: count?.rows ?? 0 };
  } catch (error) {
    if (shape !== null || !(error instanceof CurationError) || error.code !== 'CATALOG_FAILED') throw error;
    defects.add('SCH-001', 'The Parquet file cannot be read.');
    return null;
  } finally {
    rmSync(join(catalog.scratchFolder, SCRATCH_FILE), { force: true });
  }
}

async function findUnchanged(catalog: Catalog, source: string, file: TableFile, schemaDigest: string): Promise<TableReport | null> {
  const [row] = await catalog.all<{ row_count: number; status: 'loaded' | 'refused'; columns: string[] }>(
    `SELECT row_count, status, columns FROM table_file
     WHERE source = ? AND path = ? AND table_name = ? AND size_bytes = ? AND mtime_ns = ? AND schema_digest = ? AND status = 'loaded'`,
    [source, file.path, file.table, file.size_bytes, file.mtime_ns, schemaDigest],
  );
  if (row === undefined) return null;
  return { table: file.table, path: file.path, status: 'unchanged', rows: row.row_count, columns: row.columns.length, defect_count: 0, defects: [] };
}

/** Drops the tables of this source whose file is gone; returns their names. */
async function dropGone(catalog: Catalog, pull: TablePull, files: readonly TableFile[]): Promise<string[]> {
  const known = await catalog.all<{ table_name: string }>('SELECT table_name FROM table_file WHERE source = ? ORDER BY table_name', [pull.source]);
  const present = new Set(files.map(({ table }) => table));
  const gone = known.map(({ table_name }) => table_name).filter((table) => !present.has(table));
  for (const table of gone) await drop(catalog, pull, pull.source, table);
  return gone;
}

/** Drops the rows of sources that the configuration no longer names. */
export async function dropOtherTableSources(catalog: Catalog, rules: TypingRules, sources: readonly string[]): Promise<void> {
  const rows = await catalog.all<{ source: string; table_name: string }>('SELECT source, table_name FROM table_file ORDER BY ALL');
  for (const { source, table_name } of rows) if (!sources.includes(source)) await drop(catalog, rules, source, table_name);
}

async function drop(catalog: Catalog, rules: TypingRules, source: string, table: string): Promise<void> {
  await forget(catalog, source, table);
  await catalog.transaction(async () => {
    await replaceRawRows(catalog, source, table, null);
    await replaceRowBatches(catalog, source, table, false);
  });
  await retypeTable(catalog, rules, table);
}

/** From here until the file is recorded again, a killed pull leaves a table that the next one loads anew. */
async function forget(catalog: Catalog, source: string, table: string): Promise<void> {
  await catalog.run('DELETE FROM table_file WHERE source = ? AND table_name = ?', [source, table]);
  await catalog.run("DELETE FROM source_defect WHERE source = ? AND table_name = ? AND code <> 'REF-002'", [source, table]);
}

/** Two files for one table: nobody can say which one counts, so neither does. */
async function refuseClash(catalog: Catalog, pull: TablePull, files: readonly TableFile[]): Promise<TableReport> {
  const [first] = files as [TableFile];
  for (const { table } of files) await drop(catalog, pull, pull.source, table);
  const defect: TableDefect = {
    code: 'GATE-INCOMPLETE',
    message: `Several files hold the table ${first.table}, so none is loaded: ${files.map(({ path }) => path).join(', ')}.`,
    line: null,
    column: null,
    expected: 'one file',
    found: `${files.length} files`,
  };
  await recordDefects(catalog, pull.source, first, [defect]);
  await recordTableFile(catalog, {
    source: pull.source, path: first.path, table_name: first.table, size_bytes: first.size_bytes, mtime_ns: first.mtime_ns, sha256: '',
    row_count: 0, status: 'refused', columns: [], schema_digest: '', batch: pull.batch,
  }); // prettier-ignore
  return { table: first.table, path: first.path, status: 'refused', rows: 0, columns: 0, defect_count: 1, defects: [defect] };
}

async function recordDefects(catalog: Catalog, source: string, file: TableFile, defects: readonly TableDefect[]): Promise<void> {
  for (const { code, line, column, message, expected, found } of defects)
    await catalog.run('INSERT INTO source_defect VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)', [source, file.path, file.table, code, line, column, message, expected, found]);
}

function noTables({ source, folder }: TablePull, others: readonly IgnoredEntry[]): CurationError {
  if (others.length === 0) return emptySource(source, folder);
  return new CurationError('SOURCE_MISSING', `The folder of the source ${source} holds no table: ${folder}`, {
    expected: '<table>.csv, .tsv, .json, .ndjson or .parquet',
    found: others.slice(0, 5).map(({ path, reason }) => `${path} (${reason})`).join('; ') + (others.length > 5 ? `; and ${others.length - 5} more` : ''),
    suggestions: ['Name each file after its table: case.csv holds the table case.'],
  });
}
