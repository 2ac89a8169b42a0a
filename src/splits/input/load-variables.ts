import { CurationError } from '../../errors.js';
import type { BalanceVariable } from '../../model/config.js';
import { KEPT_ATTRIBUTES, NUMBER_FORMS } from '../../model/header.js';
import type { CatalogReader, LoadContext } from './catalog-reader.js';
import { CellSink, type CellForm } from './cell-sink.js';
import { CASE_TABLE, CELL_TABLE, STUDY_TABLE, studyColumn, type Units } from './load-units.js';
import { resolveColumn, type Resolved } from './resolution.js';
import { identifier, joinCases, literal } from './sql.js';
import type { Variable } from './variable.js';

/** Column of a table of studies that tells the modality, where no image does. */
const STUDY_MODALITY = /^(study_?)?modality$/i;

interface Wanted {
  variable: BalanceVariable;
  resolved: Resolved;
  level: Variable['level'];
  sink: CellSink;
}

/** The values of every variable of `balance`. */
export function readVariables(context: LoadContext, units: Units): Promise<Variable[]> {
  return readVariablesOf(context, units, context.settings.balance, `splits.${context.settings.name}.balance`);
}

/**
 * The values of some variables, which `where` names in colophon.yaml. Each table is read once, with all its columns that are
 * needed.
 */
export async function readVariablesOf(context: LoadContext, units: Units, variables: readonly BalanceVariable[], where: string): Promise<Variable[]> {
  const { reader, source, tables, models } = context;
  const wanted: Wanted[] = [];
  for (const variable of variables) {
    const resolved = resolveColumn(variable.column, where, tables, source.caseTable, models);
    if (resolved.kind === 'case') throw new CurationError('CONFIG_INVALID', `${where} names case_id, which every case has to itself.`);
    const level = levelOf(variable, resolved, context);
    const count = level === 'case' ? units.cases.length : units.studyStart[units.cases.length]!;
    wanted.push({ variable, resolved, level, sink: new CellSink(variable, level, count, await formOf(reader, resolved)) });
  }
  for (const group of bySource(wanted)) await readCells(context, units, group);
  for (const { resolved, level, sink } of wanted) {
    if (resolved.kind === 'tag') await readTags(reader, resolved.model, where, units, sink);
    if (resolved.kind === 'attribute' && resolved.keyword === 'Modality') await describeByTables(context, units, level, sink);
  }
  return wanted.map(({ sink }) => sink.finish());
}

/** Attributes of images, and columns of tables with study UIDs, count studies; all others count cases. */
function levelOf(variable: BalanceVariable, resolved: Resolved, { settings, tables }: LoadContext): Variable['level'] {
  const ofStudies = resolved.kind === 'attribute' || (resolved.kind === 'column' && studyColumn(tables.get(resolved.table) ?? []) !== undefined);
  if (variable.level !== 'study' || ofStudies) return variable.level ?? (ofStudies ? 'study' : 'case');
  throw new CurationError('CONFIG_INVALID', `splits.${settings.name}.balance asks for ${variable.column} at the level of studies, and its table has no study UIDs.`, {
    expected: 'an attribute of the images, or a column of a table with StudyInstanceUID or study_uid',
    found: variable.column,
    suggestions: ['Take `level: study` away: the column then counts cases.'],
  });
}

async function formOf(reader: CatalogReader, resolved: Resolved): Promise<CellForm> {
  if (resolved.kind === 'attribute') return numberForm(resolved.keyword) === null ? 'text' : 'number';
  if (resolved.kind !== 'column') return 'text';
  const [row] = await reader.all<{ type: string }>('SELECT data_type AS type FROM duckdb_columns() WHERE table_name = ? AND column_name = ?', [
    `clinical_${resolved.table}`,
    resolved.column,
  ]);
  if (row?.type.endsWith(']') === true) return 'list';
  return /^(DOUBLE|FLOAT|DECIMAL)/.test(row?.type ?? '') ? 'number' : 'text';
}

/** The variables that one pass over one table can read. */
function bySource(wanted: readonly Wanted[]): Wanted[][] {
  const groups = new Map<string, Wanted[]>();
  for (const one of wanted) {
    const { resolved, level } = one;
    if (resolved.kind !== 'column' && resolved.kind !== 'attribute') continue;
    const key = resolved.kind === 'column' ? `${level} ${resolved.table}` : level;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()];
}

async function readCells({ reader, tables }: LoadContext, units: Units, group: readonly Wanted[]): Promise<void> {
  const [{ resolved: first, level }] = group as [Wanted];
  const cells = group.map(({ resolved }, at) => `${cellOf(resolved)} AS v${at}`).join(', ');
  const rows =
    first.kind === 'column'
      ? `FROM ${identifier(`clinical_${first.table}`)} AS rows ${joinCases(first.table)} JOIN ${CASE_TABLE} AS c ON c.case_id = link.case_id`
      : `FROM (SELECT * FROM instance WHERE status IN ('ok', 'partial')) AS rows JOIN ${CASE_TABLE} AS c ON c.case_id = rows.case_id`;
  const uid = first.kind === 'column' ? studyColumn(tables.get(first.table) ?? []) : 'StudyInstanceUID';
  const study = `JOIN ${STUDY_TABLE} AS s ON s.case_number = c.number AND s.uid = rows.${identifier(uid ?? '')}::VARCHAR`;
  // many images of a case say the same; rows of a table mostly do not
  const distinct = first.kind === 'column' ? '' : 'DISTINCT';
  const unit = level === 'case' ? 'c.number' : 's.number';
  await reader.run(`CREATE OR REPLACE TABLE ${CELL_TABLE} AS SELECT ${distinct} ${unit} AS unit, ${cells} ${rows} ${level === 'case' ? '' : study}`);
  await sinkCells(reader, level === 'case' ? units.caseOf : units.studyOf, group.map(({ sink }) => sink));
}

