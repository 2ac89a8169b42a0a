import type { CheckInput, ClinicalTable, FindingDraft } from '../check.js';
import { tableLocation } from '../columns.js';
import { showName } from '../mask.js';
import { identifier, judgedRows, literal } from '../sql.js';
import { counted } from './counted.js';
import { isNumeric, schemaOf } from './view-column.js';

/** A count below this is met by accident too often to mean something. */
const LEAST_COUNT = 20;

/** Cells of the release that name a withheld case, or that hold a number which gives theirs by subtraction. */
export async function hiddenCells(input: CheckInput, withheld: number): Promise<FindingDraft[]> {
  const findings: FindingDraft[] = [];
  for (const table of input.tables) {
    for (const column of await suspectColumns(input, table)) {
      const named = await countNamed(input, table, column);
      if (named > 0) findings.push(namedDraft(table, column, named));
    }
    for (const column of table.role === 'other' ? table.columns : []) {
      const counts = await countTotals(input, table, column, withheld);
      if (counts > 0) findings.push(totalDraft(table, column, counts));
    }
  }
  return findings;
}

/** Columns that hold ids of withheld cases, or lists that may, in whatever rows: one pass, before rows are looked at closely. */
async function suspectColumns(input: CheckInput, table: ClinicalTable): Promise<string[]> {
  const columns = table.columns.filter((name) => {
    const schema = schemaOf(table, name);
    return !isNumeric(schema) && schema?.type !== 'boolean' && schema?.enum === undefined;
  });
  if (columns.length === 0) return [];
  const separator = literal(table.schema?.listSeparator ?? ',');
  const tests = columns.map((name, at) => {
    const cell = `trim(${identifier(name)})`;
    return `bool_or(${cell} IN (SELECT case_id FROM case_ WHERE status = 'withheld') OR contains(${cell}, ${separator})) AS c${at}`;
  });
  const [row] = await input.catalog.all<Record<string, boolean | null>>(`SELECT ${tests.join(', ')} FROM ${identifier(table.raw)}`);
  return columns.filter((_, at) => row?.[`c${at}`] === true);
}

/** Rows that a release would hold: a row that also belongs to a withheld case is left out of it as a whole. */
function publishedRows(table: ClinicalTable): string {
  if (table.role === 'other') return judgedRows(table);
  const others = `SELECT link.source, link.source_row FROM row_case AS link JOIN case_ AS c ON c.case_id = link.case_id AND c.status <> 'accepted' WHERE link.table_name = ${literal(table.name)}`;
  return `(SELECT r.* FROM ${judgedRows(table)} AS r ANTI JOIN (${others}) AS x ON x.source = r.source AND x.source_row = r.source_row)`;
}

/** Cells that are the id of a withheld case, or a list that holds one. */
async function countNamed(input: CheckInput, table: ClinicalTable, column: string): Promise<number> {
  const cell = identifier(column);
  const separator = literal(table.schema?.listSeparator ?? ',');
  const [row] = await input.catalog.all<{ n: number }>(`
    WITH cell AS (SELECT DISTINCT ${cell} AS text FROM ${publishedRows(table)} WHERE ${cell} <> ''),
    member AS (SELECT trim(unnest(string_split(text, ${separator}))) AS id FROM cell WHERE contains(text, ${separator}) UNION SELECT trim(text) FROM cell)
    SELECT count(*) AS n FROM member JOIN case_ AS c ON c.case_id = member.id AND c.status = 'withheld'`);
  return row?.n ?? 0;
}

/** Cells of a table about no case that are the number of the withheld cases, or of these and the released ones together. */
async function countTotals(input: CheckInput, table: ClinicalTable, column: string, withheld: number): Promise<number> {
  const numbers = [withheld, withheld + input.acceptedCases].filter((n) => n >= LEAST_COUNT);
  if (numbers.length === 0) return 0;
  const cell = identifier(column);
  const [row] = await input.catalog.all<{ n: number }>(`SELECT count(*) AS n FROM ${judgedRows(table)} WHERE trim(${cell}) IN (${numbers.map((n) => literal(String(n))).join(', ')})`);
  return row?.n ?? 0;
}

function namedDraft(table: ClinicalTable, column: string, n: number): FindingDraft {
  return {
    code: 'DSC-013',
    message: 'Cells that would be released name withheld cases.',
    location: { ...tableLocation(table), column: showName(column) },
    hint: 'Remove the ids at the source, or the column.',
    expected: 'ids of released cases only',
    found: counted(n, 'withheld case'),
    content: String(n),
  };
}

function totalDraft(table: ClinicalTable, column: string, n: number): FindingDraft {
  return {
    code: 'DSC-013',
    level: 'warning',
    message: 'A number that would be released counts the withheld cases too, so subtraction gives theirs.',
    location: { ...tableLocation(table), column: showName(column) },
    hint: 'Count the released cases only, if it is a count of cases.',
    expected: 'counts of released cases',
    found: counted(n, 'cell'),
    content: String(n),
  };
}
