import type { OpenShard, ShardPlan, ShardsStatus } from '../../model/shards.js';
import { readFailures } from './failures.js';
import { readPlan } from './plan.js';
import { resultFault } from './result-file.js';

/** What the result files of a shard folder tell: every byte of them is read. @throws {CurationError} SHARD_INVALID, SHARD_TOO_NEW */
export function readStatus(folder: string): ShardsStatus {
  const plan = readPlan(folder);
  const open = [...plan.shards.keys()].flatMap((index) => judge(folder, plan, index));
  return { folder, plan: plan.digest, purpose: plan.purpose, shards: plan.shards.length, done: plan.shards.length - open.length, open, complete: open.length === 0 };
}

function judge(folder: string, plan: ShardPlan, index: number): OpenShard[] {
  const fault = resultFault(folder, plan, index);
  if (fault === null) return [];
  const failures = readFailures(folder, plan, index);
  const last = failures.at(-1);
  return [{ index, fault, failure: last === undefined ? null : { code: last.code, message: last.message, attempts: failures.length } }];
}
