import type { Job, Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { loadBullmq } from './packages.js';
import { JOB_NAME, JOB_OPTIONS, KEY_PREFIX, QUEUE_NAME, readShardJob, readShardProgress, shardJobId, type ShardJob, type ShardProgress } from './shard-job.js';

/** Jobs asked for or added in one go. */
const BATCH = 1_000;
/** Nobody gives a shard back for so long. */
const LONGEST_WAIT_MS = 60_000;
/** BullMQ keeps the time of a job that waits in a score: milliseconds, and a counter of 12 bits behind them. */
const SCORE_OF_MS = 0x1000;
/** Jobs of one state that are looked at for progress and refusals. */
const MOST_JOBS = 1_000;

/** Where a shard is in Redis: waiting, in work or to be tried again (`known`), given up (`failed`), or nowhere. */
export type ShardState = 'known' | 'failed' | 'unknown';

/** The shards of one plan in the queue that all workers take from. */
export class ShardQueue {
  private constructor(
    private readonly queue: Queue,
    private readonly redis: Redis,
    private readonly plan: Pick<ShardJob, 'plan' | 'tool'>,
  ) {}

  /** Opens it on a connection, which stays the caller's to close. */
  static open(redis: Redis, plan: Pick<ShardJob, 'plan' | 'tool'>): ShardQueue {
    const { Queue } = loadBullmq();
    const queue = new Queue(QUEUE_NAME, { connection: redis, prefix: KEY_PREFIX, skipVersionCheck: true });
    queue.on('error', () => {}); // told by the connection, or by the call that failed
    return new ShardQueue(queue, redis, plan);
  }

  /** Adds shards; those that are there already are not added again. */
  async add(indexes: number[]): Promise<void> {
    const { plan, tool } = this.plan;
    for (let from = 0; from < indexes.length; from += BATCH) {
      const jobs = indexes.slice(from, from + BATCH).map((index) => {
        const data: ShardJob = { plan, index, tool };
        return { name: JOB_NAME, data, opts: { ...JOB_OPTIONS, jobId: shardJobId(plan, index) } };
      });
      await this.queue.addBulk(jobs);
    }
  }

  /** Where each of the shards is. */
  async states(indexes: number[]): Promise<Map<number, ShardState>> {
    const states = new Map<number, ShardState>();
    for (let from = 0; from < indexes.length; from += BATCH) {
      const batch = indexes.slice(from, from + BATCH);
      const pipeline = this.redis.pipeline();
      for (const index of batch) {
        const id = shardJobId(this.plan.plan, index);
        pipeline.exists(this.queue.toKey(id)).zscore(this.queue.toKey('failed'), id);
      }
      const answers = (await pipeline.exec()) ?? [];
      batch.forEach((index, place) => {
        const [[existsError, exists], [failedError, failed]] = [answers[2 * place] ?? [null, 0], answers[2 * place + 1] ?? [null, null]];
        if (existsError ?? failedError) throw existsError ?? failedError;
        states.set(index, exists === 0 ? 'unknown' : failed === null ? 'known' : 'failed');
      });
    }
    return states;
  }

  /** Takes shards out, unless a worker holds them. */
  async remove(indexes: number[]): Promise<void> {
    for (const index of indexes) await this.queue.remove(shardJobId(this.plan.plan, index)).catch(() => 0);
  }

  /** Why a shard was given up, in the words of the worker or of BullMQ; null when it is not there. */
  async failureOf(index: number): Promise<string | null> {
    const job = await this.queue.getJob(shardJobId(this.plan.plan, index));
    return typeof job?.failedReason === 'string' ? job.failedReason : null;
  }

  /** Lets shards be taken now that were to wait for longer than any wait is: the clock of the worker that gave them back was wrong, or ours is. */
  async hasten(): Promise<void> {
    const late = (Date.now() + LONGEST_WAIT_MS) * SCORE_OF_MS;
    const ids = await this.redis.zrangebyscore(this.queue.toKey('delayed'), late, '+inf', 'LIMIT', 0, MOST_JOBS);
    for (const id of ids) if (id.startsWith(`${this.plan.plan}.`)) await (await this.queue.getJob(id))?.promote();
  }

  /** How far workers have come with shards of this plan. `limit` bounds what is believed of each; null: not asked for. */
  async progress(limit: (index: number) => { files: number; bytes: number } | null): Promise<Map<number, ShardProgress>> {
    const progress = new Map<number, ShardProgress>();
    for (const [index, job] of await this.#jobs('active')) {
      const size = limit(index);
      const read = size === null ? null : readShardProgress(job.progress, size);
      // What a worker that gave it back said of it is no progress of the one that has it now.
      if (read !== null) progress.set(index, read.refused === undefined ? read : { worker: read.worker, files: 0, bytes: 0 });
    }
    return progress;
  }

  /** Which workers gave shards of this plan back, and why. */
  async refusals(): Promise<{ worker: string; reason: string }[]> {
    const jobs = await this.#jobs('delayed');
    return jobs.flatMap(([, { progress }]) => {
      const read = readShardProgress(progress, { files: 0, bytes: 0 });
      return read?.refused === undefined ? [] : [{ worker: read.worker, reason: read.refused }];
    });
  }

  async #jobs(state: 'active' | 'delayed'): Promise<[number, Job][]> {
    const jobs = await this.queue.getJobs([state], 0, MOST_JOBS - 1);
    return jobs.flatMap((job: Job | undefined): [number, Job][] => {
      const order = job === undefined ? null : readShardJob(job.name, job.data);
      return job === undefined || order?.plan !== this.plan.plan ? [] : [[order.index, job]];
    });
  }

  async close(): Promise<void> {
    await this.queue.close();
  }
}
