import type { Change, ReleaseDiff, VersionReason } from '../model/release-diff.js';
import { describePlace, shortenDigest } from './diff-text.js';
import { renderHtmlPage, type Sha256Base64 } from './html-page.js';
import { PAGE_STYLE } from './html-style.js';
import { htmlText as text } from './html-text.js';
import { scrolled, table } from './split-html-table.js';
import { formatBytes, formatCount, formatNumber } from './units.js';

/** What the page needs beside the comparison. */
export interface DiffHtmlOptions {
  /** For the Content Security Policy. */
  sha256Base64: Sha256Base64;
}

/** Lists of changes are read, not summed: left-aligned, and as long as they are. */
const STYLE = `${PAGE_STYLE}
.asks li.major{border-color:var(--error)}.asks li.minor{border-color:var(--c0)}.asks li.patch{border-color:var(--line)}
.asks small{color:var(--muted);font-size:.85rem;display:block}
.list th,.list td{text-align:left;white-space:normal;overflow-wrap:anywhere;max-width:26rem}
`;

/** The comparison of two releases as one self-contained page: no network, no script. Data are text nodes only (CWE-79). */
export function renderDiffHtml(diff: ReleaseDiff, { sha256Base64 }: DiffHtmlOptions): string {
  const body = `${renderHead(diff)}
<main>
${renderReasons(diff.reasons)}
${renderCounts(diff)}
${renderTables(diff)}
${renderSplits(diff)}
${renderChanges(diff)}
${renderOrigin(diff)}
</main>
<footer>Withdrawn cases are named by their id and the class of the reason alone; hidden cells are not shown.</footer>`;
  return renderHtmlPage({ title: `${diff.dataset.title}: ${diff.from.version} to ${diff.to.version}`, style: STYLE, body }, sha256Base64);
}

function renderHead({ dataset, from, to, level, total }: ReleaseDiff): string {
  const verdict = level === null ? 'No difference' : `${level.toUpperCase()}: ${formatNumber(total, 'change')}`;
  return `<header>
<p class="eyebrow">What changed in ${text(dataset.title)}</p>
<h1>${text(from.version)} → ${text(to.version)}</h1>
<p class="verdict ${level === 'major' ? 'fail' : 'pass'}">${verdict}</p>
</header>`;
}

function renderReasons(reasons: readonly VersionReason[]): string {
  if (reasons.length === 0) return '';
  const items = reasons.map(({ level, message, count, why, examples }) => {
    const named = examples.length === 0 ? '' : `<small>${count > examples.length ? 'Such as' : 'Here'}: ${examples.map((example) => `<code>${text(example)}</code>`).join(', ')}</small>`;
    return `<li class="${level}"><b>${level.toUpperCase()}</b> ${text(message)}. ${text(why)}${named}</li>`;
  });
  return `<section aria-labelledby="why"><h2 id="why">Why this number</h2>\n<ul class="asks">${items.join('\n')}</ul></section>`;
}

function renderCounts({ counts, from, to }: ReleaseDiff): string {
  const rows = (['cases', 'studies', 'series', 'instances', 'bytes', 'tables', 'withdrawn'] as const).map((name) => {
    const shown = name === 'bytes' ? formatBytes : formatCount;
    const difference = counts.to[name] - counts.from[name];
    const sign = difference < 0 ? '−' : '+';
    return [name, shown(counts.from[name]), shown(counts.to[name]), difference === 0 ? '' : `${sign}${shown(Math.abs(difference))}`];
  });
  return `<section aria-labelledby="counts"><h2 id="counts">What they hold</h2>${scrolled('What they hold', table('', ['number of', from.version, to.version, 'difference'], rows))}</section>`;
}

function renderTables({ tables }: ReleaseDiff): string {
  if (tables.length === 0) return '';
  const rows = tables.flatMap(({ table: name, change, rows_added, rows_removed, cells_changed, columns }) => [
    [name, change ?? '', counted(rows_added), counted(rows_removed), counted(cells_changed)],
    ...columns.map((column) => [`${name}.${column.column}`, column.change ?? (column.cells_changed === 0 ? 'described otherwise' : ''), '', '', counted(column.cells_changed)]),
  ]);
  return `<section aria-labelledby="tables"><h2 id="tables">Tables and columns</h2>${scrolled('Tables and columns', table('', ['table, column', 'change', 'rows added', 'rows removed', 'cells changed'], rows))}</section>`;
}

function renderSplits({ splits }: ReleaseDiff): string {
  if (splits.length === 0) return '';
  const rows = splits.map(({ split, change, assigned, unassigned, moved }) => [split, change ?? '', counted(assigned), counted(unassigned), counted(moved)]);
  return `<section aria-labelledby="splits"><h2 id="splits">Splits</h2>${scrolled('Splits', table('', ['split', 'change', 'cases put in', 'cases taken out', 'cases moved'], rows))}</section>`;
}

/** Rules with more changes than this are shut at first. */
const OPEN_CHANGES = 50;

function renderChanges({ changes, total, reasons }: ReleaseDiff): string {
  if (changes.length === 0) return '';
  const groups = new Map<string, Change[]>();
  for (const change of changes) {
    const group = groups.get(change.rule) ?? [];
    groups.set(change.rule, group);
    group.push(change);
  }
  const lists = [...groups].map(([rule, listed]) => {
    const all = reasons.find((reason) => reason.rule === rule)?.count ?? listed.length;
    const rows = listed.map((change) => [change.case_id ?? '–', describePlace(change), shortenDigest(change.before, 200), shortenDigest(change.after, 200)]);
    const more = all > listed.length ? `, of which ${formatCount(listed.length)} are listed` : '';
    return `<details${listed.length <= OPEN_CHANGES ? ' open' : ''}><summary>${text(rule)}: ${formatCount(all)}${more}</summary>${scrolled(rule, table('', ['case', 'where', 'before', 'after'], rows, 'list full'))}</details>`;
  });
  const rest = total > changes.length ? `<p class="muted">${formatCount(total - changes.length)} more are not listed here.</p>` : '';
  return `<section aria-labelledby="changes"><h2 id="changes">Changes</h2>${lists.join('\n')}${rest}</section>`;
}

function renderOrigin({ from, to, date, dataset }: ReleaseDiff): string {
  const digest = (value: string | null): string => (value === null ? 'not released yet' : `sha256:${value}`);
  return `<section aria-labelledby="origin"><h2 id="origin">What was compared</h2><dl><dt>Dataset</dt><dd>${text(dataset.id)}</dd><dt>Before</dt><dd>${text(from.version)} <code>${text(digest(from.digest))}</code></dd><dt>After</dt><dd>${text(to.version)} of ${text(date)} <code>${text(digest(to.digest))}</code></dd></dl></section>`;
}

function counted(count: number): string {
  return count === 0 ? '' : formatCount(count);
}
