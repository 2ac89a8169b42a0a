import { CurationError } from '../errors.js';
import type { UnassignedCase } from '../model/split.js';
import { CaseSets, compileCellParser } from './case-sets.js';
import { conditionStatement, findConditionDefect } from './condition.js';
import type { Tie } from './groups.js';
import type { SplitInput } from './problem.js';
import type { RecordRow } from './record.js';
import { resolveColumn, type Resolved, type TableColumns } from './resolution.js';
import type { SplitSettings } from './settings.js';
import type { CellValue, Variable } from './variable.js';

/** What reading the input needs of the catalog. */
export interface CatalogReader {
  all<T>(sql: string, params?: readonly string[]): Promise<T[]>;
  stream<T>(sql: string, params?: readonly string[]): AsyncIterable<T[]>;
}

/** Where the cases are. */
export interface CaseSource {
  /** Clinical table with one row a case; null: every PatientID is a case. */
  caseTable: string | null;
  /** Column that DICOM PatientID meets: two cases with one value are one patient; null: PatientID is the case key. */
  patientLink: { table: string; column: string } | null;
}

/** The input of a draw, and the accepted cases that are none of its business. */
export interface LoadedInput {
  input: SplitInput;
  /** Cases outside the part of another split that this one lies within. */
  outside: UnassignedCase[];
}

/**
 * Reads all that a draw depends on from the catalog.
 * @throws {CurationError} CONFIG_INVALID for a column or condition that the tables do not bear; SPLIT_NOT_ASSIGNED when the
 *   split around this one was not drawn yet
 */
export async function loadInput(
  reader: CatalogReader,
  settings: SplitSettings,
  source: CaseSource,
  frozen: readonly RecordRow[],
): Promise<LoadedInput> {
  const tables = await readTables(reader);
  const { cases, outside } = await readCases(reader, settings, frozen);
  const models = await readModels(reader);
  const context: Context = { reader, settings, tables, caseTable: source.caseTable, models, indexOf: new Map(cases.map((id, index) => [id, index])) };
  const input: SplitInput = {
    split: settings.name,
    seed: settings.seed,
    config_digest: settings.digest,
    parts: settings.parts,
    cases,
    rows: await readStudyCounts(context),
    variables: await readVariables(context),
    ties: await readAllTies(context, source.patientLink),
    frozen,
    holdOuts: await readHoldOuts(context),
  };
  return { input, outside };
}

interface Context {
  reader: CatalogReader;
  settings: SplitSettings;
  tables: TableColumns;
  caseTable: string | null;
  /** Names of the configured models. */
  models: string[];
  indexOf: ReadonlyMap<string, number>;
}

/** Doubles quotes, so that any text is one identifier. */
function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

async function readTables(reader: CatalogReader): Promise<TableColumns> {
  const rows = await reader.all<{ table_name: string; columns: string[] }>('SELECT table_name, columns FROM clinical_table ORDER BY table_name');
  return new Map(rows.map(({ table_name, columns }) => [table_name, columns]));
}

async function readModels(reader: CatalogReader): Promise<string[]> {
  return (await reader.all<{ model: string }>('SELECT model FROM configured_model ORDER BY model')).map(({ model }) => model);
}

async function readCases(reader: CatalogReader, { within }: SplitSettings, frozen: readonly RecordRow[]): Promise<{ cases: string[]; outside: UnassignedCase[] }> {
  const cases: string[] = [];
  for await (const rows of reader.stream<{ case_id: string }>("SELECT case_id FROM case_ WHERE status = 'accepted' ORDER BY case_id")) {
    for (const { case_id } of rows) cases.push(case_id);
  }
  if (within === null) return { cases, outside: [] };
  const partOf = new Map<string, string>();
  for await (const rows of reader.stream<{ case_id: string; part: string }>('SELECT case_id, part FROM assignments WHERE split = ?', [within.split])) {
    for (const { case_id, part } of rows) partOf.set(case_id, part);
  }
  if (partOf.size === 0)
    throw new CurationError('SPLIT_NOT_ASSIGNED', `The split ${within.split}, which this one lies within, has not been drawn yet.`, {
      suggestions: [`Run: colophon split assign ${within.split}`],
    });
  const frozenHere = new Set(frozen.map(({ case_id }) => case_id));
  const inside = (id: string) => partOf.get(id) === within.part || frozenHere.has(id);
  const outside = cases.filter((id) => !inside(id)).map((case_id) => {
    const part = partOf.get(case_id);
    return { case_id, reason: part === undefined ? `in no part of ${within.split}` : `in part ${part} of ${within.split}` };
  });
  return { cases: cases.filter(inside), outside };
}

