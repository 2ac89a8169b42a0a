import { statfsSync } from 'node:fs';
import type { Effects } from '../../effects.js';
import { CurationError } from '../../errors.js';
import type { FileTotals } from '../../model/transfer.js';
import type { SourceOpener } from '../../network/open-source.js';
import { interrupted } from '../../network/retry.js';
import { SourceFailure, type Source } from '../../network/source.js';
import type { Downloader } from './downloader.js';
import type { SafeFolder } from './safe-folder.js';
import type { WantedFile } from './wanted-file.js';

/** What has to come, and what is there with the right size. */
export interface FetchPlan {
  wanted: FileTotals;
  there: FileTotals;
}

/** Files that a failure names. */
const MAX_NAMED = 5;

/** A hundredth more than the files is asked for: folders and journals take room too. */
const ROOM = 1.01;

/** Counts what has to come. What is there is judged by its size here, and by its bytes when all of it is verified. */
export function planFetch(files: Iterable<WantedFile>, target: SafeFolder): FetchPlan {
  const plan: FetchPlan = { wanted: { files: 0, bytes: 0 }, there: { files: 0, bytes: 0 } };
  for (const { path, size_bytes } of files) {
    const totals = target.sizeOf(path) === size_bytes ? plan.there : plan.wanted;
    totals.files += 1;
    totals.bytes += size_bytes;
  }
  return plan;
}

/** @throws {CurationError} DISK_FULL when the file system has less room than the files take */
export function requireSpace(folder: string, { bytes }: FileTotals): void {
  const { bavail, bsize } = statfsSync(folder);
  const [free, needed] = [bavail * bsize, Math.ceil(bytes * ROOM)];
  if (free >= needed) return;
  throw new CurationError('DISK_FULL', `There is too little room for the release: ${folder}`, { expected: `${needed} bytes`, found: `${free} bytes`, suggestions: ['Free some space, or name a folder on another file system: nothing was fetched.', 'Fetch a part of it: --only'] });
}

/** Told of each file that came. */
export type OnFetched = (file: WantedFile) => void;

/**
 * Brings files, several at once. One that the source does not have, or has with other bytes, does not keep the others
 * from coming; it is told in the end.
 * @param skipThere whether a file that is there with the right size is taken for the right one
 * @throws {CurationError} TRANSFER_FAILED, INTERRUPTED, DISK_FULL, IO_FAILED, RELEASE_INVALID
 */
export async function fetchFiles(files: Iterator<WantedFile>, downloader: Downloader, source: Source, opener: SourceOpener, onFetched: OnFetched, skipThere = true): Promise<void> {
  const failures: CurationError[] = [];
  let failed = 0;
  let stopped = false;
  const worker = async (): Promise<void> => {
    for (let step = files.next(); step.done !== true && !stopped; step = files.next()) {
      if (downloader.options.signal?.aborted === true) throw interrupted();
      const file = step.value;
      if (skipThere && downloader.target.sizeOf(file.path) === file.size_bytes) continue;
      try {
        await fetchOne(file, downloader, source, opener);
        onFetched(file);
      } catch (error) {
        if (!(error instanceof CurationError) || error.code !== 'TRANSFER_FAILED') throw error;
        // A source that does not answer will not answer the next file either.
        if (error.cause instanceof SourceFailure && error.cause.details.retry) throw error;
        failed += 1;
        if (failures.length < MAX_NAMED) failures.push(error);
      }
    }
  };
  const outcomes = await Promise.allSettled(
    Array.from({ length: downloader.options.jobs }, () =>
      worker().catch((error: unknown) => {
        stopped = true;
        throw error;
      }),
    ),
  );
  const failure = outcomes.find(({ status }) => status === 'rejected');
  if (failure?.status === 'rejected') throw failure.reason;
  const [first] = failures;
  if (first === undefined) return;
  if (failed === 1) throw first;
  throw new CurationError('TRANSFER_FAILED', [`${failed} files could not be had:`, ...failures.map(({ message }) => `  ${message}`)].join('\n'), { suggestions: ['What came is kept: run the same command again to try only these.', ...first.suggestions] });
}

/** A file that fetch.txt places elsewhere is looked for there, and then beside the others. */
async function fetchOne(file: WantedFile, downloader: Downloader, source: Source, opener: SourceOpener): Promise<void> {
  if (file.url === null) return downloader.fetch(file, source, file.path);
  try {
    const elsewhere = await opener.openFile(file.url);
    await downloader.fetch(file, elsewhere.source, elsewhere.path);
  } catch (error) {
    if (!(error instanceof CurationError) || error.code !== 'TRANSFER_FAILED') throw error;
    await downloader.fetch(file, source, file.path).catch(() => {
      throw error;
    });
  }
}

/** Tells how far all files together have come, and the one that has most to go. */
export class FetchProgress {
  #files = 0;
  #bytes = 0;
  readonly #open = new Map<string, { bytes: number; totalBytes: number }>();

  constructor(
    readonly effects: Effects,
    readonly stage: string,
    readonly totals: FileTotals,
  ) {}

  onBytes({ path, size_bytes }: WantedFile, bytes: number): void {
    this.#bytes += bytes;
    const own = this.#open.get(path) ?? { bytes: 0, totalBytes: size_bytes };
    own.bytes += bytes;
    this.#open.set(path, own);
    this.#tell();
  }

  onFile({ path }: WantedFile): void {
    this.#files += 1;
    this.#open.delete(path);
    this.#tell();
  }

  #tell(): void {
    const { stage, totals } = this;
    let current: { path: string; bytes: number; totalBytes: number } | undefined;
    for (const [path, each] of this.#open) if (each.totalBytes > (current?.totalBytes ?? 0)) current = { path, ...each };
    this.effects.progress({ stage, files: this.#files, totalFiles: totals.files, bytes: this.#bytes, totalBytes: totals.bytes, ...(current === undefined ? {} : { current }) });
  }
}
