import { chmodSync, constants, copyFileSync, linkSync, lstatSync, mkdirSync, rmSync, type BigIntStats } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CurationError, systemErrorCode, wrapSystemError } from '../errors.js';

/**
 * How image files get into a release: copied (sharing blocks where the file system can), sharing blocks with the source
 * (copied with a warning where it cannot), as another name of the source file, or not at all: by reference.
 */
export type PayloadMode = 'copy' | 'reflink' | 'hardlink' | 'none';

/** An image file of the candidate and where it lies. */
export interface PayloadFile {
  /** Path in the release. */
  path: string;
  size_bytes: number;
  sha256: string;
  source: string;
  source_path: string;
  /** Nanoseconds since the epoch; exact text where a number would not be. */
  mtime_ns: number | string;
}

/** Files made durable at once: the journal of a file system commits many as fast as one. */
const FLUSH_JOBS = 16;

/** What the writer has to say while it works. */
export interface PayloadNotes {
  /** Called once, when the file system turned out not to share blocks: all is copied from here on. May refuse. */
  onCopied(code: string): void;
  /** Called once, for the first source file that could not be made read-only. */
  onWritable(path: string): void;
}

/** What says that a file system, or this pair of them, knows no clones. */
const NO_CLONES = new Set(['ENOTSUP', 'EOPNOTSUPP', 'EXDEV', 'EINVAL', 'ENOSYS', 'ENOTTY']);

const WRITE_BITS = 0o222;

/** Brings image files into a staged release, chunk by chunk. */
export class PayloadWriter {
  #lastFolder = '';
  #clones = true;
  #warned = false;
  /** The files of the chunk before become durable while this one is copied. */
  #flushing: Promise<void> = Promise.resolve();

  constructor(
    readonly staging: string,
    readonly mode: PayloadMode,
    /** Absolute folder of each source. */
    readonly roots: ReadonlyMap<string, string>,
    readonly notes: PayloadNotes,
    /** Sources whose files are not on this machine. */
    readonly elsewhere: ReadonlySet<string> = new Set(),
  ) {}

  /**
   * Copies or links files; in mode `none` only checks that they are as they were pulled, those that are elsewhere not even that:
   * whoever fetches them holds them against the digests of the release. They are durable once `finish` says so.
   * @throws {CurationError} RELEASE_INVALID naming a file that changed since it was pulled; DISK_FULL, IO_FAILED
   */
  async write(files: readonly PayloadFile[]): Promise<void> {
    const here = this.mode === 'none' && this.elsewhere.size > 0 ? files.filter(({ source }) => !this.elsewhere.has(source)) : files;
    const sources = here.map((file) => {
      const path = this.#sourcePath(file);
      return { path, mode: refuseChanged(file, path), target: join(this.staging, file.path) };
    });
    if (this.mode === 'none') return;
    // Before they are linked: a new name makes the file one that is to be written back, and each flush a commit of the
    // journal. The names themselves become durable with their folders.
    if (this.mode === 'hardlink') await flushFiles(sources.map(({ path }) => path));
    for (const { path, mode, target } of sources) this.#place(path, target, mode);
    if (this.mode === 'hardlink') return;
    await this.#flushing;
    this.#flushing = flushFiles(sources.map(({ target }) => target));
    // a failure is thrown by whoever awaits it next, and must not end the process before
    this.#flushing.catch(() => undefined);
  }

  /**
   * Waits until all that was written is durable.
   * @throws {CurationError} DISK_FULL, IO_FAILED
   */
  finish(): Promise<void> {
    return this.#flushing;
  }

  #place(source: string, target: string, mode: number): void {
    try {
      this.#makeFolder(dirname(target));
      if (this.mode === 'hardlink') this.#link(source, target, mode);
      else this.#copy(source, target);
    } catch (error) {
      throw placementError(error, this.mode, source, target);
    }
  }

  #copy(source: string, target: string): void {
    if (this.mode === 'copy' || !this.#clones) copyFileSync(source, target, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    else this.#clone(source, target);
    chmodSync(target, 0o644);
  }

  #clone(source: string, target: string): void {
    try {
      copyFileSync(source, target, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE_FORCE);
    } catch (error) {
      const code = systemErrorCode(error) ?? '';
      if (!NO_CLONES.has(code)) throw error;
      this.#clones = false;
      this.notes.onCopied(code);
      rmSync(target, { force: true });
      copyFileSync(source, target, constants.COPYFILE_EXCL);
    }
  }

  /** A link is the source file itself: whoever wrote into it would change the release, so nobody may write into it. */
  #link(source: string, target: string, mode: number): void {
    linkSync(source, target);
    if ((mode & WRITE_BITS) === 0) return;
    try {
      chmodSync(target, mode & ~WRITE_BITS);
    } catch (error) {
      if (systemErrorCode(error) !== 'EPERM') throw error;
      if (!this.#warned) this.notes.onWritable(source);
      this.#warned = true;
    }
  }

  #sourcePath({ source, source_path }: PayloadFile): string {
    const root = this.roots.get(source);
    if (root !== undefined) return join(root, source_path);
    throw new CurationError('SOURCE_MISSING', `The images of the source ${source} are in the catalog, but colophon.yaml has no such source.`, {
      suggestions: ['Bring the source back, or run: colophon pull'],
    });
  }

  #makeFolder(folder: string): void {
    if (folder === this.#lastFolder) return;
    mkdirSync(folder, { recursive: true });
    this.#lastFolder = folder;
  }
}

/** Permissions of a source file that is as it was pulled. */
function refuseChanged(file: PayloadFile, source: string): number {
  let stat: BigIntStats | null = null;
  try {
    stat = lstatSync(source, { bigint: true });
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT' && systemErrorCode(error) !== 'ENOTDIR') throw wrapSystemError(error, 'reading an image', source);
  }
  const pulled = `${file.size_bytes} bytes, modified at ${file.mtime_ns} ns`;
  const found = stat === null ? 'no such file' : !stat.isFile() ? 'no regular file' : `${stat.size} bytes, modified at ${stat.mtimeNs} ns`;
  if (stat?.isFile() === true && stat.size === BigInt(file.size_bytes) && stat.mtimeNs === BigInt(file.mtime_ns)) return Number(stat.mode) & 0o7777;
  throw new CurationError('RELEASE_INVALID', `The image ${file.source}/${file.source_path} is not as it was pulled.`, {
    expected: pulled,
    found,
    suggestions: ['Run: colophon pull, then check and cut again.'],
  });
}

function placementError(error: unknown, mode: PayloadMode, source: string, target: string): CurationError {
  const code = systemErrorCode(error);
  if (mode === 'hardlink' && (code === 'EXDEV' || code === 'EPERM' || code === 'EMLINK' || code === 'ENOTSUP'))
    return new CurationError('IO_FAILED', `The image cannot be linked into the release (${code}): ${source}`, {
      cause: error,
      suggestions: ['Set `release: {payload: copy}` in colophon.yaml: sources and releases lie on different file systems, or theirs knows no links.'],
    });
  return wrapSystemError(error, 'copying an image', target);
}

/** Makes files durable, several at a time. */
export async function flushFiles(paths: readonly string[]): Promise<void> {
  let next = 0;
  const work = async (): Promise<void> => {
    for (let at = next++; at < paths.length; at = next++) await flushFile(paths[at] as string);
  };
  await Promise.all(Array.from({ length: Math.min(FLUSH_JOBS, paths.length) }, work));
}

async function flushFile(path: string): Promise<void> {
  try {
    const handle = await open(path, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw wrapSystemError(error, 'making durable', path);
  }
}