function cellOf(resolved: Resolved): string {
  if (resolved.kind === 'attribute') return attributeCell(resolved.keyword);
  const cell = `rows.${identifier(resolved.kind === 'column' ? resolved.column : '')}`;
  return `CASE WHEN typeof(${cell}) LIKE '%]' THEN to_json(${cell})::VARCHAR ELSE ${cell}::VARCHAR END`;
}

/** A number is read as one, so that 5 and 5.00 are one value, as in a release, which has numbers for texts. */
function attributeCell(keyword: string): string {
  const [cell, form] = [`rows.${identifier(keyword)}`, numberForm(keyword)];
  return form === null ? cell : `CASE WHEN regexp_full_match(${cell}, ${literal(form)}) THEN TRY_CAST(${cell} AS DOUBLE)::VARCHAR END`;
}

/** The form of an attribute that is one number; null for any other. */
function numberForm(keyword: string): string | null {
  const attribute = KEPT_ATTRIBUTES.find((each) => each.keyword === keyword);
  return attribute === undefined || attribute.several === true ? null : (NUMBER_FORMS.get(attribute.vr) ?? null);
}

/** Reads the scratch table of cells (unit, v0, v1, ...) into a sink a column. */
async function sinkCells(reader: CatalogReader, indexOf: Int32Array, sinks: readonly CellSink[]): Promise<void> {
  const encoded = await reader.encodedTable(CELL_TABLE, ['unit', ...sinks.map((_, at) => `v${at}`)]);
  const prepared = sinks.map((sink, at) => encoded.columns[at + 1]!.values?.map((value) => sink.prepare(value)));
  for await (const { rowCount, cells } of encoded.chunks()) {
    const numbers = cells[0] as ArrayLike<number>;
    for (const [at, sink] of sinks.entries()) {
      const column = cells[at + 1]!;
      const adders = prepared[at];
      for (let row = 0; row < rowCount; row++) {
        const unit = indexOf[numbers[row]!]!;
        const cell = column[row]!;
        if (unit < 0) continue;
        if (adders === undefined) sink.add(unit, String(cell));
        else if (cell !== 0) adders[(cell as number) - 1]!(unit);
      }
    }
  }
}

/** The modality of studies (cases) without images, from the tables of studies. */
async function describeByTables({ reader, tables }: LoadContext, units: Units, level: Variable['level'], sink: CellSink): Promise<void> {
  for (const [table, columns] of tables) {
    const [uid, modality] = [studyColumn(columns), columns.find((column) => STUDY_MODALITY.test(column))];
    if (uid === undefined || modality === undefined) continue;
    const study = `JOIN ${STUDY_TABLE} AS s ON s.case_number = c.number AND s.uid = rows.${identifier(uid)}::VARCHAR`;
    const sql = `SELECT DISTINCT ${level === 'case' ? 'c' : 's'}.number::INTEGER AS unit, rows.${identifier(modality)}::VARCHAR AS value
      FROM ${identifier(`clinical_${table}`)} AS rows ${joinCases(table)} JOIN ${CASE_TABLE} AS c ON c.case_id = link.case_id ${level === 'case' ? '' : study}
      WHERE value <> ''`;
    const indexOf = level === 'case' ? units.caseOf : units.studyOf;
    const found: [number, string][] = [];
    for await (const rows of reader.stream<{ unit: number; value: string }>(sql)) for (const { unit, value } of rows) found.push([indexOf[unit]!, value]);
    const open = found.filter(([unit]) => unit >= 0 && !sink.has(unit));
    for (const [unit, value] of open) sink.add(unit, value);
  }
}

/**
 * The labels that a model gave the images of a case; undecided images say nothing.
 * @throws {CurationError} CATALOG_EMPTY when there are none at all: every case would look alike
 */
async function readTags(reader: CatalogReader, model: string, where: string, units: Units, sink: CellSink): Promise<void> {
  const sql = `SELECT DISTINCT c.number::INTEGER AS number, t.label AS value FROM current_tag AS t JOIN ${CASE_TABLE} AS c ON c.case_id = t.case_id WHERE t.model = ? AND t.label IS NOT NULL`;
  let found = false;
  for await (const rows of reader.stream<{ number: number; value: string }>(sql, [model])) {
    for (const { number, value } of rows) if (units.caseOf[number]! >= 0) sink.add(units.caseOf[number]!, value);
    found ||= rows.length > 0;
  }
  if (found) return;
  throw new CurationError('CATALOG_EMPTY', `${where} names tag:${model}, and no image has a tag of that model as it is configured now.`, {
    suggestions: [`Run: colophon tag ${model}`],
  });
}
