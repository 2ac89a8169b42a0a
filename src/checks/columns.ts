import { checkHeader } from '../clinical/header.js';
import type { RowDefect, TableSchema } from '../model/clinical.js';
import { nearMiss } from '../model/near-miss.js';
import type { Check, CheckInput, ClinicalTable, Coverage, FindingDraft } from './check.js';
import { showName } from './mask.js';
import { identifier, judgedRows } from './sql.js';

/** SCH-005 and the header part of SCH-004: each table's columns against its schema, one finding a column. */
export const columnCheck: Check = {
  codes: ['SCH-004', 'SCH-005'],
  async *run(input: CheckInput, coverage: Coverage): AsyncGenerator<FindingDraft> {
    if (input.pack === null || input.tables.length === 0) {
      const reason = input.pack === null ? 'no schema is configured' : 'no clinical table was loaded';
      coverage.notApplicable('SCH-004', reason);
      coverage.notApplicable('SCH-005', reason);
      return;
    }
    for (const table of input.tables) {
      coverage.looked('SCH-005', table.columns.length);
      if (table.schema === null) yield unknownTable(table, [...input.pack.tables.keys()]);
      else yield* await headerDefects(input, table, table.schema);
    }
  },
};

function unknownTable(table: ClinicalTable, known: string[]): FindingDraft {
  const near = nearMiss(table.name, known);
  return {
    code: 'SCH-005',
    message: 'The schema pack does not know this table.',
    location: tableLocation(table),
    hint: near === undefined ? undefined : `Did you mean ${near}?`,
    expected: 'a table of the schema pack',
    found: showName(table.name),
    content: table.columns.join('\t'),
  };
}

async function headerDefects(input: CheckInput, table: ClinicalTable, schema: TableSchema): Promise<FindingDraft[]> {
  const { defects } = checkHeader(schema, table.columns);
  const unknown = defects.filter(({ code, column }) => code === 'SCH-005' && column !== null).map(({ column }) => column ?? '');
  const filled = await countFilled(input, table, unknown);
  return defects.map((defect) => headerDefect(table, defect, filled.get(defect.column ?? '')));
}

/** Cells that are not empty, per column: an unknown column that is full matters more than an empty one. */
async function countFilled(input: CheckInput, table: ClinicalTable, columns: string[]): Promise<Map<string, number>> {
  if (columns.length === 0) return new Map();
  const counts = columns.map((name, index) => `count(${identifier(name)}) AS c${index}`);
  const [row] = await input.catalog.all<Record<string, number>>(`SELECT ${counts.join(', ')} FROM ${judgedRows(table)}`);
  return new Map(columns.map((name, index) => [name, row?.[`c${index}`] ?? 0]));
}

function headerDefect(table: ClinicalTable, { code, column, message, expected, hint }: RowDefect, filled: number | undefined): FindingDraft {
  return {
    code: code === 'SCH-005' ? 'SCH-005' : 'SCH-004',
    message: `${message}.`,
    location: { ...tableLocation(table), ...(column === null ? {} : { column }) },
    hint,
    expected,
    found: filled === undefined ? undefined : `filled in ${filled} of ${table.rows} rows`,
    content: code === 'SCH-005' ? (column ?? '') : table.columns.join('\t'),
  };
}

/** The table as a whole, with the path of its file when there is just one. */
export function tableLocation(table: ClinicalTable): FindingDraft['location'] {
  const [path] = table.paths.values();
  return { kind: 'table', ...(table.paths.size === 1 && path !== undefined ? { path } : {}), table: table.name };
}
