import { KEPT_ATTRIBUTES } from '../../model/header.js';
import type { CheckInput, ClinicalTable } from '../check.js';
import { showName } from '../mask.js';
import { identifier, judgedRows, literal, RELEASED_IMAGES, rowLocation } from '../sql.js';
import type { Location } from '../../model/finding.js';

/** A column of released text. */
export interface TextColumn {
  name: string;
  /** SQL of the text. */
  text: string;
  /** Separator when each cell is a list; null when it is one text. */
  separator: string | null;
  /** What the texts of the column are made of where nothing is odd (RE2, the whole text): numbers, UIDs. Null: any text. */
  plain: string | null;
}

/** Where released text is, column by column: a clinical table, the headers, the cases. */
export interface TextTable {
  /** SQL relation of the rows that would be released. */
  relation: string;
  columns: TextColumn[];
  /** SQL of a struct {source, source_row, key} that names a row; the least of several is told. */
  row: string;
  /** Rows, for the count of what was looked at. */
  rows: number;
  locate(column: string, first: RowName, text: string): Location;
  /** What the rows are: `rows`, `files`, `cases`. */
  unit: string;
}

/** Names a row: of a table by number and key, of the images by path. */
export interface RowName {
  source: string;
  source_row: number;
  key: string | null;
}

/** Everything a release publishes as text from the catalog. Numbers and booleans are published as such, so they are no text. */
export async function releasedText(input: CheckInput): Promise<TextTable[]> {
  const tables = input.tables.map((table) => clinicalText(table)).filter(({ columns }) => columns.length > 0);
  return [...tables, ...(input.images > 0 ? [await headerText(input)] : []), ...(input.acceptedCases > 0 ? [caseText(input)] : [])];
}

/** The text of a clinical table; `relation` is a narrower choice of its rows. */
export function clinicalText(table: ClinicalTable, relation = judgedRows(table)): TextTable {
  const key = table.key !== null && table.columns.includes(table.key) ? identifier(table.key) : 'NULL::VARCHAR';
  return {
    relation,
    columns: table.columns.flatMap((name) => textColumn(table, name)),
    row: `{source: source, source_row: source_row, key: ${key}}`,
    rows: table.rows,
    unit: 'rows',
    locate: (column, { source, source_row }) => rowLocation(table, { source, source_row }, column),
  };
}

function textColumn({ schema }: ClinicalTable, name: string): TextColumn[] {
  const column = schema?.columns.find((each) => each.name === name);
  const type = column?.type === 'array' ? (column.items ?? 'string') : (column?.type ?? 'string');
  if (type !== 'string') return [];
  return [{ name, text: identifier(name), separator: column?.type === 'array' ? (schema?.listSeparator ?? ',') : null, plain: null }];
}

/** Value representations of numbers and UIDs, several joined by a backslash; blanks are padding (PS3.5 6.2). */
const PLAIN_VALUES: Record<string, string> = { UI: '[0-9.\\\\]*', DS: '[0-9.eE+ \\\\-]*', IS: '[0-9+ \\\\-]*', US: '[0-9\\\\]*' };

/** Attributes of the headers that `instances` publishes, with what their values are made of. */
const PUBLISHED = [
  { name: 'TransferSyntaxUID', vr: 'UI' },
  ...KEPT_ATTRIBUTES.filter(({ published }) => published).map(({ keyword, vr }) => ({ name: keyword, vr: vr as string })),
];

/** The published attributes of the images. */
export async function headerText({ catalog }: CheckInput): Promise<TextTable> {
  const [row] = await catalog.all<{ n: number }>(`SELECT count(*) AS n FROM ${RELEASED_IMAGES}`);
  return {
    relation: RELEASED_IMAGES,
    // Several values of an attribute are joined by a backslash, and may be taken apart again.
    columns: PUBLISHED.map(({ name, vr }) => ({ name, text: identifier(name), separator: '\\', plain: PLAIN_VALUES[vr] ?? null })),
    row: '{source: source, source_row: 0::BIGINT, key: path}',
    rows: row?.n ?? 0,
    unit: 'files',
    locate: (column) => ({ kind: 'dataset', tag: column }),
  };
}

function caseText({ acceptedCases }: CheckInput): TextTable {
  return {
    relation: "(SELECT case_id FROM case_ WHERE status = 'accepted')",
    columns: [{ name: 'case_id', text: 'case_id', separator: null, plain: null }],
    row: "{source: '', source_row: 0::BIGINT, key: case_id}",
    rows: acceptedCases,
    unit: 'cases',
    locate: (_column, _first, text) => ({ kind: 'case', key: showName(text) }),
  };
}

/** The distinct texts of a column with their number and their first row, lists taken apart. */
export function distinctTexts({ relation, row }: TextTable, { text, separator }: TextColumn, where: string): string {
  const cells = `SELECT ${text} AS cell, count(*) AS n, min(${row}) AS first FROM ${relation} WHERE ${where} GROUP BY ALL`;
  if (separator === null) return `SELECT cell AS text, n, first FROM (${cells})`;
  const members = `SELECT unnest(string_split(cell, ${literal(separator)})) AS text, n, first FROM (${cells})`;
  return `SELECT text, sum(n)::BIGINT AS n, min(first) AS first FROM (${members}) GROUP BY text`;
}

/** The members of the cells of a column, each with its row: not grouped, for a join that few of them survive. */
export function cellMembers({ relation, row }: TextTable, { text, separator }: TextColumn, where: string): string {
  const mark = literal(separator ?? ',');
  const members = `CASE WHEN contains(${text}, ${mark}) THEN string_split(${text}, ${mark}) ELSE [${text}] END`;
  return `SELECT trim(unnest(${members})) AS text, ${row} AS first FROM ${relation} WHERE ${where}`;
}
