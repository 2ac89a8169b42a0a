import { Catalog } from '../../src/catalog/catalog.js';

/** A row of the case table, and what images a case has. */
export interface CatalogCase {
  case_id: string;
  status?: 'accepted' | 'rejected' | 'withdrawn';
  /** Columns of the case table beyond the key. */
  cells?: Record<string, string | null>;
  instances?: { PatientID?: string; StudyInstanceUID?: string; sha256?: string; Modality?: string }[];
}

/** Fills a catalog in memory as pull would, with a case table `case` keyed by `submitter_id`. */
export async function makeSplitCatalog(cases: readonly CatalogCase[], types: Record<string, string> = {}, path = ':memory:'): Promise<Catalog> {
  const catalog = await Catalog.open(path);
  await fillSplitCatalog(catalog, cases, types);
  return catalog;
}

/** Replaces what a catalog holds about cases; splits and assignments stay. */
export async function fillSplitCatalog(catalog: Catalog, cases: readonly CatalogCase[], types: Record<string, string> = {}): Promise<void> {
  const columns = [...new Set(cases.flatMap(({ cells }) => Object.keys(cells ?? {})))];
  const rows = cases.map(({ case_id, cells }) => [case_id, ...columns.map((column) => cells?.[column] ?? null)]);
  await catalog.run('DELETE FROM case_; DELETE FROM instance');
  await catalog.run("DELETE FROM clinical_table WHERE table_name = 'case'; DELETE FROM row_case WHERE table_name = 'case'");
  await addClinicalTable(catalog, 'case', ['submitter_id', ...columns], rows, types);
  for (const [index, { case_id, status, instances }] of cases.entries()) {
    await catalog.run('INSERT INTO case_ VALUES (?, ?, ?)', [case_id, status ?? 'accepted', '']);
    await catalog.run("INSERT INTO row_case VALUES ('case', 'clinical', ?, ?)", [index + 1, case_id]);
    for (const [at, image] of (instances ?? []).entries())
      await catalog.run(
        `INSERT INTO instance (source, path, sha256, status, case_id, PatientID, StudyInstanceUID, Modality) VALUES ('images', ?, ?, 'ok', ?, ?, ?, ?)`,
        [`${case_id}/${at}`, image.sha256 ?? null, case_id, image.PatientID ?? null, image.StudyInstanceUID ?? null, image.Modality ?? null],
      );
  }
}

/** Adds raw_<table> and clinical_<table>, typed as told (VARCHAR otherwise). */
export async function addClinicalTable(
  catalog: Catalog,
  table: string,
  columns: readonly string[],
  rows: readonly (readonly (string | null)[])[],
  types: Record<string, string> = {},
): Promise<void> {
  const quote = (name: string) => `"${name.replaceAll('"', '""')}"`;
  const declared = columns.map((column) => `${quote(column)} VARCHAR`).join(', ');
  await catalog.run(`CREATE OR REPLACE TABLE ${quote(`raw_${table}`)} (source VARCHAR, source_row BIGINT, ${declared})`);
  const appender = await catalog.appender(`raw_${table}`);
  for (const [index, cells] of rows.entries()) appender.appendRow(['clinical', index + 1, ...cells]);
  appender.close();
  const typed = columns.map((column) => `TRY_CAST(${quote(column)} AS ${types[column] ?? 'VARCHAR'}) AS ${quote(column)}`).join(', ');
  await catalog.run(`CREATE OR REPLACE TABLE ${quote(`clinical_${table}`)} AS SELECT source, source_row, ${typed} FROM ${quote(`raw_${table}`)}`);
  await catalog.run('INSERT INTO clinical_table (table_name, columns, key_column) VALUES (?, ?::VARCHAR[], ?)', [table, [...columns], columns[0]!]);
}
