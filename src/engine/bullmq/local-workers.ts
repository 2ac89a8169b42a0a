import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FromWorkerProcess, StartWorker } from './worker-messages.js';

const ENTRY = fileURLToPath(new URL('./worker-process.js', import.meta.url));

/** One that dies sooner than this did not come to work: after so many in a row no more are started. */
const SHORT_LIFE_MS = 2_000;
const SHORT_LIVES = 5;
const PAUSE_MS = 500;
/** A worker that is told to end gives its shard back within this time, or is killed. */
const PARTING_MS = 8_000;

/** The worker processes that a coordinator runs beside itself; one that dies is replaced. */
export class LocalWorkers {
  readonly #children = new Set<ChildProcess>();
  #ending = false;
  #shortLives = 0;

  /** Starts `count` of them. */
  constructor(
    count: number,
    private readonly start: StartWorker,
    private readonly warn: (message: string) => void,
  ) {
    for (let index = 0; index < count; index++) this.#hire();
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
    const born = performance.now();
    // Not the flags of this process: `--input-type` and the like would keep it from starting.
    const child = fork(ENTRY, { execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    this.#children.add(child);
    child.send(this.start);
    child.on('message', ({ kind, message }: FromWorkerProcess) => this.warn(kind === 'failed' ? `A worker ended: ${message}` : message));
    child.on('error', () => {}); // `exit` tells
    child.on('exit', (status, signal) => {
      this.#children.delete(child);
      if (!this.#ending) void this.#replace(performance.now() - born, signal ?? `status ${status}`);
    });
  }

  async #replace(life_ms: number, end: string): Promise<void> {
    this.#shortLives = life_ms < SHORT_LIFE_MS ? this.#shortLives + 1 : 0;
    if (this.#shortLives >= SHORT_LIVES) {
      if (this.#shortLives === SHORT_LIVES) this.warn(`Workers end as soon as they begin (${end}): no more are started here.`);
      return;
    }
    this.warn(`A worker ended (${end}); another takes its place and its shard.`);
    await sleep(PAUSE_MS, undefined, { ref: false });
    if (!this.#ending) this.#hire();
  }
}
