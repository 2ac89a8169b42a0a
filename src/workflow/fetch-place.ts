import { existsSync, lstatSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CurationError, wrapSystemError } from '../errors.js';
import { fsyncFolder } from '../fixity/atomic-file.js';
import { sha256Hex } from '../fixity/digest.js';
import { readRegularFile, UnreadableFileError } from '../fixity/file.js';
import { RELEASE_FILES } from '../model/release.js';
import { MAX_DOCUMENT_BYTES } from '../release/release-document.js';
import type { RemoteRelease } from '../transfer/fetch/remote-index.js';

/** Where a release is put together, and where it belongs. */
export interface FetchPlace {
  /** The folder that gets the files. */
  root: string;
  /** The folder of the release in the end; the same when it is there already. */
  final: string;
  /** The folder for what is on its way, on the same file system. */
  parts: string;
  /** What is removed in the end, and what an interrupted run leaves. */
  aside: string;
}

/**
 * The place of a release below `folder`: aside until it is whole, or, when its folder is there already, in it.
 * @throws {CurationError} USAGE when something else is there
 */
export function choosePlace(folder: string, { document, digest }: RemoteRelease): FetchPlace {
  const final = join(folder, document.version);
  const aside = join(folder, `.fetch-${document.version}-${digest.slice(0, 16)}`);
  const place = { final, aside, parts: join(aside, 'parts') };
  if (lstatSync(final, { throwIfNoEntry: false }) === undefined) return { ...place, root: join(aside, 'release') };
  const found = digestAt(final);
  if (found === digest) return { ...place, root: final };
  throw new CurationError('USAGE', `There is something else where the release belongs: ${final}`, {
    expected: `nothing, or the release sha256:${digest}`,
    found: found === null ? 'no release' : `the release sha256:${found}`,
    suggestions: ['Name another folder.', `If it was this release once: colophon repair ${final} --expect sha256:${digest}`],
  });
}

/** Digest of the release in a folder; null when it is none. */
function digestAt(folder: string): string | null {
  try {
    if (!lstatSync(folder).isDirectory()) return null;
    return sha256Hex(readRegularFile(join(folder, RELEASE_FILES.release), MAX_DOCUMENT_BYTES));
  } catch (error) {
    if (error instanceof UnreadableFileError) return null;
    throw error;
  }
}

/** Makes the folders of a place. @throws {CurationError} IO_FAILED, USAGE when a link is among those that are ours */
export function makePlace({ root, parts, aside }: FetchPlace): void {
  try {
    for (const path of [aside, parts, root]) {
      mkdirSync(path, { recursive: true });
      if (!lstatSync(path).isDirectory()) throw new CurationError('USAGE', `There is a link where a folder belongs, and nothing is written through it: ${path}`);
    }
  } catch (error) {
    throw wrapSystemError(error, 'making the folder', root);
  }
}

/** Gives a release that is whole its name; leaves nothing aside. */
export function settle({ root, final, aside }: FetchPlace): void {
  try {
    if (root !== final) {
      fsyncFolder(root);
      renameSync(root, final);
    }
    fsyncFolder(join(final, '..'));
    rmSync(aside, { recursive: true, force: true });
  } catch (error) {
    throw wrapSystemError(error, 'moving the release into place', final);
  }
}

/** Does work in a folder for metadata that is gone afterwards. */
export async function withScratch<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'colophon-fetch-'));
  try {
    return await work(folder);
  } finally {
    if (existsSync(folder)) rmSync(folder, { recursive: true, force: true });
  }
}
