import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CurationError } from '../../errors.js';
import { writeFileAtomic } from '../../fixity/atomic-file.js';
import { FileDigester } from '../../fixity/digest.js';
import { UnreadableFileError } from '../../fixity/file.js';
import { parseManifestLine } from '../../fixity/manifest.js';
import { unpublishablePathReason } from '../../fixity/safe-path.js';
import { AMENDMENT_FOLDER } from '../../model/amendment.js';
import { RELEASE_FILES, type ReleaseDocument } from '../../model/release.js';
import { MAX_AMENDMENT_BYTES } from '../../fixity/amendment-file.js';
import { MAX_DOCUMENT_BYTES } from '../../release/release-document.js';
import type { Retry } from '../../network/retry.js';
import { readRemote, saveRemote, type Reading } from './remote-document.js';
import type { RemoteRelease } from './remote-index.js';

/** Amendments that are looked for. */
const MAX_AMENDMENTS = 10_000;

/** What may be there and in no list, and how it begins: a server may answer anything for a file that it does not have. */
const UNLISTED: [name: string, begins: RegExp][] = [
  [RELEASE_FILES.signature, /^-----BEGIN SSH SIGNATURE-----/],
  [RELEASE_FILES.minisig, /^untrusted comment:/],
  [RELEASE_FILES.keys, /^\{/],
  [RELEASE_FILES.notice, /^(?!\s*<)/],
];

/**
 * Saves all files beside data/: release.json as it was read, then those that it vouches for, then those of the tag manifest,
 * then what no list names. Files that are there with the right bytes stay.
 * @throws {CurationError} TRANSFER_FAILED, RELEASE_INVALID, INTERRUPTED, DISK_FULL, IO_FAILED
 */
export async function saveMetadata({ source, document, bytes }: RemoteRelease, retry: Retry, folder: string): Promise<void> {
  const reading: Reading = { source, retry };
  writeFileAtomic(join(folder, RELEASE_FILES.release), bytes, { mode: 0o644 });
  const pinned = pinnedFiles(document);
  const tagManifest = await readRemote(reading, RELEASE_FILES.tagManifest, MAX_DOCUMENT_BYTES);
  if (tagManifest === null) throw notThere(reading, RELEASE_FILES.tagManifest);
  const listed = parseTagManifest(tagManifest, source.name);
  for (const [name, sha256] of pinned) if (listed.get(name) !== sha256) throw new CurationError('RELEASE_INVALID', `${source.name}: ${RELEASE_FILES.tagManifest} does not list ${name} as release.json does.`, { expected: sha256, found: listed.get(name) ?? 'nothing', suggestions: ['Tell its publisher, or fetch from another place.'] });
  const digester = new FileDigester();
  for (const [name, sha256] of listed) {
    const target = join(folder, name);
    if (name === RELEASE_FILES.release || isThere(digester, target, sha256)) continue;
    if (!(await saveRemote(reading, name, sha256, target))) throw notThere(reading, name);
  }
  writeFileAtomic(join(folder, RELEASE_FILES.tagManifest), tagManifest, { mode: 0o644 });
  for (const [name, begins] of UNLISTED) {
    const found = await readRemote(reading, name, MAX_DOCUMENT_BYTES, true);
    if (found !== null && begins.test(found.toString('latin1', 0, 100))) writeFileAtomic(join(folder, name), found, { mode: 0o644 });
  }
}

/** What release.json itself vouches for (DOC-4), in the order in which it is fetched. */
function pinnedFiles({ digests }: ReleaseDocument): Map<string, string> {
  const pinned: [string, string | undefined][] = [
    [RELEASE_FILES.bagit, digests.bagit],
    [RELEASE_FILES.bagInfo, digests.bag_info],
    [RELEASE_FILES.manifest, digests.manifest],
    [RELEASE_FILES.sizes, digests.sizes],
    [RELEASE_FILES.fetch, digests.fetch],
    [RELEASE_FILES.changes, digests.changes],
  ];
  return new Map(pinned.flatMap(([name, sha256]) => (sha256 === undefined ? [] : [[name, sha256]])));
}

/** Names beside data/ only: anything else is no tag file of a release. */
function parseTagManifest(bytes: Buffer, source: string): Map<string, string> {
  const listed = new Map<string, string>();
  for (const line of bytes.toString('utf8').split('\n')) {
    if (line === '') continue;
    const entry = parseManifestLine(line);
    const isPlain = entry !== null && !entry.path.includes('/') && unpublishablePathReason(entry.path) === null && entry.path !== 'data';
    if (!isPlain || listed.has(entry.path) || entry.path.startsWith('.')) throw new CurationError('RELEASE_INVALID', `${source}: ${RELEASE_FILES.tagManifest} is no list of the files beside data/.`, { expected: 'lines of a sha256 and a plain name, each once', found: line.slice(0, 120), suggestions: ['Tell its publisher, or fetch from another place.'] });
    listed.set(entry.path, entry.digest);
  }
  return listed;
}

function isThere(digester: FileDigester, path: string, sha256: string): boolean {
  try {
    return digester.hashFile(path).sha256 === sha256;
  } catch (error) {
    if (error instanceof UnreadableFileError) return false;
    throw error;
  }
}

function notThere({ source }: Reading, name: string): CurationError {
  return new CurationError('TRANSFER_FAILED', `${source.name} does not have ${name}, which its release needs.`, { suggestions: ['Tell its publisher, or fetch from another place.'] });
}

/**
 * Saves the amendments of a dataset, and their signatures, beside its releases: 1, 2, 3, ... as long as there are any. One
 * that is here already stays.
 * @param folder that holds the releases here
 * @returns how many there are
 */
export async function saveAmendments(dataset: Reading, folder: string): Promise<number> {
  for (let number = 1; number <= MAX_AMENDMENTS; number++) {
    const name = `${AMENDMENT_FOLDER}/amendment-${number}.json`;
    const target = join(folder, name);
    const bytes = await readRemote(dataset, name, MAX_AMENDMENT_BYTES, true);
    if (bytes === null || !/^\{/.test(bytes.toString('latin1', 0, 1))) return number - 1;
    const signature = await readRemote(dataset, `${name}.sig`, MAX_DOCUMENT_BYTES, true);
    mkdirSync(join(folder, AMENDMENT_FOLDER), { recursive: true });
    if (!existsSync(target)) writeFileAtomic(target, bytes, { mode: 0o644 });
    if (signature !== null && /^-----BEGIN SSH SIGNATURE-----/.test(signature.toString('latin1', 0, 40)) && !existsSync(`${target}.sig`)) writeFileSync(`${target}.sig`, signature, { mode: 0o644 });
  }
  return MAX_AMENDMENTS;
}
