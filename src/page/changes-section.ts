import type { PageFacts } from '../model/page.js';
import { htmlText as text } from '../report/html-text.js';
import { scrolled, table } from '../report/split-html-table.js';
import { formatCount } from '../report/units.js';

/** What a reader of the release before has to know, and which cases are no longer there. */
export function renderChanges({ document, reasons, tombstones }: PageFacts): string {
  const { previous, counts } = document;
  const list = (reasons ?? []).map(({ level, message }) => `<li><span class="level">${level}</span> ${text(message)}</li>`);
  const since =
    previous === null
      ? '<p>This is the first release.</p>'
      : `<p>Since ${text(previous.version)} (digest <code>sha256:${text(previous.digest)}</code>):</p>
${list.length === 0 ? '<p>Nothing changed; the number was raised by hand.</p>' : `<ul class="changes">${list.join('')}</ul>`}
<p class="muted">In sentences: <a href="CHANGES.md">CHANGES.md</a>; one by one: <code>data/tables/changes.parquet</code>.</p>`;
  return `<section aria-labelledby="changes"><h2 id="changes">Changes</h2>
${since}
<h3>Withdrawn</h3>
${renderTombstones(tombstones, counts.withdrawn)}</section>`;
}

function renderTombstones(tombstones: PageFacts['tombstones'], total: number): string {
  if (total === 0) return '<p>No case of an earlier release was withdrawn.</p>';
  const rows = tombstones.map(({ case_id, reason, since_version, date, replacement }) => [case_id, reason, since_version, date, replacement ?? '–']);
  const more = total > rows.length ? `<p class="muted">${formatCount(total - rows.length)} more are in <code>data/tables/tombstones.parquet</code>.</p>` : '';
  return `<p>${total === 1 ? 'One case that an earlier release held is' : `${formatCount(total)} cases that earlier releases held are`} not in this one. Stop using ${total === 1 ? 'it, and delete your copy' : 'them, and delete your copies'}.</p>
${scrolled('Withdrawn cases', table('', ['case', 'reason', 'not in releases since', 'withdrawn on', 'replaced by'], rows, 'words'))}${more}`;
}
