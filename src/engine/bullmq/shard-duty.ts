import { existsSync, opendirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Job } from 'bullmq';
import { CurationError, systemErrorCode } from '../../errors.js';
import type { ShardPlan } from '../../model/shards.js';
import { readPlan, requireSameTool } from '../shards/plan.js';
import { runShard } from '../shards/run-shard.js';
import { shardFiles } from '../shards/shard-files.js';
import { ShardThreads } from '../shards/shard-threads.js';
import { decodeValue } from '../shards/wire.js';
import { failureWords } from './connection.js';
import { loadBullmq } from './packages.js';
import { printable, readShardJob, shardJobId, type ShardJob, type ShardProgress } from './shard-job.js';

/** Who does the duty, and where plans may lie. */
export interface DutySetup {
  folders: readonly string[];
  worker: string;
  /** Aborted: shards in work are given back. */
  signal: AbortSignal;
  warn(message: string): void;
  /** Items and bytes done, those of shards in work included. */
  onProgress(files: number, bytes: number): void;
}

/** A shard that this worker cannot do is offered again after so long, to whoever is first. */
const GIVE_BACK_MS = 5_000;
/** A shard that nobody could do for so long is given up: its plan is gone. */
const FORGOTTEN_MS = 7 * 86_400_000;
/** Plans of which a worker remembers that they are whole. */
const MOST_PLANS = 8;
/** Progress is told not more often. */
const PROGRESS_MS = 1_000;
/** A Redis that is away is not waited for longer when a shard is given back: its lock runs out anyway. */
const PARTING_MS = 2_000;

/**
 * What one worker does with the jobs that a Redis hands it. A job is a hint from a stranger: it names a plan and a shard,
 * and is done only if that plan lies in a folder that this worker was told to serve.
 */
export class ShardDuty {
  readonly counts = { shards: 0, files: 0, bytes: 0, failed: 0, given_back: 0 };
  /** How far the shards in work have come. */
  readonly #working = new Map<string, { files: number; bytes: number }>();
  /** Plans that were looked at: a plan never changes. */
  readonly #plans = new Map<string, ShardPlan>();
  /** Shards in work now. */
  busy = 0;
  readonly #said = new Set<string>();
  readonly #threads = new ShardThreads();

  constructor(private readonly setup: DutySetup) {}

  /** Does one job, or throws what BullMQ is to make of it: a failure, a later attempt, or that it was given back. */
  async take(job: Job, token: string): Promise<void> {
    this.busy += 1;
    try {
      await this.#do(job, token);
    } finally {
      this.busy -= 1;
    }
  }

  /** Nothing waits: threads are not kept for nothing. */
  async rest(): Promise<void> {
    await this.#threads.dismiss();
  }

  async #do(job: Job, token: string): Promise<void> {
    const order = readShardJob(job.name, job.data);
    if (order === null || job.id !== shardJobId(order.plan, order.index)) return this.#refuse(`a job that is no shard of Colophon (${printable(String(job.id), 40)})`);
    const folder = this.#folderOf(order.plan);
    const obstacle = folder === null ? `the plan ${order.plan} is not in the folders it serves` : this.#obstacle(folder, order);
    if (folder === null || obstacle !== null) return this.#pass(job, token, obstacle ?? '');
    try {
      await runShard(folder, order.index, { jobs: 1, threads: this.#threads, signal: this.setup.signal, onProgress: this.#teller(job) });
      this.#count(folder, order);
    } catch (error) {
      if (error instanceof CurationError && error.code === 'INTERRUPTED') return this.#giveBack(job, token);
      this.counts.failed += 1;
      const reason = failureWords(error);
      this.#say(`Shard ${order.index} of the plan ${order.plan} failed: ${reason}`);
      // Only the words go to Redis, where others read: no stack, no cause.
      throw withoutStack(new Error(reason));
    } finally {
      this.#working.delete(String(job.id));
    }
  }

  #count(folder: string, { index }: ShardJob): void {
    const { items = 0, bytes = 0 } = this.#plans.get(folder)?.shards[index] ?? {};
    this.counts.shards += 1;
    this.counts.files += items;
    this.counts.bytes += bytes;
  }

