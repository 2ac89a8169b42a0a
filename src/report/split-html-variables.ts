import type { ContinuousReport, SplitReport, VariableReport } from '../model/split.js';
import { htmlText as text } from './html-text.js';
import { formatP, MISSING } from './split-balance-text.js';
import { drawBars, drawCurves, renderKey, type BarGroup } from './split-charts.js';
import { orderOfScale } from './scale-order.js';
import { scrolled, table } from './split-html-table.js';
import { shortenText } from './escape.js';
import { formatCount, formatShare } from './units.js';

/** A chart shows so many categories and parts, the table below it more. */
const CHART_CATEGORIES = 12;
const CHART_PARTS = 8;
const TABLE_CATEGORIES = 60;

/** All distances of all variables. */
export function renderVariableTable({ variables, permutation }: SplitReport): string {
  const entries = Object.entries(variables).sort(([a, x], [b, y]) => y.max_difference - x.max_difference || (a < b ? -1 : 1));
  if (entries.length === 0) return '';
  const head = ['variable', 'largest difference (points)', 'total variation', 'Jensen-Shannon', '… of reported', 'std. difference', '… multinomial', 'KS', 'Wasserstein', ...(permutation === null ? [] : ['p', 'random: median', 'random: best'])];
  const rows = entries.map(([name, report]) => [
    name,
    (report.max_difference * 100).toFixed(1),
    formatShare(report.total_variation),
    report.jsd.toFixed(4),
    fixed(report.jsd_reported, 4),
    report.smd === null ? '∞' : report.smd.toFixed(3),
    fixed(report.smd_multinomial),
    fixed(report.ks),
    fixed(report.wasserstein),
    ...(permutation === null ? [] : permutationCells(report)),
  ]);
  return `<section aria-labelledby="balance"><h2 id="balance">Balance of the variables, worst first</h2>
${scrolled('Balance of the variables', table('', head, rows, 'full'))}
<details><summary>What these measure</summary><dl>
<dt>largest difference</dt><dd>of a category's share in a part from its share in the whole, in percentage points</dd>
<dt>total variation</dt><dd>distance of a part from the whole, mean over the parts; the permutation test is about it</dd>
<dt>Jensen-Shannon</dt><dd>distance (square root of the base-2 divergence) of two parts, mean over their pairs; “of reported” leaves out what is missing, unknown or not reported</dd>
<dt>std. difference</dt><dd>without sign, the largest over pairs of parts: of any category (Austin 2009), of the means for numbers; multinomial: over all categories at once (Yang &amp; Dalton 2012). Above 0.1 is commonly called imbalance</dd>
<dt>KS, Wasserstein</dt><dd>of the cumulative curves of numbers, the largest over pairs of parts</dd>
${permutation === null ? '' : `<dt>p</dt><dd>share of ${formatCount(permutation.runs)} random splits of the same groups and sizes that are at least as balanced, (b + 1) / (runs + 1)</dd>`}
</dl></details></section>`;
}

function permutationCells({ permutation }: VariableReport): string[] {
  return permutation === null ? ['–', '–', '–'] : [formatP(permutation.p), formatShare(permutation.median), formatShare(permutation.least)];
}

/** One chart a variable, with its numbers below. */
export function renderVariableFigures({ variables, parts }: SplitReport): string {
  const names = Object.keys(parts);
  const figures = Object.entries(variables).map(([name, report], at) => renderFigure(`v${at}`, name, report, names));
  if (figures.length === 0) return '';
  return `<section aria-labelledby="charts"><h2 id="charts">Distribution by part</h2>
${renderKey(names.slice(0, CHART_PARTS))}${names.length > CHART_PARTS ? `<p class="muted">Charts show the first ${CHART_PARTS} of ${names.length} parts, tables show all.</p>` : ''}
<p class="muted">Bars are shares of a part; the mark is the share in all parts together.</p>
<div class="cards">${figures.join('\n')}</div></section>`;
}

