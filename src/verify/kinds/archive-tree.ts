import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Effects } from '../../effects.js';
import { compareBytewise } from '../../fixity/order.js';
import type { VerifyOptions } from '../inspection.js';
import { ArchiveIntake, type ReportArchive } from './archive-intake.js';
import { ARCHIVE_LIMITS, type ArchiveLimits } from './archive-limits.js';
import { archiveKind, readArchive } from './archive-reading.js';
import type { DigestItem, DigestResult, FileTree, TreeFile } from './file-tree.js';

/** The digest that every reading takes: that of a release, and what tells whether an archive changed between two readings. */
const ALWAYS = 'sha256';

/**
 * The files in one archive, or in several that belong together, as if they were unpacked into one folder. They are read as a stream, and
 * hashed on the way; lists are put into a temporary folder, the payload is not written anywhere. Memory: about 300 bytes a file.
 */
export class ArchiveTree implements FileTree {
  readonly name: string;
  /** The folder within the archive that holds everything, with a slash; empty when there is none. */
  prefix = '';
  /** Where the lists lie, as they would below the folder of the release. */
  readonly root: string;
  #intake: ArchiveIntake;
  #paths: string[] = [];

  private constructor(
    readonly archives: readonly string[],
    readonly options: VerifyOptions,
    readonly effects: Effects,
    readonly limits: ArchiveLimits,
    readonly report: ReportArchive,
  ) {
    this.name = archives[0] ?? '';
    // a folder within a folder of our own: whoever looks beside it finds nothing of anybody else
    this.root = join(mkdtempSync(join(tmpdir(), 'colophon-verify-')), 'lists');
    mkdirSync(this.root, { mode: 0o700 });
    this.#intake = new ArchiveIntake([ALWAYS], this.root, limits, report);
  }

  /**
   * Reads archives for the first time. Whoever opened it closes it.
   * @throws {CurationError} INTERRUPTED, IO_FAILED, DISK_FULL
   */
  static async open(archives: readonly string[], options: VerifyOptions, effects: Effects, report: ReportArchive, limits: ArchiveLimits = ARCHIVE_LIMITS): Promise<ArchiveTree> {
    const tree = new ArchiveTree(archives, options, effects, limits, report);
    try {
      await tree.#read(tree.#intake);
      tree.#intake.finish();
      tree.#enter(findPrefix([...tree.#intake.files.keys()]));
      return tree;
    } catch (error) {
      tree.close();
      throw error;
    }
  }

  /** Files at the top that were put aside. */
  get lists(): string[] {
    return this.#paths.filter((path) => !path.includes('/') && this.#intake.aside.has(this.prefix + path));
  }

  /** Folder with the lists of what the archive holds. */
  get listFolder(): string {
    return this.prefix === '' ? this.root : join(this.root, this.prefix.slice(0, -1));
  }

  *list(): Generator<TreeFile> {
    for (const path of this.#paths) yield { path, kind: 'file' };
  }

  hasFolder(path: string): boolean {
    return this.#intake.folders.has(this.prefix + path);
  }

  locate(path: string): string | null {
    return this.#intake.aside.has(this.prefix + path) ? join(this.root, this.prefix + path) : null;
  }

  /** Size and sha256 of a file; null when there is none. */
  find(path: string): { size_bytes: number; sha256: string } | null {
    const file = this.#intake.files.get(this.prefix + path);
    return file === undefined ? null : { size_bytes: file.size_bytes, sha256: file.digests[0] ?? '' };
  }

  /** Answers from what was read; only other algorithms than the one that is always taken need the archive once more. */
  async digest(items: Iterable<DigestItem>, onResult: (result: DigestResult) => void): Promise<void> {
    const wanted = [...items];
    const algorithms = new Set(wanted.flatMap(([, , names]) => names));
    if ([...algorithms].some((name) => !this.#intake.algorithms.includes(name))) await this.#readAgain([...new Set([...this.#intake.algorithms, ...algorithms])]);
    for (const item of wanted) onResult(this.#compare(item));
  }

  /** Takes the temporary folder away. */
  close(): void {
    rmSync(join(this.root, '..'), { recursive: true, force: true });
  }

  #compare([path, size, algorithms, expected]: DigestItem): DigestResult {
    const file = this.#intake.files.get(this.prefix + path);
    if (file === undefined) return { path, size: 0, digests: null, defect: 'missing', code: null };
    if (size !== null && size !== file.size_bytes) return { path, size: file.size_bytes, digests: null, defect: 'wrong-size', code: null };
    const digests = algorithms.map((name) => file.digests[this.#intake.algorithms.indexOf(name)] ?? '');
    return expected.length === digests.length && expected.every((digest, at) => digest === digests[at]) ? file.size_bytes : { path, size: file.size_bytes, digests, defect: null, code: null };
  }

  async #readAgain(algorithms: readonly string[]): Promise<void> {
    const again = new ArchiveIntake(algorithms, null, this.limits, () => {});
    await this.#read(again);
    for (const [path, { digests }] of this.#intake.files) {
      const file = again.files.get(path);
      if (file?.digests[algorithms.indexOf(ALWAYS)] !== digests[this.#intake.algorithms.indexOf(ALWAYS)]) this.report('unreadable', path, 'The archive changed while it was read.');
    }
    for (const path of this.#intake.aside) again.aside.add(path);
    for (const path of this.#intake.folders) again.folders.add(path);
    this.#intake = again;
  }

  async #read(intake: ArchiveIntake): Promise<void> {
    const progress = (): void => this.effects.progress({ stage: 'reading the archive', files: intake.files.size, bytes: intake.bytes });
    for (const path of this.archives) await readArchive(path, archiveKind(path) ?? 'tar', basename(path), intake, throttle(progress), this.options.signal);
  }

  #enter(prefix: string): void {
    this.prefix = prefix;
    const own: string[] = [];
    for (const path of this.#intake.files.keys()) {
      if (path.startsWith(prefix)) own.push(path.slice(prefix.length));
      else this.report('extra', path, `It lies beside ${prefix}, the folder of everything else: no list names it.`);
    }
    this.#paths = own.sort(compareBytewise);
  }
}

/** Calls at most once in so many times: there are a thousand chunks a gigabyte, and a million entries. */
function throttle(call: () => void): () => void {
  let count = 0;
  return () => {
    if (count++ % 128 === 0) call();
  };
}

/** RFC 8493 4: a packed bag is one folder. Packs of ours, and many archives of others, have none. */
function findPrefix(paths: readonly string[]): string {
  if (paths.some((path) => !path.includes('/'))) return '';
  const tops = new Set(paths.filter((path) => /^[^/]+\/(?:bagit\.txt|release\.json|manifest-[^/]+\.txt|[^/]*sums?(?:\.txt)?)$/i.test(path)).map((path) => path.slice(0, path.indexOf('/') + 1)));
  return tops.size === 1 ? ([...tops][0] ?? '') : '';
}
