import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { wrapSystemError } from '../errors.js';
import { FileDigester } from '../fixity/digest.js';
import { UnreadableFileError } from '../fixity/file.js';
import { iterateLines } from '../fixity/lines.js';
import { parseManifestLine } from '../fixity/manifest.js';
import { compareBytewise } from '../fixity/order.js';
import { RELEASE_FILES } from '../model/release.js';
import { damaged, type ReleaseFile } from './release-tree.js';

/** A file beside data/. */
export interface TagFile extends ReleaseFile {
  /** It is in no manifest, because it may come, or become another one, after the release: a signature, a notice. */
  later: boolean;
}

/** Names of the files beside data/ that may be there and in no manifest: they came after the release, or are the manifest. */
const UNLISTED = new Set<string>(Object.values(RELEASE_FILES));

/**
 * The files beside data/, hashed, sorted: those of the tag manifest as it says, and those that no manifest lists because
 * they may come later. release.json must be the one that was published.
 * @param digest the release digest, 64 hex digits
 * @throws {CurationError} RELEASE_INVALID
 */
export function tagFiles(folder: string, digest: string): TagFile[] {
  const listed = readTagManifest(folder).set(RELEASE_FILES.release, digest);
  const names = listNames(folder);
  for (const name of listed.keys()) if (!names.includes(name)) throw damaged(name, 'a file of the tag manifest', 'no such file');
  const digester = new FileDigester();
  return names.map((path) => {
    const expected = listed.get(path);
    if (expected === undefined && !UNLISTED.has(path)) throw damaged(path, 'a file of the tag manifest', 'a file that is in no list');
    const { size_bytes, sha256 } = readable(path, () => digester.hashFile(join(folder, path)));
    if (expected !== undefined && sha256 !== expected) throw damaged(path, `sha256:${expected}`, `sha256:${sha256}`);
    return { path, size_bytes, sha256, later: expected === undefined && path !== RELEASE_FILES.tagManifest };
  });
}

function readTagManifest(folder: string): Map<string, string> {
  return readable(RELEASE_FILES.tagManifest, () => {
    const lines = new Map<string, string>();
    for (const { text, number, defect } of iterateLines(join(folder, RELEASE_FILES.tagManifest))) {
      const entry = defect === null ? parseManifestLine(text) : null;
      if (entry === null) throw damaged(RELEASE_FILES.tagManifest, 'lines of its form', `line ${number} has another`);
      lines.set(entry.path, entry.digest);
    }
    return lines;
  });
}

function listNames(folder: string): string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    const odd = entries.find((entry) => !entry.isFile() && !(entry.isDirectory() && entry.name === 'data'));
    if (odd !== undefined) throw damaged(odd.name, 'plain files and the folder data/', 'something else');
    return entries.filter((entry) => entry.isFile()).map(({ name }) => name).sort(compareBytewise);
  } catch (error) {
    throw wrapSystemError(error, 'reading the release', folder);
  }
}

function readable<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof UnreadableFileError) throw damaged(path, 'a readable file', error.message);
    throw error;
  }
}
