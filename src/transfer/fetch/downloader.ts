import { join } from 'node:path';
import { CurationError } from '../../errors.js';
import { RunningSha256, sha256Hex } from '../../fixity/digest.js';
import { Retry, type RetryOptions } from '../../network/retry.js';
import { SourceFailure, type OpenedFile, type RangeRequest, type Source } from '../../network/source.js';
import { placeSmall, PartFile, type Stretch } from './part-file.js';
import type { RateLimit } from './rate-limit.js';
import type { SafeFolder } from './safe-folder.js';
import { Slots } from '../../network/slots.js';
import type { WantedFile } from './wanted-file.js';

/** Larger files go to disk as they come, and are gone on with after a kill; smaller ones are held, hashed, and written at once. */
export const HELD_BYTES = 1 << 20;

/** What one request asks for of a large file. The first is short: it tells whether the server gives parts at all. */
const STRETCH_BYTES = 32 << 20;
const FIRST_BYTES = 4 << 20;

export interface DownloaderOptions {
  /** Requests at once. */
  jobs: number;
  retry: RetryOptions;
  limit: RateLimit;
  signal?: AbortSignal | undefined;
  /** Told of bytes that came, and, below 0, of bytes that have to come again. */
  onBytes(file: WantedFile, bytes: number): void;
}

/** Brings files, each under its name only when it has the size and the digest that are known beforehand. */
export class Downloader {
  readonly #slots: Slots;

  constructor(
    readonly target: SafeFolder,
    /** Folder on the same file system for what is on its way. */
    readonly parts: string,
    readonly options: DownloaderOptions,
  ) {
    this.#slots = new Slots(options.jobs);
  }

  /**
   * Brings one file. What came with wrong bytes is fetched once more from the beginning: it may have changed meanwhile.
   * @param path of the file at the source
   * @throws {CurationError} TRANSFER_FAILED, INTERRUPTED, DISK_FULL, IO_FAILED
   */
  async fetch(file: WantedFile, source: Source, path: string): Promise<void> {
    let found = '';
    for (let attempt = 0; attempt < 2; attempt++) {
      found = await this.#attempt(file, source, path);
      if (found === file.sha256) return;
      this.options.onBytes(file, -file.size_bytes);
    }
    throw new CurationError('TRANSFER_FAILED', `${source.name} does not have the bytes that were published: ${file.path}`, {
      expected: `sha256:${file.sha256}`,
      found: `sha256:${found}`,
      suggestions: ['Nothing was put in its place. Fetch the release from another place, or tell its publisher.'],
    });
  }

  /** sha256 of what came, which has its name when it is the right one. */
  async #attempt(file: WantedFile, source: Source, path: string): Promise<string> {
    const aside = partPath(this.parts, file);
    try {
      return await (file.size_bytes <= HELD_BYTES ? this.#fetchHeld(file, source, path, aside) : this.#fetchLarge(file, source, path, aside));
    } catch (error) {
      if (error instanceof SourceFailure) throw transferFailed(error);
      throw error;
    }
  }

