import type { PageFacts, PopulationVariable } from '../model/page.js';
import { htmlText as text } from '../report/html-text.js';
import { orderOfScale } from '../report/scale-order.js';
import { drawBars } from '../report/split-charts.js';
import { scrolled, table } from '../report/split-html-table.js';
import { formatCount, formatShare } from '../report/units.js';

/** A chart shows so many categories; the table beside it shows all that are told. */
export const CHART_CATEGORIES = 12;

/** What stands for a missing value. */
export const NOT_REPORTED = 'not reported';

/** Who and what is in the release: one chart a variable, with its numbers. */
export function renderPopulation({ population, document, least_group }: PageFacts): string {
  if (population.length === 0) return '';
  return `<section aria-labelledby="population"><h2 id="population">Population</h2>
<p class="muted">${formatCount(document.counts.cases)} cases by what the tables say of them. Groups of fewer than ${formatCount(least_group)} cases are joined with others; “${NOT_REPORTED}” is an empty cell.</p>
<div class="cards">${population.map((variable, at) => renderVariable(`p${at}`, variable, document.counts.cases)).join('\n')}</div></section>`;
}

function renderVariable(id: string, { name, table: source, several, categories, joined }: PopulationVariable, cases: number): string {
  const named = orderOfScale(categories.map(({ category, cases: count }) => ({ category: category ?? NOT_REPORTED, count })));
  const rows = [...named, ...(joined === null ? [] : [{ category: joinedName(joined.categories), count: joined.cases }])];
  const drawn = rows.slice(0, CHART_CATEGORIES);
  const share = (count: number) => (cases === 0 ? 0 : count / cases);
  const groups = drawn.map(({ category, count }) => ({ label: category, mark: null, bars: [{ color: 0, share: share(count), label: `${formatCount(count)} (${formatShare(share(count))})` }] }));
  const facts = [`table ${source}`, ...(several ? ['a case may be in several'] : []), ...(rows.length > drawn.length ? [`${formatCount(rows.length - drawn.length)} more in the table`] : [])];
  const words = rows.slice(0, 3).map(({ category, count }) => `${category} ${formatShare(share(count))}`).join(', ');
  return `<figure><figcaption><h3>${text(name)}</h3><p class="facts">${text(facts.join(' · '))}</p></figcaption>
${drawBars(id, `Cases by ${name}`, `A bar a category; ${words}${rows.length > 3 ? ', and more' : ''}. The numbers are in the table below.`, groups)}
<details><summary>Table of ${text(name)}</summary>${scrolled(`Cases by ${name}`, table('', ['category', 'cases', 'share'], rows.map(({ category, count }) => [category, formatCount(count), formatShare(share(count))])))}</details></figure>`;
}

/** What small or many categories are called together. */
export function joinedName(categories: number): string {
  return categories === 1 ? 'one other group' : `${formatCount(categories)} other groups`;
}
