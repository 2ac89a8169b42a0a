import { LATE_REGION } from '../fixity/late-region.js';
import type { PageFacts } from '../model/page.js';
import { renderHtmlPage, type Sha256Base64 } from '../report/html-page.js';
import { htmlText as text } from '../report/html-text.js';
import { formatBytes, formatCount } from '../report/units.js';
import { renderChanges } from './changes-section.js';
import { renderCite } from './cite-section.js';
import { renderDictionary } from './dictionary-section.js';
import { renderIdentity } from './identity-section.js';
import { renderPopulation } from './population-section.js';
import { renderSplits } from './splits-section.js';
import { LANDING_STYLE } from './style.js';
import { renderVerify } from './verify-section.js';

/** What a page needs beside its facts. */
export interface LandingPageOptions {
  /** The program that verifies a folder in the browser. */
  script: string;
  sha256Base64: Sha256Base64;
}

/**
 * index.html of a release, its late region empty: what it is and how many of what, charts, changes, dictionary, how to cite,
 * fetch and verify it. Data are text nodes only (CWE-79); the same facts give the same bytes.
 */
export function renderLandingPage(facts: PageFacts, { script, sha256Base64 }: LandingPageOptions): string {
  const { dataset, version } = facts.document;
  const sections = [renderChanges(facts), renderPopulation(facts), renderSplits(facts), renderDictionary(facts), renderCite(facts), renderVerify(facts), renderIdentity(facts)];
  const body = `<a class="skip" href="#main">Skip to the content</a>
${renderHead(facts)}
<main id="main">
${sections.filter((section) => section !== '').join('\n')}
</main>
<footer>Everything here was counted from the tables of this release when it was cut; groups of fewer than ${formatCount(facts.least_group)} cases are joined with others. The page works without a network and sends nothing anywhere.</footer>`;
  return renderHtmlPage({ title: `${dataset.title} ${version}`, style: LANDING_STYLE, script, workers: true, indexed: true, json_ld: facts.json_ld, body }, sha256Base64);
}

const PLACES = [
  ['changes', 'Changes'],
  ['population', 'Population'],
  ['splits', 'Splits'],
  ['dictionary', 'Tables'],
  ['cite', 'Cite'],
  ['verify', 'Verify'],
  ['identity', 'Identity'],
] as const;

function renderHead({ document, about, population, splits }: PageFacts): string {
  const { dataset, version, date, counts } = document;
  const figures: [string, string][] = [
    [formatCount(counts.cases), counts.cases === 1 ? 'case' : 'cases'],
    [formatCount(counts.studies), counts.studies === 1 ? 'study' : 'studies'],
    [formatCount(counts.series), 'series'],
    [formatCount(counts.instances), counts.instances === 1 ? 'image' : 'images'],
    [formatBytes(counts.bytes), 'of images'],
    [formatCount(counts.tables), 'tables'],
    [formatCount(counts.withdrawn), 'withdrawn'],
  ];
  const missing = new Set<string>([...(population.length === 0 ? ['population'] : []), ...(splits.length === 0 ? ['splits'] : [])]);
  return `<header>
<p class="eyebrow">Dataset ${text(dataset.id)}, release ${text(version)} of ${text(date)}</p>
<h1>${text(dataset.title)}</h1>
${about.description === null ? '' : `<p class="lead">${text(about.description)}</p>\n`}<p class="muted">${text(origin(about))}Licence ${text(dataset.license)}.</p>
<ul class="figures">${figures.map(([figure, name]) => `<li><b>${figure}</b> ${name}</li>`).join('')}</ul>
<p class="digest"><strong>Release digest</strong> <code>sha256:<span id="digest">${LATE_REGION}</span></code></p>
<nav aria-label="On this page"><ul>${PLACES.filter(([id]) => !missing.has(id)).map(([id, name]) => `<li><a href="#${id}">${name}</a></li>`).join('')}</ul></nav>
</header>`;
}

function origin({ creators, publisher }: PageFacts['about']): string {
  const names = creators.slice(0, 20).map(({ name, affiliation }) => (affiliation === null ? name : `${name} (${affiliation})`));
  const more = creators.length > names.length ? ` and ${creators.length - names.length} more` : '';
  const by = names.length === 0 ? '' : `By ${names.join(', ')}${more}. `;
  return publisher === null || publisher === creators[0]?.name ? by : `${by}Published by ${publisher}. `;
}
