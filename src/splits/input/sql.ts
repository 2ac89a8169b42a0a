/** Doubles quotes, so that any text is one identifier. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Doubles quotes, so that any text is one literal. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** Joins the rows of a table (`rows`) to the cases they belong to (`link`). */
export function joinCases(table: string): string {
  return `JOIN row_case AS link ON link.table_name = ${literal(table)} AND link.source = rows.source AND link.source_row = rows.source_row`;
}
