import { CurationError } from '../../errors.js';

/** Variables in which schedulers say which task of an array this is: Slurm, a Kubernetes Indexed Job, AWS Batch. */
const VARIABLES = ['SLURM_ARRAY_TASK_ID', 'JOB_COMPLETION_INDEX', 'AWS_BATCH_JOB_ARRAY_INDEX'] as const;

/**
 * The number of the shard that a scheduler gave to this process; null when none did.
 * @throws {CurationError} USAGE when a variable holds no number
 */
export function scheduledIndex(environment: Readonly<Record<string, string | undefined>>): number | null {
  for (const name of VARIABLES) {
    const text = environment[name];
    if (text === undefined || text === '') continue;
    if (/^\d{1,9}$/.test(text)) return Number(text);
    throw new CurationError('USAGE', `${name} holds no number of a shard.`, { expected: '0 or more', found: text.slice(0, 40) });
  }
  return null;
}
