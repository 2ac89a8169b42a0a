import { quoteLiteral } from '../catalog/catalog.js';
import type { Change, ChangeRule } from '../model/release.js';

/** Columns of the changes table, in its order. */
export const CHANGE_COLUMNS = ['rule', 'case_id', 'table_name', 'key', 'column_name', 'before', 'after'] as const;

/** A SELECT of changes; the members are SQL expressions, absent ones NULL. */
export function change(rule: ChangeRule, cells: Partial<Record<Exclude<keyof Change, 'rule'>, string>>, from = ''): string {
  const values = { ...cells, rule: quoteLiteral(rule) };
  return `SELECT ${CHANGE_COLUMNS.map((name) => values[name] ?? 'NULL').join(', ')} ${from}`;
}
