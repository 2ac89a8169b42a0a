import type { Effects } from '../effects.js';
import { DigestThreads } from '../fixity/digest-threads.js';
import { Slots } from '../network/slots.js';
import { SourceFailure } from '../network/source.js';
import { DEFAULT_CONNECTIONS } from '../sources/remote/connections.js';
import { fetchWhole } from '../sources/remote/fetch-whole.js';
import { KeptFolder } from '../sources/remote/kept-folder.js';
import { keepsCopies } from '../workspace/source-folders.js';
import type { Workspace } from '../workspace/workspace.js';
import { runAtOnce } from './at-once.js';
import { FailureCount, openSource, retryOf, sourceFailed, type OpenedSource } from './remote-access.js';

/** An image that a stage wants to read, as the catalog knows it. */
export interface WantedImage {
  source: string;
  path: string;
  size_bytes: number;
  sha256: string;
  /** Of the copy, in ns since the epoch; exact text where a number would not be. Absent: the stage does not look at it. */
  mtime_ns?: string | number;
}

/** What is on this machine at once of images that are not kept. */
const BATCH_FILES = 256;
const BATCH_BYTES = 512 * 1024 * 1024;

/**
 * Brings images that are elsewhere, and of which no copy is kept, to this machine for as long as they are read. Each is held against the
 * digest that it had when it was pulled: one that is gone or another by now is not there, and whoever reads it says so.
 */
export class LocalFiles {
  readonly #threads = new DigestThreads(DEFAULT_CONNECTIONS);
  readonly #opened = new Map<string, Promise<OpenedSource & { folder: KeptFolder }>>();

  constructor(
    readonly workspace: Workspace,
    readonly options: { effects: Effects; signal?: AbortSignal | undefined },
  ) {}

  /** Whether images of a source have to be brought before they can be read. */
  isElsewhere(source: string): boolean {
    const config = this.workspace.config.sources.find(({ name }) => name === source);
    return config !== undefined && !keepsCopies(config);
  }

  /**
   * Runs `work` over images, so many at once as may be brought to this machine, each batch while it is here. All images at once where
   * none has to be brought.
   * @throws {CurationError} SOURCE_UNREADABLE, CONFIG_INVALID, INTERRUPTED, DISK_FULL, IO_FAILED
   */
  async eachBatch<Image extends WantedImage>(images: AsyncIterable<Image> | Iterable<Image>, work: (batch: Image[]) => Promise<void>): Promise<void> {
    let batch: Image[] = [];
    let brought = { files: 0, bytes: 0 };
    for await (const image of images) {
      batch.push(image);
      if (!this.isElsewhere(image.source)) continue;
      brought = { files: brought.files + 1, bytes: brought.bytes + image.size_bytes };
      if (brought.files < BATCH_FILES && brought.bytes < BATCH_BYTES) continue;
      const full = batch;
      await this.during(full, () => work(full));
      batch = [];
      brought = { files: 0, bytes: 0 };
    }
    if (batch.length > 0) await this.during(batch, () => work(batch));
  }

  /**
   * Runs `work` while these images are on this machine, and drops those that are not kept.
   * @throws {CurationError} SOURCE_UNREADABLE, CONFIG_INVALID, INTERRUPTED, DISK_FULL, IO_FAILED
   */
  async during<T>(images: readonly WantedImage[], work: () => Promise<T>): Promise<T> {
    const wanted = images.filter(({ source }) => this.isElsewhere(source));
    try {
      for (const name of new Set(wanted.map(({ source }) => source))) await this.#bring(name, wanted.filter(({ source }) => source === name));
      return await work();
    } finally {
      for (const { source, path } of wanted) (await this.#opened.get(source)?.catch(() => null))?.folder.drop(path);
    }
  }

  /** Gives up connections and what is on its way. */
  async close(): Promise<void> {
    this.#threads.close();
    for (const opening of this.#opened.values()) {
      const opened = await opening.catch(() => null);
      opened?.close();
      opened?.folder.close();
    }
    this.#opened.clear();
  }

  async #bring(source: string, images: readonly WantedImage[]): Promise<void> {
    const { remote, connections, folder, stop, signal } = await this.#open(source);
    const turns = new Slots(connections);
    const failures = new FailureCount();
    try {
      await runAtOnce(images, connections, (image) => failures.judge(() => this.#fetch(image, { remote, folder, signal, turns }), () => folder.drop(image.path)), stop);
    } catch (error) {
      throw error instanceof SourceFailure ? sourceFailed(source, error) : error;
    }
  }

  async #fetch({ path, size_bytes, sha256, mtime_ns = 0 }: WantedImage, { remote, folder, signal, turns }: Pick<OpenedSource, 'remote' | 'signal'> & { folder: KeptFolder; turns: Slots }): Promise<void> {
    const file = { path, size_bytes, revision: null, modified_ms: Number(BigInt(mtime_ns) / 1_000_000n), claimed: { sha256 } };
    const result = await fetchWhole(file, { source: remote, retry: retryOf(path, signal), md5: false, turns, threads: this.#threads, kept: folder, onBytes: () => {} });
    if (result.sha256 !== sha256) folder.drop(path);
  }

  #open(source: string): Promise<OpenedSource & { folder: KeptFolder }> {
    const known = this.#opened.get(source);
    if (known !== undefined) return known;
    const { workspace, options } = this;
    const opening = openSource(workspace, source, options).then((opened) => ({ ...opened, folder: new KeptFolder(workspace.paths.sources, source) }));
    this.#opened.set(source, opening);
    return opening;
  }
}
