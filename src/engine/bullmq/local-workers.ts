import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { CurationError } from '../../errors.js';
import type { FromWorkerProcess, StartWorker } from './worker-messages.js';

const ENTRY = fileURLToPath(new URL('./worker-process.js', import.meta.url));

/** So many in a row that end before they serve: no more are started. One that ends later may have died on a file. */
const STILLBORN = 5;
const PAUSE_MS = 500;
/** A worker that is told to end gives its shard back within this time, or is killed. */
const PARTING_MS = 8_000;

/** The worker processes that a coordinator runs beside itself; one that dies is replaced. */
export class LocalWorkers {
  readonly #children = new Set<ChildProcess>();
  #ending = false;
  #stillborn = 0;
  #start: StartWorker | null = null;
  readonly #broken = new AbortController();

  /** Starts `count` of them, which load what they need and wait for `serve`. */
  constructor(
    count: number,
    private readonly warn: (message: string) => void,
  ) {
    for (let index = 0; index < count; index++) this.#hire();
  }

  /** Told when one of them has ended a shard. */
  onShard: () => void = () => {};

  /** Lets them take shards. */
  serve(start: StartWorker): void {
    this.#start = start;
    for (const child of this.#children) child.send(start);
  }

  /** Aborted, with a CurationError for its reason, when workers end as soon as they begin. */
  get broken(): AbortSignal {
    return this.#broken.signal;
  }

  /** Ends them all; each gives back the shard it holds. */
  async stop(): Promise<void> {
    this.#ending = true;
    const children = [...this.#children];
    const gone = Promise.all(children.map((child) => new Promise((done) => child.once('exit', done))));
    for (const child of children) if (child.connected) child.disconnect();
    const late = sleep(PARTING_MS, 'late', { ref: false });
    if ((await Promise.race([gone, late])) === 'late') for (const child of children) child.kill('SIGKILL');
    await gone;
  }

  #hire(): void {
    let served = false;
    // Not the flags of this process: `--input-type` and the like would keep it from starting.
    const child = fork(ENTRY, { execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    this.#children.add(child);
    if (this.#start !== null) child.send(this.#start);
    child.on('message', (news: FromWorkerProcess) => {
      if (news.kind === 'serving') served = true;
      else if (news.kind === 'shard') this.onShard();
      else this.warn(news.message);
    });
    child.on('error', () => {}); // `exit` tells
    child.on('exit', (status, signal) => {
      this.#children.delete(child);
      if (!this.#ending) void this.#replace(served, signal ?? `status ${status}`);
    });
  }

  async #replace(served: boolean, end: string): Promise<void> {
    this.#stillborn = served ? 0 : this.#stillborn + 1;
    if (this.#stillborn >= STILLBORN) return this.#broken.abort(endlessDeath(end));
    this.warn(`A worker ended (${end}); another takes its place and its shard.`);
    await sleep(PAUSE_MS, undefined, { ref: false });
    if (!this.#ending) this.#hire();
  }
}

function endlessDeath(end: string): CurationError {
  return new CurationError('ENGINE_FAILED', `Workers that are started here end as soon as they begin (${end}).`, {
    suggestions: ['Start one by hand and look at what it says: colophon worker', 'With --jobs 0 none is started here.'],
  });
}
