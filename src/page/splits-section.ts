import type { PageFacts, PageSplit, SplitVariable } from '../model/page.js';
import { htmlText as text } from '../report/html-text.js';
import { orderOfScale } from '../report/scale-order.js';
import { COLORS, drawBars, renderKey } from '../report/split-charts.js';
import { scrolled, table } from '../report/split-html-table.js';
import { shortenText } from '../report/escape.js';
import { formatCount, formatShare } from '../report/units.js';
import { CHART_CATEGORIES, joinedName, NOT_REPORTED } from './population-section.js';

/** Every published split: its parts, and how evenly its variables are spread over them. */
export function renderSplits({ splits }: PageFacts): string {
  if (splits.length === 0) return '';
  return `<section aria-labelledby="splits"><h2 id="splits">Splits</h2>
<p class="muted">A case is in one part as a whole; which one: <code>data/tables/splits.parquet</code>.</p>
${splits.map((split, at) => renderSplit(`s${at}`, split)).join('\n')}</section>`;
}

function renderSplit(id: string, { name, algorithm, withheld, parts, variables, untold }: PageSplit): string {
  const head = `<h3 id="${id}">${text(name)}</h3><p class="facts muted">${text(algorithm)}</p>`;
  if (withheld !== null) return `<article aria-labelledby="${id}">${head}<p>Its balance is not shown. ${text(withheld)}</p></article>`;
  const all = parts.reduce((sum, { cases }) => sum + cases, 0);
  const names = parts.map((part) => part.name);
  const sizes = parts.map(({ name: part, cases }, color) => ({ label: part, mark: null, bars: [{ color, share: all === 0 ? 0 : cases / all, label: `${formatCount(cases)} (${formatShare(all === 0 ? 0 : cases / all)})` }] }));
  return `<article aria-labelledby="${id}">${head}
${names.length > COLORS ? '' : renderKey(names)}
<div class="cards"><figure><figcaption><h4>Parts</h4></figcaption>${drawBars(`${id}-parts`, `Parts of ${name}`, `${parts.map(({ name: part, cases }) => `${part}: ${cases} cases`).slice(0, COLORS).join(', ')}.`, sizes)}</figure>
${variables.map((variable, at) => renderVariable(`${id}v${at}`, variable, parts)).join('\n')}</div>${untold.length === 0 ? '' : `<p class="muted">Not shown, because it would count small groups: ${text(untold.join(', '))}.</p>`}</article>`;
}

/** Shares of the parts; the mark is the share in all parts together. */
function renderVariable(id: string, variable: SplitVariable, parts: PageSplit['parts']): string {
  const rows = [
    ...orderOfScale(variable.categories.map(({ category, cases }) => ({ category: category ?? NOT_REPORTED, cases }))),
    ...(variable.joined === null ? [] : [{ category: joinedName(variable.joined.categories), cases: variable.joined.cases }]),
  ];
  const all = parts.reduce((sum, { cases }) => sum + cases, 0);
  const share = (count: number, of: number) => (of === 0 ? 0 : count / of);
  const shown = parts.slice(0, COLORS);
  const groups = rows.slice(0, CHART_CATEGORIES).map(({ category, cases }) => ({
    label: category,
    mark: share(sum(cases), all),
    bars: shown.map((part, color) => ({ color, share: share(cases[color] ?? 0, part.cases), label: `${shortenText(part.name, 14)} ${formatShare(share(cases[color] ?? 0, part.cases))}` })),
  }));
  const furthest = Math.max(0, ...rows.flatMap(({ cases }) => parts.map((part, at) => Math.abs(share(cases[at] ?? 0, part.cases) - share(sum(cases), all)))));
  const cells = rows.map(({ category, cases }) => [category, ...parts.map((part, at) => `${formatCount(cases[at] ?? 0)} (${formatShare(share(cases[at] ?? 0, part.cases))})`)]);
  const words = furthest < 0.0005 ? 'Every part is like the whole' : `No part is further than ${(furthest * 100).toFixed(1)} points from the whole`;
  return `<figure><figcaption><h4>${text(variable.name)}</h4><p class="facts">${words}${variable.several ? ' · a case may be in several' : ''}</p></figcaption>
${drawBars(id, `${variable.name} by part`, `${words}. The numbers are in the table below.`, groups)}
<details><summary>Table of ${text(variable.name)}</summary>${scrolled(`${variable.name} by part`, table('', ['category', ...parts.map(({ name }) => name)], cells))}</details></figure>`;
}

function sum(counts: readonly number[]): number {
  return counts.reduce((all, count) => all + count, 0);
}
