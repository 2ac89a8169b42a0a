import { setTimeout as sleep } from 'node:timers/promises';
import { CurationError } from '../../errors.js';
import { failureWords } from './connection.js';
import type { ShardQueue } from './shard-queue.js';

/** The shards of a plan as the shard folder tells of them: its result files are the truth about what is done. */
export interface ShardLedger {
  sizeOf(index: number): { files: number; bytes: number };
  /** The shards that have a result now. */
  done(): Iterable<number>;
}

/** How far all workers have come together. */
export interface HandOutProgress {
  files: number;
  totalFiles: number;
  bytes: number;
  totalBytes: number;
  /** Shards that have their result. */
  shards: number;
  /** Workers that hold a shard now. */
  workers: number;
}

/** How shards are handed out. */
export interface HandOutSetup {
  ledger: ShardLedger;
  /** The shards to be done. */
  missing: Iterable<number>;
  queue: ShardQueue;
  signal: AbortSignal;
  warn(message: string): void;
  /** Told of each shard once, when its result is seen. */
  onDone(index: number): void;
  onProgress(progress: HandOutProgress): void;
  /** Takes what is called when a shard may have ended, so that nobody waits for the next look. */
  onNews?(hear: () => void): void;
}

/** The shard folder is looked at after a twentieth of the time gone by, within these bounds. */
const SHORTEST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1_000;
/** Redis is asked for progress, and for shards that it no longer knows, not more often than this. */
const PROGRESS_MS = 1_000;
const LOOK_MS = 5_000;
/** So long nothing comes from Redis, and no result either, before the run is given up. */
const PATIENCE_MS = 15 * 60_000;
/** Nobody has taken a shard for so long: the user is told. */
const LONELY_MS = 20_000;

/**
 * Sees to it that every shard has a result: adds those without one to the queue, adds them again when Redis has lost them,
 * and waits for workers. Returns the shards that were given up, with the reason.
 * @throws {CurationError} INTERRUPTED; ENGINE_FAILED when Redis refuses, or is gone for 15 minutes.
 */
export async function handOutShards(setup: HandOutSetup): Promise<Map<number, string>> {
  return new HandOut(setup).run();
}

class HandOut {
  readonly #missing: Set<number>;
  /** Shards that Redis did not know at the last look: at the second, they are added again. */
  #lost = new Set<number>();
  readonly #failed = new Map<number, string>();
  /** What is done, and what it weighs. */
  readonly #done: HandOutProgress = { files: 0, totalFiles: 0, bytes: 0, totalBytes: 0, shards: 0, workers: 0 };
  readonly #refusals = new Set<string>();
  readonly #begun = performance.now();
  #looked = 0;
  #told = 0;
  /** When Redis last answered, and when a worker last held a shard. */
  #answered = performance.now();
  #busy = performance.now();
  #complaint = '';
  #news = false;
  #alarm = new AbortController();

  constructor(private readonly setup: HandOutSetup) {
    this.#missing = new Set(setup.missing);
    for (const index of this.#missing) {
      const { files, bytes } = setup.ledger.sizeOf(index);
      this.#done.totalFiles += files;
      this.#done.totalBytes += bytes;
    }
    const hear = (): void => {
      this.#news = true;
      this.#alarm.abort();
    };
    setup.signal.addEventListener('abort', hear);
    setup.onNews?.(hear);
  }