  #folderOf(plan: string): string | null {
    return this.setup.folders.map((folder) => join(folder, plan)).find((folder) => existsSync(shardFiles.plan(folder))) ?? null;
  }

  /** Why the shard cannot be done here, though its plan is here. */
  #obstacle(folder: string, { plan, index, tool }: ShardJob): string | null {
    try {
      const found = this.#planIn(folder);
      if (tool !== found.tool || !found.digest.startsWith(plan)) return `the job and the plan ${plan} are not of one making`;
      if (index >= found.shards.length) return `the plan ${plan} has no shard ${index}`;
      return sourceObstacle(found.task_data);
    } catch (error) {
      if (!(error instanceof CurationError)) throw error;
      const versions = error.expected === undefined ? '' : ` (expected ${error.expected}, found ${error.found ?? 'none'})`;
      return `${error.message}${versions}`;
    }
  }

  #planIn(folder: string): ShardPlan {
    const known = this.#plans.get(folder);
    if (known !== undefined) return known;
    const plan = readPlan(folder);
    requireSameTool(plan);
    if (this.#plans.size >= MOST_PLANS) this.#plans.clear();
    this.#plans.set(folder, plan);
    return plan;
  }

  /** Not ours, and nobody's: it fails for good. */
  async #refuse(what: string): Promise<never> {
    const { UnrecoverableError } = loadBullmq();
    this.#say(`Refused ${what}.`);
    this.counts.failed += 1;
    throw withoutStack(new UnrecoverableError('refused: no shard of Colophon'));
  }

  /** Another worker may be able to do it: it waits a little, and does not count as an attempt. */
  async #pass(job: Job, token: string, obstacle: string): Promise<never> {
    const { DelayedError, UnrecoverableError } = loadBullmq();
    this.#say(`Gives shards back: ${obstacle}`);
    this.counts.given_back += 1;
    if (Date.now() - job.timestamp > FORGOTTEN_MS) throw withoutStack(new UnrecoverableError(obstacle));
    await job.updateProgress({ worker: this.setup.worker, files: 0, bytes: 0, refused: obstacle } satisfies ShardProgress);
    await job.moveToDelayed(Date.now() + GIVE_BACK_MS, token);
    throw new DelayedError();
  }

  /** Interrupted: the shard goes back to the head of the queue, at once if Redis listens. */
  async #giveBack(job: Job, token: string): Promise<never> {
    const { WaitingError } = loadBullmq();
    this.counts.given_back += 1;
    await Promise.race([job.moveToWait(token), sleep(PARTING_MS, undefined, { ref: false })]).catch(() => {});
    throw new WaitingError();
  }

  #teller(job: Job): (files: number, bytes: number) => void {
    const id = String(job.id);
    let told = -Infinity;
    return (files, bytes) => {
      this.#working.set(id, { files, bytes });
      const total = { ...this.counts };
      for (const part of this.#working.values()) {
        total.files += part.files;
        total.bytes += part.bytes;
      }
      this.setup.onProgress(total.files, total.bytes);
      const now = performance.now();
      if (now - told < PROGRESS_MS) return;
      told = now;
      // Progress that is not heard is no failure of the shard.
      job.updateProgress({ worker: this.setup.worker, files, bytes } satisfies ShardProgress).catch(() => {});
    };
  }

  #say(message: string): void {
    if (this.#said.has(message) || this.#said.size >= 100) return;
    this.#said.add(message);
    this.setup.warn(message);
  }
}

/** A source that is not mounted here would make every file unreadable: an empty folder is no source either. */
function sourceObstacle(taskData: string): string | null {
  const data = decodeValue(taskData);
  const root = typeof data === 'object' && data !== null && 'root' in data ? data.root : null;
  if (typeof root !== 'string') return null;
  try {
    const entries = opendirSync(root);
    const first = entries.readSync();
    entries.closeSync();
    return first === null ? `the folder ${root} is empty here` : null;
  } catch (error) {
    return `it does not see the folder ${root} (${systemErrorCode(error) ?? 'unreadable'})`;
  }
}

function withoutStack<E extends Error>(error: E): E {
  error.stack = `${error.name}: ${error.message}`;
  return error;
}
