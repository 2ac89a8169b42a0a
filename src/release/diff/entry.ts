import type { Change, ChangeRule } from '../../model/release-diff.js';

/** The change of an entry that is told by its name; none when both sides say the same. */
export function entry(rule: ChangeRule, key: string, before: string | null, after: string | null, at: Partial<Pick<Change, 'table_name' | 'column_name'>> = {}): Change[] {
  return before === after ? [] : [{ rule, case_id: null, table_name: null, key, column_name: null, before, after, ...at }];
}
