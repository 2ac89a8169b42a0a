import { maskSecret } from '../../text/mask.js';
import type { CheckInput, ClinicalTable, FindingDraft } from '../check.js';
import { showName } from '../mask.js';
import { literal } from '../sql.js';
import { configTexts } from '../security/own-texts.js';
import { cellMembers, clinicalText, headerText, type RowName, type TextColumn, type TextTable } from '../security/text-columns.js';
import { DISTINCT_NAMES, foldedName, HIDDEN_NAMES, type NamePattern } from './hidden-names.js';
import { publishedTables, releasedRows } from './released-rows.js';

interface Mention {
  name: string;
  status: string;
  n: number;
  first: RowName;
}

/** Rows of released tables and texts of the headers and of colophon.yaml that name a case which is in no release. */
export async function* mentions(input: CheckInput, pattern: NamePattern | null): AsyncGenerator<FindingDraft> {
  for (const table of publishedTables(input)) {
    const text = clinicalText(table, releasedRows(table));
    const naming = text.columns.filter(({ name }) => namesCases(input, table, name));
    for (const column of naming) yield* found(input, text, column, exactNames(text, column));
    if (pattern === null) continue;
    const others = await matchingColumns(input, text, text.columns.filter((column) => !naming.includes(column)), pattern);
    for (const column of others) yield* found(input, text, column, namesInText(text, column, pattern));
  }
  if (pattern === null) return;
  const others = [...(input.images > 0 ? [await headerText(input)] : []), configTable(input)];
  for (const text of others)
    for (const column of await matchingColumns(input, text, text.columns.filter(({ plain }) => plain === null), pattern)) yield* found(input, text, column, namesInText(text, column, pattern));
}

/** Columns whose cells are keys of cases: links to the case table, its key, and what is called like one. */
function namesCases({ tables }: CheckInput, table: ClinicalTable, column: string): boolean {
  const caseTable = tables.find(({ role }) => role === 'case')?.name ?? 'case';
  if (table.role === 'case' && column === table.key) return true;
  if (table.schema?.links.some((link) => link.column === column && link.target === caseTable) === true) return true;
  return /(?:^|[._])(?:case|patient|subject|participant|person)s?(?:[._]|$)/i.test(column.replace(/([a-z])([A-Z])/g, '$1_$2'));
}

/** Cells, or members of a list, that are such a name. */
function exactNames(table: TextTable, column: TextColumn): string {
  return grouped(`(${cellMembers(table, column, `${column.text} IS NOT NULL`)}) AS v JOIN ${HIDDEN_NAMES} AS h ON h.name = v.text`);
}

/** Words of the cells that are such a name. */
function namesInText({ relation, row }: TextTable, { text }: TextColumn, { words, coarse }: NamePattern): string {
  const found = `SELECT unnest(list_distinct(regexp_extract_all(${foldedName(text)}, ${literal(words)}))) AS word, ${row} AS first FROM ${relation} WHERE regexp_matches(${text}, ${literal(coarse)})`;
  return grouped(`(${found}) AS v JOIN ${DISTINCT_NAMES} AS h ON h.fold = v.word`);
}

function grouped(joined: string): string {
  return `SELECT h.name, min(h.status) AS status, count(*) AS n, min(v.first) AS first FROM ${joined} GROUP BY h.name`;
}

/** Columns in which any cell holds a word of the shape of a name. */
async function matchingColumns({ catalog }: CheckInput, { relation }: TextTable, columns: readonly TextColumn[], { coarse }: NamePattern): Promise<TextColumn[]> {
  if (columns.length === 0) return [];
  const counts = columns.map(({ text }, at) => `count(*) FILTER (regexp_matches(${text}, ${literal(coarse)})) AS c${at}`);
  const [row] = await catalog.all<Record<string, number>>(`SELECT ${counts.join(', ')} FROM ${relation}`);
  return columns.filter((_, at) => (row?.[`c${at}`] ?? 0) > 0);
}

async function* found({ catalog }: CheckInput, table: TextTable, column: TextColumn, sql: string): AsyncGenerator<FindingDraft> {
  for await (const rows of catalog.stream<Mention>(`${sql} ORDER BY name`))
    for (const { name, status, n, first } of rows)
      yield {
        code: 'GOV-002',
        message: `The text names a case that is ${status}, so is in no release.`,
        location: table.locate(column.name, first, ''),
        expected: 'nothing of the case',
        found: `${maskSecret(name)} in ${n} ${n === 1 ? table.unit.slice(0, -1) : table.unit}${first.key === null ? '' : `, first ${showName(first.key)}`}`,
        content: name,
      };
}

/** The published texts of colophon.yaml as a table. */
function configTable(input: CheckInput): TextTable {
  const rows = configTexts(input).map(({ text, location }) => `(${literal(location.key ?? '')}, ${literal(text)})`);
  return {
    relation: `(SELECT * FROM (VALUES ${rows.join(', ')}) AS own(key, text))`,
    columns: [{ name: 'text', text: 'text', separator: null, plain: null }],
    row: "{source: '', source_row: 0::BIGINT, key: key}",
    rows: rows.length,
    unit: 'places',
    locate: (_column, { key }) => ({ kind: 'file', path: 'colophon.yaml', key: key ?? '' }),
  };
}
