import { existsSync } from 'node:fs';
import type { Effects } from '../../effects.js';
import { CurationError } from '../../errors.js';
import type { Dispatch } from '../shards/dispatcher.js';
import { resultFault } from '../shards/result-file.js';
import { shardFiles } from '../shards/shard-files.js';
import { cutArrays } from './array-ranges.js';
import type { QueuedTask, SlurmClient } from './slurm-client.js';

/**
 * Times that a shard is submitted. The first death of a process does not tell which item was to blame, three more do: then the shard
 * goes on without that item.
 */
const SUBMISSIONS = 6;

/** Looks at the queue that find a task gone before it counts as lost: a result may reach this machine's view of a shared folder late. */
const PATIENCE = 3;

/** Looks in a row that the controller may not answer: about an hour. */
const SILENCE = 240;

/** What one run knows of its shards: which are done, which Slurm still has, which were lost and how often. */
export class SlurmWatch {
  readonly #open: Set<number>;
  readonly #submissions = new Map<number, number>();
  /** Looks since the task of a shard was seen last. */
  readonly #gone = new Map<number, number>();
  readonly #givenUp = new Set<number>();
  #silent = 0;
  #first = true;

  constructor(
    readonly work: Dispatch,
    readonly arraySize: number,
    readonly client: SlurmClient,
    readonly effects: Effects,
  ) {
    this.#open = new Set(work.missing);
  }

  /** Nothing will change any more. */
  get settled(): boolean {
    return [...this.#open].every((index) => this.#givenUp.has(index));
  }

  /** Takes note of results and of the queue; returns the shards that must be submitted, ascending. */
  async look(): Promise<number[]> {
    // the queue first: a task that left it before has written its result by now
    const queued = await this.#askQueue();
    this.#noteResults();
    if (queued === null) return [];
    await this.#dropHeld(queued);
    const seen = new Set(queued.map((task) => this.#indexOf(task)));
    const lost = [...this.#open].filter((index) => !seen.has(index) && !this.#givenUp.has(index) && this.#isLost(index));
    for (const index of seen) this.#gone.delete(index);
    this.#first = false;
    return lost.filter((index) => this.#mayTryAgain(index));
  }

  /** Notes that shards were handed to Slurm. */
  submitted(offset: number, places: readonly number[]): void {
    for (const place of places) {
      this.#submissions.set(offset + place, (this.#submissions.get(offset + place) ?? 0) + 1);
      this.#gone.set(offset + place, 0);
    }
  }

  /** Name of the job array that begins at a shard; other coordinators of the plan give the same. */
  jobName(offset: number): string {
    return `colophon-${this.work.plan.digest.slice(0, 16)}-${offset}`;
  }

  jobNames(): string[] {
    return cutArrays([...this.work.missing], this.arraySize).map(({ offset }) => this.jobName(offset));
  }

  async #askQueue(): Promise<QueuedTask[] | null> {
    const queued = await this.client.queued(this.jobNames());
    this.#silent = queued === null ? this.#silent + 1 : 0;
    if (this.#silent === 1) this.effects.warn('The controller of Slurm does not answer; waiting for it. Tasks that run go on meanwhile.');
    if (this.#silent > SILENCE)
      throw new CurationError('ENGINE_FAILED', 'The controller of Slurm did not answer for an hour.', { suggestions: ['When it is back, run the same command again: it goes on with what is done, and with jobs that are still there.'] });
    return queued;
  }

  #noteResults(): void {
    const { folder, plan, missing, onDone } = this.work;
    for (const index of this.#open) {
      if (!existsSync(shardFiles.result(folder, index)) || resultFault(folder, plan, index) !== null) continue;
      this.#open.delete(index);
      onDone(index);
    }
    const done = missing.length - this.#open.size;
    this.effects.progress({ stage: 'running shards', files: done, totalFiles: missing.length, unit: 'shards', bytes: 0 });
  }

  /** A task that Slurm could not start several times is held for ever, unless somebody acts. */
  async #dropHeld(queued: QueuedTask[]): Promise<void> {
    for (let at = queued.length - 1; at >= 0; at--) {
      const task = queued[at] as QueuedTask;
      if (!/held/i.test(task.reason) || !/launch|requeue/i.test(task.reason)) continue;
      this.effects.warn(`Slurm holds the task of shard ${this.#indexOf(task)} back (${task.reason}); it is submitted again.`);
      if (await this.client.cancel([task.id])) queued.splice(at, 1);
    }
  }

  #isLost(index: number): boolean {
    // what was never submitted by us and is not in the queue of an earlier coordinator is not being waited for
    if (this.#first && !this.#submissions.has(index)) return true;
    const looks = (this.#gone.get(index) ?? 0) + 1;
    this.#gone.set(index, looks);
    return looks >= PATIENCE;
  }

  #mayTryAgain(index: number): boolean {
    const times = this.#submissions.get(index) ?? 0;
    if (times >= SUBMISSIONS) {
      this.#givenUp.add(index);
      this.effects.warn(`Shard ${index} was submitted ${times} times and has no result.`);
      return false;
    }
    if (times > 0) this.effects.warn(`The task of shard ${index} ended without a result; it is submitted again (${times + 1} of ${SUBMISSIONS}).`);
    return true;
  }

  #indexOf({ name, place }: QueuedTask): number {
    return Number(name.slice(name.lastIndexOf('-') + 1)) + place;
  }
}
