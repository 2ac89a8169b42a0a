import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ShardPlan } from '../../model/shards.js';
import { readItems } from './items-file.js';
import { readPlan } from './plan.js';

/** A plan that is gone on with, and which of its items are still wanted. */
export interface OpenPlan {
  folder: string;
  plan: ShardPlan;
  /** One byte for each item of a shard, 1 for those that are wanted; null: all of them are. */
  wanted: readonly Uint8Array[] | null;
}

/**
 * Looks for an earlier plan of the same task that holds all items of a new one, in the same order: a coordinator that died while it took
 * results has less to do when it comes again, and what was done for it still counts. Plans of the same task that hold less are removed,
 * and the new one is when an earlier one is gone on with.
 */
export function goOnWithEarlier(root: string, folder: string): OpenPlan {
  const plan = readPlan(folder);
  for (const name of readdirSync(root)) {
    const other = join(root, name);
    if (!/^[0-9a-f]{16}$/.test(name) || other === folder) continue;
    const earlier = readOrNull(other);
    if (earlier === null || earlier.purpose.kind !== 'stage' || earlier.task !== plan.task || earlier.task_data !== plan.task_data || earlier.tool !== plan.tool) continue;
    const wanted = findItems(itemsOf(folder, plan), other, earlier);
    if (wanted === null) {
      rmSync(other, { recursive: true, force: true });
      continue;
    }
    rmSync(folder, { recursive: true, force: true });
    return { folder: other, plan: earlier, wanted };
  }
  return { folder, plan, wanted: null };
}

function readOrNull(folder: string): ShardPlan | null {
  try {
    return readPlan(folder);
  } catch {
    return null;
  }
}

/** Where items are in a plan; null when it does not hold them all in their order. */
function findItems(items: Iterator<string, undefined>, folder: string, plan: ShardPlan): Uint8Array[] | null {
  const wanted = plan.shards.map((shard) => new Uint8Array(shard.items));
  let next = items.next();
  for (const index of plan.shards.keys())
    for (const [number, bytes, item] of readItems(folder, plan, index)) {
      if (next.done === true || next.value !== `${bytes}\t${item}`) continue;
      (wanted[index] as Uint8Array)[number] = 1;
      next = items.next();
    }
  return next.done === true ? wanted : null;
}

function* itemsOf(folder: string, plan: ShardPlan): Generator<string, undefined> {
  for (const index of plan.shards.keys()) for (const [, bytes, item] of readItems(folder, plan, index)) yield `${bytes}\t${item}`;
  return undefined;
}
