import { existsSync, readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { CurationError, systemErrorCode, wrapSystemError } from '../../errors.js';
import type { ShardPlan } from '../../model/shards.js';
import { resultFault } from '../shards/result-file.js';
import { shardFiles } from '../shards/shard-files.js';
import type { ShardLedger } from './hand-out.js';

const RESULT_NAME = /^(\d{5,})\.parquet$/;

/** The shards of a folder by their result files. A result is read whole once, when it is first seen: a damaged one is none. */
export function folderLedger(folder: string, plan: ShardPlan): ShardLedger {
  const valid = new Set<number>();
  return {
    sizeOf: (index) => ({ files: plan.shards[index]?.items ?? 0, bytes: plan.shards[index]?.bytes ?? 0 }),
    done: () => {
      for (const name of listResults(folder)) {
        const index = Number(RESULT_NAME.exec(name)?.[1] ?? NaN);
        if (index < plan.shards.length && !valid.has(index) && resultFault(folder, plan, index) === null) valid.add(index);
      }
      return valid;
    },
  };
}

function listResults(folder: string): string[] {
  const results = dirname(shardFiles.result(folder, 0));
  try {
    return readdirSync(results);
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT') throw wrapSystemError(error, 'looking for results', results);
    if (existsSync(shardFiles.plan(folder))) return [];
    throw new CurationError('SHARD_INVALID', `The shard folder is gone: ${folder}`, {
      suggestions: ['Another command may have finished the same work and cleared it away. Run the same command again.'],
    });
  }
}
