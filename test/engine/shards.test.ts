import { spawnSync } from 'node:child_process';
import { copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Dispatch, Dispatcher } from '../../src/engine/shards/dispatcher.js';
import { readFailures } from '../../src/engine/shards/failures.js';
import { readItems } from '../../src/engine/shards/items-file.js';
import { writePlan, type PlannedWork } from '../../src/engine/shards/plan-writer.js';
import { digestPlan, readPlan } from '../../src/engine/shards/plan.js';
import { resultFault } from '../../src/engine/shards/result-file.js';
import { takeResult } from '../../src/engine/shards/result-taking.js';
import { runShard } from '../../src/engine/shards/run-shard.js';
import { scheduledIndex } from '../../src/engine/shards/shard-index.js';
import { shardFiles } from '../../src/engine/shards/shard-files.js';
import { ShardedEngine } from '../../src/engine/shards/sharded-engine.js';
import { readStatus } from '../../src/engine/shards/status.js';
import { decodeValue, encodeValue } from '../../src/engine/shards/wire.js';
import type { ShardPlan } from '../../src/model/shards.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { useShardRows } from '../support/shard-rows.js';
import { useTemporaryFolders } from '../support/temporary-folder.js';
import type { SlowWork } from './slow-task.js';

const makeFolder = useTemporaryFolders();
const readRows = useShardRows();
const SLOW = new URL('./slow-task.js', import.meta.url);

const work = (count: number, act: Record<number, SlowWork['act']> = {}): SlowWork[] =>
  Array.from({ length: count }, (_, n) => (act[n] === undefined ? { n, ms: 0 } : { n, ms: 0, act: act[n] }));

async function plan(items: readonly SlowWork[], changes: Partial<PlannedWork<SlowWork>> = {}): Promise<string> {
  const folder = await writePlan(makeFolder(), { task: SLOW, taskData: null, purpose: { kind: 'stage' }, items, weigh: () => 1, limits: { bytes: 4, items: 100 }, ...changes });
  return folder!;
}

/** Starts a process as a scheduler does; the status is null when it was killed. */
function runProcess(folder: string, index: number): number | null {
  return spawnSync(process.execPath, [join(PACKAGE_ROOT, 'bin/shard.js'), folder, String(index), '2'], { encoding: 'utf8' }).status;
}

async function take(folder: string, index: number): Promise<{ answers: number[]; failed: [number, string][] }> {
  const found = { answers: [] as number[], failed: [] as [number, string][] };
  await takeResult<SlowWork, { n: number }>(folder, readPlan(folder), index, readRows, {
    onResults: (results) => void found.answers.push(...results.map(({ n }) => n)),
    onFailure: ({ n }, reason) => void found.failed.push([n, reason]),
  });
  return found;
}

describe('a plan', () => {
  test('holds every item in one shard, in the order given, and no shard is heavier than asked but by one item', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(100), { minLength: 1, maxLength: 60 }), fc.integer({ min: 1, max: 150 }), fc.integer({ min: 1, max: 9 }), async (weights, bytes, most) => {
        const items = weights.map((ms, n) => ({ n, ms }));
        const folder = await plan(items, { weigh: ({ ms }) => ms, limits: { bytes, items: most } });
        const { shards } = readPlan(folder);
        const listed = shards.map((_, index) => [...readItems(folder, readPlan(folder), index)]);
        expect(listed.flat().map(([, , item]) => decodeValue(item))).toEqual(items);
        for (const [index, shard] of shards.entries()) {
          expect(shard.items).toBeLessThanOrEqual(most);
          expect(shard.bytes <= bytes || shard.items === 1).toBe(true);
          expect(shard.bytes).toBe(listed[index]!.reduce((sum, [, weight]) => sum + weight, 0));
        }
      }),
      { numRuns: 30 },
    );
  });

  test('of a small collection has work for many; shards grow with what was planned before them, up to the limit', async () => {
    const folder = await plan(work(3000), { limits: { bytes: 40, items: 100_000, first: 10 } });
    const sizes = readPlan(folder).shards.map(({ items }) => items);
    expect(sizes.slice(0, 16)).toEqual(sizes.slice(0, 16).map(() => 10));
    expect(sizes.slice(1, -1).every((size, index) => size >= sizes[index]!)).toBe(true);
    expect(Math.max(...sizes)).toBe(40);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(3000);
    const small = await plan(work(30), { weigh: () => 0, limits: { bytes: 40, items: 40, first: 10 } });
    expect(readPlan(small).shards.map(({ items }) => items)).toEqual([10, 10, 10]);
  });

  test('of the same work is the same folder; of no work there is none', async () => {
    const root = makeFolder();
    const planned = { task: SLOW, taskData: { a: 1 }, purpose: { kind: 'stage' } as const, items: work(9), weigh: () => 1, limits: { bytes: 4, items: 9 } };
    const folder = await writePlan(root, planned);
    await runShard(folder!, 0);
    expect(await writePlan(root, planned)).toBe(folder);
    expect(readStatus(folder!).done).toBe(1);
    expect(await writePlan(root, { ...planned, items: [] })).toBeNull();
    expect(readdirSync(root)).toHaveLength(1);
  });

  test('is refused when a byte of it was changed, when its items were, and when it names no task of ours', async () => {
    const folder = await plan(work(3));
    const path = shardFiles.plan(folder);
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, text.replace('"items":3', '"items":4'));
    await expect(runShard(folder, 0)).rejects.toMatchObject({ code: 'SHARD_INVALID', message: expect.stringContaining('changed since') });
    const draft = { ...(JSON.parse(text) as ShardPlan), task: 'src/../../evil/x-task.js' };
    writeFileSync(path, JSON.stringify({ ...draft, digest: digestPlan(draft) }));
    await expect(runShard(folder, 0)).rejects.toMatchObject({ message: expect.stringContaining('does not have') });
    writeFileSync(path, text);
    writeFileSync(shardFiles.items(folder, 0), readFileSync(shardFiles.items(folder, 0), 'utf8').replace('"n":1', '"n":7'));
    await expect(runShard(folder, 0)).rejects.toMatchObject({ code: 'SHARD_INVALID', message: expect.stringContaining('items of shard 0') });
    await expect(runShard(folder, 1)).rejects.toMatchObject({ code: 'USAGE' });
  });
});