  async run(): Promise<Map<number, string>> {
    this.#collect();
    await this.#begin();
    for (;;) {
      this.#collect();
      if (this.#missing.size === this.#failed.size) return this.#failed;
      if (this.setup.signal.aborted) await this.#interrupt();
      await this.#ask(() => this.#look());
      await this.#ask(() => this.#tell());
      await this.#pause();
    }
  }

  async #pause(): Promise<void> {
    const elapsed = performance.now() - this.#begun;
    this.#alarm = new AbortController();
    const { signal } = this.#alarm;
    if (!this.#news) await sleep(Math.min(Math.max(elapsed / 20, SHORTEST_PAUSE_MS), LONGEST_PAUSE_MS), undefined, { signal }).catch(() => {});
    this.#news = false;
  }

  /** A shard that an earlier run gave up is tried again: that is why it is run again. */
  async #begin(): Promise<void> {
    const { ledger, queue } = this.setup;
    const states = await queue.states([...this.#missing]);
    await queue.remove([...this.#missing].filter((index) => states.get(index) === 'failed'));
    // The biggest first: so the workers come to an end together.
    await queue.add([...this.#missing].sort((a, b) => ledger.sizeOf(b).bytes - ledger.sizeOf(a).bytes || a - b));
    this.#looked = performance.now();
  }

  #collect(): void {
    const { ledger, onDone } = this.setup;
    for (const index of ledger.done()) {
      if (!this.#missing.delete(index)) continue;
      this.#failed.delete(index);
      const { files, bytes } = ledger.sizeOf(index);
      this.#done.files += files;
      this.#done.bytes += bytes;
      this.#done.shards += 1;
      this.#answered = this.#busy = performance.now();
      onDone(index);
    }
  }

  async #look(): Promise<void> {
    if (performance.now() - this.#looked < (this.#lost.size > 0 ? PROGRESS_MS : LOOK_MS)) return;
    const { queue, warn } = this.setup;
    const states = await queue.states([...this.#missing]);
    this.#looked = performance.now();
    // A shard that was just finished is in the folder by now: a worker writes its result first, and reports then.
    this.#collect();
    const unknown = [...this.#missing].filter((index) => states.get(index) === 'unknown');
    const again = unknown.filter((index) => this.#lost.has(index));
    this.#lost = new Set(unknown);
    if (again.length > 0) {
      warn(`Redis no longer knows ${again.length} of the shards (it was emptied, or restarted without its memory): they are handed out again.`);
      await queue.add(again);
      this.#lost.clear();
    }
    await queue.hasten();
    for (const index of this.#missing) {
      if (states.get(index) === 'failed') this.#failed.set(index, (await queue.failureOf(index)) ?? 'no reason is known');
      else this.#failed.delete(index);
    }
  }

  async #tell(): Promise<void> {
    if (performance.now() - this.#told < PROGRESS_MS) return;
    this.#told = performance.now();
    const { ledger, queue, onProgress, warn } = this.setup;
    const total = { ...this.#done };
    const workers = new Set<string>();
    const progress = await queue.progress((index) => (this.#missing.has(index) ? ledger.sizeOf(index) : null));
    for (const { worker, files, bytes } of progress.values()) {
      workers.add(worker);
      total.files += files;
      total.bytes += bytes;
    }
    for (const { worker, reason } of await queue.refusals()) this.#refuse(worker, reason);
    if (workers.size > 0) this.#busy = performance.now();
    if (performance.now() - this.#busy > LONELY_MS) {
      warn(`No worker has taken a shard for ${LONELY_MS / 1_000} s. Start some: colophon worker --redis ADDRESS`);
      this.#busy = Infinity;
    }
    onProgress({ ...total, workers: workers.size });
  }

  #refuse(worker: string, reason: string): void {
    const line = `The worker ${worker} gives shards back: ${reason}`;
    if (!this.#refusals.has(line) && this.#refusals.size < 100) this.setup.warn(line);
    this.#refusals.add(line);
  }

  /** A Redis that is away is waited for: the workers go on with what they have. One that refuses is told of. */
  async #ask(question: () => Promise<void>): Promise<void> {
    try {
      await question();
      this.#answered = performance.now();
      this.#complaint = '';
    } catch (error) {
      const words = failureWords(error);
      if (performance.now() - this.#answered > PATIENCE_MS) {
        throw new CurationError('ENGINE_FAILED', `Redis did not answer for ${PATIENCE_MS / 60_000} minutes: ${words}`, {
          suggestions: ['Start it again, then run the same command: shards that are done are not done again.'],
        });
      }
      if (words !== this.#complaint && isReply(error)) this.setup.warn(`Redis refuses: ${words}`);
      this.#complaint = words;
    }
  }

  /** What nobody has begun is taken out again, so that no worker goes on for nobody. */
  async #interrupt(): Promise<never> {
    const taken = this.setup.queue.remove([...this.#missing]);
    await Promise.race([taken, sleep(2_000, undefined, { ref: false })]);
    throw new CurationError('INTERRUPTED', 'Interrupted.', { suggestions: ['Run the same command again: it goes on with the shards that are not done.'] });
  }
}

function isReply(error: unknown): boolean {
  return error instanceof Error && error.name === 'ReplyError';
}
