import type { RowChoice } from '../../model/cross-rule.js';
import type { CheckInput, ClinicalTable } from '../check.js';
import { identifier, literal } from '../sql.js';
import { casesOf, rowsOf } from './meeting.js';

/** A loaded table that has all these columns; undefined when it was not delivered, or without one of them. */
export function tableWith(input: CheckInput, name: string, columns: readonly string[]): ClinicalTable | undefined {
  return input.tables.find((table) => table.name === name && columns.every((column) => table.columns.includes(column)));
}

/** The chosen rows of a table with their cases: (case_id, day), day NULL without a column for it; null when they cannot be chosen. */
export function chosenRows(input: CheckInput, choice: RowChoice & { column?: string }): string | null {
  const { where = {}, filled = [], column } = choice;
  const table = tableWith(input, choice.table, [...Object.keys(where), ...(column === undefined ? [] : [column])]);
  if (table === undefined) return null;
  const usable = filled.filter((name) => table.columns.includes(name));
  if (filled.length > 0 && usable.length === 0) return null;
  const conditions = [
    ...Object.entries(where).map(([name, values]) => isOneOf(identifier(name), values)),
    ...(usable.length === 0 ? [] : [`(${usable.map((name) => `${identifier(name)} <> ''`).join(' OR ')})`]),
  ];
  const day = column === undefined ? 'NULL::BIGINT' : dayOf(column);
  return `(SELECT case_id, day FROM ${rowsOf(table, [`${day} AS day`], ['true', ...conditions].join(' AND '))} JOIN ${casesOf(table)} USING (source, source_row))`;
}

/** SQL for a day offset as a whole number; NULL when it is none. */
export function dayOf(column: string): string {
  return `round(try_cast(trim(${identifier(column)}) AS DOUBLE))::BIGINT`;
}

/** SQL that is true when a text is one of the values, whatever its case and the blanks around it. */
export function isOneOf(sql: string, values: readonly string[]): string {
  return values.length === 0 ? 'false' : `coalesce(lower(trim(${sql})) IN (${values.map((value) => `lower(${literal(value.trim())})`).join(', ')}), false)`;
}
