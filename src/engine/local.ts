import { availableParallelism } from 'node:os';
import { CurationError } from '../errors.js';
import { cutChunks } from './chunks.js';
import { MAX_OUTSTANDING, type FromWorker, type ToWorker } from './protocol.js';
import { hireWorker, type HiredWorker, type WaitingWorkers } from './waiting-workers.js';

/** How a run of independent items is spread over worker threads. */
export interface LocalRun<Item, Result> {
  /** Threads; default: one a core, at most 4, since more readers than that wait for the same disk. */
  jobs?: number;
  /** Given once to `createTask` in each worker; must survive structured cloning. */
  taskData?: unknown;
  /** Items a message: a number of them (default 64), or the weight of each in bytes, so that big files spread evenly. */
  chunk?: number | ((item: Item) => number);
  signal?: AbortSignal;
  /** Threads that were started for this task and these data already; others are started when they are not enough. */
  waiting?: WaitingWorkers;
  /** Takes the results of one chunk, in the order of its items; the chunks come in any order. A worker gets no further work while its results wait here. */
  onResults(results: Result[]): void | Promise<void>;
  /** How an item is called when the worker dies on it; default: its JSON. */
  describe?(item: Item): string;
}

/** Threads used when the user names no number: one a core, at most 4. */
export function defaultJobs(): number {
  return Math.min(availableParallelism(), 4);
}

/**
 * Runs a task over items in worker threads. `task` is the URL of a compiled module that exports
 * `createTask(taskData): (item) => Result`, run in the worker, an item after the other; both may return promises. Items are
 * taken from the iterable on demand.
 * Returns when `onResults` has taken every result.
 * @throws {CurationError} INTERRUPTED when `signal` is aborted.
 * @throws {Error} when a task threw or a worker died, naming the item; or whatever `items` or `onResults` threw.
 */
export async function runLocal<Item, Result>(task: URL, items: Iterable<Item>, run: LocalRun<Item, Result>): Promise<void> {
  if (run.signal?.aborted === true) throw interrupted();
  const crew = new Crew<Item, Result>(task, cutChunks(items, run.chunk ?? 64), run);
  const abort = (): void => crew.fail(interrupted());
  run.signal?.addEventListener('abort', abort, { once: true });
  try {
    await crew.work();
  } finally {
    run.signal?.removeEventListener('abort', abort);
    await crew.dismiss();
  }
}

function interrupted(): CurationError {
  return new CurationError('INTERRUPTED', 'Interrupted.');
}

/** A worker thread with the chunks it was given and has not answered yet, oldest first. */
interface Member<Item> extends HiredWorker {
  outstanding: Item[][];
  /** How many chunks it has answered and are dealt with. */
  answered: number;
}

class Crew<Item, Result> {
  readonly #members: Member<Item>[] = [];
  #next: IteratorResult<Item[], unknown>;
  /** Results are taken one chunk after the other, whoever brought them. */
  #taking: Promise<void> = Promise.resolve();
  #pending = 0;
  #settle: { resolve(): void; reject(error: unknown): void } | null = null;

  constructor(
    readonly task: URL,
    readonly chunks: Iterator<Item[], unknown>,
    readonly run: LocalRun<Item, Result>,
  ) {
    this.#next = chunks.next();
  }

  work(): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      this.#settle = { resolve, reject };
      this.#guard(() => {
        const jobs = Math.max(1, this.run.jobs ?? defaultJobs());
        // Every worker gets its first chunk before any gets its second.
        while (this.#members.length < jobs && this.#next.done !== true) this.#give(this.#hire());
        for (const member of this.#members) while (member.outstanding.length < MAX_OUTSTANDING && this.#next.done !== true) this.#give(member);
        if (this.#pending === 0) this.#finish();
      });
    });
  }

  fail(error: unknown): void {
    this.#settle?.reject(error);
    this.#settle = null;
  }

  async dismiss(): Promise<void> {
    this.#settle = null;
    this.chunks.return?.(undefined);
    await Promise.all(this.#members.map(({ worker }) => worker.terminate()));
    // The caller may close what onResults writes to as soon as this run has failed.
    await this.#taking;
  }

  #finish(): void {
    this.#settle?.resolve();
    this.#settle = null;
  }

  #hire(): Member<Item> {
    const member: Member<Item> = { ...(this.run.waiting?.take() ?? hireWorker(this.task, this.run.taskData)), outstanding: [], answered: 0 };
    const { worker } = member;
    worker.on('message', (message: FromWorker) => this.#receive(member, message));
    worker.on('error', (error) => this.fail(this.#crash(member, error)));
    worker.on('messageerror', (error) => this.fail(this.#crash(member, error)));
    worker.on('exit', (status) => this.fail(this.#crash(member, new Error(`the worker ended with status ${status}`))));
    this.#members.push(member);
    return member;
  }

  #give(member: Member<Item>): void {
    if (this.#next.done === true) return;
    const items = this.#next.value;
    member.outstanding.push(items);
    this.#pending += 1;
    member.worker.postMessage({ items } satisfies ToWorker);
    this.#next = this.chunks.next();
  }

  #receive(member: Member<Item>, message: FromWorker): void {
    this.#taking = this.#taking
      .then(() => (this.#settle === null ? undefined : this.run.onResults(message.results as Result[])))
      .then(() => {
        member.outstanding.shift();
        member.answered += 1;
        this.#pending -= 1;
        this.#guard(() => this.#give(member));
        if (this.#pending === 0) this.#finish();
      })
      .catch((error: unknown) => this.fail(error));
  }

  #guard(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.fail(error);
    }
  }

  #crash(member: Member<Item>, cause: unknown): Error {
    const chunk = member.outstanding[Atomics.load(member.cursor, 0) - member.answered];
    const item = chunk?.[Atomics.load(member.cursor, 1)];
    const name = item === undefined ? 'start' : (this.run.describe?.(item) ?? JSON.stringify(item).slice(0, 300));
    return new Error(`A worker failed on ${name}: ${String(cause)}`, { cause });
  }
}
