import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { WorkerSetup } from './protocol.js';

/** Tasks make short-lived objects only: with V8's default each worker grows by 20 MB more, for no gain in time (measured). */
const YOUNG_GENERATION_MB = 12;

/** A worker thread, and where it notes what it is at. */
export interface HiredWorker {
  worker: Worker;
  /** Chunk (counted from 0) and place in it of the item being worked on: written by the worker, read when it died. */
  cursor: Int32Array;
}

/** Starts a thread for a task, as `runLocal` describes tasks. */
export function hireWorker(task: URL, taskData: unknown): HiredWorker {
  // no place yet: a worker that dies while it starts died on no item
  const cursor = new Int32Array(new SharedArrayBuffer(8));
  cursor[1] = -1;
  const setup: WorkerSetup = { task: task.href, taskData, cursor };
  // Not the flags of the main thread: `--input-type` and the like would keep a worker from starting.
  const worker = new Worker(fileURLToPath(new URL('./local-worker.js', import.meta.url)), {
    workerData: setup,
    execArgv: [],
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
  });
  return { worker, cursor };
}

/**
 * Threads that are started while the main thread still reads lists: to start takes each of them as long as to hash a hundred images.
 * Whoever made them dismisses them; those that were taken by then are the taker's.
 */
export class WaitingWorkers {
  readonly #waiting: HiredWorker[] = [];

  /** @param again whether threads that were taken are taken back when their run is over */
  constructor(task: URL, taskData: unknown, jobs: number, private again = false) {
    for (let number = 0; number < jobs; number++) this.#wait(hireWorker(task, taskData));
  }

  /** One of them; undefined when none is left. */
  take(): HiredWorker | undefined {
    return this.#waiting.shift();
  }

  /** Takes back a thread that has answered all that it was given; false: it is still the giver's to end. */
  giveBack(hired: HiredWorker): boolean {
    if (!this.again) return false;
    // by their names: a thread has listeners of its own, which notice that others come
    for (const event of ['message', 'messageerror', 'error', 'exit']) hired.worker.removeAllListeners(event);
    Atomics.store(hired.cursor, 0, 0);
    this.#wait(hired);
    return true;
  }

  /** Ends those that nobody took; none is taken back from now on. */
  async dismiss(): Promise<void> {
    this.again = false;
    await Promise.all(this.#waiting.splice(0).map(({ worker }) => worker.terminate()));
  }

  #wait(hired: HiredWorker): void {
    // One that cannot start is not taken: the one that is started in its place says why.
    hired.worker.on('error', () => this.#forget(hired)).on('exit', () => this.#forget(hired));
    this.#waiting.push(hired);
  }

  #forget(hired: HiredWorker): void {
    const at = this.#waiting.indexOf(hired);
    if (at !== -1) this.#waiting.splice(at, 1);
  }
}
