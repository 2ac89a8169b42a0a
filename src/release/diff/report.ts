import { quoteLiteral, type Catalog } from '../../catalog/catalog.js';
import type { Change, ChangeRule, ColumnDiff, ReleaseDiff, SplitDiff, TableDiff } from '../../model/release-diff.js';
import { CHANGE_COLUMNS } from './change-row.js';
import { VERSION_RULES } from './version.js';

/** Subjects that a reason names. */
const MAX_EXAMPLES = 3;

/** Order of the changes for people: gravest rule first, then as in the changes table. */
export function changeOrder(): string {
  const rules = VERSION_RULES.map(({ rule }) => quoteLiteral(rule)).join(', ');
  return `list_position([${rules}], rule), ${CHANGE_COLUMNS.map((name) => `"${name}" ASC NULLS FIRST`).join(', ')}`;
}

/** The first changes, gravest first. */
export async function readChanges(catalog: Catalog, limit: number): Promise<ReleaseDiff['changes']> {
  return catalog.all<Change>(`SELECT * FROM candidate_change ORDER BY ${changeOrder()} LIMIT ${Math.max(0, Math.trunc(limit))}`);
}

/**
 * What each reason names of its changes: the columns with the most changed cells and the tables with the most rows, each with
 * its number, and of all else the first by name.
 */
export async function readExamples(catalog: Catalog): Promise<Map<ChangeRule, string[]>> {
  const counted = `SELECT rule, subject, count(*) AS n FROM (
      SELECT rule, concat_ws('.', table_name, CASE WHEN rule = 'cell-changed' THEN column_name END) AS subject FROM candidate_change
      WHERE rule IN ('cell-changed', 'row-added', 'row-removed')) GROUP BY ALL`;
  const most = await catalog.all<{ rule: ChangeRule; subject: string; n: number }>(
    `FROM (${counted}) QUALIFY row_number() OVER (PARTITION BY rule ORDER BY n DESC, subject) <= ${MAX_EXAMPLES} ORDER BY rule, n DESC, subject`,
  );
  const first = await catalog.all<{ rule: ChangeRule; subjects: string[] }>(
    `SELECT rule, min(concat_ws(' ', case_id, nullif(concat_ws('.', table_name, column_name), ''), CASE WHEN key IS DISTINCT FROM case_id THEN key END), ${MAX_EXAMPLES}) AS subjects
     FROM candidate_change WHERE rule NOT IN ('cell-changed', 'row-added', 'row-removed') GROUP BY rule ORDER BY rule`,
  );
  const examples = new Map(first.map(({ rule, subjects }) => [rule, subjects]));
  for (const { rule, subject, n } of most) examples.set(rule, [...(examples.get(rule) ?? []), `${subject} (${n})`]);
  return examples;
}

/** The clinical tables that differ, column by column, with the number of rows and cells. */
export async function readTableDiffs(catalog: Catalog): Promise<TableDiff[]> {
  const rows = await catalog.all<{ table_name: string; column_name: string | null; rule: ChangeRule; n: number }>(
    'SELECT table_name, column_name, rule, count(*) AS n FROM candidate_change WHERE table_name IS NOT NULL GROUP BY ALL ORDER BY table_name, column_name NULLS FIRST, rule',
  );
  const tables = new Map<string, TableDiff & { found: Map<string, ColumnDiff> }>();
  for (const { table_name: name, column_name: column, rule, n } of rows) {
    const table = tables.get(name) ?? { table: name, change: null, rows_added: 0, rows_removed: 0, cells_changed: 0, columns: [], found: new Map<string, ColumnDiff>() };
    tables.set(name, table);
    if (rule === 'row-added') table.rows_added = n;
    if (rule === 'row-removed') table.rows_removed = n;
    if (rule === 'table-added' || rule === 'table-removed') table.change = rule === 'table-added' ? 'added' : 'removed';
    if (column === null) continue;
    const known = table.found.get(column) ?? { column, change: null, cells_changed: 0 };
    table.found.set(column, known);
    if (rule === 'cell-changed') {
      known.cells_changed = n;
      table.cells_changed += n;
    } else known.change = COLUMN_CHANGES.get(rule) ?? known.change;
  }
  return [...tables.values()].map(({ found, ...table }) => ({ ...table, columns: [...found.values()] }));
}

const COLUMN_CHANGES: ReadonlyMap<ChangeRule, NonNullable<ColumnDiff['change']>> = new Map([
  ['column-added', 'added'],
  ['column-removed', 'removed'],
  ['column-renamed', 'renamed'],
  ['column-retyped', 'retyped'],
] as const);

/** The published splits that differ. */
export async function readSplitDiffs(catalog: Catalog): Promise<SplitDiff[]> {
  const count = (rule: ChangeRule): string => `count(*) FILTER (rule = '${rule}')`;
  return catalog.all<SplitDiff>(`
    SELECT key AS split, CASE WHEN bool_or(rule = 'split-added') THEN 'added' WHEN bool_or(rule = 'split-removed') THEN 'removed' END AS change,
      ${count('assignment-added')} AS assigned, ${count('assignment-removed')} AS unassigned, ${count('assignment-moved')} AS moved
    FROM candidate_change WHERE starts_with(rule, 'assignment-') OR starts_with(rule, 'split-') GROUP BY key ORDER BY key`);
}
