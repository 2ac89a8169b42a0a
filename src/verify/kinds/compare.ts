import { describeDefect } from '../../fixity/file.js';
import { collisionKey } from '../../fixity/safe-path.js';
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
  const files = readTree(examination, list, rules);
  const places = placeClaims(examination, list, files, rules);
  const bytes = await hashPlaces(examination, places);
  const used = new Set(places.keys());
  const elsewhere: Claim[] = [];
  const missing: Claim[] = [];
  const here = new Set([...places.values()].flat());
  for (const claim of list.claims.values()) if (!here.has(claim) && !files.unusable.has(claim.path)) (rules.isElsewhere(claim.path) ? elsewhere : missing).push(claim);
  const extras = [...files.plain].filter((path) => !used.has(path) && rules.inScope(path));
  await reportMoved(examination, missing, extras, rules);
  noteCollisions(examination, list);
  return { elsewhere: elsewhere.length, files: used.size + extras.length, bytes: extras.length === 0 ? bytes : null };
}

interface TreeNames {
  plain: Set<string>;
  /** Listed names that are there and no plain files; each was reported. */
  unusable: Set<string>;
}

function readTree(examination: Examination, list: ClaimList, rules: CompareRules): TreeNames {
  const names: TreeNames = { plain: new Set(), unusable: new Set() };
  for (const { path, kind } of examination.tree.list()) {
    if (kind === 'file') names.plain.add(path);
    else {
      const listed = list.claims.has(path);
      if (listed) names.unusable.add(path);
      if (kind === 'unreadable') reportFolder(examination, list, path, names);
      else if (listed || rules.inScope(path)) examination.report(kind, path, kind === 'link' ? 'It is a link; where it points was not looked at.' : 'It is a fifo, socket or device, or another thing than a plain file.');
    }
  }
  return names;
}

function reportFolder(examination: Examination, list: ClaimList, folder: string, names: TreeNames): void {
  examination.report('unreadable', folder, 'The folder cannot be read.');
  for (const path of list.claims.keys()) if (folder === '.' || path.startsWith(`${folder}/`)) names.unusable.add(path);
}

/** By path of a file: the claims that are about it. Mostly that is one, of the same path. */
function placeClaims(examination: Examination, list: ClaimList, { plain }: TreeNames, rules: CompareRules): Map<string, Claim[]> {
  const places = new Map<string, Claim[]>();
  let byForm: Map<string, string> | null = null;
  for (const claim of list.claims.values()) {
    let place = plain.has(claim.path) ? claim.path : null;
    if (place === null && rules.forgivesNames) {
      if (claim.raw !== null && plain.has(claim.raw)) {
        place = claim.raw;
        examination.note(`${claim.raw} is there under its name as it stands in the list, without decoding.`);
      } else {
        byForm ??= new Map([...plain].map((path) => [path.normalize('NFC'), path]));
        place = byForm.get(claim.path.normalize('NFC')) ?? null;
        if (place !== null) examination.note(`${claim.path} is there under the same name in another Unicode form (NFC, NFD): on some systems it would not be found.`);
      }
    }
    if (place === null) continue;
    const claims = places.get(place);
    if (claims === undefined) places.set(place, [claim]);
    else claims.push(claim);
  }
  return places;
}

function* itemsOf(places: ReadonlyMap<string, Claim[]>): Generator<DigestItem> {
  for (const [path, claims] of places) {
    const digests = claims.length === 1 && claims[0] !== undefined ? claims[0].digests : claims.flatMap((claim) => claim.digests);
    const size = claims.find(({ size_bytes }) => size_bytes !== null)?.size_bytes ?? null;
    yield [path, size, digests.map(([algorithm]) => algorithm), digests.map(([, digest]) => digest)];
  }
}

/** Returns what the files measure. */
async function hashPlaces(examination: Examination, places: ReadonlyMap<string, Claim[]>): Promise<number> {
  let bytes = 0;
  await examination.tree.digest(itemsOf(places), (result) => {
    count(examination, result, places.size);
    bytes += typeof result === 'number' ? result : result.size;
    if (typeof result !== 'number') judge(examination, result, places.get(result.path) ?? []);
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
  if (defect === 'wrong-size') return reportSize(examination, path, claims.find(({ size_bytes }) => size_bytes !== null)?.size_bytes ?? 0, size);
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

function noteCollisions(examination: Examination, list: ClaimList): void {
  const first = new Map<string, string>();
  let collisions = 0;
  for (const path of list.claims.keys()) {
    const key = collisionKey(path);
    const other = first.get(key);
    if (other === undefined) first.set(key, path);
    else if (++collisions <= MAX_COLLISIONS) examination.note(`${path} and ${other} are one name on file systems that ignore case or Unicode form: unpacked there, one of them is lost.`);
  }
}
