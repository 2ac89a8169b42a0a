import { readTagLines, type TagLine } from '../../fixity/tag-text.js';
import { parseSumsLine } from '../../fixity/sums-line.js';
import { namedAlgorithm } from '../../fixity/named-digest.js';
import { ClaimList } from './claims.js';
import { compareTree } from './compare.js';
import type { Examination } from './examination.js';

/** Names that lists of checksums go by: SHA256SUMS, MD5SUMS.txt, b2sums, x.sha256, checksums.txt, CHECKSUM.SHA512 ... */
const NAME = /^(?:([a-z0-9-]+?)[-_.]?sums?(?:[-_.]([a-z0-9-]+))?(?:\.txt)?|.*\.([a-z0-9-]+?)(?:sums?)?)$/i;

/** Algorithms by the length of a digest in hex, for names that do not tell. */
const BY_DIGITS = new Map([[32, 'md5'], [40, 'sha1'], [56, 'sha224'], [64, 'sha256'], [96, 'sha384'], [128, 'sha512']]);

/** Whether a name may be that of a list of checksums. */
export function isSumsName(name: string): boolean {
  return /^checksums?(?:\.txt)?$/i.test(name) || algorithmOfName(name) !== null;
}

function algorithmOfName(name: string): string | null {
  const match = NAME.exec(name);
  for (const part of match?.slice(1) ?? []) {
    const algorithm = part === undefined ? null : namedAlgorithm(part);
    if (algorithm !== null) return algorithm.name;
  }
  return null;
}

/** Whether a text begins as a list of checksums does: its first line that is neither empty nor a comment is one of them. */
export function looksLikeSums(head: string): boolean {
  const line = head.split(/\r?\n/).find((each) => each !== '' && !each.startsWith('#'));
  return line !== undefined && parseSumsLine(line) !== null;
}

/**
 * Verifies files beside lists of checksums in the dialects of GNU and BSD. The algorithm is what a line names, else what the name of the
 * list says, else what the length of the digest says.
 * @param extras whether files that no list names are problems (a folder was named), or told (a list was)
 */
export async function verifySums(examination: Examination, names: readonly string[], extras: 'problem' | 'told'): Promise<string> {
  const list = new ClaimList(examination);
  const used = new Set<string>();
  for (const name of names) for (const algorithm of readSums(examination, name, list)) used.add(algorithm);
  const own = new Set(names);
  if (list.claims.size === 0 && examination.problems.length === 0) examination.report('manifest-malformed', names[0] ?? '.', 'It lists no file.');
  await compareTree(examination, list, { inScope: (path) => !own.has(path), isElsewhere: () => false, extras, missingMessage: 'The list names it and it is not there.', forgivesNames: false });
  if ([...used].some((algorithm) => /^(?:md|sha1|ripemd)/i.test(algorithm))) examination.notChecked.push(`Whether somebody changed the files on purpose: ${[...used].sort().join(', ')} does not protect against that.`);
  examination.notChecked.push(`Whether ${names.join(', ')} is the published one: nothing vouches for it.`);
  return `${[...used].sort().join('+') || 'unknown'}sums`;
}

/** Reads one list; returns the algorithms of its lines. */
function readSums(examination: Examination, name: string, list: ClaimList): Set<string> {
  const used = new Set<string>();
  const byName = algorithmOfName(name.slice(name.lastIndexOf('/') + 1));
  const takeLine = ({ text, number }: TagLine): void => {
    if (text === '' || text.startsWith('#')) return;
    const entry = parseSumsLine(text);
    const algorithm = entry === null ? null : (entry.algorithm ?? algorithmFor(entry.digest, byName));
    if (entry === null || algorithm === null) return list.malformed(name, number);
    used.add(algorithm);
    const path = entry.path.replace(/^(?:\.\/)+/, '');
    if (list.add({ path, algorithm, digest: entry.digest }, name, number) === 'again') examination.note(`${name} lists ${path} again in line ${number}.`);
  };
  const fault = examination.readList(name, (place) => readTagLines(place, 'utf-8', takeLine).fault);
  if (fault !== null) examination.report('manifest-malformed', name, `It ${fault}.`);
  return used;
}

function algorithmFor(digest: string, byName: string | null): string | null {
  if (byName !== null && namedAlgorithm(byName)?.digits === digest.length) return byName;
  return byName === null ? (BY_DIGITS.get(digest.length) ?? null) : null;
}
