import { describeDefect } from '../../fixity/file.js';
import { NameCollisions } from '../name-collisions.js';
import type { Claim, ClaimList } from './claims.js';
import type { Examination } from './examination.js';
import type { DigestFinding, DigestItem, DigestResult } from './file-tree.js';

/** How a list stands to the files. */
export interface CompareRules {
  /** Whether a file of the tree ought to be in the list; what is not is passed over. */
  inScope(path: string): boolean;
  /** Whether a file that is not there is known to lie elsewhere. */
  isElsewhere(path: string): boolean;
  /** Whether files that no list names are a problem; otherwise they are counted and told. */
  extras: 'problem' | 'told';
  /** What is said of a file that is not there. */
  missingMessage: string;
  /** Weaknesses of names that the format forgives: another Unicode form, or no decoding. */
  forgivesNames: boolean;
}

/** What a comparison counted. */
export interface Comparison {
  /** Listed files that lie elsewhere. */
  elsewhere: number;
  /** Files in the scope of the list that are there. */
  files: number;
  /** What they measure; null when some of them were not looked at. */
  bytes: number | null;
}

/**
 * Compares lists and files both ways, and hashes what both have, by every algorithm that the lists use. Goes on after every failure.
 */
export async function compareTree(examination: Examination, list: ClaimList, rules: CompareRules): Promise<Comparison> {
  list.finish();
  const found = walkTree(examination, list, rules);
  const odd = rules.forgivesNames ? forgiveNames(examination, list, found) : new Map<string, Claim[]>();
  const bytes = await hashPlaces(examination, list, found, odd);
  const elsewhere: Claim[] = [];
  const missing: Claim[] = [];
  for (const claim of list.claims.values()) if (claim.place === null && !found.unusable.has(claim.path)) (rules.isElsewhere(claim.path) ? elsewhere : missing).push(claim);
  const extras = [...found.others].filter((path) => rules.inScope(path));
  await reportMoved(examination, missing, extras, rules);
  noteCollisions(examination, list);
  return { elsewhere: elsewhere.length, files: found.listed + extras.length, bytes: extras.length === 0 ? bytes : null };
}

/** What a walk found. The files whose very path is listed are marked in their claims, and held nowhere else: there may be millions. */
interface Found {
  /** Plain files that some claim is about. */
  listed: number;
  /** Plain files that no claim is about. */
  others: Set<string>;
  /** Listed names that are there and no plain files; each was reported. */
  unusable: Set<string>;
}

function walkTree(examination: Examination, list: ClaimList, rules: CompareRules): Found {
  const found: Found = { listed: 0, others: new Set(), unusable: new Set() };
  for (const { path, kind } of examination.tree.list()) {
    const claim = list.claims.get(path);
    if (kind !== 'file') {
      if (claim !== undefined) found.unusable.add(path);
      if (kind === 'unreadable') reportFolder(examination, list, path, found.unusable);
      else if (claim !== undefined || rules.inScope(path)) examination.report(kind, path, kind === 'link' ? 'It is a link; where it points was not looked at.' : 'It is a fifo, socket or device, or another thing than a plain file.');
    } else if (claim === undefined) found.others.add(path);
    else {
      claim.place = claim.path;
      found.listed += 1;
    }
  }
  return found;
}

function reportFolder(examination: Examination, list: ClaimList, folder: string, unusable: Set<string>): void {
  examination.report('unreadable', folder, 'The folder cannot be read.');
  for (const path of list.claims.keys()) if (folder === '.' || path.startsWith(`${folder}/`)) unusable.add(path);
}

