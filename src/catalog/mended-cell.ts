import type { ColumnMending } from '../model/mending.js';
import { quoteIdentifier, quoteLiteral } from './quoting.js';

/** What became of each distinct text that rules are about: one row a column and text. */
export const MEND_CELL = 'mend_cell';

/** Joins what became of the cells of one mended column to `rows`, as `m<index>`. */
export function joinTexts(index: number, columns: readonly ColumnMending[]): string {
  const { column } = columns[index] as ColumnMending;
  return `LEFT JOIN ${MEND_CELL} AS m${index} ON m${index}.column_index = ${index} AND m${index}.text = rows.${quoteIdentifier(column)}`;
}

/** The cell of a column after the rules, an age above 89 told by the column beside it. */
export function mendedCell(column: string, mended: readonly ColumnMending[]): string {
  const told = mended.flatMap(({ over }, index) => (over?.column === column ? [`WHEN m${index}.above AND ${outcome(index, mended)} = 'mended' THEN ${quoteLiteral(over.term)}`] : []));
  const own = singleCell(column, mended);
  return told.length === 0 ? own : `CASE ${told.join(' ')} ELSE ${own} END`;
}

/** The cell of a column as its own rules make it. */
export function singleCell(column: string, mended: readonly ColumnMending[]): string {
  const cell = `rows.${quoteIdentifier(column)}`;
  const index = mended.findIndex((each) => each.column === column);
  return index === -1 ? cell : `CASE WHEN ${outcome(index, mended)} = 'mended' THEN m${index}.mended ELSE ${cell} END`;
}

/** `mended`, `left` or NULL of a cell: an age above 89 is left where no column beside it can say so, or where that says otherwise. */
export function outcome(index: number, mended: readonly ColumnMending[]): string {
  const { over } = mended[index] as ColumnMending;
  if (over === undefined) return `CASE WHEN m${index}.above THEN 'left' ELSE m${index}.outcome END`;
  const beside = singleCell(over.column, mended);
  return `CASE WHEN m${index}.above AND coalesce(${beside}, '') NOT IN ('', ${quoteLiteral(over.term)}) THEN 'left' ELSE m${index}.outcome END`;
}
