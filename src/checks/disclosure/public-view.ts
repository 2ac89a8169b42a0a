import type { CheckInput, ClinicalTable } from '../check.js';
import { identifier, judgedRows, literal } from '../sql.js';
import { cellSql, SET_SEPARATOR, type ViewColumn } from './view-column.js';

/**
 * The public view as a subquery: one row a case that would be released, `case_id` and the columns as `<prefix>0`,
 * `<prefix>1`, ... NULL where the case has no value. A column of another table than the case table gives all values of
 * the case, sorted, each once.
 */
export function publicView(input: CheckInput, groups: Readonly<Record<string, readonly ViewColumn[]>>): string {
  const selected: string[] = [];
  const joins: string[] = [];
  for (const [prefix, columns] of Object.entries(groups))
    for (const [at, column] of columns.entries()) {
      if (column.table.role === 'case') selected.push(`${cellSql(column, 'r')} AS ${prefix}${at}`);
      else {
        joins.push(`LEFT JOIN ${valuesByCase(column)} AS ${prefix}v${at} ON ${prefix}v${at}.case_id = c.case_id`);
        selected.push(`${prefix}v${at}.value AS ${prefix}${at}`);
      }
    }
  const own = input.tables.find(({ role }) => role === 'case');
  if (own !== undefined && own.key !== null && own.columns.includes(own.key))
    joins.unshift(`LEFT JOIN ${judgedRows(own)} AS r ON r.${identifier(own.key)} = c.case_id`);
  return `(SELECT ${['c.case_id', ...selected].join(', ')} FROM case_ AS c ${joins.join(' ')} WHERE c.status = 'accepted')`;
}

/**
 * Cells of a table with the released case that each row belongs to, as a subquery: `case_id`, and the cells as `v0`, `v1`,
 * ... A row of several cases is there once for each.
 * @param cells SQL over the alias `row`.
 */
export function cellsByCase(table: ClinicalTable, cells: readonly string[]): string {
  return `(SELECT link.case_id, ${cells.map((cell, at) => `${cell} AS v${at}`).join(', ')} FROM ${judgedRows(table)} AS row
    JOIN row_case AS link ON link.table_name = ${literal(table.name)} AND link.source = row.source AND link.source_row = row.source_row
    JOIN case_ AS c ON c.case_id = link.case_id AND c.status = 'accepted')`;
}

function valuesByCase(column: ViewColumn): string {
  return `(SELECT case_id, array_to_string(list_sort(list(DISTINCT v0)), ${literal(SET_SEPARATOR)}) AS value
    FROM ${cellsByCase(column.table, [cellSql(column, 'row')])} WHERE v0 IS NOT NULL GROUP BY case_id)`;
}