describe('a shard', () => {
  test('is run once, and copies of it give the same bytes', async () => {
    const folder = await plan(work(50), { limits: { bytes: 50, items: 50 } });
    expect(await runShard(folder, 0, { jobs: 2 })).toMatchObject({ status: 'done', items: 50, failed: 0 });
    const bytes = readFileSync(shardFiles.result(folder, 0));
    expect(await runShard(folder, 0)).toMatchObject({ status: 'kept' });
    rmSync(shardFiles.result(folder, 0));
    await Promise.all([runShard(folder, 0, { jobs: 1 }), runShard(folder, 0, { jobs: 2 })]);
    expect(readFileSync(shardFiles.result(folder, 0)).equals(bytes)).toBe(true);
    expect((await take(folder, 0)).answers).toEqual(work(50).map(({ n }) => 2 * n));
    expect(readdirSync(join(folder, 'attempts'))).toEqual([]);
    expect(readdirSync(join(folder, 'results'))).toEqual(['00000.parquet']);
  });

  test('does not take a result that was damaged, cut off, or is of another shard or plan', async () => {
    const folder = await plan(work(8));
    const other = await plan(work(8), { taskData: 'other' });
    for (const index of [0, 1]) await runShard(folder, index);
    await runShard(other, 0);
    const path = shardFiles.result(folder, 0);
    const whole = readFileSync(path);
    const judge = (): string | null => resultFault(folder, readPlan(folder), 0);
    for (let at = 0; at < whole.length; at++) {
      const flipped = Buffer.from(whole);
      flipped[at]! ^= 1;
      writeFileSync(path, flipped);
      expect([at, judge()]).not.toEqual([at, null]);
    }
    for (const length of [0, 3, 80, whole.length - 1]) {
      writeFileSync(path, whole.subarray(0, length));
      expect(judge()).toBe('damaged');
    }
    for (const stranger of [shardFiles.result(folder, 1), shardFiles.result(other, 0)]) {
      copyFileSync(stranger, path);
      expect(judge()).toBe('of-another-plan');
      await expect(take(folder, 0)).rejects.toMatchObject({ code: 'SHARD_INVALID' });
      expect(await runShard(folder, 0)).toMatchObject({ status: 'done' });
      expect(readFileSync(path).equals(whole)).toBe(true);
    }
  });

  test('goes on without an item on which threads die, and says so', async () => {
    const folder = await plan(work(9, { 4: 'throw' }), { limits: { bytes: 9, items: 9 } });
    expect(await runShard(folder, 0, { jobs: 2 })).toMatchObject({ status: 'done', failed: 1 });
    const { answers, failed } = await take(folder, 0);
    expect(answers).toEqual([0, 1, 2, 3, 5, 6, 7, 8].map((n) => 2 * n));
    expect(failed).toEqual([[4, 'Workers died on it 3 times (RangeError).']]);
  });

  test('finds the item that kills whole processes', async () => {
    const folder = await plan(work(9, { 6: 'die' }), { limits: { bytes: 9, items: 9 } });
    const statuses = [0, 1, 2, 3, 4].map(() => runProcess(folder, 0));
    expect(statuses).toEqual([null, null, null, null, 0]);
    const { answers, failed } = await take(folder, 0);
    expect(answers).toHaveLength(8);
    expect(failed).toEqual([[6, expect.stringContaining('again and again')]]);
  }, 120_000);

  test('that fails leaves a file that says why', async () => {
    const folder = await plan(work(3), { taskData: 'broken' });
    await expect(runShard(folder, 0, { jobs: 2 })).rejects.toMatchObject({ code: 'SHARD_FAILED' });
    expect(readFailures(folder, readPlan(folder), 0)).toMatchObject([{ index: 0, code: 'SHARD_FAILED', message: expect.stringContaining('thrown at the start') }]);
    expect(readStatus(folder)).toMatchObject({ done: 0, complete: false, open: [{ index: 0, fault: 'missing', failure: { attempts: 1 } }] });
  });

  test('gets its number from whatever scheduler started it', () => {
    expect(scheduledIndex({ JOB_COMPLETION_INDEX: '0' })).toBe(0);
    expect(scheduledIndex({ AWS_BATCH_JOB_ARRAY_INDEX: '12' })).toBe(12);
    expect(scheduledIndex({ SLURM_ARRAY_TASK_ID: '7' })).toBe(7);
    expect(scheduledIndex({})).toBeNull();
    expect(() => scheduledIndex({ SLURM_ARRAY_TASK_ID: '-1' })).toThrow(/no number/);
  });
});

