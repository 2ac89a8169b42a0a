/** What a sharded engine does when its results cannot be taken, and what it clears away. */
import { mkdirSync, readdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { Dispatch, Dispatcher } from '../../src/engine/shards/dispatcher.js';
import { writePlan } from '../../src/engine/shards/plan-writer.js';
import { runShard } from '../../src/engine/shards/run-shard.js';
import { ShardedEngine } from '../../src/engine/shards/sharded-engine.js';
import { CurationError } from '../../src/errors.js';
import { useShardRows } from '../support/shard-rows.js';
import { useTemporaryFolders } from '../support/temporary-folder.js';
import type { SlowWork } from './slow-task.js';

const makeFolder = useTemporaryFolders();
const readRows = useShardRows();
const SLOW = new URL('./slow-task.js', import.meta.url);
const ITEMS = Array.from({ length: 12 }, (_, n): SlowWork => ({ n, ms: 0 }));
const LIMITS = { bytes: 4, items: 100 };

/** Runs the first two of three shards here, and then does what the test says. */
function makeEngine(then: (work: Dispatch) => Promise<void>): ShardedEngine {
  const dispatcher: Dispatcher = {
    name: 'slurm',
    async dispatch(work) {
      for (const index of [0, 1]) {
        await runShard(work.folder, index, { jobs: 1 });
        work.onDone(index);
      }
      await then(work);
    },
    close: () => Promise.resolve(),
  };
  return new ShardedEngine({ dispatcher, root: makeFolder(), limits: LIMITS, readRows });
}

/** As dispatchers do, it goes on until it is interrupted. */
function untilInterrupted({ signal }: Dispatch): Promise<void> {
  return new Promise((_, reject) => {
    const end = (): void => reject(new CurationError('INTERRUPTED', 'Interrupted.'));
    if (signal?.aborted === true) end();
    signal?.addEventListener('abort', end);
  });
}

const refusing = (calls: number[]) => ({
  chunk: () => 1,
  onResults: (results: { n: number }[]): void => {
    calls.push(results.length);
    throw new CurationError('DISK_FULL', 'The disk is full.');
  },
});

test('a result that cannot be taken ends the run at once, with that error; no further one is handed out', async () => {
  const calls: number[] = [];
  await expect(makeEngine(untilInterrupted).run<SlowWork, { n: number }>(SLOW, ITEMS, refusing(calls))).rejects.toMatchObject({ code: 'DISK_FULL' });
  expect(calls).toEqual([4]);
});

test('a scheduler that fails is told of, also when a result cannot be taken after that', async () => {
  const calls: number[] = [];
  const engine = makeEngine(() => Promise.reject(new CurationError('ENGINE_FAILED', 'The scheduler is gone.')));
  const run = { chunk: () => 1, onResults: () => new Promise<void>((_, reject) => setTimeout(() => reject(new Error(`late ${calls.push(1)}`)), 300)) };
  await expect(engine.run<SlowWork, { n: number }>(SLOW, ITEMS, run)).rejects.toMatchObject({ code: 'ENGINE_FAILED' });
  // what takes results was let finish, and was not called again
  expect(calls).toEqual([1]);
});

test('a user who interrupts hears so, whatever the results say', async () => {
  const stop = new AbortController();
  const run = { chunk: () => 1, signal: stop.signal, onResults: () => stop.abort() };
  await expect(makeEngine(untilInterrupted).run<SlowWork, { n: number }>(SLOW, ITEMS, run)).rejects.toMatchObject({ code: 'INTERRUPTED' });
});

test('a plan whose writer was killed is cleared away after a day; one that is being written, and what is not ours, stays', async () => {
  const root = makeFolder();
  const plan = (digit: string): string => `.plan-${digit.repeat(8)}-0000-4000-8000-000000000000`;
  for (const name of [plan('1'), plan('2'), plan('3'), '.plan-of-mine']) mkdirSync(join(root, name, 'items'), { recursive: true });
  const yesterday = new Date(Date.now() - 25 * 3_600_000);
  for (const path of [plan('1'), `${plan('1')}/items`, plan('2'), '.plan-of-mine', '.plan-of-mine/items']) utimesSync(join(root, path), yesterday, yesterday);
  const folder = await writePlan(root, { task: SLOW, taskData: null, purpose: { kind: 'stage' }, items: ITEMS, weigh: () => 1, limits: LIMITS });
  expect(readdirSync(root).map((name) => join(root, name)).sort()).toEqual([plan('2'), plan('3'), '.plan-of-mine'].map((name) => join(root, name)).concat(folder ?? '').sort());
});
