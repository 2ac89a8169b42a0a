import { CurationError } from '../../errors.js';
import type { ShardPlan } from '../../model/shards.js';
import { readFailures } from './failures.js';

/** What the user is told of shards that have no result. */
export function unfinished(folder: string, plan: ShardPlan, shards: readonly number[]): CurationError {
  const failures = shards.flatMap((index) => readFailures(folder, plan, index).slice(-1));
  const last = failures.at(-1);
  const because = last === undefined ? 'none of them says why: look at the logs of the scheduler' : `the last one said: ${last.message}`;
  return new CurationError('SHARD_FAILED', `${shards.length} of ${plan.shards.length} shards have no valid result; ${because}`, {
    expected: 'one valid result for each shard',
    found: `none for ${shards.slice(0, 10).join(', ')}${shards.length > 10 ? ', ...' : ''}`,
    suggestions: [`See what is there: colophon shards status ${folder}`, 'Run the same command again: shards that are done are not run again.'],
  });
}