/** Finds files under another form of the path that is listed. By path of such a file: all claims about it. */
function forgiveNames(examination: Examination, list: ClaimList, found: Found): Map<string, Claim[]> {
  const odd = new Map<string, Claim[]>();
  let byForm: Map<string, string> | null = null;
  for (const claim of list.claims.values()) {
    if (claim.place !== null) continue;
    if (claim.raw !== null && isFile(claim.raw, list, found)) {
      examination.note(`${claim.raw} is there under its name as it stands in the list, without decoding.`);
      addOdd(odd, list, found, claim.raw, claim);
      continue;
    }
    byForm ??= mapForms(list, found);
    const place = byForm.get(claim.path.normalize('NFC'));
    if (place === undefined) continue;
    examination.note(`${claim.path} is there under the same name in another Unicode form (NFC, NFD): on some systems it would not be found.`);
    addOdd(odd, list, found, place, claim);
  }
  for (const place of odd.keys()) found.others.delete(place);
  return odd;
}

function isFile(path: string, { claims }: ClaimList, { others }: Found): boolean {
  return others.has(path) || claims.get(path)?.place === path;
}

/** The files by their path in NFC. */
function mapForms({ claims }: ClaimList, { others }: Found): Map<string, string> {
  const byForm = new Map<string, string>();
  for (const { path, place } of claims.values()) if (place === path) byForm.set(path.normalize('NFC'), path);
  for (const path of others) byForm.set(path.normalize('NFC'), path);
  return byForm;
}

function addOdd(odd: Map<string, Claim[]>, { claims }: ClaimList, found: Found, place: string, claim: Claim): void {
  claim.place = place;
  const about = odd.get(place);
  if (about !== undefined) return void about.push(claim);
  const own = claims.get(place);
  if (own === undefined) found.listed += 1;
  odd.set(place, own === undefined ? [claim] : [own, claim]);
}

function* itemsOf(list: ClaimList, odd: ReadonlyMap<string, Claim[]>): Generator<DigestItem> {
  for (const claim of list.claims.values()) if (claim.place === claim.path && !odd.has(claim.path)) yield itemOf(claim.path, [claim]);
  for (const [path, claims] of odd) yield itemOf(path, claims);
}

function itemOf(path: string, claims: readonly Claim[]): DigestItem {
  const digests = claims.flatMap((claim) => claim.digests);
  return [path, sizeOf(claims), digests.map(([algorithm]) => algorithm), digests.map(([, digest]) => digest)];
}

function sizeOf(claims: readonly Claim[]): number | null {
  return claims.find(({ size_bytes }) => size_bytes !== null)?.size_bytes ?? null;
}

/** Returns what the files measure. */
async function hashPlaces(examination: Examination, list: ClaimList, { listed }: Found, odd: ReadonlyMap<string, Claim[]>): Promise<number> {
  let bytes = 0;
  await examination.tree.digest(itemsOf(list, odd), (result) => {
    count(examination, result, listed);
    bytes += typeof result === 'number' ? result : result.size;
    if (typeof result === 'number') return;
    const own = list.claims.get(result.path);
    judge(examination, result, odd.get(result.path) ?? (own === undefined ? [] : [own]));
  });
  return bytes;
}

function count(examination: Examination, result: DigestResult, totalFiles: number): void {
  examination.files += 1;
  if (typeof result !== 'number') examination.bytes += result.digests === null ? 0 : result.size;
  else if (examination.options.fast !== true) examination.bytes += result;
  if (examination.files % 64 === 0 || examination.files === totalFiles) examination.effects.progress({ stage: 'verifying', files: examination.files, bytes: examination.bytes, totalFiles });
}

