import type { SampleReport, SampleVariable } from '../model/sample.js';
import { escapeText } from './escape.js';
import { wrapText } from './style.js';
import { renderTable } from './table.js';
import { formatCount, formatNumber, formatShare } from './units.js';

/** Categories of a variable that are shown, those farthest from their targets. */
const MAX_CATEGORIES = 30;

/** What a sample came to: its size against the largest one possible, then every target with what limits it. */
export function renderSample(sample: SampleReport): string[] {
  return ['', ...renderSize(sample), ...Object.entries(sample.variables).flatMap(([name, variable]) => renderVariable(name, variable, sample.tolerance))];
}

function renderSize({ size, largest, unused, excluded, tolerance, reference, scarcest }: SampleReport): string[] {
  const points = Number((tolerance * 100).toFixed(4));
  const margin = `within ${points} ${points === 1 ? 'point' : 'points'} of every target`;
  const best = largest === null ? '' : largest <= size ? `; no sample ${margin} is larger` : `; a sample ${margin} has at most ${formatNumber(largest, 'case')}`;
  return [
    ...wrapText(`Sample of ${formatNumber(size, 'case')}${best}.`, ''),
    `${formatNumber(unused, 'case')} could be in it and ${unused === 1 ? 'is' : 'are'} not${excluded === 0 ? '' : `; ${formatCount(excluded)} cannot: a target does not name their value, or that of a linked case`}.`,
    ...(scarcest === null ? [] : wrapText(`Scarcest is ${escapeText(scarcest.variable)} = ${categoryText(scarcest.category)}: there are enough for a sample of ${formatCount(scarcest.allows)}.`, '')),
    ...(reference === null ? [] : [`Targets from ${escapeText(reference.source)} (sha256 ${reference.sha256.slice(0, 12)}…)`]),
  ];
}

function renderVariable(name: string, { categories, max_deviation, unnamed }: SampleVariable, tolerance: number): string[] {
  const shown = [...categories].sort((a, b) => Math.abs(b.share - b.target) - Math.abs(a.share - a.target)).slice(0, MAX_CATEGORIES);
  const kept = new Set(shown);
  const columns = ['category', 'target', 'share', 'cases', 'available', 'enough for'].map((title, at) => ({ title, align: at === 0 ? ('left' as const) : ('right' as const) }));
  const rows = categories
    .filter((category) => kept.has(category))
    .map(({ category, target, share, cases, available, allows }) => [categoryText(category), formatShare(target), formatShare(share), formatCount(cases), formatCount(available), allows === null ? 'any' : formatCount(allows)]);
  const hidden = categories.length - rows.length;
  return [
    '',
    `${escapeText(name)}: largest deviation ${(max_deviation * 100).toFixed(2)} points${max_deviation > tolerance + 1e-9 ? ', beyond the tolerance' : ''}`,
    ...renderTable(columns, rows),
    ...(hidden > 0 ? [`… and ${formatCount(hidden)} nearer to their targets`] : []),
    ...(unnamed > 0 ? [`${formatNumber(unnamed, 'case')} with values that the target does not name`] : []),
  ];
}

function categoryText(category: string): string {
  return category === '' ? 'missing' : escapeText(category);
}
