import type { NumberRun } from './number-run.js';
import { valueOf } from './number-run.js';
import { hitTokens, type Reading } from './reading.js';
import { NUMBER, SIGN, type Tokens, WORD } from './tokens.js';
import { ACCOUNT_LABEL, DOMAIN } from './word-classes.js';

/** Hosts whose pages define standards, codes and licences: their addresses name nobody. */
const PUBLIC_HOSTS = new Set(
  'creativecommons.org doi.org dx.doi.org nema.org dicom.nema.org medical.nema.org dicomstandard.org w3.org schema.org loinc.org snomed.info unitsofmeasure.org hl7.org terminology.hl7.org ncbi.nlm.nih.gov spdx.org opensource.org purl.org radlex.org'.split(' '),
);
const MAX_ADDRESS_TOKENS = 24;

/** `jane.doe@site.org`, and `user@host` without a domain; the @ is token `at`. */
export function scanAt(reading: Reading, at: number): void {
  const { tokens, kind } = reading;
  const first = joinedStart(tokens, at);
  const last = joinedEnd(tokens, at);
  if (first === at || last === at || tokens.gap[at] === 1 || tokens.gap[at + 1] === 1) return;
  const domain = tokens.text.slice(tokens.start[at + 1], tokens.end[last]);
  const dotted = /\.[A-Za-z]{2,24}$/.test(domain) && (kind !== 'bytes' || (tokens.isWord(last, DOMAIN) && domain.length >= 6 && at - first > 0));
  if (dotted) hitTokens(reading, 'DID-042', 'error', 'an e-mail address', first, last);
  else if (kind !== 'bytes' && tokens.kindOf(at + 1) === WORD && tokens.lengthOf(at + 1) > 2 && tokens.kindOf(first) === WORD && tokens.lengthOf(first) > 2) hitTokens(reading, 'DID-046', 'error', 'an account on a machine', first, last);
}

/** `jdoe (at) site (dot) org`, written so that programs do not see it; the bracket is token `open`. */
export function scanSpelledAt(reading: Reading, open: number): void {
  const { tokens, kind } = reading;
  const spelled = kind !== 'bytes' && /^at$/i.test(tokens.textOf(open + 1)) && (tokens.isSign(open + 2, ')') || tokens.isSign(open + 2, ']'));
  if (!spelled || tokens.kindOf(open - 1) !== WORD || tokens.kindOf(open + 3) !== WORD) return;
  // `EXERCISE (AT) PEAK` has no domain.
  const dotted = tokens.isSign(open + 4, '.') || ((tokens.isSign(open + 4, '(') || tokens.isSign(open + 4, '[')) && /^(dot|punkt|point)$/i.test(tokens.textOf(open + 5)));
  if (dotted) hitTokens(reading, 'DID-042', 'error', 'an e-mail address', open - 1, open + 3);
}

/** First and last token of what is joined without a space and is made of letters, digits, `.`, `-`, `_`, `+`, `%`. */
function joinedStart(tokens: Tokens, index: number): number {
  let first = index;
  for (let steps = 0; steps < MAX_ADDRESS_TOKENS && tokens.gap[first] === 0 && isAddressToken(tokens, first - 1); steps++) first--;
  return first;
}

function joinedEnd(tokens: Tokens, index: number): number {
  let last = index;
  for (let steps = 0; steps < MAX_ADDRESS_TOKENS && isAddressToken(tokens, last + 1) && tokens.gap[last + 1] === 0; steps++) last++;
  while (last > index && tokens.kindOf(last) === SIGN) last--;
  return last;
}

function isAddressToken(tokens: Tokens, index: number): boolean {
  const kind = tokens.kindOf(index);
  return kind === WORD || kind === NUMBER || (kind === SIGN && '.-_+%'.includes(tokens.textOf(index)));
}

/** `http://host/path`; the colon is token `colon`. */
export function scanUrl(reading: Reading, colon: number): void {
  const { tokens } = reading;
  if (!tokens.isSign(colon + 1, '/') || !tokens.isSign(colon + 2, '/') || tokens.kindOf(colon - 1) !== WORD || tokens.lengthOf(colon - 1) < 3) return;
  const last = joinedEnd(tokens, colon + 2);
  if (last === colon + 2) return;
  const host = tokens.text.slice(tokens.start[colon + 3], tokens.end[last]).toLowerCase().replace(/^www\./, '');
  if (!PUBLIC_HOSTS.has(host)) hitTokens(reading, 'DID-042', 'error', 'an address on the web', colon - 1, last);
}

