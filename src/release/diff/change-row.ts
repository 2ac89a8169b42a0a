import { quoteLiteral } from '../../catalog/catalog.js';
import type { Change, ChangeRule } from '../../model/release-diff.js';

/** Columns of the changes table, in its order. */
export const CHANGE_COLUMNS = ['rule', 'case_id', 'table_name', 'key', 'column_name', 'before', 'after'] as const;

/** Adds the rows of a SELECT of changes to `candidate_change`. */
export type InsertChanges = (select: string) => Promise<number>;

/** A SELECT of changes; the members are SQL expressions, absent ones NULL. */
export function change(rule: ChangeRule, cells: Partial<Record<Exclude<keyof Change, 'rule'>, string>>, from = ''): string {
  const values = { ...cells, rule: quoteLiteral(rule) };
  return `SELECT ${CHANGE_COLUMNS.map((name) => values[name] ?? 'NULL').join(', ')} ${from}`;
}

/** SQL of a text or of NULL. */
export function literalOrNull(text: string | null): string {
  return text === null ? 'NULL' : quoteLiteral(text);
}

/** A SELECT of one change that is known in full. */
export function changeOf(each: Change): string {
  return `SELECT ${CHANGE_COLUMNS.map((name) => literalOrNull(each[name])).join(', ')}`;
}
