import type { SplitReport, SplitWarning } from '../model/split.js';
import { renderHtmlPage, type Sha256Base64 } from './html-page.js';
import { PAGE_STYLE } from './html-style.js';
import { htmlText as text } from './html-text.js';
import { formatP } from './split-balance-text.js';
import { drawBars } from './split-charts.js';
import { renderJoint } from './split-html-joint.js';
import { renderReferenceSection } from './split-html-reference.js';
import { renderObservedSection, renderVariableFigures, renderVariableTable } from './split-html-variables.js';
import { scrolled, table } from './split-html-table.js';
import { formatCount, formatNumber, formatShare } from './units.js';

/** What the page needs beside the report. */
export interface SplitHtmlOptions {
  /** Title of the dataset. */
  title: string;
  sha256Base64: Sha256Base64;
}

/**
 * The report on a split as one self-contained page: no network, no script, no style from elsewhere. Every chart has a title,
 * a description and a table of its numbers. Data are text nodes only (CWE-79).
 */
export function renderSplitHtml(report: SplitReport, { title, sha256Base64 }: SplitHtmlOptions): string {
  const body = `${renderHead(report, title)}
<main>
${renderParts(report)}
${renderAsks(report.warnings)}
${renderLeakage(report)}
${renderVariableTable(report)}
${renderVariableFigures(report)}
${renderObservedSection(report)}
${renderJoint(report)}
${renderReferenceSection(report)}
${renderUnassigned(report)}
${renderOrigin(report)}
</main>
<footer>This page counts small groups, and hidden parts where there are any: keep it with the data until they may be known.</footer>`;
  return renderHtmlPage({ title: `Split ${report.split}: ${title}`, style: PAGE_STYLE, body }, sha256Base64);
}

function renderHead({ split, leakage, conflicts }: SplitReport, title: string): string {
  const leaks = Object.entries(leakage).filter(([, count]) => (count as number) > 0);
  const words = leaks.length > 0 ? `Leakage: in two parts are ${leaks.map(([name, count]) => `${formatCount(count as number)} ${name}`).join(', ')}` : 'No patient, study or image is in two parts';
  const undecided = conflicts.length > 0 ? ` <p class="fail">${formatNumber(conflicts.length, 'conflict')} need a decision: ${conflicts.map(({ message }) => text(message)).join(' ')}</p>` : '';
  return `<header>
<p class="eyebrow">Split of ${text(title)}</p>
<h1>${text(split)}</h1>
<p class="verdict ${leaks.length > 0 ? 'fail' : 'pass'}">${words}</p>${undecided}
</header>`;
}

/** Charts show so many parts; the tables show all. */
const MAX_PARTS = 40;

function renderParts({ parts, frozen }: SplitReport): string {
  const entries = Object.entries(parts);
  const heldOut = entries.some(([, { held_out }]) => held_out > 0);
  const groups = entries.slice(0, MAX_PARTS).map(([name, { cases, share, target }], at) => ({
    label: name,
    mark: target,
    bars: [{ color: at, share, label: `${formatShare(share)}, ${formatNumber(cases, 'case')}` }],
  }));
  const rows = entries.map(([name, { cases, share, target, held_out }]) => [name, formatCount(cases), formatShare(share), formatShare(target), ...(heldOut ? [formatCount(held_out)] : [])]);
  const all = entries.reduce((sum, [, { cases }]) => sum + cases, 0);
  return `<section aria-labelledby="parts"><h2 id="parts">Parts</h2>
<figure>${drawBars('parts-chart', 'Size of the parts', 'One bar a part: its share of the cases; the mark is its target.', groups)}
<details open><summary>Table</summary>${scrolled('Parts', table('', ['part', 'cases', 'share', 'target', ...(heldOut ? ['held out'] : [])], rows))}</details></figure>
<p class="muted">${formatNumber(all, 'case')}, of which ${formatCount(frozen)} are frozen. The mark in a bar is the target.</p></section>`;
}

/** Codes that put the split itself into question. */
const GRAVE: ReadonlySet<SplitWarning['code']> = new Set(['leakage', 'hidden-part', 'tied-part']);
const MAX_ASKS = 200;

function renderAsks(warnings: readonly SplitWarning[]): string {
  const items = warnings.slice(0, MAX_ASKS).map(({ code, message }) => `<li${GRAVE.has(code) ? ' class="grave"' : ''}><b>${code.replaceAll('-', ' ')}</b> ${text(message)}</li>`);
  const shown = items.slice(0, 8);
  const rest = items.slice(8);
  const more = rest.length === 0 ? '' : `<details><summary>${formatCount(warnings.length - shown.length)} more</summary><ul class="asks">${rest.join('\n')}</ul></details>`;
  return `<section aria-labelledby="asks"><h2 id="asks">What a reviewer would ask</h2>
${items.length === 0 ? '<p>Nothing stands out.</p>' : `<ul class="asks">${shown.join('\n')}</ul>${more}`}</section>`;
}

function renderLeakage({ shared }: SplitReport): string {
  if (shared.length === 0) return '';
  const head = ['parts', 'linked groups', 'patients', 'studies', 'same bytes', 'same pixels', 'look the same'];
  const rows = shared.map(({ parts, groups, patients, studies, instances, identical_images, near_duplicates }) => [parts.join(' and '), ...[groups, patients, studies, instances, identical_images, near_duplicates].map(formatCount)]);
  return `<section aria-labelledby="leaks"><h2 id="leaks">Shared by two parts</h2>${scrolled('Shared by two parts', table('', head, rows, 'full'))}</section>`;
}

function renderUnassigned({ unassigned }: SplitReport): string {
  if (unassigned.length === 0) return '';
  const reasons = new Map<string, number>();
  for (const { reason } of unassigned) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  const rows = [...reasons].sort(([, a], [, b]) => b - a).slice(0, 50).map(([reason, count]) => [reason, formatCount(count)]);
  return `<section aria-labelledby="none"><h2 id="none">In no part: ${formatNumber(unassigned.length, 'case')}</h2>${scrolled('Cases in no part', table('', ['reason', 'cases'], rows))}</section>`;
}

function renderOrigin({ seed, algorithm, input_digest, permutation }: SplitReport): string {
  const test = permutation === null ? 'not run' : `${formatCount(permutation.runs)} random splits of the same groups and sizes; p = ${formatP(permutation.p)} over all variables`;
  return `<section aria-labelledby="origin"><h2 id="origin">How it was made</h2><dl><dt>Algorithm</dt><dd>${text(algorithm)}</dd><dt>Seed</dt><dd><code>${text(seed)}</code></dd><dt>Input digest</dt><dd><code>${text(input_digest)}</code></dd><dt>Permutation test</dt><dd>${test}</dd></dl></section>`;
}
