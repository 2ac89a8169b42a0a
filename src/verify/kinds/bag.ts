import { parseFetchLine, parseManifestLine } from '../../fixity/manifest.js';
import { namedAlgorithm } from '../../fixity/named-digest.js';
import { unsafePathReason } from '../../fixity/safe-path.js';
import { readTagLines, type TagLine } from '../../fixity/tag-text.js';
import { RELEASE_FILES } from '../../model/release.js';
import { readDeclaration, type BagDeclaration } from './bag-declaration.js';
import { checkPayloadOxum } from './bag-info.js';
import { ClaimList } from './claims.js';
import { compareTree } from './compare.js';
import type { Examination } from './examination.js';

const LIST = /^(tag)?manifest-([A-Za-z0-9_-]+)\.txt$/i;

/** Whether a name is that of a payload manifest of a bag. */
export function isPayloadManifest(name: string): boolean {
  return LIST.exec(name)?.[1] === undefined && LIST.test(name);
}

interface BagList {
  name: string;
  algorithm: string;
  digits: number;
}

/**
 * Verifies a BagIt bag of the versions 0.93 to 1.0 (RFC 8493): every manifest and tag manifest by whatever algorithm of node:crypto, in
 * the encoding that the bag declares, against the files, both ways. Returns what it is.
 * @throws {CurationError} RELEASE_TOO_NEW: a later version of BagIt; INTERRUPTED
 */
export async function verifyBag(examination: Examination): Promise<string> {
  const declaration = readDeclaration(examination);
  if (!examination.tree.hasFolder('data')) examination.report('missing', 'data', 'A bag has a folder data/ for its payload (RFC 8493 2.1.2).');
  const lists = findLists(examination);
  if (lists.payload.length === 0) examination.report('missing', 'manifest-sha512.txt', 'The bag has no payload manifest with an algorithm that is known here (RFC 8493 2.1.3): nothing vouches for its payload.');
  const payload = readPayloadManifests(examination, lists.payload, declaration);
  const fetchable = readFetch(examination, declaration);
  const payloadFound = await compareTree(examination, payload, {
    inScope: (path) => path.startsWith('data/'),
    isElsewhere: (path) => fetchable.has(path),
    extras: 'problem',
    missingMessage: 'A manifest lists it and it is not there.',
    forgivesNames: true,
  });
  const { elsewhere } = payloadFound;
  if (elsewhere > 0) examination.notChecked.push(`${elsewhere} payload files that this copy does not carry: ${RELEASE_FILES.fetch} says where they are. Until they are here the bag is not complete.`);
  for (const path of fetchable) if (!payload.claims.has(path)) examination.report('manifest-tampered', RELEASE_FILES.fetch, `It says where to fetch ${path}, which no manifest lists.`);
  await compareTagFiles(examination, lists.tag, declaration);
  checkPayloadOxum(examination, declaration, payloadFound);
  return declaration.version === null ? 'bagit (version unknown)' : `bagit ${declaration.version}`;
}

function findLists(examination: Examination): { payload: BagList[]; tag: BagList[] } {
  const payload: BagList[] = [];
  const tag: BagList[] = [];
  for (const path of examination.tree.lists) {
    const match = LIST.exec(path);
    if (match === null) continue;
    const algorithm = namedAlgorithm(match[2] ?? '');
    if (algorithm === null) examination.notChecked.push(`${path}: its algorithm is not known here.`);
    else (match[1] === undefined ? payload : tag).push({ name: path, algorithm: algorithm.name, digits: algorithm.digits });
  }
  return { payload, tag };
}

/** Reads the lines of a root file of the bag; what is no text is told. */
function readList(examination: Examination, name: string, encoding: string, onLine: (line: TagLine) => void): void {
  const fault = examination.readList(name, (place) => readTagLines(place, encoding, onLine).fault);
  if (fault !== null) examination.report('manifest-malformed', name, `It ${fault}.`);
}

function readPayloadManifests(examination: Examination, manifests: readonly BagList[], declaration: BagDeclaration): ClaimList {
  const list = new ClaimList(examination);
  for (const manifest of manifests) {
    let wrongScope = 0;
    readManifest(examination, manifest, declaration, list, (path) => {
      if (path.startsWith('data/')) return true;
      if (wrongScope++ === 0) examination.report('unsafe-path', path, `${manifest.name} lists it, and it is no payload file: a manifest lists files below data/ only.`);
      return false;
    });
  }
  if (manifests.length > 1) checkCompleteness(examination, manifests, list, declaration);
  return list;
}

