import type { JobsOptions } from 'bullmq';

/** All keys that we make in a Redis begin with this, so that an ACL can be written for them: `~colophon:*`. */
export const KEY_PREFIX = 'colophon';

/** One queue for the shards of all plans: a worker serves whoever needs it. */
export const QUEUE_NAME = 'shards';

/** The name of every job in it; any other is not ours. */
export const JOB_NAME = 'shard';

/** What a job says: which shard, and who made the plan. Nothing in it is a path, a module or a command. */
export interface ShardJob {
  plan: string;
  index: number;
  /** Version of Colophon that planned it. */
  tool: string;
}

/** Ids of plans are names of folders, and nothing else. */
const PLAN_ID = /^[a-z0-9][a-z0-9-]{0,127}$/;
const VERSION = /^[\w.+-]{1,64}$/;

/** A shard whose task failed is tried so often in all. */
export const ATTEMPTS = 3;
/**
 * A shard whose worker died or went silent is handed out again so often. A file that kills its worker is found and left out
 * after four deaths (engine/shards/attempt.ts): there may be some of them in one shard.
 */
export const TAKEOVERS = 15;
/** Pause before the second attempt; it doubles with each. */
const RETRY_PAUSE_MS = 1_000;

/**
 * How jobs are added. A finished job is forgotten: that a shard is done is told by its result file alone. A failed one
 * stays, since it tells why.
 */
export const JOB_OPTIONS: JobsOptions = {
  attempts: ATTEMPTS,
  backoff: { type: 'exponential', delay: RETRY_PAUSE_MS },
  removeOnComplete: true,
  removeOnFail: { age: 30 * 86_400 },
  stackTraceLimit: 1,
};

/** The id of a job: whoever adds the same shard of the same plan again adds nothing. */
export function shardJobId(plan: string, index: number): string {
  return `${plan}.${index}`;
}

/** Reads what a Redis calls a job; null when it is none of ours. A Redis is not trusted. */
export function readShardJob(name: unknown, data: unknown): ShardJob | null {
  if (name !== JOB_NAME || typeof data !== 'object' || data === null || Array.isArray(data)) return null;
  const { plan, index, tool } = data as Record<string, unknown>;
  if (typeof plan !== 'string' || !PLAN_ID.test(plan)) return null;
  if (typeof tool !== 'string' || !VERSION.test(tool)) return null;
  if (typeof index !== 'number' || !Number.isSafeInteger(index) || index < 0) return null;
  return { plan, index, tool };
}

/** How far a worker has come with a shard, or why it would not take it; kept in the job. */
export interface ShardProgress {
  /** The worker, as `host:pid`. */
  worker: string;
  files: number;
  bytes: number;
  /** A worker that could not take it says why. */
  refused?: string;
}

/** Reads the progress that a Redis says of a job; null when it is none. Counts are at most `limit`. */
export function readShardProgress(value: unknown, limit: { files: number; bytes: number }): ShardProgress | null {
  if (typeof value !== 'object' || value === null) return null;
  const { worker, files, bytes, refused } = value as Record<string, unknown>;
  if (typeof worker !== 'string') return null;
  return {
    worker: printable(worker, 80),
    files: within(files, limit.files),
    bytes: within(bytes, limit.bytes),
    ...(typeof refused === 'string' ? { refused: printable(refused, 200) } : {}),
  };
}

function within(value: unknown, limit: number): number {
  return typeof value === 'number' && value > 0 ? Math.min(value, limit) : 0;
}

/** Text from elsewhere, as it may be shown on a terminal. */
export function printable(text: string, length: number): string {
  return text.replace(/[^\x20-\x7e]/g, '?').slice(0, length);
}
