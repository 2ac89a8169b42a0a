import { readdirSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { CurationError, systemErrorCode, wrapSystemError } from '../../errors.js';
import { PACK_FORMAT } from '../../model/transfer.js';
import { RELEASE_FILES } from '../../model/release.js';
import { hasReleaseMarks } from '../release-marks.js';
import { archiveKind, readHead, type ArchiveKind } from './archive-reading.js';
import { isPayloadManifest } from './bag.js';
import { listKind, type ListKind } from './list-kind.js';
import { isSumsName } from './sums.js';

/** Something that `verify` can verify and that is no folder of a release. */
export type Thing =
  | { kind: 'bag' | 'ocfl-object' | 'ocfl-root'; root: string }
  | { kind: 'pack'; root: string }
  | { kind: 'list'; list: ListKind; root: string; names: string[]; extras: 'problem' | 'told' }
  | { kind: 'archive'; path: string; archive: ArchiveKind };

/** What is said to have been looked for. */
const LOOKED_FOR = 'a Colophon release, a pack of one, a BagIt bag, a list of checksums, a Gen3 manifest, an s5cmd manifest or a table of hashes, an OCFL object or storage root, or a zip, tar or tar.gz of one of them';

const HEAD_BYTES = 1 << 16;

/**
 * Finds out what somebody named; null for what only the reader of releases can judge: a folder with the marks of one, or nothing.
 * @throws {CurationError} NOT_A_RELEASE when it is nothing that is known
 */
export function recogniseKind(path: string): Thing | null {
  try {
    const real = realpathSync(path);
    const stat = statSync(real);
    if (stat.isDirectory()) return recogniseFolder(real, path);
    if (stat.isFile()) return recogniseFile(real, path);
  } catch (error) {
    if (error instanceof CurationError) throw error;
    if (systemErrorCode(error) === 'ENOENT') return null;
    throw wrapSystemError(error, 'opening what is to be verified', path);
  }
  throw notKnown(path, 'it is no folder and no plain file');
}

function recogniseFolder(root: string, shown: string): Thing | null {
  const entries = readdirSync(root, { withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ name }) => name).sort();
  const has = (name: string): boolean => files.includes(name);
  if (hasReleaseMarks(has)) return null;
  if (has('SHA256SUMS') && files.some((name) => isPackIndex(join(root, name)))) return { kind: 'pack', root };
  if (has(RELEASE_FILES.bagit) || files.some(isPayloadManifest)) return { kind: 'bag', root };
  if (files.some((name) => /^0=ocfl_object_/.test(name)) || (has('inventory.json') && files.some((name) => /^inventory\.json\./.test(name)))) return { kind: 'ocfl-object', root };
  if (files.some((name) => /^0=ocfl_[0-9]/.test(name))) return { kind: 'ocfl-root', root };
  return recogniseLists(root, files) ?? fail(shown, `it has ${files.length === 0 ? 'no files of its own' : 'no file that says what it is'}`);
}

/** Lists that lie in a folder beside the files: checksums before others. */
function recogniseLists(root: string, files: readonly string[]): Thing | null {
  const found = new Map<ListKind, string[]>();
  for (const name of files) {
    const kind = listKind(join(root, name), isSumsName(name));
    if (kind !== null) found.set(kind, [...(found.get(kind) ?? []), name]);
  }
  for (const list of ['sums', 'hash-table', 'gen3-manifest', 's5cmd'] as const) {
    const names = found.get(list);
    if (names !== undefined) return { kind: 'list', list, root, names, extras: 'problem' };
  }
  return null;
}

function recogniseFile(path: string, shown: string): Thing {
  const archive = archiveKind(path);
  if (archive === 'other') throw notKnown(shown, 'it is compressed in a way that is not read here', ['Unpack it, and name the folder; or pack it as zip, tar or tar.gz.']);
  if (archive !== null) return { kind: 'archive', path, archive };
  const list = listKind(path, true);
  if (list !== null) return { kind: 'list', list, root: dirname(path), names: [basename(path)], extras: 'told' };
  return fail(shown, basename(path) === RELEASE_FILES.release ? 'it is the document of a release: name the folder that it lies in' : 'it is neither an archive nor a list of files');
}

/** An index of ours begins with the kind of its archives, in the order of RFC 8785. */
function isPackIndex(path: string): boolean {
  if (!path.endsWith('.index.json')) return false;
  const head = readHead(path, HEAD_BYTES).toString('latin1');
  return /^\{"archive":"(?:zip|tar|tar\.gz)","by":"[a-z]+","contents":\[/.test(head) || head.includes(`"format":"${PACK_FORMAT}"`);
}

function fail(shown: string, why: string): never {
  throw notKnown(shown, why);
}

/** Nothing that is known: what was looked for, and why this is none. */
export function notKnown(shown: string, why: string, suggestions = ['Name the folder of one release, e.g. releases/1.0.0, an archive, or a list of checksums beside the files.']): CurationError {
  return new CurationError('NOT_A_RELEASE', `${shown} is not a release, nor anything else that can be verified: ${why}.`, { expected: LOOKED_FOR, suggestions });
}
