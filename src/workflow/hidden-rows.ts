import { quoteIdentifier, quoteLiteral, type Catalog } from '../catalog/catalog.js';
import { CurationError } from '../errors.js';
import { canonicalJson } from '../fixity/canonical-json.js';
import type { CommittedCell, CommittedRow, CommittedScalar, CommittedValue } from '../model/commitment.js';
import type { HiddenPart } from '../model/hidden-parts.js';
import { resolveColumn } from '../splits/input/resolution.js';
import type { CaseContext } from './case-rules.js';

/** A column as the configuration names it, and where it is. */
export interface NamedColumn {
  name: string;
  table: string;
  column: string;
}

/**
 * The columns that a hidden part names, or all of the case table when it names none; sorted by name.
 * @throws {CurationError} CONFIG_INVALID for a name that is no column, or a column that names rows
 */
export async function hiddenColumns(catalog: Catalog, { split, columns }: HiddenPart, { cases }: CaseContext): Promise<NamedColumn[]> {
  const loaded = await catalog.all<{ table_name: string; columns: string[]; key_column: string | null }>('SELECT table_name, columns, key_column FROM clinical_table ORDER BY table_name');
  const tables = new Map(loaded.map(({ table_name, columns: names }) => [table_name, names]));
  const keys = new Map(loaded.map(({ table_name, key_column }) => [table_name, key_column]));
  const own = cases === null ? [] : (tables.get(cases.table) ?? []);
  const where = `splits.${split}.hidden.columns`;
  const named = (columns ?? own).map((name) => {
    if (columns === null && cases !== null) return { name, table: cases.table, column: name };
    const resolved = resolveColumn(name, where, tables, cases?.table ?? null);
    if (resolved.kind !== 'column') throw refused(where, name, 'is no column of a clinical table');
    const { table, column } = resolved;
    if (column === keys.get(table) || (table === cases?.table && column === cases.key)) throw refused(where, name, 'names the rows of its table, and cannot be left out of some');
    return { name, table, column };
  });
  return [...new Map(named.map((each) => [each.name, each])).values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function refused(where: string, name: string, reason: string): CurationError {
  return new CurationError('CONFIG_INVALID', `${where}: ${name} ${reason}.`, { found: name, suggestions: [`Take it out of ${where} in colophon.yaml.`] });
}

/** The accepted cases of a hidden part with the values of the columns, by case_id; whether they are withheld already or not. */
export async function readHiddenRows(catalog: Catalog, { split, part }: HiddenPart, columns: readonly NamedColumn[], { cases }: CaseContext): Promise<CommittedRow[]> {
  const hidden = `SELECT a.case_id FROM assignments AS a JOIN case_ AS c ON c.case_id = a.case_id AND c.status IN ('accepted', 'withheld')
    WHERE a.split = ${quoteLiteral(split)} AND a.part = ${quoteLiteral(part)}`;
  const ids = await catalog.all<{ case_id: string }>(`${hidden} ORDER BY a.case_id`);
  const valuesOf = new Map(ids.map(({ case_id }) => [case_id, new Map<string, CommittedValue>()]));
  for (const table of new Set(columns.map((each) => each.table))) {
    const own = columns.filter((each) => each.table === table);
    const rowsOf = await readRows(catalog, table, own, hidden);
    for (const [case_id, values] of valuesOf) for (const [at, { name }] of own.entries()) values.set(name, valueOf(rowsOf.get(case_id) ?? [], at, table === cases?.table));
  }
  return [...valuesOf]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([case_id, values]) => ({ case_id, part, columns: Object.fromEntries(values) }));
}

interface KeyedRow {
  key: CommittedCell;
  cells: CommittedCell[];
}

async function readRows(catalog: Catalog, table: string, columns: readonly NamedColumn[], hidden: string): Promise<Map<string, KeyedRow[]>> {
  const [entry] = await catalog.all<{ key_column: string | null }>('SELECT key_column FROM clinical_table WHERE table_name = ?', [table]);
  const key = entry?.key_column ?? null;
  const selected = [key === null ? 'NULL AS k' : `r.${quoteIdentifier(key)} AS k`, ...columns.map(({ column }, at) => `r.${quoteIdentifier(column)} AS v${at}`)];
  const rowsOf = new Map<string, KeyedRow[]>();
  const rows = catalog.stream<Record<string, unknown>>(`
    SELECT link.case_id AS case_id, ${selected.join(', ')} FROM row_case AS link JOIN ${quoteIdentifier(`clinical_${table}`)} AS r ON r.source = link.source AND r.source_row = link.source_row
    WHERE link.table_name = ${quoteLiteral(table)} AND link.case_id IN (${hidden}) ORDER BY link.case_id, r.source, r.source_row`);
  for await (const chunk of rows)
    for (const row of chunk) {
      const id = String(row.case_id);
      const list = rowsOf.get(id);
      const keyed = { key: cellOf(row.k), cells: columns.map((_, at) => cellOf(row[`v${at}`])) };
      if (list === undefined) rowsOf.set(id, [keyed]);
      else list.push(keyed);
    }
  return rowsOf;
}

/** A case has one row in the case table; of other tables its rows are sorted by what they hold, never by where they stand. */
function valueOf(rows: readonly KeyedRow[], at: number, isCaseTable: boolean): CommittedValue {
  const [only] = rows;
  if (isCaseTable && rows.length === 1 && only !== undefined) return { cell: only.cells[at] ?? null };
  const sorted = rows.map(({ key, cells }) => ({ key, cell: cells[at] ?? null })).map((row) => [canonicalJson(row), row] as const);
  return { rows: sorted.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, row]) => row) };
}

/** A cell as JSON, as in the content hashes (CONTENT-3). */
function cellOf(value: unknown): CommittedCell {
  return Array.isArray(value) ? value.map(scalarOf) : scalarOf(value);
}

function scalarOf(value: unknown): CommittedScalar {
  if (value === null || value === undefined) return null;
  if (Array.isArray(value)) return canonicalJson(value.map(cellOf));
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value === 'boolean' || typeof value === 'string') return value;
  return String(value);
}
