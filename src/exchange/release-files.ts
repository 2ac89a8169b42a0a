import { lstatSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CurationError } from '../errors.js';
import { FileDigester } from '../fixity/digest.js';
import { describeDefect, UnreadableFileError } from '../fixity/file.js';
import { iterateLines, readLines } from '../fixity/lines.js';
import { parseManifestLine } from '../fixity/manifest.js';
import { compareBytewise } from '../fixity/order.js';
import { unpublishablePathReason } from '../fixity/safe-path.js';
import { RELEASE_FILES } from '../model/release.js';
import type { LogEntry } from '../release/release-log.js';

/** A file of a release and the digest that vouches for it. */
export interface ReleaseFile {
  /** From the root of the release; fit to be published. */
  path: string;
  sha256: string;
}

/** Files that no manifest lists: the tag manifest, and what may be added after publication. */
const UNLISTED = [RELEASE_FILES.tagManifest, RELEASE_FILES.signature, RELEASE_FILES.notice];

/** The files of a release, by what its manifests say. Nothing but the manifests is kept in memory, and of them a line. */
export class ReleaseFiles {
  readonly folder: string;

  constructor(readonly entry: LogEntry) {
    this.folder = realpathSync(entry.folder);
  }

  /**
   * The payload in the order of the manifest, which is held against release.json before.
   * @throws {CurationError} RELEASE_INVALID when the manifest was changed or lists what may not be published
   */
  *payload(): Generator<ReleaseFile, void, undefined> {
    const path = join(this.folder, RELEASE_FILES.manifest);
    const expected = this.entry.document.digests.manifest;
    const found = this.#readLines(path, () => {});
    if (found !== expected) throw this.#changed(RELEASE_FILES.manifest, expected, found);
    let last = '';
    for (const { text } of iterateLines(path)) {
      const file = this.#parse(text, RELEASE_FILES.manifest);
      if (!file.path.startsWith('data/')) throw this.#invalid(`${RELEASE_FILES.manifest} lists a path outside data/.`);
      if (compareBytewise(last, file.path) >= 0) throw this.#invalid(`${RELEASE_FILES.manifest} is not sorted, or has a path twice.`);
      last = file.path;
      yield file;
    }
  }

  /** The files beside data/, by name: those of the tag manifest with the digest it gives, the others with their own. */
  tagFiles(): ReleaseFile[] {
    const files: ReleaseFile[] = [];
    this.#readLines(join(this.folder, RELEASE_FILES.tagManifest), (line) => files.push(this.#parse(line, RELEASE_FILES.tagManifest)));
    const digester = new FileDigester();
    for (const path of UNLISTED)
      if (lstatSync(join(this.folder, path), { throwIfNoEntry: false })?.isFile() === true) files.push({ path, sha256: digester.digestFile(join(this.folder, path)).sha256 });
    return files.sort((a, b) => compareBytewise(a.path, b.path));
  }

  /** Absolute path of a file; no folder above it, up to the release, is a link. @throws {CurationError} RELEASE_INVALID */
  locate(path: string): string {
    const folder = dirname(join(this.folder, path));
    if (folder !== this.#lastFolder) {
      let real: string | null = null;
      try {
        real = realpathSync(folder);
      } catch {
        throw this.missing(path);
      }
      if (real !== folder) throw this.#invalid(`${dirname(path)} is reached through a link.`);
      this.#lastFolder = folder;
    }
    return join(this.folder, path);
  }

  #lastFolder = '';

  /** A file that the release lists and this copy does not carry. */
  missing(path: string): CurationError {
    const byReference = this.entry.document.digests.fetch !== undefined;
    return new CurationError('RELEASE_INVALID', `The release ${this.entry.document.version} at ${this.folder} does not hold ${path}.`, {
      suggestions: byReference
        ? ['It is a release by reference: bring its images here first, as fetch.txt lists them.']
        : [`See what else is missing: colophon verify ${this.folder}`],
    });
  }

  /** A file whose bytes are not those that were published. */
  changed({ path, sha256 }: ReleaseFile, found: string): CurationError {
    return this.#changed(path, sha256, found);
  }

  /** A file that could not be read, as an error of this release. */
  unreadable(path: string, error: UnreadableFileError): CurationError {
    return error.defect === 'missing' ? this.missing(path) : this.#invalid(`${path} is ${describeDefect(error.defect)}.`);
  }

  #parse(line: string, list: string): ReleaseFile {
    const entry = parseManifestLine(line);
    if (entry === null) throw this.#invalid(`${list} has a line of another form.`);
    const reason = unpublishablePathReason(entry.path);
    if (reason !== null) throw this.#invalid(`${list} lists a path that ${reason}.`);
    return { path: entry.path, sha256: entry.digest };
  }

  #readLines(path: string, use: (text: string) => void): string {
    try {
      return readLines(path, ({ text }) => use(text)).sha256;
    } catch (error) {
      if (error instanceof UnreadableFileError) throw this.#invalid(error.message);
      throw error;
    }
  }

  #changed(path: string, expected: string, found: string): CurationError {
    return new CurationError('RELEASE_INVALID', `A published release was changed: ${join(this.folder, path)}`, {
      expected: `sha256 ${expected}`,
      found: `sha256 ${found}`,
      suggestions: [`See what else is wrong: colophon verify ${this.folder}`, 'Bring the folder back from a copy; a published release never changes.'],
    });
  }

  #invalid(message: string): CurationError {
    return new CurationError('RELEASE_INVALID', `The release at ${this.folder} cannot be exported: ${message}`, { suggestions: [`See what is wrong: colophon verify ${this.folder}`] });
  }
}
