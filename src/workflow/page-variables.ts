import { quoteIdentifier, quoteLiteral, type Catalog } from '../catalog/catalog.js';
import type { DataDictionary, DictionaryColumn } from '../model/dictionary.js';
import type { QuasiIdentifier } from '../model/policy.js';

/** A variable of the cases that a page may count. */
export interface PageVariable {
  name: string;
  table: string;
  several: boolean;
  /** SELECT of case_id and category; a case without a row has no value. */
  query: string;
}

export interface VariableRules {
  dictionary: DataDictionary | null;
  quasiIdentifiers: readonly QuasiIdentifier[];
  sensitive: readonly string[];
  /** Columns, with or without their table, that are never counted: some cases have hidden values there. */
  hidden: readonly string[];
}

/** A page draws so many variables. */
const MAX_VARIABLES = 16;

/** Columns by which a population is told, in the order in which readers expect them; and the width of classes of an age, in years. */
const USUAL = [/^(?:sex|gender)$/, /^race$/, /^ethnicity$/, /^age(?:_at_[a-z]+)?$/, /^(?:site|site_id|center|country|state|region)$/, /^diagnosis$/, /^.*_positive$/];
const AGE = /^age(?:_at_[a-z]+|_years)?$/;
const AGE_WIDTH = 10;

/** Attributes of the images that are counted by case. */
const IMAGE_ATTRIBUTES = ['Modality', 'BodyPartExamined', 'Manufacturer'];

/**
 * The variables that the tables of a release have: what the gate's policy names, the usual ones, and every closed list of
 * values of the table of the cases itself, all in tables with one row a case; then what the images are. Texts that nobody enumerated are not among them.
 */
export async function findPageVariables(release: Catalog, rules: VariableRules): Promise<PageVariable[]> {
  const clinical: { variable: PageVariable; rank: number }[] = [];
  for (const { table, key, columns } of clinicalTables(rules.dictionary)) {
    if (!(await hasRowPerCase(release, table))) continue;
    const isOfCases = await isNamedByCase(release, table, key);
    const present = await columnTypes(release, `clinical_${table}`);
    for (const column of columns) {
      const type = present.get(column.column);
      if (type === undefined || isHidden(rules.hidden, table, column.column)) continue;
      const rank = rankOf(column, table, rules, isOfCases);
      const query = rank === null ? null : selectColumn(table, column.column, type, rules.quasiIdentifiers);
      if (rank !== null && query !== null) clinical.push({ rank, variable: { name: column.column, table, several: type.endsWith('[]'), query } });
    }
  }
  const images = await columnTypes(release, 'instances');
  const attributes = IMAGE_ATTRIBUTES.filter((name) => images.has(name) && !isHidden(rules.hidden, 'instances', name)).map(imageVariable);
  const ranked = clinical.sort((a, b) => a.rank - b.rank).map(({ variable }) => variable);
  return [...ranked.slice(0, MAX_VARIABLES - attributes.length), ...attributes];
}

/** Dictionaries of older releases describe clinical tables only, and say no kind. */
function clinicalTables(dictionary: DataDictionary | null): DataDictionary['tables'] {
  return (dictionary?.tables ?? []).filter(({ kind }) => (kind as string | undefined) !== 'release');
}

async function hasRowPerCase(release: Catalog, table: string): Promise<boolean> {
  const view = quoteIdentifier(`clinical_${table}`);
  if (!(await columnTypes(release, `clinical_${table}`)).has('case_id')) return false;
  const [row] = await release.all<{ rows: number; cases: number; known: number }>(
    `SELECT count(*) AS rows, count(DISTINCT case_id) AS cases, count(DISTINCT case_id) FILTER (case_id IN (SELECT case_id FROM cases)) AS known FROM ${view}`,
  );
  return row !== undefined && row.rows > 0 && row.rows === row.cases && row.known === row.cases;
}

/** Whether the rows of a table are the cases: what else has one row a case, a series each say, may have two tomorrow. */
async function isNamedByCase(release: Catalog, table: string, key: string): Promise<boolean> {
  if (!(await columnTypes(release, `clinical_${table}`)).has(key)) return false;
  const [row] = await release.all<{ named: boolean }>(`SELECT coalesce(bool_and(${quoteIdentifier(key)}::VARCHAR = case_id), false) AS named FROM ${quoteIdentifier(`clinical_${table}`)}`);
  return row?.named === true;
}

async function columnTypes(release: Catalog, view: string): Promise<Map<string, string>> {
  const rows = await release.all<{ name: string; type: string }>('SELECT column_name AS name, data_type AS type FROM duckdb_columns() WHERE table_name = ? ORDER BY column_index', [view]);
  return new Map(rows.map(({ name, type }) => [name, type]));
}

function isHidden(hidden: readonly string[], table: string, column: string): boolean {
  return hidden.some((name) => name === column || name === `${table}.${column}` || name.endsWith(`.${column}`));
}

/** Where a column stands on the page; null when it does not. */
function rankOf({ column, enum: allowed, type }: DictionaryColumn, table: string, { quasiIdentifiers, sensitive }: VariableRules, isOfCases: boolean): number | null {
  const usual = USUAL.findIndex((pattern) => pattern.test(column));
  if (usual >= 0) return usual;
  const named = [...quasiIdentifiers.map((each) => each.column), ...sensitive].some((name) => name === column || name === `${table}.${column}`);
  if (named) return USUAL.length;
  return isOfCases && ((allowed !== null && allowed.length > 1) || type === 'boolean') ? USUAL.length + 1 : null;
}

/** Null for numbers that nobody said how to class. */
function selectColumn(table: string, column: string, type: string, quasiIdentifiers: readonly QuasiIdentifier[]): string | null {
  const cell = quoteIdentifier(column);
  const view = quoteIdentifier(`clinical_${table}`);
  const classed = quasiIdentifiers.find((each) => each.column === column || each.column === `${table}.${column}`);
  if (type.endsWith('[]')) return `SELECT DISTINCT case_id, unnest(${cell})::VARCHAR AS category FROM ${view}`;
  const isNumber = /INT|DOUBLE|FLOAT|DECIMAL/.test(type);
  const width = classed?.width ?? (AGE.test(column) ? AGE_WIDTH : null);
  if (isNumber && width === null) return null;
  const category = isNumber ? classOf(cell, width ?? 1) : classed?.prefix === undefined ? `nullif(${cell}::VARCHAR, '')` : `nullif(left(${cell}::VARCHAR, ${classed.prefix}), '')`;
  return `SELECT case_id, ${category} AS category FROM ${view}`;
}

/** `40–49` for whole widths: from a multiple of the width to below the next. */
function classOf(cell: string, width: number): string {
  const from = `floor(${cell} / ${width}) * ${width}`;
  const upper = Number.isInteger(width) && width > 1 ? `(${from} + ${width - 1})::BIGINT` : `${from} + ${width}`;
  const lower = Number.isInteger(width) ? `(${from})::BIGINT` : from;
  return `CASE WHEN isfinite(${cell}::DOUBLE) AND abs(${cell}) < 1e12 THEN ${width === 1 ? `${lower}::VARCHAR` : `${lower} || '–' || ${upper}`} END`;
}

function imageVariable(attribute: string): PageVariable {
  const cell = quoteIdentifier(attribute);
  return { name: attribute, table: 'instances', several: true, query: `SELECT DISTINCT case_id, coalesce(nullif(${cell}, ''), ${quoteLiteral('not told by the image')}) AS category FROM instances` };
}
