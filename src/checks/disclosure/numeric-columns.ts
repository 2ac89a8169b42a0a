import type { CheckInput, ClinicalTable } from '../check.js';
import { identifier, judgedRows } from '../sql.js';
import { isNumeric, schemaOf } from './view-column.js';

/** Columns of numbers: by the schema, or, where none knows the column, by its cells. A column without any cell is none. */
export async function numericColumns(input: CheckInput, table: ClinicalTable): Promise<string[]> {
  const unknown = table.columns.filter((name) => schemaOf(table, name) === null);
  const found = new Set(table.columns.filter((name) => isNumeric(schemaOf(table, name))));
  if (unknown.length > 0) {
    const tests = unknown.map((name, at) => `bool_and(isfinite(coalesce(TRY_CAST(${identifier(name)} AS DOUBLE), 'inf'::DOUBLE))) FILTER (trim(${identifier(name)}) <> '') AS c${at}`);
    const [row] = await input.catalog.all<Record<string, boolean | null>>(`SELECT ${tests.join(', ')} FROM ${judgedRows(table)}`);
    for (const [at, name] of unknown.entries()) if (row?.[`c${at}`] === true) found.add(name);
  }
  return table.columns.filter((name) => found.has(name));
}

/** Whether a column counts days, weeks or hours between events of a case. */
export function isOffset(table: ClinicalTable, column: string): boolean {
  return schemaOf(table, column)?.unit === 'days' || /(?:^|_)(?:days|weeks|hours)_(?:to|from)_|(?:^|_)offset(?:_days)?$/i.test(column);
}
