import { licenseLink } from '../model/license.js';
import type { PageFacts } from '../model/page.js';
import { htmlText as text } from '../report/html-text.js';

/** Licence, and how a paper names exactly this release. */
export function renderCite({ document, about, citation }: PageFacts): string {
  const { license } = document.dataset;
  const link = licenseLink(license);
  const licence = link === null ? text(license) : `<a rel="license" href="${text(link)}">${text(license)}</a>`;
  const links = [
    ...(about.doi === null ? [] : [`<dt>DOI</dt><dd><a href="https://doi.org/${text(encodeURI(about.doi))}">${text(about.doi)}</a></dd>`]),
    ...(about.url === null ? [] : [`<dt>Dataset</dt><dd><a href="${text(about.url)}">${text(about.url)}</a></dd>`]),
  ];
  return `<section aria-labelledby="cite"><h2 id="cite">Licence and citation</h2>
<dl><dt>Licence</dt><dd>${licence}</dd>${links.join('')}</dl>
<p>Cite the version and its digest: with the digest, readers can check that they have the very same data.</p>
<pre tabindex="0" aria-label="Citation">${text(citation)} Release digest <span data-digest>sha256:…, as at the top of this page</span></pre></section>`;
}
