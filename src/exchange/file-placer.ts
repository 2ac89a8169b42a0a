import { linkSync, lstatSync, mkdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { CurationError, systemErrorCode, wrapSystemError } from '../errors.js';
import { fsyncFolder } from '../fixity/atomic-file.js';
import { UnreadableFileError } from '../fixity/file.js';
import { HashingCopier, type CopiedBytes } from '../fixity/hashing-copier.js';
import { flushFiles } from '../release/payload.js';
import type { ReleaseFile, ReleaseFiles } from './release-files.js';

/** Files, or bytes, between two looks at the signal. */
const FILES_AT_ONCE = 64;
const BYTES_AT_ONCE = 64 << 20;

export interface PlacerOptions {
  /** Links instead of copies: no space, but a file that is edited in one place is edited in both. */
  hardlink: boolean;
  sha512: boolean;
  signal?: AbortSignal | undefined;
  /** Told how much is placed. */
  onProgress?: ((files: number, bytes: number) => void) | undefined;
}

/**
 * Brings files of a release into another layout; every byte is hashed on the way and held against the manifest. What a killed
 * run left is kept when its bytes are right.
 */
export class FilePlacer {
  readonly #copier: HashingCopier;
  readonly #pending: string[] = [];
  readonly #folders = new Set<string>();
  #seen = { files: 0, bytes: 0 };
  files = 0;
  bytes = 0;

  constructor(readonly options: PlacerOptions) {
    this.#copier = new HashingCopier(options.sha512);
  }

  /**
   * Places one file; its digests are those of the bytes that are there now.
   * @throws {CurationError} RELEASE_INVALID when they are not the published ones; DISK_FULL, IO_FAILED
   */
  place(release: ReleaseFiles, file: ReleaseFile, target: string): CopiedBytes {
    const source = release.locate(file.path);
    const kept = this.#keep(target, file.sha256);
    const placed = kept ?? this.#bring(release, file, source, target);
    if (placed.sha256 !== file.sha256) {
      rmSync(target, { force: true });
      throw release.changed(file, placed.sha256);
    }
    this.files += 1;
    this.bytes += placed.size_bytes;
    this.#pending.push(target);
    return placed;
  }

  /** Takes a file away again that was placed last. */
  drop(target: string): void {
    rmSync(target, { force: true });
    if (this.#pending.at(-1) === target) this.#pending.pop();
  }

  /** Digests of a file of a release that is only counted, as if it were placed. */
  digest(release: ReleaseFiles, file: ReleaseFile): CopiedBytes {
    const found = this.#read(release, file.path, release.locate(file.path), null);
    if (found.sha256 !== file.sha256) throw release.changed(file, found.sha256);
    this.files += 1;
    this.bytes += found.size_bytes;
    return found;
  }

  /** sha256 of a file that was written beside the placed ones. */
  digestFile(path: string): string {
    return this.#copier.copy(path, null).sha256;
  }

  /**
   * Between two files: now and then lets signals through, and makes durable what was placed.
   * @throws {CurationError} INTERRUPTED; what is placed stays for the next run
   */
  async pause(): Promise<void> {
    if (this.files - this.#seen.files < FILES_AT_ONCE && this.bytes - this.#seen.bytes < BYTES_AT_ONCE) return;
    this.#seen = { files: this.files, bytes: this.bytes };
    this.options.onProgress?.(this.files, this.bytes);
    await flushFiles(this.#pending.splice(0));
    await setImmediate();
    if (this.options.signal?.aborted === true) throw new CurationError('INTERRUPTED', 'Interrupted; the same command goes on where it stopped.');
  }

  /** Makes all durable: the files, and the folders that they are in. */
  async flush(): Promise<void> {
    await flushFiles(this.#pending.splice(0));
    for (const folder of this.#folders) fsyncFolder(folder);
    this.#folders.clear();
  }

  /** Makes a folder and remembers it for `flush`. */
  makeFolder(folder: string): void {
    if (this.#folders.has(folder)) return;
    try {
      mkdirSync(folder, { recursive: true });
    } catch (error) {
      throw wrapSystemError(error, 'making a folder', folder);
    }
    this.#folders.add(folder);
  }

  #keep(target: string, sha256: string): CopiedBytes | null {
    if (lstatSync(target, { throwIfNoEntry: false }) === undefined) return null;
    try {
      const found = this.#copier.copy(target, null);
      if (found.sha256 === sha256) return found;
    } catch (error) {
      if (!(error instanceof UnreadableFileError)) throw error;
    }
    rmSync(target, { force: true });
    return null;
  }

  #bring(release: ReleaseFiles, { path }: ReleaseFile, source: string, target: string): CopiedBytes {
    this.makeFolder(dirname(target));
    if (!this.options.hardlink) return this.#read(release, path, source, target);
    link(source, target);
    return this.#read(release, path, target, null);
  }

  #read(release: ReleaseFiles, path: string, source: string, target: string | null): CopiedBytes {
    try {
      return this.#copier.copy(source, target);
    } catch (error) {
      if (error instanceof UnreadableFileError) throw release.unreadable(path, error);
      throw error;
    }
  }
}

function link(source: string, target: string): void {
  try {
    linkSync(source, target);
  } catch (error) {
    const code = systemErrorCode(error);
    if (code !== 'EXDEV' && code !== 'EPERM' && code !== 'EMLINK' && code !== 'ENOTSUP') throw wrapSystemError(error, 'linking', target);
    throw new CurationError('IO_FAILED', `A file of the release cannot be linked (${code}): ${source}`, {
      cause: error,
      suggestions: ['Leave --hardlink away: the two lie on different file systems, or theirs knows no links.'],
    });
  }
}
