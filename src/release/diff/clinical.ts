import { quoteIdentifier, quoteLiteral, type Catalog } from '../../catalog/catalog.js';
import { change, literalOrNull, type InsertChanges } from './change-row.js';
import { findRenamed } from './renamed.js';
import { diffRows } from './rows.js';
import type { ClinicalSide } from './side.js';

/** Compares the clinical tables of two sides: tables, keys, columns, rows, cells. */
export async function diffClinical(catalog: Catalog, before: ReadonlyMap<string, ClinicalSide>, after: ReadonlyMap<string, ClinicalSide>, insert: InsertChanges): Promise<void> {
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  for (const table of names) {
    const [a, b] = [before.get(table), after.get(table)];
    const table_name = quoteLiteral(table);
    if (a === undefined) await insert(change('table-added', { table_name }));
    else if (b === undefined) await insert(change('table-removed', { table_name }));
    else await diffTable(catalog, table, a, b, insert);
  }
}

async function diffTable(catalog: Catalog, table: string, a: ClinicalSide, b: ClinicalSide, insert: InsertChanges): Promise<void> {
  const renamed = await findRenamed(catalog, a, b);
  await tellColumns(table, a, b, renamed, insert);
  await diffRows(catalog, table, matchColumns(a, b, renamed), insert);
}

/** Keys and columns; `renamed`: name before to name now. */
async function tellColumns(table: string, a: ClinicalSide, b: ClinicalSide, renamed: ReadonlyMap<string, string>, insert: InsertChanges): Promise<void> {
  const table_name = quoteLiteral(table);
  if (a.key !== b.key) await insert(change('table-rekeyed', { table_name, before: literalOrNull(a.key), after: literalOrNull(b.key) }));
  for (const [name, type] of a.columns) {
    const [now, to] = [b.columns.get(name), renamed.get(name)];
    const column_name = quoteLiteral(to ?? name);
    if (to !== undefined) await insert(change('column-renamed', { table_name, column_name, before: quoteLiteral(name), after: quoteLiteral(to) }));
    else if (now === undefined) await insert(change('column-removed', { table_name, column_name, before: quoteLiteral(type) }));
    else if (now !== type) await insert(change('column-retyped', { table_name, column_name, before: quoteLiteral(type), after: quoteLiteral(now) }));
  }
  const known = new Set(renamed.values());
  for (const [name, type] of b.columns)
    if (!a.columns.has(name) && !known.has(name)) await insert(change('column-added', { table_name, column_name: quoteLiteral(name), after: quoteLiteral(type) }));
}

/** The rows of two sides in a form in which they can be compared. */
export interface MatchedTable {
  /** Relations, rows as they are. */
  before: string;
  after: string;
  /** The key, among the columns; null when none is on both sides. */
  key: MatchedColumn | null;
  /** Whether `case_id` is among the columns. */
  linked: boolean;
  columns: MatchedColumn[];
}

/** A column of both sides; `before` and `after` are SQL of the same type. */
export interface MatchedColumn {
  /** Its name now. */
  name: string;
  before: string;
  after: string;
  isText: boolean;
}

function matchColumns(a: ClinicalSide, b: ClinicalSide, renamed: ReadonlyMap<string, string>): MatchedTable {
  const columns = [...a.columns].flatMap(([name, type]): MatchedColumn[] => {
    const now = renamed.get(name) ?? name;
    const typeNow = b.columns.get(now);
    if (typeNow === undefined) return [];
    const comparable = type === typeNow ? (column: string): string => quoteIdentifier(column) : comparableText;
    return [{ name: now, before: comparable(name), after: comparable(now), isText: type === 'VARCHAR' || type !== typeNow }];
  });
  // A key that only one side names still names the rows of both.
  const key = columns.find(({ name }) => name === (b.key ?? a.key)) ?? null;
  return { before: a.relation, after: b.relation, key, linked: a.columns.has('case_id') && b.columns.has('case_id'), columns };
}

/** A cell of a column whose type changed, as text: `41`, `41.0` and `'41'` are one value. */
function comparableText(column: string): string {
  const text = `${quoteIdentifier(column)}::VARCHAR`;
  return `regexp_replace(coalesce(TRY_CAST(${text} AS DOUBLE)::VARCHAR, ${text}), '[.]0$', '')`;
}
