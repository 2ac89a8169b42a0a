import { constants, openSync } from 'node:fs';
import { writeCursor } from './cursor.js';
import { locateTask } from './plan.js';
import { decodeValue, encodeValue } from './wire.js';

/** What a worker of a shard is made with. */
export interface ShardTaskData {
  /** As the plan names it. */
  task: string;
  /** As the plan has it: JSON text. */
  taskData: string;
  /** The attempt's file, for the item in work; null: it is not noted. */
  cursor: string | null;
}

/** Number of an item in its shard, its weight, and its JSON. */
export type ShardItem = [number: number, bytes: number, item: string];
/** Number of an item, and the JSON of what its task answered. */
export type ShardAnswer = [number: number, result: string];

/** The task of the workers of a shard: the plan's own task, between JSON and JSON. */
export async function createTask({ task, taskData, cursor }: ShardTaskData): Promise<(item: ShardItem) => ShardAnswer | Promise<ShardAnswer>> {
  const module = (await import(locateTask(task).href)) as { createTask(taskData: unknown): ((item: unknown) => unknown) | Promise<(item: unknown) => unknown> };
  const run = await module.createTask(decodeValue(taskData));
  // another copy of the shard that is done has taken the file away
  const descriptor = cursor === null ? null : openSync(cursor, constants.O_RDWR | constants.O_CREAT, 0o600);
  return ([number, , item]) => {
    if (descriptor !== null) writeCursor(descriptor, number);
    const result = run(decodeValue(item));
    if (result instanceof Promise) return result.then((value: unknown) => [number, encodeValue(value)]);
    return [number, encodeValue(result)];
  };
}
