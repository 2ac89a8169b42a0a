import type { DigestThreads, ThreadDigests } from '../../fixity/digest-threads.js';
import type { Retry } from '../../network/retry.js';
import type { Slots } from '../../network/slots.js';
import { SourceFailure } from '../../network/source.js';
import { HeaderCollector } from './header-collector.js';
import { failedResult, type RemoteResult } from './image-row.js';
import { missingFile, otherThanPromised, sizeSentence } from './promise.js';
import type { KeptFolder } from './kept-folder.js';
import { copyTime, type Copy } from './local-copy.js';
import type { ClaimedDigests, OpenedRemoteFile, RemoteFile, RemoteSource } from './remote-source.js';

/** How files are read as a whole. */
export interface WholeFetch {
  source: RemoteSource;
  retry: Retry;
  md5: boolean;
  /** How many files are received at once; what was received is made durable beside that. */
  turns: Slots;
  /** Who digests the bytes while more of them come. */
  threads: DigestThreads;
  /** Where copies go; null when none is kept. */
  kept: KeptFolder | null;
  /** Takes the number of bytes that came. */
  onBytes(bytes: number): void;
}

/** A file whose source says no size is given up behind this many bytes: an endless answer must not fill the disk. */
const MAX_UNSIZED_BYTES = 64 * 2 ** 30;

/** The bytes are others than the source promised: known only when they came. */
class BrokenPromise extends Error {}

/**
 * Reads every byte of a file once: digests, header and copy are of the same bytes. A connection that breaks is taken up where it broke
 * off, in the same version of the file or from the beginning.
 * @throws {SourceFailure} when the source does not give it; CurationError INTERRUPTED, DISK_FULL, IO_FAILED
 */
export async function fetchWhole(file: RemoteFile, fetch: WholeFetch): Promise<RemoteResult> {
  const pass = new WholePass(file, fetch);
  try {
    await fetch.turns.use(() => fetch.retry.run((progressed) => pass.run(progressed)));
    return await pass.finish();
  } catch (error) {
    if (!(error instanceof BrokenPromise)) throw error;
    return otherThanPromised(fetch.source, file, error.message);
  } finally {
    await pass.end();
  }
}

/** One file on its way. */
class WholePass {
  #at = 0;
  #digests: ThreadDigests | null = null;
  #header: HeaderCollector;
  #validator: string | null;
  #claimed: ClaimedDigests;
  #copy: Copy | null = null;

  constructor(
    readonly file: RemoteFile,
    readonly fetch: WholeFetch,
  ) {
    this.#header = new HeaderCollector(file.size_bytes);
    this.#validator = fetch.source.claims === true ? null : file.revision;
    this.#claimed = file.claimed;
  }

  /** Reads on from where it is until the end of the file. */
  async run(progressed: () => void): Promise<void> {
    const { source, kept } = this.fetch;
    const opened = await this.#open(source);
    try {
      this.#begin(opened);
      if (kept !== null) this.#copy ??= await kept.begin();
      for await (const chunk of opened.body) {
        const taken = this.#take(chunk);
        if (taken !== null) await taken;
        this.#at += chunk.length;
        this.fetch.onBytes(chunk.length);
        progressed();
      }
    } finally {
      opened.close();
    }
    const { size_bytes = null } = this.file;
    const promised = size_bytes ?? opened.total;
    if (promised !== null && this.#at < promised) throw new SourceFailure(`${source.name} ended ${promised - this.#at} bytes early: ${this.file.path}`, { retry: true });
  }

  /** What all of it gave: the digests that were claimed are held against those of the bytes that came. */
  async finish(): Promise<RemoteResult> {
    const { file } = this;
    const [sha256 = '', md5 = null] = (await this.#digests?.hex()) ?? [];
    const wrong = wrongClaim(this.#claimed, { sha256, md5 });
    if (wrong !== null) return failedResult(file, 'checksum-mismatch', `The ${wrong} of the bytes that came is not the one that the source says it has.`);
    const mtime_ns = (await this.#copy?.finish(file.path, this.#at, file.modified_ms)) ?? copyTime(file.modified_ms);
    this.#copy = null;
    return { path: file.path, size_bytes: this.#at, mtime_ns, sha256, md5: this.fetch.md5 ? md5 : null, revision: file.revision, header: this.#header.end(), claimMet: this.#claimed.sha256 !== undefined || this.#claimed.md5 !== undefined };
  }

  async end(): Promise<void> {
    this.#digests?.drop();
    await this.#copy?.abandon();
  }

  async #open(source: RemoteSource): Promise<OpenedRemoteFile> {
    const { file } = this;
    const opened = await source.open(file, this.#at === 0 ? {} : { from: this.#at, validator: this.#validator });
    if (opened === null) throw missingFile(source, file);
    if (file.size_bytes === null || opened.total === null || opened.total === file.size_bytes) return opened;
    opened.close();
    throw new BrokenPromise(sizeSentence(source, file, opened.total));
  }

  /** Goes on only in the same version of the file; begins anew where the source sends all of it, or another one. */
  #begin({ from, validator, claimed }: OpenedRemoteFile): void {
    const same = from === this.#at && (this.#validator === null || validator === null || validator === this.#validator);
    if (this.#at > 0 && !same) {
      if (from > 0) throw new SourceFailure(`${this.fetch.source.name} has another file by now: ${this.file.path}`, { retry: false, kind: 'range' });
      this.#at = 0;
      this.#digests?.drop();
      this.#digests = null;
      this.#header = new HeaderCollector(this.file.size_bytes);
    }
    this.#validator = validator ?? this.#validator;
    this.#claimed = { ...claimed, ...this.file.claimed };
    this.#digests ??= this.fetch.threads.begin(this.#wantsMd5() ? ['sha256', 'md5'] : ['sha256']);
  }

  /** The md5 of a manifest is held against the bytes even when the store says a sha256 of them: that is another's word. */
  #wantsMd5(): boolean {
    const { fetch, file } = this;
    return fetch.md5 || file.claimed.md5 !== undefined || (this.#claimed.sha256 === undefined && this.#claimed.md5 !== undefined);
  }

  /** Null when the chunk is taken already. */
  #take(chunk: Uint8Array): Promise<unknown> | null {
    const { file } = this;
    if (this.#at + chunk.length > (file.size_bytes ?? MAX_UNSIZED_BYTES)) throw new BrokenPromise(`The source sends more than the ${file.size_bytes ?? MAX_UNSIZED_BYTES} bytes that ${file.size_bytes === null ? 'are read of a file' : 'its listing says'}.`);
    const written = this.#copy?.write(chunk, this.#at);
    const digested = this.#digests?.update(chunk);
    this.#header.take(chunk);
    return written === undefined && digested === undefined ? null : Promise.all([written, digested]);
  }
}

/** The algorithm by which the source promised something else; null when it kept what it promised, or promised nothing. */
function wrongClaim(claimed: ClaimedDigests, { sha256, md5 }: { sha256: string; md5: string | null }): 'sha256' | 'md5' | null {
  if (claimed.sha256 !== undefined && claimed.sha256 !== sha256) return 'sha256';
  return claimed.md5 !== undefined && md5 !== null && claimed.md5 !== md5 ? 'md5' : null;
}
