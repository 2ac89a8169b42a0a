import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Job, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import type { WorkerReport } from '../../model/worker.js';
import { failureWords, openRedis } from './connection.js';
import type { RedisAddress } from './redis-address.js';
import { loadBullmq } from './packages.js';
import { KEY_PREFIX, printable, QUEUE_NAME, TAKEOVERS } from './shard-job.js';
import { ShardDuty } from './shard-duty.js';
import { LOCK_TIMING, type LockTiming } from './timing.js';

/** What a worker serves, and until when. */
export interface WorkerSetup {
  address: RedisAddress;
  /** Folders in which plans may lie; a shard of any other plan is given back. */
  folders: string[];
  /** Shards at once, each hashed by a thread of its own. */
  jobs: number;
  /** End when no shard waits; otherwise serve until `signal`. */
  once: boolean;
  /** Aborted: the shards in work are given back, and the worker ends. */
  signal: AbortSignal;
  timing?: LockTiming;
  /** Started by a coordinator on the same Redis, which tells how that is: said once is enough. */
  silentOnRedis?: boolean;
  warn(message: string): void;
  /** Told once: it takes shards from now on. */
  onServing?(): void;
  /** Told when a shard has its result. */
  onShard?(): void;
  /** Items and bytes done by this worker, those of shards in work included. */
  onProgress?(files: number, bytes: number): void;
}

/** A worker that is to end once looks so often whether anything waits. */
const IDLE_LOOK_MS = 300;
/** A Redis that is away when a worker ends is not waited for longer. */
const PARTING_MS = 3_000;

/**
 * Takes shards from Redis and runs them, until there are none (`once`) or `signal` is aborted.
 * @throws {CurationError} ENGINE_FAILED when Redis cannot be used
 */
export async function serveShards(setup: WorkerSetup): Promise<Omit<WorkerReport, 'seconds'>> {
  const name = printable(`${hostname()}:${process.pid}`, 80);
  const redis = await openRedis(setup.address, { patient: true, warn: setup.silentOnRedis === true ? () => {} : setup.warn });
  const duty = new ShardDuty({ folders: setup.folders, worker: name, signal: setup.signal, warn: setup.warn, onProgress: setup.onProgress ?? (() => {}) });
  const worker = startWorker(redis, duty, setup, name);
  setup.onServing?.();
  try {
    await until(redis, worker, duty, setup);
  } finally {
    await part(worker, redis);
    await duty.rest();
  }
  return { worker: name, ...duty.counts };
}

function startWorker(redis: Redis, duty: ShardDuty, { jobs, timing = LOCK_TIMING, warn, onShard }: WorkerSetup, name: string): Worker {
  const { Worker } = loadBullmq();
  const worker = new Worker(QUEUE_NAME, (job: Job, token?: string) => duty.take(job, token ?? ''), {
    connection: redis,
    prefix: KEY_PREFIX,
    name,
    concurrency: jobs,
    lockDuration: timing.lock_ms,
    stalledInterval: timing.stalled_ms,
    maxStalledCount: TAKEOVERS,
    drainDelay: 5,
    runRetryDelay: 1_000,
    // it is looked at above, once and in our words
    skipVersionCheck: true,
  });
  worker.on('drained', () => void duty.rest());
  worker.on('completed', () => onShard?.());
  let said = '';
  worker.on('error', (error) => {
    // The same error comes again as long as its cause stays. That the connection is gone is told by the connection.
    const words = failureWords(error);
    if (words !== said && redis.status === 'ready' && !isKnownParting(words)) warn(`From Redis: ${words}`);
    said = words;
  });
  return worker;
}

/** What BullMQ says of a shard that another worker took over meanwhile, or that a Redis without memory forgot: no error. */
function isKnownParting(words: string): boolean {
  return /^(?:Missing (?:lock|key) for job|could not renew lock|Connection is closed|Lock mismatch)/i.test(words);
}

async function until(redis: Redis, worker: Worker, duty: ShardDuty, { once, signal }: WorkerSetup): Promise<void> {
  let idle = 0;
  while (!signal.aborted) {
    await sleep(once ? IDLE_LOOK_MS : 60_000, undefined, { signal }).catch(() => {});
    if (!once) continue;
    idle = duty.busy === 0 && (await nothingWaits(redis, worker, duty)) ? idle + 1 : 0;
    // A shard may be between the queue and the task when it is looked at for the first time.
    if (idle >= 2) return;
  }
}

async function nothingWaits(redis: Redis, worker: Worker, duty: ShardDuty): Promise<boolean> {
  const [waiting = 0, delayed = 0] = await Promise.all([redis.llen(worker.toKey('wait')), redis.zcard(worker.toKey('delayed'))]);
  // What this worker gave back comes again and again, for others.
  return waiting === 0 && (delayed === 0 || duty.counts.given_back > 0);
}

/** Ends the worker; what it still held is given back first, if Redis listens. */
async function part(worker: Worker, redis: Redis): Promise<void> {
  const late = sleep(PARTING_MS, 'late', { ref: false });
  if ((await Promise.race([worker.close(), late])) === 'late') void worker.close(true).catch(() => {});
  redis.disconnect();
}