/** `www.site.org`, `pacs.site.local`: the word before token `domain`, which is the last part of a host name. */
export function scanDomain(reading: Reading, domain: number): void {
  const { tokens, kind } = reading;
  if (!tokens.isSign(domain - 1, '.') || tokens.gap[domain] === 1 || tokens.gap[domain - 1] === 1) return;
  if (tokens.isSign(domain + 1, '.') && tokens.gap[domain + 1] === 0 && tokens.isWord(domain + 2, DOMAIN) && tokens.gap[domain + 2] === 0) return; // the later part decides
  if (tokens.isSign(domain + 1, '(') || (tokens.kindOf(domain + 1) === WORD && tokens.gap[domain + 1] === 0)) return;
  const first = joinedStart(tokens, domain);
  if (tokens.isSign(first - 1, '@') || tokens.isSign(first - 1, '/') || tokens.kindOf(first) !== WORD) return;
  const host = tokens.text.slice(tokens.start[first], tokens.end[domain]).toLowerCase();
  const bare = host.replace(/^www\./, '');
  if (PUBLIC_HOSTS.has(bare)) return;
  const labels = bare.split('.');
  if (/\.(local|lan|internal|intra|intranet|corp|hosp|domain|home|arpa)$/.test(host)) hitTokens(reading, 'DID-046', 'error', 'the name of a machine', first, domain);
  else if (bare !== host || labels.length > 2 || isPlainDomain(labels, kind)) hitTokens(reading, 'DID-042', 'error', 'an address on the web', first, domain);
}

/** Two labels only: `site.org`, not `e.g.in` or `chest.ca`. */
function isPlainDomain(labels: readonly string[], kind: string): boolean {
  return kind !== 'bytes' && /^(com|org|net|edu|gov|mil|info|biz|health|de|nl|uk)$/.test(labels[1] ?? '') && (labels[0] ?? '').length >= 3;
}

/** IPv4 in a run of four numbers. A version of four parts has small ones: it is a warning, or nothing after a word that says so. */
export function scanAddressRun(reading: Reading, run: NumberRun): boolean {
  const { tokens } = reading;
  if (run.count !== 4 || run.signs !== '...' || reading.technical) return false;
  const [first = 0] = run.groups;
  const parts = run.groups.map((group) => valueOf(tokens, group));
  if (parts.some((part, at) => part > 255 || tokens.lengthOf(run.groups[at] as number) > 3)) return false;
  if (tokens.gap[first] === 0 && tokens.kindOf(first - 1) === WORD) return false;
  if (/^(v|ver|version|release|rev|build|sw|software)$/i.test(tokens.textOf(tokens.kindOf(first - 1) === WORD ? first - 1 : first - 2))) return false;
  const labelled = tokens.isWord(first - 1, ACCOUNT_LABEL) || /^(ip|addr|address|ipv4)$/i.test(tokens.textOf(tokens.kindOf(first - 1) === WORD ? first - 1 : first - 2));
  const sure = labelled || (parts[0] as number) >= 10 || parts.some((part) => part > 99);
  hitTokens(reading, 'DID-042', sure ? 'error' : 'warning', sure ? 'an IP address' : 'an IP address, or a version of four numbers', first, run.last);
  return true;
}

const MAC = /(?:[0-9A-F]{2}:){5}[0-9A-F]{2}(?![0-9A-F:])|(?:[0-9A-F]{2}-){5}[0-9A-F]{2}(?![0-9A-F-])|(?:[0-9A-F]{4}\.){2}[0-9A-F]{4}(?![0-9A-F.])/iy;
const IPV6 = /(?:[0-9A-F]{1,4}:){7}[0-9A-F]{1,4}(?![0-9A-F:])|(?:[0-9A-F]{1,4}:){1,6}(?::[0-9A-F]{1,4}){1,6}(?![0-9A-F:])|::(?:[0-9A-F]{1,4}:){0,5}[0-9A-F]{1,4}(?![0-9A-F:])/iy;

/** MAC and IPv6 addresses that begin at token `index`. A time (`12:34:56`) is none: it has three parts. */
export function scanHexAddress(reading: Reading, index: number): void {
  const { tokens, hits, kind } = reading;
  const start = tokens.start[index] as number;
  const mac = matchAt(MAC, tokens.text, start);
  if (mac > 0) return hits.add('DID-042', 'error', 'the hardware address of a network card', start, start + mac);
  const ip = matchAt(IPV6, tokens.text, start);
  if (ip >= (kind === 'bytes' ? 12 : 6) && /[0-9]/.test(tokens.text.slice(start, start + ip))) hits.add('DID-042', 'error', 'an IP address', start, start + ip);
}

function matchAt(pattern: RegExp, text: string, start: number): number {
  pattern.lastIndex = start;
  return pattern.exec(text)?.[0].length ?? 0;
}
