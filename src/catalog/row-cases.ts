import { quoteIdentifier, quoteLiteral, type Catalog } from './catalog.js';
import { textTables, type TextTable } from './mended-table.js';

/** How the rows of one clinical table lead to cases. */
export interface TableLineage {
  table: string;
  /** Column that names the rows of this table; null when it has none. */
  key: string | null;
  /** Columns that hold keys of rows of other tables; several are alternatives or additions, row by row. */
  links: LineageLink[];
}

export interface LineageLink {
  column: string;
  target: string;
  /** The cell lists several keys, separated by this; absent when it holds one. */
  separator?: string;
}

/**
 * Fills `row_case`: which cases each clinical row belongs to, directly or through rows that it links to (a series file
 * through its imaging study). Rows of tables that lead to no case, such as dataset, are not in it.
 */
export async function refreshRowCases(catalog: Catalog, caseTable: string, tables: readonly TableLineage[]): Promise<void> {
  const loaded = await loadedColumns(catalog);
  const texts = await textTables(catalog);
  await catalog.run('DELETE FROM row_case');
  const caseLineage = tables.find(({ table }) => table === caseTable);
  if (caseLineage === undefined || caseLineage.key === null || !loaded.get(caseTable)?.has(caseLineage.key)) return;
  await catalog.run(
    `INSERT INTO row_case SELECT ${quoteLiteral(caseTable)}, source, source_row, ${quoteIdentifier(caseLineage.key)}
     FROM ${texts(caseTable)} WHERE ${quoteIdentifier(caseLineage.key)} IS NOT NULL`,
  );
  const keys = new Map(tables.map(({ table, key }) => [table, key]));
  const resolved = new Set([caseTable]);
  for (const { table, links } of inLinkOrder(tables, caseTable)) {
    const columns = loaded.get(table);
    if (columns === undefined) continue;
    const usable = links.filter(({ column, target }) => columns.has(column) && resolved.has(target));
    const selects = usable.map((link) => selectCases(texts, table, link, caseTable, keys.get(link.target) ?? null)).filter((sql) => sql !== null);
    if (selects.length === 0) continue;
    await catalog.run(`INSERT INTO row_case ${selects.join(' UNION ')}`);
    resolved.add(table);
  }
}

async function loadedColumns(catalog: Catalog): Promise<Map<string, Set<string>>> {
  const rows = await catalog.all<{ table_name: string; columns: string[] }>('SELECT table_name, columns FROM clinical_table');
  return new Map(rows.map(({ table_name, columns }) => [table_name, new Set(columns)]));
}

/** Tables after the tables they link to; links that run in a circle are cut where the circle is entered. */
function inLinkOrder(tables: readonly TableLineage[], caseTable: string): TableLineage[] {
  const byName = new Map(tables.map((lineage) => [lineage.table, lineage]));
  const ordered: TableLineage[] = [];
  const seen = new Set([caseTable]);
  const visit = (lineage: TableLineage) => {
    if (seen.has(lineage.table)) return;
    seen.add(lineage.table);
    for (const { target } of lineage.links) {
      const parent = byName.get(target);
      if (parent !== undefined) visit(parent);
    }
    ordered.push(lineage);
  };
  for (const lineage of tables.toSorted((a, b) => (a.table < b.table ? -1 : 1))) visit(lineage);
  return ordered;
}

function selectCases(texts: TextTable, table: string, { column, target, separator }: LineageLink, caseTable: string, targetKey: string | null): string | null {
  const cell = quoteIdentifier(column);
  const values = separator === undefined ? cell : `unnest(string_split(${cell}, ${quoteLiteral(separator)}))`;
  const rows = `SELECT source, source_row, ${values} AS link FROM ${texts(table)} WHERE ${cell} IS NOT NULL`;
  const name = quoteLiteral(table);
  if (target === caseTable) return `SELECT ${name}, source, source_row, link FROM (${rows})`;
  if (targetKey === null) return null;
  return `SELECT ${name}, child.source, child.source_row, parent_case.case_id
    FROM (${rows}) AS child
    JOIN ${texts(target)} AS parent ON parent.${quoteIdentifier(targetKey)} = child.link
    JOIN row_case AS parent_case
      ON parent_case.table_name = ${quoteLiteral(target)} AND parent_case.source = parent.source AND parent_case.source_row = parent.source_row`;
}
