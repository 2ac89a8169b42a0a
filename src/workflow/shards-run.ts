import { defaultEffects, type Effects } from '../effects.js';
import { runShard } from '../engine/shards/run-shard.js';
import { scheduledIndex } from '../engine/shards/shard-index.js';
import { CurationError } from '../errors.js';
import type { ShardsRunReport } from '../model/shards.js';

export interface RunOptions {
  /** Default: what the scheduler says in `environment`. */
  index?: number;
  environment: Readonly<Record<string, string | undefined>>;
  jobs?: number;
  signal?: AbortSignal;
}

/**
 * Runs one shard of a plan; see `runShard`.
 * @throws {CurationError} USAGE when nobody says which one, and what `runShard` throws
 */
export async function runPlannedShard(folder: string, { index: named, environment, jobs, signal }: RunOptions, effects: Effects = defaultEffects): Promise<ShardsRunReport> {
  const begun = effects.now().getTime();
  const index = named ?? scheduledIndex(environment);
  if (index === null)
    throw new CurationError('USAGE', 'Nobody said which shard is to be run.', { expected: '--index N, or SLURM_ARRAY_TASK_ID, JOB_COMPLETION_INDEX or AWS_BATCH_JOB_ARRAY_INDEX', suggestions: ['Name it: --index 0'] });
  const outcome = await runShard(folder, index, {
    ...(jobs === undefined ? {} : { jobs }),
    ...(signal === undefined ? {} : { signal }),
    onProgress: (files, bytes) => effects.progress({ stage: `running shard ${index}`, files, bytes, unit: 'items' }),
  });
  return { folder, ...outcome, seconds: (effects.now().getTime() - begun) / 1000 };
}