/** RFC 8493 3: every payload file is in every manifest; before 1.0 it had to be in one. */
function checkCompleteness(examination: Examination, manifests: readonly BagList[], list: ClaimList, { version }: BagDeclaration): void {
  for (const { name, algorithm } of manifests)
    for (const claim of list.claims.values()) {
      if (claim.digests.some(([known]) => known === algorithm)) continue;
      if (version === '1.0' || version === null) examination.report('manifest-malformed', claim.path, `${name} does not list it, and another manifest does: in BagIt 1.0 every manifest lists every payload file.`);
      else examination.note(`${name} does not list every payload file.`);
    }
}

function readManifest(examination: Examination, { name, algorithm, digits }: BagList, { version, encoding }: BagDeclaration, list: ClaimList, accept: (path: string) => boolean): void {
  const strict = version === '1.0' || version === null;
  readList(examination, name, encoding, ({ text, number }) => {
    if (text.trim() === '') return text === '' ? undefined : list.malformed(name, number);
    const entry = parseManifestLine(text, digits);
    if (entry === null) return list.malformed(name, number);
    if (entry.deviation === 'separator' && /^[0-9a-fA-F]+[ \t]+\*/.test(text)) examination.note(`${name} marks files with * as md5sum does for binary files; the mark is taken off.`);
    const raw = plainPath(text.replace(/^[0-9a-fA-F]+[ \t]+\*?/, ''));
    // %25 stands for % since 1.0
    const path = strict ? plainPath(entry.path) : raw.replace(/%0A/gi, '\n').replace(/%0D/gi, '\r');
    if (raw !== text.replace(/^[0-9a-fA-F]+[ \t]+\*?/, '')) examination.note(`${name} has paths that begin with ./, which is taken off.`);
    if (!accept(path)) return;
    const outcome = list.add({ path, raw, algorithm, digest: entry.digest }, name, number);
    if (outcome !== 'again') return;
    if (strict) examination.report('duplicate', path, `${name} lists it again in line ${number}.`);
    else examination.note(`${name} lists ${path} again in line ${number}.`);
  });
}

/** Old tools write `./data/x`. */
function plainPath(path: string): string {
  return path.replace(/^(?:\.\/)+/, '');
}

/** The payload files that the bag may be without, by fetch.txt (RFC 8493 2.2.3). */
function readFetch(examination: Examination, { encoding }: BagDeclaration): Set<string> {
  const fetchable = new Set<string>();
  const name = RELEASE_FILES.fetch;
  if (examination.tree.locate(name) === null) return fetchable;
  readList(examination, name, encoding, ({ text, number }) => {
    if (text.trim() === '') return;
    const entry = parseFetchLine(text);
    const path = plainPath(entry?.path ?? '');
    const reason = entry === null ? null : (unsafePathReason(path) ?? (path.startsWith('data/') ? null : 'is not below data/'));
    if (entry === null || !URL.canParse(entry.url)) examination.report('manifest-malformed', name, `Line ${number} does not have the form of this list.`);
    else if (reason !== null) examination.report('unsafe-path', path, `${name} names in line ${number} a path that ${reason}.`);
    else fetchable.add(path);
  });
  return fetchable;
}

/** RFC 8493 2.2.1: what a tag manifest lists is there and as listed; what none lists is told. */
async function compareTagFiles(examination: Examination, manifests: readonly BagList[], declaration: BagDeclaration): Promise<void> {
  const list = new ClaimList(examination);
  for (const manifest of manifests)
    readManifest(examination, manifest, declaration, list, (path) => {
      if (!path.startsWith('data/') && !/^tagmanifest-/i.test(path)) return true;
      examination.report('manifest-malformed', manifest.name, `It lists ${path}, and lists of tag files hold neither payload files nor themselves.`);
      return false;
    });
  if (manifests.length === 0) {
    examination.notChecked.push('The files beside data/, the manifests among them: the bag has no tag manifest, so nothing vouches for them.');
    return list.finish();
  }
  await compareTree(examination, list, {
    inScope: (path) => !path.startsWith('data/') && !/^tagmanifest-[^/]*$/i.test(path),
    isElsewhere: () => false,
    extras: 'told',
    missingMessage: 'A tag manifest lists it and it is not there.',
    forgivesNames: true,
  });
}
