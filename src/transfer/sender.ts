import type { Effects } from '../effects.js';
import { CurationError } from '../errors.js';
import type { FileTotals } from '../model/transfer.js';
import { compareBytewise } from '../fixity/order.js';
import { conflict, type Destination, type PlacedFile } from './destination.js';
import type { ReleaseFile } from './release-tree.js';

/** A file that has to be at the destination, and what a listing told: its size there, null for none, undefined when it was not listed. */
interface Candidate {
  file: ReleaseFile;
  found: number | null | undefined;
}

export interface SenderOptions {
  /** The folder of the release. */
  folder: string;
  dryRun: boolean;
  /** Files that are sent at once. */
  jobs: number;
  totals: FileTotals;
  signal?: AbortSignal | undefined;
}

/** Brings files of a release to a destination, several at a time, and counts what was sent and what was there. */
export class Sender {
  readonly sent: FileTotals = { files: 0, bytes: 0 };
  readonly there: FileTotals = { files: 0, bytes: 0 };

  constructor(
    readonly destination: Destination,
    readonly options: SenderOptions,
    readonly effects: Effects,
  ) {}

  /** Images, in the bytewise order of their paths, against the listing of the destination. @throws {CurationError} as `put` does */
  async sendImages(images: Iterable<ReleaseFile>): Promise<void> {
    await this.#work(sideBySide(images, this.destination));
  }

  /** Other files, each looked up by itself. */
  async sendFiles(files: readonly ReleaseFile[]): Promise<void> {
    await this.#work(eachAlone(files));
  }

  /** Several workers take from one source; a failure stops all of them, and the first one is thrown. */
  async #work(candidates: AsyncGenerator<Candidate>): Promise<void> {
    let failed = false;
    const worker = async (): Promise<void> => {
      try {
        for (let step = await candidates.next(); step.done !== true && !failed; step = await candidates.next()) await this.#bring(step.value);
      } catch (error) {
        failed = true;
        throw error;
      }
    };
    const outcomes = await Promise.allSettled(Array.from({ length: this.options.jobs }, worker));
    await candidates.return(undefined);
    const failure = outcomes.find(({ status }) => status === 'rejected');
    if (failure?.status === 'rejected') throw failure.reason;
  }

  async #bring({ file, found }: Candidate): Promise<void> {
    if (this.options.signal?.aborted === true) throw new CurationError('INTERRUPTED', 'Interrupted; run the same command again to go on.');
    const state = found === null ? 'absent' : found !== undefined && found !== file.size_bytes ? 'different' : await this.destination.compare(file);
    // What is put aside is nobody's yet: half a file that a killed push left is sent again.
    if (state === 'different' && !this.destination.staged) throw conflict(this.destination, file.path, `${file.size_bytes} bytes, sha256:${file.sha256}`, found === undefined || found === file.size_bytes ? 'other bytes' : `${found} bytes`);
    if (state !== 'same' && !this.options.dryRun) await this.destination.put(this.options.folder, file);
    const totals = state === 'same' ? this.there : this.sent;
    totals.files += 1;
    totals.bytes += file.size_bytes;
    this.#tell();
  }

  #tell(): void {
    const { sent, there } = this;
    const { files, bytes } = this.options.totals;
    this.effects.progress({ stage: 'pushing', files: sent.files + there.files, bytes: sent.bytes + there.bytes, totalFiles: files, totalBytes: bytes });
  }
}

async function* eachAlone(files: readonly ReleaseFile[]): AsyncGenerator<Candidate> {
  for (const file of files) yield { file, found: undefined };
}

/** Reads two sorted lists side by side; nothing may be at the destination that is not in the release. */
async function* sideBySide(images: Iterable<ReleaseFile>, destination: Destination): AsyncGenerator<Candidate> {
  const there = destination.images()[Symbol.asyncIterator]();
  const advance = async (): Promise<PlacedFile | null> => {
    const { done, value } = await there.next();
    return done === true ? null : value;
  };
  let next = await advance();
  for (const file of images) {
    const order = next === null ? 1 : compareBytewise(next.path, file.path);
    if (order < 0) break;
    yield { file, found: order === 0 ? (next?.size_bytes ?? null) : null };
    if (order === 0) next = await advance();
  }
  if (next !== null) throw conflict(destination, next.path, 'an image of the release', 'a file that the release does not have');
}
