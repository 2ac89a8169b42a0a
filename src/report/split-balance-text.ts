import type { BalanceReport, PermutationReport, SharedByParts, SplitReport, SplitWarning, VariableReport } from '../model/split.js';
import { escapeText, shortenText } from './escape.js';
import { orderOfScale } from './scale-order.js';
import { wrapText, type Style } from './style.js';
import { renderTable, type TableColumn } from './table.js';
import { formatCount, formatNumber, formatShare } from './units.js';

/** At most so many variables, pairs, warnings and categories of a variable; the worst or commonest ones. */
const MAX_VARIABLES = 20;
const MAX_WARNINGS = 20;
const MAX_CATEGORIES = 12;

/** How a missing value reads. */
export const MISSING = '(missing)';

/** What a reviewer would ask, the gravest first. */
export function renderWarnings(warnings: readonly SplitWarning[], style: Style): string[] {
  if (warnings.length === 0) return [];
  const lines = warnings.slice(0, MAX_WARNINGS).flatMap(({ message }) => {
    const [first, ...rest] = wrapText(escapeText(message), '    ');
    return [`  ${style.yellow('!')} ${first!.trimStart()}`, ...rest];
  });
  const hidden = warnings.length - MAX_WARNINGS;
  return ['', `A reviewer would ask (${formatNumber(warnings.length, 'point')})`, ...lines, ...(hidden > 0 ? [`    … and ${formatCount(hidden)} more: --json lists them all`] : [])];
}

/** What every pair of parts shares. */
export function renderShared(shared: readonly SharedByParts[]): string[] {
  if (shared.length === 0) return [];
  const columns = right(['parts', 'groups', 'patients', 'studies', 'same bytes', 'same pixels', 'look the same']);
  const rows = shared.map(({ parts, groups, patients, studies, instances, identical_images, near_duplicates }) => [
    parts.join(' and '),
    ...[groups, patients, studies, instances, identical_images, near_duplicates].map(formatCount),
  ]);
  return ['', 'Shared by two parts', ...renderTable(columns, rows)];
}

/** Distances of the variables, worst first; columns that say nothing about any of them are left out. */
export function renderVariables({ variables, permutation }: SplitReport, style: Style): string[] {
  const entries = sortWorst(variables);
  if (entries.length === 0) return [];
  const reports = entries.map(([, report]) => report);
  const optional: [title: string, shown: boolean, cell: (report: VariableReport) => string][] = [
    ['of reported', reports.some(({ jsd, jsd_reported, not_reported }) => not_reported > 0 && jsd_reported !== jsd), ({ jsd_reported }) => fixed(jsd_reported)],
    ['std. difference', true, ({ smd }) => (smd === null ? '∞' : smd.toFixed(3))],
    ['KS', reports.some(({ ks }) => ks !== null), ({ ks }) => fixed(ks)],
    ['Wasserstein', reports.some(({ wasserstein }) => wasserstein !== null), ({ wasserstein }) => fixed(wasserstein)],
    ['p', permutation !== null, (report) => (report.permutation === null ? '–' : formatP(report.permutation.p))],
  ];
  const shown = optional.filter(([, show]) => show);
  const columns = right(['variable', 'largest difference', 'total variation', 'Jensen-Shannon', ...shown.map(([title]) => title)]);
  const rows = entries.slice(0, MAX_VARIABLES).map(([name, report]) => [name, ...distances(report), ...shown.map(([, , cell]) => cell(report))]);
  return ['', 'Balance, worst first', ...renderTable(columns, rows), ...moreThan(entries.length), ...renderPermutation(permutation, style)];
}

/** Variables that nobody balanced: how far apart the parts are, and whether the part depends on them. */
export function renderObserved({ observed }: SplitReport): string[] {
  const entries = sortWorst(observed);
  if (entries.length === 0) return [];
  const columns = right(['variable', 'largest difference', 'total variation', 'Jensen-Shannon', 'std. difference', 'p (as unbalanced)']);
  const rows = entries
    .slice(0, MAX_VARIABLES)
    .map(([name, report]) => [name, ...distances(report), report.smd === null ? '∞' : report.smd.toFixed(3), report.permutation === null ? '–' : formatP(report.permutation.p_worse)]);
  return ['', 'Not balanced, looked at all the same', ...renderTable(columns, rows), ...moreThan(entries.length)];
}

