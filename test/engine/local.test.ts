import { describe, expect, test } from '@jest/globals';
import { MAX_OUTSTANDING } from '../../src/engine/protocol.js';
import { runLocal } from '../../src/engine/local.js';
import { cutChunks } from '../../src/engine/chunks.js';
import type { Work } from './tasks.js';

const TASK = new URL('./tasks.js', import.meta.url);
type Result = { n: number; thread: number; taskData: unknown };

function* work(count: number, special: Record<number, Work['act']> = {}): Generator<Work> {
  for (let n = 0; n < count; n++) yield special[n] === undefined ? { n } : { n, act: special[n] };
}

describe('runLocal', () => {
  test('every item is answered once, whatever the number of workers and the size of a chunk', async () => {
    for (const [jobs, chunk] of [[1, 1], [2, 7], [3, 1000]] as const) {
      const results: Result[] = [];
      await runLocal<Work, Result>(TASK, work(100), { jobs, chunk, taskData: { a: 1 }, onResults: (some) => void results.push(...some) });
      expect(results.map(({ n }) => n).sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, n) => n * 2));
      expect(results.every(({ taskData }) => JSON.stringify(taskData) === '{"a":1}')).toBe(true);
    }
  });

  test('a task may answer later: items are worked on one after the other, and answered in their order', async () => {
    const chunks: number[][] = [];
    const items = Array.from({ length: 40 }, (_, n): Work => (n % 3 === 0 ? { n } : { n, act: 'wait' }));
    await runLocal<Work, Result>(TASK, items, { jobs: 1, chunk: 5, onResults: (some) => void chunks.push(some.map(({ n }) => n)) });
    expect(chunks.flat()).toEqual(items.map(({ n }) => n * 2));
    await expect(runLocal<Work, Result>(TASK, [{ n: 1 }, { n: 2, act: 'reject' }], { jobs: 1, onResults: () => undefined })).rejects.toThrow(/failed on .*"n":2.*rejected by the task/);
  });

  test('nothing to do starts nothing', async () => {
    await runLocal<Work, Result>(new URL('./no-such-module.js', import.meta.url), [], { onResults: () => undefined });
  });

  test('the work is shared', async () => {
    const threads = new Set<number>();
    await runLocal<Work, Result>(TASK, work(2), { jobs: 2, chunk: 1, onResults: (some) => some.forEach(({ thread }) => threads.add(thread)) });
    expect(threads.size).toBe(2);
  });

  test('items are taken no faster than results are taken: a bounded number of chunks a worker and one at hand', async () => {
    let taken = 0;
    let answered = 0;
    let ahead = 0;
    function* counted(): Generator<Work> {
      for (const item of work(200)) {
        taken += 1;
        ahead = Math.max(ahead, taken - answered);
        yield item;
      }
    }
    await runLocal<Work, Result>(TASK, counted(), {
      jobs: 2,
      chunk: 2,
      async onResults(some) {
        await new Promise((resolve) => setTimeout(resolve, 2));
        answered += some.length;
      },
    });
    expect(taken).toBe(200);
    expect(ahead).toBeLessThanOrEqual(2 * (2 * MAX_OUTSTANDING + 1));
  });

  test('onResults is never entered twice at a time', async () => {
    let inside = 0;
    await runLocal<Work, Result>(TASK, work(40), {
      jobs: 2,
      chunk: 1,
      async onResults() {
        expect(++inside).toBe(1);
        await new Promise((resolve) => setTimeout(resolve, 1));
        inside -= 1;
      },
    });
  });

  test.each([
    ['throws', 'throw', /\{"n":17,"act":"throw"\}.*thrown by the task/],
    ['ends its thread', 'exit', /"n":17.*status 7/],
  ] as const)('a task that %s fails the run, and the item is named', async (_what, act, message) => {
    const run = runLocal<Work, Result>(TASK, work(40, { 17: act }), { jobs: 1, chunk: 5, onResults: () => undefined });
    await expect(run).rejects.toThrow(message);
  });

  test('a module that cannot be loaded fails the run', async () => {
    const run = runLocal<Work, Result>(new URL('./no-such-module.js', import.meta.url), work(3), { onResults: () => undefined });
    await expect(run).rejects.toThrow(/no-such-module/);
  });

  test('what onResults or the items throw comes out as it is', async () => {
    const failed = new Error('disk full');
    await expect(runLocal<Work, Result>(TASK, work(9), { chunk: 1, onResults: () => Promise.reject(failed) })).rejects.toBe(failed);
    function* broken(): Generator<Work> {
      yield { n: 1 };
      throw failed;
    }
    await expect(runLocal<Work, Result>(TASK, broken(), { chunk: 1, onResults: () => undefined })).rejects.toBe(failed);
  });

  test('an aborted signal stops even a task that never returns', async () => {
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 100);
    const run = runLocal<Work, Result>(TASK, work(10, { 3: 'spin' }), { jobs: 2, chunk: 1, signal: stop.signal, onResults: () => undefined });
    await expect(run).rejects.toMatchObject({ code: 'INTERRUPTED' });
    await expect(runLocal<Work, Result>(TASK, work(1), { signal: stop.signal, onResults: () => undefined })).rejects.toMatchObject({ code: 'INTERRUPTED' });
  });
});

describe('cutChunks', () => {
  test('by number', () => expect([...cutChunks([1, 2, 3, 4, 5], 2)]).toEqual([[1, 2], [3, 4], [5]]));

  test('by weight: a big item closes its chunk, small ones share one', () => {
    const big = 20 << 20;
    expect([...cutChunks([1, big, 2, 3, big], (weight) => weight)]).toEqual([[1, big], [2, 3, big]]);
    expect([...cutChunks(new Array<number>(600).fill(1), (weight) => weight)].map((chunk) => chunk.length)).toEqual([256, 256, 88]);
  });
});
