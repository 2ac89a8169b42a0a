import type { HashNews } from './hash-worker.js';

/** A file and what to do with its digest. */
export interface PoolJob {
  path: string;
  file: Blob;
  /** In bytes. */
  size: number;
}

/** Files that are handed to a worker at once, and bytes: few large ones, or many small. */
const BATCH_FILES = 64;
const BATCH_BYTES = 8 << 20;
const MAX_WORKERS = 4;

/** Workers that hash files side by side; each gets the next batch when it is done with the one before. */
export class HashPool {
  readonly #url: string;
  #workers: Worker[] = [];
  #closed = false;
  /** Ends the run that is under way. */
  #stop: (() => void) | null = null;

  /** @param source the text of the script that serves as worker */
  constructor(source: string) {
    this.#url = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  /** Hashes files and hands out each digest, in any order; null for a file that could not be read. Rejects when it is stopped. */
  hash(jobs: readonly PoolJob[], onDigest: (path: string, sha256: string | null, failure: string) => void, onBytes: (bytes: number) => void): Promise<void> {
    if (this.#closed) return Promise.reject(new Error('stopped'));
    if (jobs.length === 0) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#stop = () => reject(new Error('stopped'));
      let next = 0;
      let open = jobs.length;
      const feed = (worker: Worker): void => {
        const batch: { number: number; file: Blob }[] = [];
        for (let bytes = 0; next < jobs.length && batch.length < BATCH_FILES && bytes < BATCH_BYTES; next++) {
          const { file, size } = jobs[next]!;
          batch.push({ number: next, file });
          bytes += size;
        }
        if (batch.length > 0) worker.postMessage(batch);
      };
      const onNews = (worker: Worker, { number, bytes, sha256, failure, idle }: HashNews): void => {
        onBytes(bytes);
        if (sha256 !== undefined || failure !== undefined) {
          onDigest(jobs[number]!.path, sha256 ?? null, failure ?? '');
          open -= 1;
        }
        if (open === 0) resolve();
        else if (idle === true) feed(worker);
      };
      const count = Math.min(MAX_WORKERS, navigator.hardwareConcurrency || 2, Math.ceil(jobs.length / BATCH_FILES) + 1);
      while (this.#workers.length < count) this.#workers.push(new Worker(this.#url));
      for (const worker of this.#workers) {
        worker.onmessage = (event: MessageEvent<HashNews>) => onNews(worker, event.data);
        worker.onerror = (event) => reject(new Error(event.message));
        feed(worker);
      }
    });
  }

  /** Ends the workers, whatever they are at. */
  close(): void {
    this.#closed = true;
    for (const worker of this.#workers) worker.terminate();
    this.#workers = [];
    this.#stop?.();
    URL.revokeObjectURL(this.#url);
  }
}