/** Distances of the pairs of variables, worst first. */
export function renderPairs({ joint }: SplitReport): string[] {
  const entries = sortWorst(joint);
  if (entries.length === 0) return [];
  const columns = right(['variable', 'largest difference', 'total variation', 'Jensen-Shannon']);
  const rows = entries.slice(0, MAX_VARIABLES).map(([name, report]) => [name, ...distances(report)]);
  return ['', 'Pairs of variables, worst first', ...renderTable(columns, rows), ...moreThan(entries.length)];
}

function renderPermutation(permutation: PermutationReport | null, style: Style): string[] {
  if (permutation === null) return [];
  const { p, runs, least, median } = permutation;
  return wrapText(
    `p: share of ${formatCount(runs)} random splits of the same groups and sizes that are at least as balanced. Over all variables ${formatP(p)}; their mean total variation is ${formatShare(median)} at the median and ${formatShare(least)} at best.`,
    '',
  ).map((line) => style.dim(line));
}

/** Counts and shares of every category by part. */
export function renderCategories({ variables }: SplitReport): string[] {
  return Object.entries(variables).flatMap(([name, { categories, more_categories, level }]) => {
    const parts = Object.keys(categories[0]?.parts ?? {});
    const rows = orderOfScale(categories.slice(0, MAX_CATEGORIES)).map(({ category, total, parts: counts }) => [
      category === '' ? MISSING : category,
      formatCount(total),
      ...parts.map((part) => `${formatCount(counts[part]!.count)}  ${formatShare(counts[part]!.share).padStart(7)}`),
    ]);
    const hidden = categories.length - rows.length + more_categories;
    const unit = level === 'study' ? ' (studies)' : '';
    return ['', `${escapeText(name)}${unit}`, ...renderTable(right(['category', 'all', ...parts.map((part) => shortenText(part, 24))]), rows), ...(hidden > 0 ? [`… and ${formatCount(hidden)} rarer ones`] : [])];
  });
}

/** The split against a reference population. */
export function renderReference({ reference }: SplitReport): string[] {
  if (reference === null) return [];
  const rows = Object.entries(reference.variables).flatMap(([name, variable]) => [
    [name, 'all parts', formatCount(variable.count), points(variable.max_difference), fixed(variable.jsd, 6), fixed(variable.jsd_reported, 6)],
    ...Object.entries(variable.parts).map(([part, distance]) => ['', part, formatCount(distance.count), points(distance.max_difference), fixed(distance.jsd, 6), fixed(distance.jsd_reported, 6)]),
  ]);
  const columns: TableColumn[] = [{ title: 'variable' }, { title: 'part' }, ...right(['', 'count', 'largest difference', 'Jensen-Shannon', 'of reported']).slice(1)];
  const unused = reference.unused.length === 0 ? [] : wrapText(`Not a variable of this split: ${reference.unused.map(escapeText).join(', ')}`, '');
  return ['', `Against ${escapeText(reference.source)} (sha256 ${escapeText(reference.sha256.slice(0, 16))}…)`, ...(rows.length === 0 ? ['Nothing could be compared.'] : renderTable(columns, rows)), ...unused];
}

/** A p-value: `0.0005`, and `< 0.0001` when it is smaller than that. */
export function formatP(p: number): string {
  return p < 0.0001 ? '< 0.0001' : p.toFixed(4);
}

function sortWorst<T extends BalanceReport>(reports: Record<string, T>): [string, T][] {
  return Object.entries(reports).sort(([a, x], [b, y]) => y.max_difference - x.max_difference || (a < b ? -1 : 1));
}

function distances({ max_difference, total_variation, jsd }: BalanceReport): string[] {
  return [points(max_difference), formatShare(total_variation), jsd.toFixed(3)];
}

function points(difference: number | null): string {
  return difference === null ? '–' : `${(difference * 100).toFixed(1)} points`;
}

function fixed(value: number | null, digits = 3): string {
  return value === null ? '–' : value.toFixed(digits);
}

function moreThan(entries: number): string[] {
  return entries > MAX_VARIABLES ? [`… and ${formatCount(entries - MAX_VARIABLES)} more with smaller differences`] : [];
}

/** Columns of which the first is text. */
function right(titles: readonly string[]): TableColumn[] {
  return titles.map((title, index) => ({ title, align: index === 0 ? 'left' : 'right' }));
}
