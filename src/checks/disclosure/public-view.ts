import type { CheckInput, ClinicalTable } from '../check.js';
import { identifier, judgedRows, literal } from '../sql.js';
import { cellSql, type ViewColumn } from './view-column.js';

/** Between the values of a case that has several. */
const VALUE_SEPARATOR = ' | ';

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

/** Rows of a table with the released case that each belongs to, as a subquery: `case_id`, then the table's columns. */
export function rowsByCase(table: ClinicalTable): string {
  return `(SELECT link.case_id, row.* FROM ${judgedRows(table)} AS row
    JOIN row_case AS link ON link.table_name = ${literal(table.name)} AND link.source = row.source AND link.source_row = row.source_row
    JOIN case_ AS c ON c.case_id = link.case_id AND c.status = 'accepted')`;
}

function valuesByCase(column: ViewColumn): string {
  const cell = cellSql(column, 'row');
  return `(SELECT case_id, array_to_string(list_sort(list(DISTINCT ${cell})), ${literal(VALUE_SEPARATOR)}) AS value
    FROM ${rowsByCase(column.table)} AS row WHERE ${cell} IS NOT NULL GROUP BY case_id)`;
}
