import { tableLocation } from '../columns.js';
import { identifier, judgedRows, sqlCheck } from '../sql.js';

/** Columns of the data dictionary that tie a case to data elsewhere. */
export const LINKAGE_COLUMNS: readonly string[] = ['token_record_id', 'linked_external_data'];

/** DSC-012: no token and no name of a linked resource is released unless somebody approved it by a waiver. */
export const linkageCheck = sqlCheck<{ n: number }>('DSC-012', (input) => {
  const cells = input.tables.flatMap((table) => LINKAGE_COLUMNS.filter((column) => table.columns.includes(column)).map((column) => ({ table, column })));
  if (cells.length === 0) return 'no table has a column of tokens or linked data';
  return cells.map(({ table, column }) => ({
    subjects: Math.max(1, table.rows),
    sql: `SELECT count(*) AS n FROM ${judgedRows(table)} WHERE trim(${identifier(column)}) <> '' HAVING count(*) > 0`,
    draft: ({ n }) => ({
      message: 'The column ties cases to data elsewhere.',
      location: { ...tableLocation(table), column },
      hint: 'Leave the column out; if its release was approved, say so in a waiver.',
      expected: 'no value',
      found: `filled in ${n} of ${table.rows} rows`,
      content: String(n),
    }),
  }));
});
