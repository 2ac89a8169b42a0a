import { lstatSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { strict as assert } from 'node:assert';
import { CurationError, systemErrorCode, wrapSystemError } from '../../errors.js';
import { unsafePathReason } from '../../fixity/safe-path.js';

/** A folder below which paths from lists are written: never outside of it, and through no link. */
export class SafeFolder {
  readonly #known = new Set<string>();

  /** @param root which has to be there; it may be reached through a link, nothing below it may */
  constructor(readonly root: string) {}

  /**
   * The place of a file, whose folders are made.
   * @param path which a rule of safe-path has passed
   * @throws {CurationError} RELEASE_INVALID when a link or a file is where a folder belongs; IO_FAILED
   */
  place(path: string): string {
    assert(unsafePathReason(path) === null, `${path} is safe`);
    this.#makeFolder(dirname(path));
    return join(this.root, path);
  }

  /** Size of a plain file; null when there is none, or something else. */
  sizeOf(path: string): number | null {
    assert(unsafePathReason(path) === null, `${path} is safe`);
    if (!this.isReached(dirname(path))) return null;
    const stat = lstatSync(join(this.root, path), { throwIfNoEntry: false });
    return stat?.isFile() === true ? stat.size : null;
  }

  /** Whether a folder is there and no link leads to it. */
  isReached(folder: string): boolean {
    if (folder === '.' || this.#known.has(folder)) return true;
    if (!this.isReached(dirname(folder))) return false;
    const reached = lstatSync(join(this.root, folder), { throwIfNoEntry: false })?.isDirectory() === true;
    if (reached) this.#known.add(folder);
    return reached;
  }

  #makeFolder(folder: string): void {
    if (folder === '.' || this.#known.has(folder)) return;
    this.#makeFolder(dirname(folder));
    const path = join(this.root, folder);
    try {
      mkdirSync(path);
    } catch (error) {
      if (systemErrorCode(error) !== 'EEXIST') throw wrapSystemError(error, 'making the folder', path);
      if (!lstatSync(path).isDirectory()) throw new CurationError('RELEASE_INVALID', `There is something else where a folder belongs, and nothing is written through it: ${folder}`, { suggestions: ['Move it away, then run the same command again.'] });
    }
    this.#known.add(folder);
  }
}