/** The values of every variable, aligned with the cases. Each table is read once, with all its columns that are needed. */
async function readVariables({ reader, settings, tables, caseTable, models, indexOf }: Context): Promise<Variable[]> {
  const where = `splits.${settings.name}.balance`;
  const wanted = settings.balance.map((variable) => {
    const resolved = resolveColumn(variable.column, where, tables, caseTable, models);
    if (resolved.kind === 'case') throw new CurationError('CONFIG_INVALID', `${where} names case_id, which every case has to itself.`);
    return { variable, resolved, sets: new CaseSets(indexOf, compileCellParser(variable)) };
  });
  const tablesWanted = new Set(wanted.flatMap(({ resolved }) => (resolved.kind === 'column' ? [resolved.table] : [])));
  for (const table of tablesWanted) {
    const read = wanted.flatMap(({ resolved, sets }) => (resolved.kind === 'column' && resolved.table === table ? [{ column: resolved.column, sets }] : []));
    await readCells(reader, table, read.map(({ column }) => column), read.map(({ sets }) => sets));
  }
  const variables: Variable[] = [];
  for (const { variable, resolved, sets } of wanted) {
    if (resolved.kind === 'tag') await readTags(reader, resolved.model, where, sets);
    const values = resolved.kind === 'modality' ? await readModalities(reader, tables, sets, new CaseSets(indexOf, compileCellParser(variable))) : sets.values();
    variables.push({ name: variable.column, weight: variable.weight ?? 1, values });
  }
  return variables;
}

async function readCells(reader: CatalogReader, table: string, columns: readonly string[], sets: readonly CaseSets[]): Promise<void> {
  const cells = columns.map((column, at) => `rows.${identifier(column)} AS v${at}`).join(', ');
  const keys = columns.map((_, at) => `v${at}`);
  const sql = `SELECT DISTINCT link.case_id, ${cells} FROM ${identifier(`clinical_${table}`)} AS rows ${joinCases(table)}`;
  for await (const rows of reader.stream<Record<string, unknown>>(sql)) {
    for (const row of rows) for (let at = 0; at < keys.length; at++) sets[at]!.add(String(row.case_id), row[keys[at]!]);
  }
}

/** The modalities of a case's images; a case without images is described by its studies. */
async function readModalities(reader: CatalogReader, tables: TableColumns, images: CaseSets, studies: CaseSets): Promise<CellValue[]> {
  const sql = "SELECT DISTINCT case_id, Modality AS value FROM instance WHERE case_id IS NOT NULL AND Modality <> ''";
  for await (const rows of reader.stream<{ case_id: string; value: string }>(sql)) for (const { case_id, value } of rows) images.add(case_id, value);
  if (tables.get('imaging_study')?.includes('study_modality') === true) await readCells(reader, 'imaging_study', ['study_modality'], [studies]);
  return images.values(studies);
}

/**
 * The labels that a model gave the images of a case; undecided images say nothing.
 * @throws {CurationError} CATALOG_EMPTY when there are none at all: every case would look alike
 */
async function readTags(reader: CatalogReader, model: string, where: string, sets: CaseSets): Promise<void> {
  const sql = "SELECT DISTINCT case_id, label AS value FROM current_tag WHERE model = ? AND label IS NOT NULL AND case_id IS NOT NULL";
  let found = false;
  for await (const rows of reader.stream<{ case_id: string; value: string }>(sql, [model])) {
    for (const { case_id, value } of rows) sets.add(case_id, value);
    found ||= rows.length > 0;
  }
  if (found) return;
  throw new CurationError('CATALOG_EMPTY', `${where} names tag:${model}, and no image has a tag of that model as it is configured now.`, {
    suggestions: [`Run: colophon tag ${model}`],
  });
}

/** Joins the rows of a table (`rows`) to the cases they belong to (`link`). */
function joinCases(table: string): string {
  return `JOIN row_case AS link ON link.table_name = ${literal(table)} AND link.source = rows.source AND link.source_row = rows.source_row`;
}

/** Studies of every case, from the images, else from the study table. */
async function readStudyCounts({ reader, tables, indexOf }: Context): Promise<Uint32Array> {
  const counts = new Uint32Array(indexOf.size);
  const queries = ["SELECT case_id, count(DISTINCT StudyInstanceUID) AS studies FROM instance WHERE case_id IS NOT NULL AND StudyInstanceUID <> '' GROUP BY case_id"];
  if (tables.has('imaging_study')) queries.push("SELECT case_id, count(*) AS studies FROM row_case WHERE table_name = 'imaging_study' GROUP BY case_id");
  for (const sql of queries) {
    for await (const rows of reader.stream<{ case_id: string; studies: number }>(sql)) {
      for (const { case_id, studies } of rows) {
        const index = indexOf.get(case_id);
        if (index !== undefined && counts[index] === 0) counts[index] = studies;
      }
    }
  }
  return counts;
}

