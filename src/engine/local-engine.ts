import type { Engine } from './engine.js';
import type { LocalRun } from './local-run.js';
import { runLocal } from './local.js';

/** Items that come asynchronously are gathered to so many, which are worth a start of the workers. */
const BATCH_ITEMS = 50_000;

/** Worker threads of this process: the engine that needs nothing installed. */
export const localEngine: Engine = { name: 'local', run: runHere, close: () => Promise.resolve() };

async function runHere<Item, Result>(task: URL, items: Iterable<Item> | AsyncIterable<Item>, run: LocalRun<Item, Result>): Promise<void> {
  if (!(Symbol.asyncIterator in items)) return runLocal(task, items, run);
  for await (const batch of gather(items)) await runLocal(task, batch, run);
}

async function* gather<Item>(items: AsyncIterable<Item>): AsyncGenerator<Item[]> {
  let batch: Item[] = [];
  for await (const item of items) {
    batch.push(item);
    if (batch.length < BATCH_ITEMS) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
