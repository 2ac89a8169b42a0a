import type { Change, ReleaseDiff } from '../model/release.js';
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
  if (level === null) return `${style.bold(name)}  no difference in content`;
  const cases = changed_cases > 0 ? `, ${formatNumber(changed_cases, 'case')} with other content` : '';
  return [
    `${style.bold(name)}  ${level}: ${formatNumber(total, 'change')}${cases}`,
    ...renderReasons(reasons),
    '',
    ...renderChanges(diff, options.listed ?? 50, style),
  ].join('\n');
}

function renderChanges({ changes, total }: ReleaseDiff, listed: number, style: Style): string[] {
  const shown = changes.slice(0, listed);
  if (shown.length === 0) return [];
  const columns = ['change', 'case', 'where', 'before', 'after'].map((title) => ({ title }));
  const hidden = total - shown.length;
  return [
    ...renderTable(
      columns,
      shown.map((change) => [change.rule, change.case_id ?? '', placeOf(change), shortenValue(change.before), shortenValue(change.after)]),
    ),
    ...(hidden > 0 ? [style.dim(`… and ${formatCount(hidden)} more; all of them are in data/tables/changes.parquet of the newer release`)] : []),
  ];
}

/** `measurement M1 test_result_text`: table, key and column, as far as there are any. */
function placeOf({ table_name, key, column_name, case_id }: Change): string {
  return [table_name, key === case_id ? null : key, column_name].filter((part) => part !== null).join(' ');
}

/** Digests by their first digits: nobody compares 64 by eye. */
function shortenValue(value: string | null): string {
  if (value === null) return '';
  return /^[0-9a-f]{64}$/.test(value) ? `${value.slice(0, 12)}…` : shortenText(value, 40);
}