/** What ties cases: a patient, a study, the bytes, pixels or looks of an image, equal values of the columns in `group_by`. */
async function readAllTies({ reader, settings, tables, caseTable, models }: Context, patientLink: CaseSource['patientLink']): Promise<Tie[]> {
  const ties: Tie[] = [];
  for (const [kind, column] of [['patient', 'PatientID'], ['study', 'StudyInstanceUID'], ['instance', 'sha256']] as const) {
    const pairs = `SELECT DISTINCT case_id, ${column} AS key FROM instance WHERE case_id IS NOT NULL AND ${column} <> ''`;
    for await (const tie of readTies(reader, kind, pairs)) ties.push(tie);
  }
  // What the gate found to be the same picture, or to look the same, under two cases.
  const links = `SELECT c.case_id, l.why || ' ' || l.case_a || ' ' || l.case_b AS key FROM case_link AS l, (SELECT unnest([l.case_a, l.case_b]) AS case_id) AS c`;
  for await (const tie of readTies(reader, 'image', links)) ties.push(tie);
  const columns = settings.groupBy.map((name) => ({ kind: name, ...resolveGroupColumn(name, settings.name, resolveColumn(name, `splits.${settings.name}.group_by`, tables, caseTable, models)) }));
  if (patientLink !== null) columns.push({ kind: 'patient', ...patientLink });
  for (const { kind, table, column } of columns) {
    if (table === null || tables.get(table)?.includes(column) !== true) continue;
    const cell = `rows.${identifier(column)}`;
    const pairs = `SELECT DISTINCT link.case_id, ${cell} AS key FROM ${identifier(`raw_${table}`)} AS rows ${joinCases(table)} WHERE ${cell} <> ''`;
    for await (const tie of readTies(reader, kind, pairs)) ties.push(tie);
  }
  return ties;
}

function resolveGroupColumn(name: string, split: string, resolved: Resolved): { table: string | null; column: string } {
  if (resolved.kind === 'modality' || resolved.kind === 'tag') throw new CurationError('CONFIG_INVALID', `splits.${split}.group_by names ${name}, which ties no cases.`);
  return resolved.kind === 'case' ? { table: null, column: name } : { table: resolved.table, column: resolved.column };
}

/** Only keys that two cases hold: the others tie nothing. */
async function* readTies(reader: CatalogReader, kind: string, pairs: string): AsyncGenerator<Tie> {
  const sql = `WITH pair AS (${pairs}) SELECT case_id, key FROM pair WHERE key IN (SELECT key FROM pair GROUP BY key HAVING count(*) > 1)`;
  for await (const rows of reader.stream<{ case_id: string; key: string }>(sql)) for (const { case_id, key } of rows) yield { kind, key, case_id };
}

/** Cases that meet a hold-out rule; a rule that is NULL for a case does not hold it out. */
async function readHoldOuts({ reader, settings, tables, caseTable }: Context): Promise<SplitInput['holdOuts']> {
  const held: { case_id: string; part: string }[] = [];
  for (const { part, condition } of settings.holdOuts) {
    const where = `splits.${settings.name}.hold_out.${part}`;
    if (caseTable === null) throw new CurationError('CONFIG_INVALID', `${where} needs a case table, and there is none.`);
    await checkCondition(reader, where, condition, tables.get(caseTable) ?? []);
    const sql = `SELECT DISTINCT link.case_id
      FROM (SELECT source, source_row, (${condition}\n)::BOOLEAN AS met FROM ${identifier(`clinical_${caseTable}`)}) AS rows ${joinCases(caseTable)}
      WHERE rows.met`;
    try {
      for await (const rows of reader.stream<{ case_id: string }>(sql)) for (const { case_id } of rows) held.push({ case_id, part });
    } catch (error) {
      throw conditionError(where, error instanceof Error ? error.message : String(error), error);
    }
  }
  return held;
}

async function checkCondition(reader: CatalogReader, where: string, condition: string, columns: readonly string[]): Promise<void> {
  const [parse] = await reader.all<{ parsed: string }>(`SELECT json_serialize_sql(${literal(conditionStatement(condition))})::VARCHAR AS parsed`);
  const unstable = await reader.all<{ name: string }>(
    "SELECT DISTINCT lower(function_name) AS name FROM duckdb_functions() WHERE stability IN ('VOLATILE', 'CONSISTENT_WITHIN_QUERY')",
  );
  const defect = findConditionDefect(parse!.parsed, new Set(unstable.map(({ name }) => name)), columns);
  if (defect !== null) throw conditionError(where, defect);
}

function conditionError(where: string, reason: string, cause?: unknown): CurationError {
  return new CurationError('CONFIG_INVALID', `${where} is no condition over the case table: ${reason}`, {
    cause,
    expected: 'one true-or-false expression over its columns',
    suggestions: ["Write it as after WHERE in SQL, e.g. site_id = 'S7'."],
  });
}
