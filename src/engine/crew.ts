import { systemErrorCode } from '../errors.js';
import { ATTEMPTS, ChunkSupply } from './chunk-supply.js';
import type { LocalRun } from './local-run.js';
import { MAX_OUTSTANDING, type FromWorker, type ToWorker } from './protocol.js';
import { hireWorker, type HiredWorker } from './waiting-workers.js';

/** A worker thread with the chunks it was given and has not answered yet, oldest first. */
interface Member<Item> extends HiredWorker {
  outstanding: Item[][];
  /** How many chunks it has answered and are dealt with. */
  answered: number;
  gone: boolean;
}

/** The worker threads of one run of `runLocal`: each gets chunks as it answers them; one that dies is replaced where the run survives that. */
export class Crew<Item, Result> {
  readonly #members: Member<Item>[] = [];
  readonly #supply: ChunkSupply<Item>;
  /** Results are taken one chunk after the other, whoever brought them. */
  #taking: Promise<void> = Promise.resolve();
  /** Chunks and failures that are not dealt with yet. */
  #pending = 0;
  #settle: { resolve(): void; reject(error: unknown): void } | null = null;

  constructor(
    readonly task: URL,
    chunks: Iterator<Item[], unknown>,
    readonly run: LocalRun<Item, Result>,
    readonly jobs: number,
  ) {
    this.#supply = new ChunkSupply(chunks);
  }

  /** Resolves when all results were taken. */
  work(): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      this.#settle = { resolve, reject };
      this.#guard(() => {
        // Every worker gets its first chunk before any gets its second.
        while (this.#members.length < this.jobs && !this.#supply.empty) this.#give(this.#hire());
        for (const member of this.#members) this.#fill(member);
        if (this.#pending === 0 && this.#supply.empty) this.#finish();
      });
    });
  }

  /** Ends the run with an error; the first one counts. */
  fail(error: unknown): void {
    this.#settle?.reject(error);
    this.#settle = null;
  }

  /** Ends all threads, but for idle ones that are kept for a later run. */
  async dismiss(): Promise<void> {
    this.#settle = null;
    this.#supply.close();
    for (const member of this.#members) member.gone = true;
    await Promise.all(this.#members.filter((member) => !this.#keep(member)).map(({ worker }) => worker.terminate()));
    // The caller may close what onResults writes to as soon as this run has failed.
    await this.#taking;
  }

  #keep({ worker, cursor, outstanding }: Member<Item>): boolean {
    return outstanding.length === 0 && this.run.waiting?.giveBack({ worker, cursor }) === true;
  }

  #finish(): void {
    this.#settle?.resolve();
    this.#settle = null;
  }

  #hire(): Member<Item> {
    const member: Member<Item> = { ...(this.run.waiting?.take() ?? hireWorker(this.task, this.run.taskData)), outstanding: [], answered: 0, gone: false };
    const { worker } = member;
    const lose = (cause: unknown): void => this.#lose(member, cause);
    worker.on('message', (message: FromWorker) => this.#receive(member, message));
    worker.on('error', lose);
    worker.on('messageerror', lose);
    worker.on('exit', (status) => lose(new Error(`the worker ended with status ${status}`)));
    this.#members.push(member);
    return member;
  }

  #fill(member: Member<Item>): void {
    while (!member.gone && member.outstanding.length < MAX_OUTSTANDING && !this.#supply.empty) this.#give(member);
  }

  #give(member: Member<Item>): void {
    const items = this.#supply.take();
    if (items === undefined) return;
    member.outstanding.push(items);
    this.#pending += 1;
    member.worker.postMessage({ items } satisfies ToWorker);
  }

  #receive(member: Member<Item>, { results }: FromWorker): void {
    if (member.gone) return;
    const items = member.outstanding[0] ?? [];
    this.#take(
      () => this.run.onResults(results as Result[], items),
      () => this.#give(member),
    );
    member.outstanding.shift();
    member.answered += 1;
  }

  /** Lets the caller take something, in turn, and goes on behind it. */
  #take(action: () => void | Promise<void>, then: () => void): void {
    this.#taking = this.#taking
      .then(() => (this.#settle === null ? undefined : action()))
      .then(() => {
        this.#pending -= 1;
        this.#guard(then);
        if (this.#pending === 0 && this.#supply.empty) this.#finish();
      })
      .catch((error: unknown) => this.fail(error));
  }

  /** A worker is gone: what it had goes to others, but for an item on which workers die again and again. */
  #lose(member: Member<Item>, cause: unknown): void {
    if (member.gone) return;
    member.gone = true;
    this.#members.splice(this.#members.indexOf(member), 1);
    void member.worker.terminate();
    const { outstanding } = member;
    const at = Atomics.load(member.cursor, 0) - member.answered;
    const place = Atomics.load(member.cursor, 1);
    const item = outstanding[at]?.[place];
    if (this.run.onFailure === undefined || item === undefined) return this.fail(this.#crash(item, cause));
    this.#pending -= outstanding.length;
    const fatal = this.#supply.giveBack(outstanding, at, place);
    if (fatal === 'too-many') return this.fail(this.#crash(item, cause));
    if (fatal === 'given-up') {
      this.#pending += 1;
      this.#take(
        () => this.run.onFailure?.(item, reasonOf(cause)),
        () => undefined,
      );
    }
    this.#guard(() => {
      if (this.#settle !== null && !this.#supply.empty) this.#fill(this.#hire());
    });
  }

  #guard(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.fail(error);
    }
  }

  #crash(item: Item | undefined, cause: unknown): Error {
    const name = item === undefined ? 'start' : (this.run.describe?.(item) ?? JSON.stringify(item).slice(0, 300));
    return new Error(`A worker failed on ${name}: ${String(cause)}`, { cause });
  }
}

/** Never the message of an error, which may repeat what is in the file. */
function reasonOf(cause: unknown): string {
  // by shape: an error of a worker may come from another realm
  const named = typeof cause === 'object' && cause !== null && 'name' in cause ? String(cause.name) : 'unknown';
  const code = systemErrorCode(cause) ?? named;
  return `Workers died on it ${ATTEMPTS} times (${code}).`;
}
