import { lstatSync, mkdirSync, open, rmdirSync, rmSync, statfsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { strict as assert } from 'node:assert';
import { promisify } from 'node:util';
import { CurationError, systemErrorCode, wrapSystemError } from '../../errors.js';
import { Copy } from './local-copy.js';
import { localNameReason } from './local-name.js';

const openLater = promisify(open);

/** Folder for what is on its way, beside those of the sources: no source has a name that begins with a dot. */
const PARTS = '.parts';

/** The copies of a source's files on this machine. A copy that has its name is whole. */
export class KeptFolder {
  readonly #parts: string;
  readonly #known = new Set<string>();
  #count = 0;

  /**
   * Makes the folder and sweeps away what a run that was killed left on its way.
   * @param sources the folder of all sources (`.colophon/sources`)
   * @throws {CurationError} IO_FAILED
   */
  constructor(
    sources: string,
    source: string,
    readonly folder = join(sources, source),
  ) {
    this.#parts = join(sources, PARTS, source);
    try {
      rmSync(this.#parts, { recursive: true, force: true });
      mkdirSync(this.#parts, { recursive: true });
      mkdirSync(folder, { recursive: true });
    } catch (error) {
      throw wrapSystemError(error, 'making the folder', folder);
    }
  }

  /** Begins a copy; several may be on their way. @throws {CurationError} DISK_FULL, IO_FAILED */
  async begin(): Promise<Copy> {
    const part = join(this.#parts, String((this.#count += 1)));
    try {
      return new Copy(part, await openLater(part, 'wx', 0o644), (path) => this.#place(path));
    } catch (error) {
      throw wrapSystemError(error, 'writing', part);
    }
  }

  /** Whether there is a copy of that size and time (ns). */
  holds(path: string, size_bytes: number, mtime_ns: bigint): boolean {
    if (localNameReason(path) !== null) return false;
    const stat = lstatSync(join(this.folder, path), { bigint: true, throwIfNoEntry: false });
    return stat?.isFile() === true && stat.size === BigInt(size_bytes) && stat.mtimeNs === mtime_ns;
  }

  /** Drops a copy, if there is one, and the folders that are empty then. Never touches anything outside of the folder. */
  drop(path: string): void {
    if (localNameReason(path) !== null) return;
    const place = join(this.folder, path);
    try {
      if (lstatSync(place, { throwIfNoEntry: false })?.isFile() !== true) return;
      rmSync(place);
      for (let above = dirname(path); above !== '.'; above = dirname(above)) {
        this.#known.delete(above);
        rmdirSync(join(this.folder, above));
      }
    } catch (error) {
      if (systemErrorCode(error) !== 'ENOTEMPTY' && systemErrorCode(error) !== 'EEXIST') throw wrapSystemError(error, 'removing', place);
    }
  }

  /**
   * Refuses before the first byte what cannot end well.
   * @throws {CurationError} DISK_FULL
   */
  requireSpace(bytes: number): void {
    const { bavail, bsize } = statfsSync(this.folder);
    const free = bavail * bsize;
    if (free >= bytes) return;
    throw new CurationError('DISK_FULL', `The copies of the images do not fit: ${this.folder}`, {
      expected: `${bytes} bytes`,
      found: `${free} bytes free`,
      suggestions: ['Free some space, or set `keep: false` for the source in colophon.yaml: its images are read again then whenever they are needed.'],
    });
  }

  /** Drops what is on its way. */
  close(): void {
    rmSync(this.#parts, { recursive: true, force: true });
  }

  #place(path: string): string {
    assert(localNameReason(path) === null, `${path} is safe`);
    this.#makeFolder(dirname(path));
    return join(this.folder, path);
  }

  /** Through no link: what stands in the way of a folder is refused. */
  #makeFolder(folder: string): void {
    if (folder === '.' || this.#known.has(folder)) return;
    this.#makeFolder(dirname(folder));
    const path = join(this.folder, folder);
    try {
      mkdirSync(path);
    } catch (error) {
      if (systemErrorCode(error) !== 'EEXIST') throw wrapSystemError(error, 'making the folder', path);
      if (!lstatSync(path).isDirectory()) throw new CurationError('IO_FAILED', `There is something else where the folder of a copy belongs: ${path}`, { suggestions: ['Remove it, then run the same command again: it can be read again from its source.'] });
    }
    this.#known.add(folder);
  }
}
