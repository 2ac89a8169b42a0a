import assert from 'node:assert';
import { CurationError } from '../../errors.js';
import type { ShardPlan } from '../../model/shards.js';
import type { LocalRun } from '../local-run.js';
import { readItems } from './items-file.js';
import type { ResultRow } from './parquet-rows.js';
import { resultFault, shardOf } from './result-file.js';
import { shardFiles } from './shard-files.js';
import type { ShardItem } from './shard-task.js';
import { decodeValue } from './wire.js';

/** Reads the rows of a result in the order of the file, some at a time. */
export type RowReader = (path: string) => AsyncIterable<readonly ResultRow[]>;

/**
 * Hands out the result of one shard as `runLocal` would: answers by `onResults`, items that killed workers by `onFailure`.
 * @param wanted a byte for each item: those with 0 were taken before
 * @throws {CurationError} SHARD_INVALID when the result is not there or not whole; INTERRUPTED
 * @throws {Error} when an item failed and no `onFailure` takes it
 */
export async function takeResult<Item, Result>(folder: string, plan: ShardPlan, index: number, readRows: RowReader, run: LocalRun<Item, Result>, wanted?: Uint8Array): Promise<void> {
  const fault = resultFault(folder, plan, index);
  if (fault !== null) throw new CurationError('SHARD_INVALID', `The result of shard ${index} does not count: it is ${fault}.`, { suggestions: ['Run the same command again: that shard is run again.'] });
  const planned = readItems(folder, plan, index);
  let next = 0;
  for await (const rows of readRows(shardFiles.result(folder, index))) {
    if (run.signal?.aborted === true) throw new CurationError('INTERRUPTED', 'Interrupted.');
    const [items, results]: [Item[], Result[]] = [[], []];
    for (const { item: number, outcome, result } of rows) {
      assert(number === next, 'a result holds its items in their order');
      next += 1;
      const item = nextItem<Item>(planned);
      if (wanted?.[number] === 0) continue;
      if (outcome === 'failed') await fail(item, result, run);
      else {
        items.push(item);
        results.push(decodeValue(result) as Result);
      }
    }
    if (items.length > 0) await run.onResults(results, items);
  }
  assert(next === shardOf(plan, index).items, 'a result holds all of its items');
  planned.return(undefined);
}

function nextItem<Item>(planned: Iterator<ShardItem, unknown>): Item {
  const step = planned.next();
  assert(step.done !== true, 'a result holds no more than its items');
  return decodeValue(step.value[2]) as Item;
}

async function fail<Item, Result>(item: Item, reason: string, run: LocalRun<Item, Result>): Promise<void> {
  if (run.onFailure === undefined) throw new Error(`A worker failed on ${run.describe?.(item) ?? JSON.stringify(item).slice(0, 300)}: ${reason}`);
  await run.onFailure(item, reason);
}