/** Variables that nobody balanced, with whether the part depends on them. */
export function renderObservedSection({ observed, parts }: SplitReport): string {
  const entries = Object.entries(observed);
  if (entries.length === 0) return '';
  const names = Object.keys(parts);
  const rows = entries.map(([name, report]) => [
    name,
    (report.max_difference * 100).toFixed(1),
    formatShare(report.total_variation),
    report.jsd.toFixed(4),
    report.smd === null ? '∞' : report.smd.toFixed(3),
    ...(report.permutation === null ? ['–', '–'] : [formatP(report.permutation.p_worse), formatShare(report.permutation.median)]),
  ]);
  const head = ['variable', 'largest difference (points)', 'total variation', 'Jensen-Shannon', 'std. difference', 'p (as unbalanced)', 'random: median'];
  return `<section aria-labelledby="observed"><h2 id="observed">Not balanced, looked at all the same</h2>
<p class="muted">Where, when and by which machine: a small p says that the part depends on it.</p>
${scrolled('Variables that are not balanced', table('', head, rows, 'full'))}
<details><summary>Charts</summary><div class="cards">${entries.map(([name, report], at) => renderFigure(`o${at}`, name, report, names)).join('\n')}</div></details></section>`;
}

function renderFigure(id: string, name: string, report: VariableReport, names: readonly string[]): string {
  const { level, not_reported, categories, more_categories, continuous } = report;
  const all = totalUnits(report, names);
  const shown = orderOfScale(categories.slice(0, CHART_CATEGORIES));
  const groups = shown.map(({ category, total, parts }): BarGroup => ({
    label: category === '' ? MISSING : category,
    mark: all === 0 ? null : total / all,
    bars: names.slice(0, CHART_PARTS).map((part, color) => ({ color, share: parts[part]?.share ?? 0, label: `${shortenText(part, 14)} ${formatShare(parts[part]?.share ?? 0)}` })),
  }));
  const beyond = categories.length - shown.length + more_categories;
  const facts = [level === 'study' ? 'counts studies' : 'counts cases', `${formatShare(not_reported)} missing or not reported`, ...(beyond > 0 ? [`${formatCount(beyond)} rarer categories not drawn`] : [])];
  const rows = orderOfScale(categories.slice(0, TABLE_CATEGORIES)).map(({ category, total, parts }) => [category === '' ? MISSING : category, formatCount(total), ...names.map((part) => `${formatCount(parts[part]?.count ?? 0)} (${formatShare(parts[part]?.share ?? 0)})`)]);
  const rest = categories.length - rows.length + more_categories;
  return `<figure><figcaption><h3>${text(name)}</h3><p class="facts">${facts.join(' · ')}</p></figcaption>
${continuous === null ? '' : renderCurves(`${id}-c`, name, continuous, names)}
${drawBars(id, `${name} by part`, `Shares of the categories of ${name} in every part; the numbers are in the table below.`, groups)}
<details><summary>Table</summary>${scrolled(`${name}, counts by part`, table('', ['category', 'all', ...names], rows))}${rest > 0 ? `<p class="muted">${formatCount(rest)} rarer categories are in the JSON form of this report.</p>` : ''}</details></figure>`;
}

/** Cases (studies) of all parts, from a category's count and share. */
function totalUnits({ categories }: VariableReport, names: readonly string[]): number {
  return names.reduce((sum, part) => {
    const found = categories.find(({ parts }) => (parts[part]?.share ?? 0) > 0)?.parts[part];
    return found === undefined ? sum : sum + Math.round(found.count / found.share);
  }, 0);
}

function renderCurves(id: string, name: string, { curve, parts }: ContinuousReport, names: readonly string[]): string {
  const shown = names.slice(0, CHART_PARTS);
  const { values } = curve;
  const rows = names.map((part) => {
    const { count, missing, mean, sd, q25, median, q75 } = parts[part]!;
    return [part, formatCount(count), formatCount(missing), ...[mean, sd, q25, median, q75].map((value) => (value === null ? '–' : String(Number(value.toFixed(2)))))];
  });
  const summary = scrolled(`${name}, the numbers by part`, table('', ['part', 'numbers', 'missing', 'mean', 'sd', '25 %', 'median', '75 %'], rows));
  if (values.length === 0) return summary;
  const middle = values[Math.floor(values.length / 2)]!;
  const axis = [values[0]!, middle, values.at(-1)!].map((value) => `<span>${Number(value.toFixed(1))}</span>`).join('');
  const curves = shown.map((part, color) => ({ color, shares: curve.parts[part]! })).filter((_, at) => parts[shown[at]!]!.count > 0);
  return `${drawCurves(id, `Cumulative curves of ${name}`, `For every part the share of its numbers up to each value, from ${values[0]} to ${values.at(-1)}; a summary is in the table below.`, values, curves)}
<div class="axis" aria-hidden="true">${axis}</div>
<p class="facts">Share of a part's numbers up to a value, 0 % at the bottom to 100 % at the top.</p>${summary}`;
}

function fixed(value: number | null, digits = 3): string {
  return value === null ? '–' : value.toFixed(digits);
}
