import { quoteIdentifier, quoteLiteral } from '../../catalog/catalog.js';

/** A column of a clinical table whose cells are left empty in the rows of the cases of a hidden part. */
export interface HiddenColumn {
  table: string;
  column: string;
  split: string;
  part: string;
}

/**
 * SQL of all columns of the table under the alias `r`, hidden cells NULL. A row of several cases is emptied when one of them is
 * hidden. What follows, content hashes and types among it, is made from the emptied rows.
 */
export function selectVisible(table: string, hidden: readonly HiddenColumn[]): string {
  const own = hidden.filter((each) => each.table === table);
  const columns = [...new Set(own.map(({ column }) => column))];
  if (columns.length === 0) return 'r.*';
  const replaced = columns.map((column) => {
    const rows = own.filter((each) => each.column === column).map(hiddenRows).join(' UNION ');
    return `CASE WHEN (r.source, r.source_row) IN (${rows}) THEN NULL ELSE r.${quoteIdentifier(column)} END AS ${quoteIdentifier(column)}`;
  });
  return `r.* REPLACE (${replaced.join(', ')})`;
}

/** Rows (source, source_row) of a table that belong to a case of the hidden part. */
function hiddenRows({ table, split, part }: HiddenColumn): string {
  return `SELECT h.source, h.source_row FROM row_case AS h JOIN assignments AS a ON a.case_id = h.case_id
    WHERE h.table_name = ${quoteLiteral(table)} AND a.split = ${quoteLiteral(split)} AND a.part = ${quoteLiteral(part)}`;
}