describe('a sharded engine', () => {
  class HereDispatcher implements Dispatcher {
    readonly name = 'slurm';
    readonly dispatched: number[] = [];
    constructor(readonly act: (work: Dispatch, index: number) => Promise<void>) {}
    async dispatch(given: Dispatch): Promise<void> {
      for (const index of given.missing) {
        this.dispatched.push(index);
        await this.act(given, index);
      }
    }
    close(): Promise<void> {
      return Promise.resolve();
    }
  }
  const engine = (root: string, dispatcher: Dispatcher): ShardedEngine => new ShardedEngine({ dispatcher, root, limits: { bytes: 4, items: 100 }, readRows });
  const runAll = async ({ folder, onDone }: Dispatch, index: number): Promise<void> => {
    await runShard(folder, index, { jobs: 1 });
    onDone(index);
    onDone(index);
  };

  test('answers each item once, leaves nothing behind, and tells of a shard that fails for good', async () => {
    const root = makeFolder();
    const taken: number[] = [];
    const run = { chunk: () => 1, onResults: (results: { n: number }[]) => void taken.push(...results.map(({ n }) => n)) };
    const failing = new HereDispatcher(async (given, index) => (index === 1 ? undefined : runAll(given, index)));
    await expect(engine(root, failing).run(SLOW, work(10), run)).rejects.toMatchObject({ code: 'SHARD_FAILED', found: 'none for 1' });
    expect(taken).toHaveLength(6);
    expect(readdirSync(root)).toHaveLength(1);
    // the same command again: what is done is not run again
    taken.length = 0;
    const again = new HereDispatcher(runAll);
    await engine(root, again).run(SLOW, work(10), run);
    expect(again.dispatched).toEqual([1]);
    expect(taken.toSorted((a, b) => a - b)).toEqual(work(10).map(({ n }) => 2 * n));
    expect(readdirSync(root)).toEqual([]);
  });

  test('goes on with the plan of a coordinator that died while it took results, as long as nothing is new', async () => {
    const root = makeFolder();
    const dying = new HereDispatcher(async (given, index) => {
      await runAll(given, index);
      if (index === 1) throw new Error('the coordinator dies');
    });
    const taken: number[] = [];
    const run = { chunk: () => 1, onResults: (results: { n: number }[]) => void taken.push(...results.map(({ n }) => n)) };
    await expect(engine(root, dying).run(SLOW, work(12), run)).rejects.toThrow('dies');
    taken.length = 0;
    const rest = work(12).filter(({ n }) => n > 4);
    const again = new HereDispatcher(runAll);
    await engine(root, again).run(SLOW, rest, run);
    expect(again.dispatched).toEqual([2]);
    expect(taken).toEqual(rest.map(({ n }) => 2 * n));
    await expect(engine(root, dying).run(SLOW, work(12), run)).rejects.toThrow('dies');
    const changed = new HereDispatcher(runAll);
    await engine(root, changed).run(SLOW, [...rest, { n: 99, ms: 0 }], run);
    expect(changed.dispatched).toEqual([0, 1]);
    expect(readdirSync(root)).toEqual([]);
  });
});

test('what crosses between machines comes out as it went in', () => {
  const value = fc.letrec((tie) => ({
    value: fc.oneof({ depthSize: 'small' }, fc.string(), fc.integer(), fc.bigInt(), fc.boolean(), fc.constant(null), fc.array(fc.oneof(tie('value'), fc.constant(undefined))), fc.dictionary(fc.string().filter((key) => !key.startsWith('$') && key !== '__proto__'), tie('value'))),
  })).value;
  fc.assert(fc.property(value, (given) => expect(decodeValue(encodeValue(given))).toEqual(given)));
  expect(decodeValue(encodeValue(undefined))).toBeUndefined();
});
