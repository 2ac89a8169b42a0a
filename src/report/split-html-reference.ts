import type { ReferenceVariableReport, SplitReport } from '../model/split.js';
import { htmlText as text } from './html-text.js';
import { drawBars } from './split-charts.js';
import { scrolled, table } from './split-html-table.js';
import { formatCount, formatShare } from './units.js';

/** A chart shows so many categories. */
const CHART_CATEGORIES = 16;

/** The split against a reference population: distances of the whole and of every part, and a chart a variable. */
export function renderReferenceSection({ reference }: SplitReport): string {
  if (reference === null) return '';
  const entries = Object.entries(reference.variables);
  const rows = entries.flatMap(([name, variable]) => [
    [name, 'all parts', ...distances(variable)],
    ...Object.entries(variable.parts).map(([part, distance]) => [name, part, ...distances(distance)]),
  ]);
  const figures = entries.map(([name, variable], at) => renderFigure(`r${at}`, name, variable));
  const left = reference.not_compared.map(({ variable, reason }) => `<li>${text(variable)}: ${text(reason)}</li>`);
  return `<section aria-labelledby="reference"><h2 id="reference">Against ${text(reference.source)}</h2>
<p class="muted">sha256 <code>${text(reference.sha256)}</code>. Jensen-Shannon distance: square root of the base-2 divergence over the union of categories; “of reported” leaves out what is missing, unknown or not reported.</p>
${entries.length === 0 ? '<p>Nothing could be compared.</p>' : scrolled('Distances to the reference', table('', ['variable', 'part', 'count', 'largest difference (points)', 'Jensen-Shannon', '… of reported'], rows, 'full'))}
<div class="cards">${figures.join('\n')}</div>
${left.length === 0 ? '' : `<p>Not compared:</p><ul>${left.join('')}</ul>`}</section>`;
}

function distances({ count, max_difference, jsd, jsd_reported }: Pick<ReferenceVariableReport, 'count' | 'max_difference' | 'jsd' | 'jsd_reported'>): string[] {
  return [formatCount(count), max_difference === null ? '–' : (max_difference * 100).toFixed(1), jsd === null ? '–' : jsd.toFixed(6), jsd_reported === null ? '–' : jsd_reported.toFixed(6)];
}

function renderFigure(id: string, name: string, { reference, date, categories }: ReferenceVariableReport): string {
  const groups = categories.slice(0, CHART_CATEGORIES).map(({ category, share, reference_share }) => ({
    label: category,
    mark: null,
    bars: [
      { color: 0, share, label: `split ${formatShare(share)}` },
      { color: 1, share: reference_share, label: `reference ${formatShare(reference_share)}` },
    ],
  }));
  const rows = categories.map(({ category, share, reference_share }) => [category, formatShare(share), formatShare(reference_share), `${((share - reference_share) * 100).toFixed(1)}`]);
  const beyond = categories.length - groups.length;
  const facts = [`“${text(reference)}” of the reference${date === null ? '' : `, ${text(date)}`}`, ...(beyond > 0 ? [`${formatCount(beyond)} more categories in the table`] : [])].join(' · ');
  return `<figure><figcaption><h3>${text(name)}</h3><p class="facts">${facts}</p></figcaption>
${drawBars(id, `${name} against the reference`, `Shares of the categories of ${name} in the split and in the reference; the numbers are in the table below.`, groups)}
<details><summary>Table</summary>${scrolled(`${name} against the reference`, table('', ['category', 'split', 'reference', 'difference (points)'], rows))}</details></figure>`;
}
