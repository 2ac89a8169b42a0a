import { AMENDMENT_FOLDER, amendmentName } from '../model/amendment.js';
import { licenseLink } from '../model/license.js';
import type { IndexEntry } from '../model/page.js';
import { renderHtmlPage, type Sha256Base64 } from '../report/html-page.js';
import { htmlText as text } from '../report/html-text.js';
import { formatBytes, formatCount, formatNumber } from '../report/units.js';
import { LANDING_STYLE } from './style.js';

/** All releases of a dataset. */
export interface ReleaseIndex {
  dataset: { id: string; title: string; description: string | null; license: string; url: string | null };
  /** Oldest first. */
  entries: readonly IndexEntry[];
  /** Number of the newest amendment beside them; null when there is none. */
  amendment: number | null;
}

/** What a status means to a reader. */
const STATUS: Record<IndexEntry['status'], string> = {
  published: 'published',
  amended: 'amended since: read its NOTICE before you use it',
  missing: 'not here',
  edited: 'changed after it was published: do not use it',
};

/** releases/index.html: every release of the dataset, newest first, and where its page is. The same releases give the same bytes. */
export function renderReleaseIndex({ dataset, entries, amendment }: ReleaseIndex, sha256Base64: Sha256Base64): string {
  const newest = entries.at(-1);
  const rows = entries.toReversed().map(renderRow);
  const body = `<header>
<p class="eyebrow">Dataset ${text(dataset.id)}</p>
<h1>${text(dataset.title)}</h1>
${dataset.description === null ? '' : `<p class="lead">${text(dataset.description)}</p>\n`}<p class="muted">${formatNumber(entries.length, 'release')}${newest === undefined ? '' : `, the newest is ${text(newest.version)} of ${text(newest.date)}`}. Licence ${text(dataset.license)}.</p>
</header>
<main>
<h2 id="releases">Releases</h2>
<div class="wide" role="region" tabindex="0" aria-labelledby="releases"><table class="full"><thead><tr><th scope="col">release</th><th scope="col">date</th><th scope="col">cases</th><th scope="col">images</th><th scope="col">size</th><th scope="col">tombstones</th><th scope="col">release digest</th><th scope="col">status</th></tr></thead>
<tbody>${rows.join('\n')}</tbody></table></div>
<p class="muted">A published release never changes. Each is chained to the one before by its digest; <code>log/</code> holds the release.json of every one.${tellAmendment(amendment)}</p>
</main>`;
  return renderHtmlPage({ title: `Releases of ${dataset.title}`, style: LANDING_STYLE, indexed: true, json_ld: describeForSearch(dataset, entries), body }, sha256Base64);
}

function renderRow(entry: IndexEntry): string {
  const { version, sequence, date, digest, counts, status, has_page } = entry;
  const name = has_page ? `<a href="${text(encodeURIComponent(version))}/index.html">${text(version)}</a>` : text(version);
  const log = `<a href="log/${sequence}.json"><code>${text(digest.slice(0, 16))}…</code></a>`;
  const cells = [formatCount(counts.cases), formatCount(counts.instances), formatBytes(counts.bytes), formatCount(counts.withdrawn)];
  return `<tr><th scope="row">${name}</th><td>${text(date)}</td>${cells.map((cell) => `<td>${cell}</td>`).join('')}<td><span title="sha256:${text(digest)}">${log}</span></td><td class="${status === 'published' ? 'muted' : 'fail'}">${describeStatus(entry)}</td></tr>`;
}

/** A withdrawal is told also of a release whose folder is gone from here: copies of it are elsewhere. */
function describeStatus({ status, withdrawn_since }: IndexEntry): string {
  if (withdrawn_since === 0) return STATUS[status];
  const told = `${formatNumber(withdrawn_since, 'case')} withdrawn since`;
  return status === 'amended' ? `${told}: read its NOTICE before you use it` : `${STATUS[status]}; ${told}`;
}

function tellAmendment(number: number | null): string {
  if (number === null) return '';
  const path = `${AMENDMENT_FOLDER}/${amendmentName(number)}`;
  return ` What was withdrawn since stands in <a href="${text(path)}"><code>${text(path)}</code></a>: keep it beside every copy, and <code>colophon verify</code> names the files to destroy.`;
}

/** schema.org: the dataset, and a version each release. */
function describeForSearch(dataset: ReleaseIndex['dataset'], entries: readonly IndexEntry[]): Record<string, unknown> {
  return {
    '@context': 'https://schema.org',
    '@type': 'Dataset',
    name: dataset.title,
    alternateName: dataset.id,
    description: dataset.description ?? dataset.title,
    license: licenseLink(dataset.license) ?? dataset.license,
    ...(dataset.url === null ? {} : { url: dataset.url }),
    ...(entries.length === 0 ? {} : { version: entries.at(-1)?.version, dateModified: entries.at(-1)?.date }),
    workExample: entries.map(({ version, date, digest }) => ({ '@type': 'Dataset', name: `${dataset.title} ${version}`, version, datePublished: date, identifier: `sha256:${digest}` })),
  };
}
