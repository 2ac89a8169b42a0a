import type { ChosenFolder } from './chosen-folder.js';
import { CopyCheck, type CopyProblem } from './copy-check.js';
import type { HashPool } from './hash-pool.js';
import { readLines } from './lists.js';
import { hashFixedPart } from './page-region.js';
import { findReleaseRoot } from './release-root.js';
import { Sha256 } from './sha256.js';

/** What was found out about a folder. */
export interface FolderReport {
  /** By path. */
  problems: CopyProblem[];
  /** Release digest of the folder, 64 hex digits; null when it has no release.json. */
  digest: string | null;
  files: number;
  bytes: number;
  /** Sentences: what cannot be checked here. */
  notChecked: string[];
}

/** How far a check is. */
export interface FolderProgress {
  stage: string;
  files: number;
  totalFiles: number;
  bytes: number;
  totalBytes: number;
}

/** A file beside data/ that is read as a whole is at most so long, in bytes. */
const MAX_WHOLE_BYTES = 64 << 20;

/**
 * Checks a folder as `colophon verify` does: first what the release says of itself, then whether tree and lists agree, sizes
 * before bytes, then every byte.
 * @param expected release digest that the page is about
 * @returns null when the folder holds no release, or several
 */
export async function verifyFolder(folder: ChosenFolder, expected: string, pool: HashPool, onProgress: (progress: FolderProgress) => void): Promise<FolderReport | null> {
  const root = findReleaseRoot(folder.files.map(({ path }) => path));
  if (root === null) return null;
  const files = new Map(folder.files.flatMap((each) => (each.path.startsWith(root) ? [[each.path.slice(root.length), each] as const] : [])));
  const check = new CopyCheck(Array.from(files, ([path, { size }]) => ({ path, size })));
  for (const path of folder.unreadable) check.report('unreadable', path.startsWith(root) ? path.slice(root.length) : path, 'It cannot be read.');
  const digest = await readRelease(check, files.get('release.json')?.file, expected);
  for (const list of ['tagmanifest-sha256.txt', 'manifest-sha256.txt', 'payload-sizes.txt', 'fetch.txt']) {
    const file = files.get(list)?.file;
    if (file !== undefined) await readLines(file, (line, number) => check.takeLine(list, line, number));
  }
  const done: FolderProgress = { stage: 'Reading the lists', files: 0, totalFiles: files.size, bytes: 0, totalBytes: Array.from(files.values()).reduce((sum, { size }) => sum + size, 0) };
  const hash = async (paths: readonly string[], onDigest: (path: string, sha256: string) => void): Promise<void> => {
    const jobs = paths.flatMap((path) => (files.has(path) ? [{ ...files.get(path)!, path }] : []));
    await pool.hash(
      jobs,
      (path, sha256, failure) => {
        done.files += 1;
        if (sha256 === null) check.report('unreadable', path, `It cannot be read: ${failure}`);
        else onDigest(path, sha256);
      },
      (bytes) => {
        done.bytes += bytes;
        onProgress(done);
      },
    );
  };
  const page = files.get('index.html')?.file;
  const fixed = page === undefined || check.pinOf('index.html') === undefined || page.size > MAX_WHOLE_BYTES ? undefined : hashFixedPart(new Uint8Array(await page.arrayBuffer()), digest ?? '');
  await hash(check.tagFiles(), (name, sha256) => check.judgeTagFile(name, sha256, name === 'index.html' ? fixed : undefined));
  done.stage = 'Hashing the files';
  await hash(check.compare().map(({ path }) => path), (path, sha256) => check.judgePayload(path, sha256));
  const moved = new Map<string, string>();
  await hash(check.possiblyMoved().map(({ path }) => path), (path, sha256) => void moved.set(path, sha256));
  check.reportMoved(moved);
  const problems = check.problems.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  return { problems, digest, files: done.files, bytes: done.bytes, notChecked: sayUnchecked(check, files.has('release.json.sig')) };
}

/** Holds release.json against the digest of this page, and takes from it what it vouches for. */
async function readRelease(check: CopyCheck, file: File | undefined, expected: string): Promise<string | null> {
  if (file === undefined || file.size > MAX_WHOLE_BYTES) return null;
  const bytes = new Uint8Array(await file.arrayBuffer());
  const digest = new Sha256().update(bytes).hex();
  if (digest !== expected) check.report('manifest-tampered', 'release.json', 'It is not the release that this page is about: another one, or changed.', { expected, found: digest });
  try {
    const document: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    if (typeof document === 'object' && document !== null && 'digests' in document) check.takePins(document.digests);
  } catch {
    check.report('manifest-malformed', 'release.json', 'It is not JSON.');
  }
  return digest;
}

function sayUnchecked(check: CopyCheck, isSigned: boolean): string[] {
  return [
    ...(check.notCarried > 0 ? [`${check.notCarried} files that this copy does not carry: fetch.txt says where they are.`] : []),
    isSigned ? 'The signature in release.json.sig: ssh-keygen -Y verify, or colophon verify --signers, checks it.' : 'A signature: there is none in this folder.',
    'Whether this page is the one that was published: compare the release digest at its top with the one that the publisher names elsewhere.',
    'Links and special files, which a browser does not tell from files; and the releases before this one.',
    'Whether cases were withdrawn since.',
  ];
}