function judge(examination: Examination, { path, size, digests, defect, code }: DigestFinding, claims: readonly Claim[]): void {
  if (defect === 'wrong-size') return reportSize(examination, path, sizeOf(claims) ?? 0, size);
  if (defect === 'link' || defect === 'special' || defect === 'missing') return examination.report(defect, path, `It became ${describeDefect(defect)} while verify was running.`);
  if (defect !== null) return examination.report('unreadable', path, `It ${describeDefect(defect)}.`, code === null ? {} : { found: code });
  const wanted = claims.flatMap((claim) => claim.digests);
  const bad = wanted.flatMap(([algorithm, digest], at) => (digest === digests?.[at] ? [] : [{ algorithm, expected: digest, found: digests?.[at] ?? '' }]));
  const [first] = bad;
  if (first === undefined) return;
  const agrees = wanted.length - bad.length;
  const message = agrees === 0 ? `Its bytes are not those of its ${first.algorithm} digest.` : `Its ${first.algorithm} digest is another one, though ${agrees} of ${wanted.length} digests agree: a list was changed, or is wrong.`;
  examination.report(agrees === 0 ? 'corrupt' : 'manifest-tampered', path, message, { expected: first.expected, found: first.found });
}

function reportSize(examination: Examination, path: string, wanted: number, size: number): void {
  const comparison = { expected: `${wanted} bytes`, found: `${size} bytes` };
  if (size < wanted) examination.report('truncated', path, `It was cut short: ${wanted - size} of ${wanted} bytes are gone.`, comparison);
  else examination.report('corrupt', path, `It is longer than the ${wanted} bytes that are listed.`, comparison);
}

/** Names what is missing and what is extra; an extra file with the very bytes of a missing one was renamed. */
async function reportMoved(examination: Examination, missing: readonly Claim[], extras: readonly string[], rules: CompareRules): Promise<void> {
  const moved = missing.length > 0 && extras.length > 0 && examination.options.fast !== true ? await matchMoved(examination, missing, extras) : new Map<Claim, string>();
  const taken = new Set(moved.values());
  for (const claim of missing) {
    const target = moved.get(claim);
    if (target === undefined) examination.report('missing', claim.path, rules.missingMessage);
    else examination.report('renamed', claim.path, `It is there as ${target}.`, { expected: claim.path, found: target });
  }
  const rest = extras.filter((path) => !taken.has(path));
  if (rules.extras === 'told') {
    if (rest.length > 0) examination.notChecked.push(`${rest.length} files that the list does not name, the first of them ${rest[0] ?? ''}: nothing vouches for their bytes.`);
  } else for (const path of rest) examination.report('extra', path, 'No list names it: nothing vouches for its bytes.');
}

async function matchMoved(examination: Examination, missing: readonly Claim[], extras: readonly string[]): Promise<Map<Claim, string>> {
  const wanted = new Map<string, Claim[]>();
  const algorithms = new Set<string>();
  for (const claim of missing) {
    const [algorithm, digest] = claim.digests[0] ?? [];
    if (algorithm === undefined || digest === undefined) continue;
    algorithms.add(algorithm);
    const key = `${algorithm}:${digest}`;
    wanted.set(key, [...(wanted.get(key) ?? []), claim]);
  }
  const names = [...algorithms];
  const found = new Map<string, string[]>();
  // an expected digest that no file has: every result tells its digests
  if (names.length > 0) await examination.tree.digest(extras.map((path): DigestItem => [path, null, names, []]), (result) => {
    if (typeof result === 'number' || result.digests === null) return;
    examination.bytes += result.size;
    found.set(result.path, result.digests);
  });
  const moved = new Map<Claim, string>();
  for (const path of extras) {
    const claim = found.get(path)?.map((digest, at) => wanted.get(`${names[at] ?? ''}:${digest}`)?.shift()).find((each) => each !== undefined);
    if (claim !== undefined) moved.set(claim, path);
  }
  return moved;
}

/** Pairs of names that are told of a list; there may be a million. */
const MAX_COLLISIONS = 20;

function noteCollisions(examination: Examination, { claims }: ClaimList): void {
  const names = new NameCollisions();
  for (const path of claims.keys()) names.add(path);
  let collisions = 0;
  for (const [first, path] of names.find({ has: (name) => claims.has(name), paths: () => claims.keys() })) {
    if (++collisions > MAX_COLLISIONS) return;
    examination.note(`${path} and ${first} are one name on file systems that ignore case or Unicode form: unpacked there, one of them is lost.`);
  }
}
