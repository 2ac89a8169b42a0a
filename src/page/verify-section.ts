import type { PageFacts } from '../model/page.js';
import { htmlText as text } from '../report/html-text.js';

/** How to get the files and to make sure of them: in this page, with Colophon, with the tools of every system. */
export function renderVerify({ document, about, signers, by_reference }: PageFacts): string {
  const { version, dataset } = document;
  const folder = `${dataset.id}-${version}`;
  const place = about.url === null ? null : `${about.url.replace(/\/+$/, '')}/${version}`;
  const source = place === null ? 'Take the whole folder from where you found this page, and keep its names.' : `Take the whole folder from <a href="${text(place)}">${text(place)}</a>, and keep its names.`;
  const digest = '<span data-digest>sha256:…</span>';
  const signature = signers.length === 0 ? '' : `<p>It is signed. With the keys of the publisher in <code>allowed_signers</code>, add <code>--signers allowed_signers</code>, or by hand:</p>
<pre tabindex="0" aria-label="Command that checks the signature">ssh-keygen -Y verify -f allowed_signers -I PUBLISHER -n colophon-release@v1 -s release.json.sig &lt; release.json</pre>`;
  return `<section aria-labelledby="verify"><h2 id="verify">Fetch and verify</h2>
${renderBrowserCheck()}
<h3>Fetch</h3>
<p>${source}</p>${by_reference ? FETCH_IMAGES : ''}
<h3>With Colophon</h3>
<pre tabindex="0" aria-label="Command of Colophon">colophon verify ${text(shellWord(folder))} --expect ${digest}</pre>
<h3>With nothing but coreutils</h3>
<pre tabindex="0" aria-label="Commands of coreutils">sha256sum -c --quiet --strict ${by_reference ? '--ignore-missing ' : ''}manifest-sha256.txt
sha256sum -c --quiet --strict tagmanifest-sha256.txt
sha256sum release.json   <span class="muted"># ${digest}</span>
grep -c "\\"manifest\\":\\"$(sha256sum &lt; manifest-sha256.txt | cut -c 1-64)\\"" release.json   <span class="muted"># 1</span></pre>
${signature}</section>`;
}

/** What brings the images that fetch.txt lists, with nothing but a shell and curl; those that are there already stay. */
const FETCH_IMAGES = `<p>The images are elsewhere; in the folder, this fetches each of them that is not there yet:</p>
<pre tabindex="0" aria-label="Command that fetches the images">while read -r url size path; do
  test -e "$path" || { mkdir -p "$(dirname "$path")" &amp;&amp; curl -fsS -o "$path" -- "$url"; }
done &lt; fetch.txt</pre>`;

/** Shown by the script; without scripts there is nothing to press. */
function renderBrowserCheck(): string {
  return `<div class="check" id="check" hidden>
<h3>In this page</h3>
<p>Your copy is read and hashed here, in the browser. Nothing leaves this machine.</p>
<div class="drop" id="drop"><p>Drop the folder of the release here, or</p><label class="pick" for="folder">choose the folder<input type="file" id="folder" webkitdirectory multiple></label></div>
<div id="run" hidden><p><label for="progress" id="stage">Reading the folder</label></p><progress id="progress" max="1" value="0"></progress><p id="figures" class="muted"></p><button type="button" id="cancel">Cancel</button></div>
<p id="live" role="status" aria-live="polite" class="muted"></p>
<div id="result" class="result" tabindex="-1" hidden></div>
</div>
<noscript><p>With scripts, this page can check a copy of the release in the browser.</p></noscript>`;
}

/** One word of a POSIX shell, whatever is in it. */
function shellWord(word: string): string {
  return /^[A-Za-z0-9_.:\/@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
