import type { Change, ReleaseDiff } from '../model/release-diff.js';
import { escapeText, shortenText } from './escape.js';
import { renderReasons } from './plan-text.js';
import { styleOf, type Style, type TextOptions } from './style.js';
import { renderTable } from './table.js';
import { formatCount, formatNumber } from './units.js';

export interface DiffTextOptions extends TextOptions {
  /** Changes that are listed; default 50. */
  listed?: number;
}

/** What changed between two releases: the gravest reasons first, then the changes one by one. */
export function renderDiff(diff: ReleaseDiff, options: DiffTextOptions = {}): string {
  const style = styleOf(options);
  const { from, to, level, reasons, total, changed_cases } = diff;
  const name = `${escapeText(from.version)} → ${escapeText(to.version)}${to.digest === null ? ' (not released yet)' : ''}`;
  if (level === null) return `${style.bold(name)}  no difference`;
  const cases = changed_cases > 0 ? `, ${formatNumber(changed_cases, 'case')} with other content` : '';
  return [
    `${style.bold(name)}  ${level}: ${formatNumber(total, 'change')}${cases}`,
    ...renderReasons(reasons),
    ...renderTables(diff),
    '',
    ...renderChanges(diff, options.listed ?? 50, style),
  ].join('\n');
}

/** One line a column that differs, after one for the rows of its table. */
function renderTables({ tables }: ReleaseDiff): string[] {
  const rows = tables.flatMap(({ table, change, rows_added, rows_removed, columns }) => [
    ...(change !== null || rows_added + rows_removed > 0 ? [[table, change ?? '', counted(rows_added), counted(rows_removed), '']] : []),
    ...columns.map(({ column, change: now, cells_changed }) => [`${table}.${column}`, now ?? (cells_changed === 0 ? 'described otherwise' : ''), '', '', counted(cells_changed)]),
  ]);
  if (rows.length === 0) return [];
  const right = { align: 'right' as const };
  return ['', ...renderTable([{ title: 'table, column' }, { title: 'change' }, { title: 'rows added', ...right }, { title: 'rows removed', ...right }, { title: 'cells changed', ...right }], rows)];
}

function counted(count: number): string {
  return count === 0 ? '' : formatCount(count);
}

function renderChanges({ changes, total }: ReleaseDiff, listed: number, style: Style): string[] {
  const shown = changes.slice(0, listed);
  if (shown.length === 0) return [];
  const columns = ['change', 'case', 'where', 'before', 'after'].map((title) => ({ title }));
  const hidden = total - shown.length;
  return [
    ...renderTable(
      columns,
      shown.map((change) => [change.rule, change.case_id ?? '', describePlace(change), shortenDigest(change.before, 40), shortenDigest(change.after, 40)]),
    ),
    ...(hidden > 0 ? [style.dim(`… and ${formatCount(hidden)} more; to have all of them: --output changes.parquet`)] : []),
  ];
}

/** `measurement M1 test_result_text`: table, key and column, as far as there are any. */
export function describePlace({ table_name, key, column_name, case_id }: Change): string {
  return [table_name, key === case_id ? null : key, column_name].filter((part) => part !== null).join(' ');
}

/** A value on one line, digests by their first digits: nobody compares 64 by eye. */
export function shortenDigest(value: string | null, length: number): string {
  if (value === null) return '';
  return /^[0-9a-f]{64}$/.test(value) ? `${value.slice(0, 12)}…` : shortenText(value, length);
}
