import type { ExtensionPlan } from '../model/split-extension.js';
import { escapeText, shortenText } from './escape.js';
import { styleOf, type TextOptions } from './style.js';
import { renderTable } from './table.js';
import { formatCount, formatNumber, formatShare } from './units.js';

/** Places that a text names. */
const MAX_PLACES = 20;

/** What drawing now would change. */
export function renderExtension(plan: ExtensionPlan, options: TextOptions = {}): string {
  const { after, moved, newcomers } = plan;
  const style = styleOf(options);
  const total = Object.values(newcomers).reduce((sum, cases) => sum + cases, 0);
  return [
    style.bold(`Split ${escapeText(after.split)}: ${formatNumber(total, 'newcomer')}, ${formatCount(after.frozen)} frozen${moved > 0 ? `, ${formatCount(moved)} of the last draw would move` : ''}`),
    '',
    ...renderParts(plan),
    ...renderBalance(plan),
    ...renderPlaces(plan),
    ...after.conflicts.map(({ message }) => style.red(`✗ ${escapeText(message)}`)),
    ...(after.unassigned.length === 0 ? [] : [`In no part: ${formatNumber(after.unassigned.length, 'case')}`]),
    '',
    `Nothing was written. To draw: colophon split assign ${escapeText(after.split)}`,
  ].join('\n');
}

function renderParts({ before, after, newcomers }: ExtensionPlan): string[] {
  const right = 'right' as const;
  const columns = [{ title: 'part' }, { title: 'cases', align: right }, { title: 'newcomers', align: right }, { title: 'then', align: right }, { title: 'share', align: right }, { title: 'target', align: right }];
  const joined = new Map(Object.entries(newcomers));
  const now = new Map(Object.entries(before?.parts ?? {}));
  const rows = Object.entries(after.parts).map(([part, { cases, share, target }]) => [
    part,
    formatCount(now.get(part)?.cases ?? 0),
    formatCount(joined.get(part) ?? 0),
    formatCount(cases),
    formatShare(share),
    formatShare(target),
  ]);
  return renderTable(columns, rows);
}

function renderBalance({ before, after }: ExtensionPlan): string[] {
  const entries = Object.entries(after.variables);
  if (before === null || entries.length === 0) return [];
  const old = new Map(Object.entries(before.variables));
  const points = (difference: number | undefined): string => (difference === undefined ? '' : `${(difference * 100).toFixed(1)} points`);
  const columns = [{ title: 'variable' }, { title: 'largest difference now', align: 'right' as const }, { title: 'then', align: 'right' as const }];
  return ['', ...renderTable(columns, entries.map(([name, { max_difference }]) => [name, points(old.get(name)?.max_difference), points(max_difference)]))];
}

const WHY = { drawn: '', follows: ', follows a frozen case', rule: ', by a rule' } as const;

function renderPlaces({ placed }: ExtensionPlan): string[] {
  if (placed.length === 0) return [];
  const lines = placed.slice(0, MAX_PLACES).map(({ case_id, part, before, why }) => `  ${shortenText(case_id, 64)} → ${escapeText(part)}${before === null ? '' : ` from ${escapeText(before)}`}${WHY[why]}`);
  return ['', ...lines, ...(placed.length > MAX_PLACES ? ['  … all of them with --json, up to 1,000'] : [])];
}