  async #fetchHeld(file: WantedFile, source: Source, path: string, aside: string): Promise<string> {
    const bytes = Buffer.alloc(file.size_bytes);
    const take = async (chunk: Uint8Array, at: number): Promise<void> => void bytes.set(chunk, at);
    await this.#stream(file, source, path, { from: 0, to: file.size_bytes }, null, take);
    const digest = sha256Hex(bytes);
    if (digest === file.sha256) await placeSmall(aside, bytes, this.target.place(file.path));
    return digest;
  }

  async #fetchLarge(file: WantedFile, source: Source, path: string, aside: string): Promise<string> {
    const part = await PartFile.open(aside, file.size_bytes);
    try {
      this.options.onBytes(file, part.there);
      await this.#fill(part, file, source, path);
      const digest = await part.digest();
      if (digest === file.sha256) part.commit(this.target.place(file.path));
      else await part.reset(null);
      return digest;
    } finally {
      await part.close();
    }
  }

  /** Fetches the stretches that are missing side by side; from a source that gives no parts, or another file by now, all of it in one. */
  async #fill(part: PartFile, file: WantedFile, source: Source, path: string): Promise<void> {
    const stretch = async (each: Stretch): Promise<void> => this.#stream(file, source, path, each, part, (chunk, at) => part.write(chunk, at, each));
    try {
      const [first] = part.missing(FIRST_BYTES);
      if (first !== undefined) await stretch(first);
      await all(part.missing(STRETCH_BYTES).map((each) => () => stretch(each)));
    } catch (error) {
      if (!(error instanceof SourceFailure) || error.details.kind !== 'range') throw error;
      this.options.onBytes(file, -part.there);
      await part.reset(null);
      await stretch({ from: 0, to: file.size_bytes });
    }
  }

  /**
   * Reads one stretch, over as many connections as it takes.
   * @throws {SourceFailure} of the kind `range` when the source has another file, or gives no parts and this is one
   */
  async #stream(file: WantedFile, source: Source, path: string, { from, to }: Stretch, part: PartFile | null, take: (chunk: Uint8Array, at: number) => Promise<void>): Promise<void> {
    const isWhole = from === 0 && to === file.size_bytes;
    let at = from;
    let validator = part?.validator ?? null;
    await new Retry(this.options.retry, this.options.signal).run((progressed) =>
      this.#slots.use(async () => {
        const request: RangeRequest = isWhole && at === 0 ? {} : { from: at, to, validator };
        const opened = await openListed(source, path, file, request);
        try {
          if (opened.from !== at) {
            if (!isWhole) throw new SourceFailure(`${source.name} gives no parts of files`, { retry: false, kind: 'range' });
            this.options.onBytes(file, -at);
            await part?.reset(null);
            at = 0;
          }
          if (validator === null && opened.validator !== null) validator = opened.validator;
          if (part !== null && part.validator === null && validator !== null) await part.note(validator);
          if (at > 0 && validator !== null && opened.validator !== null && opened.validator !== validator) throw new SourceFailure(`${source.name} has another file by now: ${file.path}`, { retry: false, kind: 'range' });
          for await (const chunk of opened.body) {
            const wanted = chunk.subarray(0, to - at);
            if (wanted.length < chunk.length && to === file.size_bytes) throw longer(source, file);
            await this.options.limit.take(wanted.length);
            await take(wanted, at);
            at += wanted.length;
            this.options.onBytes(file, wanted.length);
            progressed();
            if (wanted.length < chunk.length) return;
          }
        } finally {
          opened.close();
        }
        if (at < to) throw new SourceFailure(`${source.name} ended ${to - at} bytes early: ${file.path}`, { retry: true });
      }),
    );
  }
}

/** Where a file is while it is on its way, without `.part`: the same in every run, and no name from a list. */
export function partPath(parts: string, { sha256, path }: WantedFile): string {
  return join(parts, sha256Hex(`${sha256} ${path}`).slice(0, 40));
}

/** A file that lists promise, of the size that they give. */
async function openListed(source: Source, path: string, file: WantedFile, request: RangeRequest): Promise<OpenedFile> {
  const opened = await source.open(path, request);
  if (opened === null) throw new SourceFailure(`${source.name} does not have ${file.path}`, { retry: false, suggestions: ['Ask the publisher, or fetch from another place that has the release.'] });
  if (opened.total === null || opened.total === file.size_bytes) return opened;
  opened.close();
  throw new SourceFailure(`${source.name} has ${opened.total} bytes where ${file.size_bytes} were published: ${file.path}`, { retry: false });
}

function longer(source: Source, { path, size_bytes }: WantedFile): SourceFailure {
  return new SourceFailure(`${source.name} sends more than the ${size_bytes} bytes that were published: ${path}`, { retry: false });
}

/** All at once; the first failure is thrown when the others have ended. */
async function all(works: (() => Promise<void>)[]): Promise<void> {
  const outcomes = await Promise.allSettled(works.map((work) => work()));
  const failure = outcomes.find(({ status }) => status === 'rejected');
  if (failure?.status === 'rejected') throw failure.reason;
}

/** The failure of a source as the user is told it. */
export function transferFailed(failure: SourceFailure): CurationError {
  return new CurationError('TRANSFER_FAILED', `${failure.message}.`, { suggestions: failure.details.suggestions ?? [], cause: failure });
}

/** sha256 of a file that a source has, read without keeping it, and how many bytes of it were read: at most `size_bytes` and one chunk. */
export async function digestRemote(source: Source, path: string, file: WantedFile, retry: Retry): Promise<{ size_bytes: number; sha256: string } | null> {
  return retry.run(async () => {
    const opened = await source.open(path);
    if (opened === null) return null;
    const sha256 = new RunningSha256();
    let size_bytes = 0;
    try {
      for await (const chunk of opened.body) {
        sha256.update(chunk);
        size_bytes += chunk.length;
        if (size_bytes > file.size_bytes) break;
      }
    } finally {
      opened.close();
    }
    return { size_bytes, sha256: sha256.hex() };
  });
}
