import { expect, test } from '@jest/globals';
import { runLocal } from '../../src/engine/local.js';
import { WaitingWorkers } from '../../src/engine/waiting-workers.js';
import type { Answer, Work } from './tasks.js';

const TASK = new URL('./tasks.js', import.meta.url);

test('threads that wait get the work; further ones are started when they are not enough', async () => {
  const waiting = new WaitingWorkers(TASK, { early: true }, 1);
  const seen = new Map<unknown, unknown>();
  await runLocal<Work, Answer>(TASK, [{ n: 1 }, { n: 2 }], {
    jobs: 2,
    chunk: 1,
    taskData: { early: false },
    waiting,
    onResults: (some) => some.forEach(({ thread, taskData }) => seen.set(thread, taskData)),
  });
  expect([...seen.values()].sort((a, b) => JSON.stringify(a).length - JSON.stringify(b).length)).toEqual([{ early: true }, { early: false }]);
  expect(waiting.take()).toBeUndefined();
});

test('threads that nobody took are ended by who made them', async () => {
  const waiting = new WaitingWorkers(TASK, null, 2);
  const first = waiting.take();
  await waiting.dismiss();
  expect(waiting.take()).toBeUndefined();
  await first?.worker.terminate();
});

test('a thread that cannot start is not taken: the run says why', async () => {
  const missing = new URL('./no-such-module.js', import.meta.url);
  const waiting = new WaitingWorkers(missing, null, 1);
  await expect(runLocal<Work, Answer>(missing, [{ n: 1 }], { jobs: 1, waiting, onResults: () => undefined })).rejects.toThrow(/failed on .*no-such-module/s);
});

test('threads that are taken back do the next run; one that died is replaced, and none waits after the end', async () => {
  const waiting = new WaitingWorkers(TASK, null, 0, true);
  const run = async (items: Work[]): Promise<unknown[]> => {
    const threads: unknown[] = [];
    await runLocal<Work, Answer>(TASK, items, { jobs: 1, chunk: 1, waiting, onResults: (some) => some.forEach(({ thread }) => threads.push(thread)), onFailure: ({ n }) => void threads.push(`failed ${n}`) });
    return threads;
  };
  const [first] = await run([{ n: 1 }]);
  expect(await run([{ n: 2 }, { n: 3 }])).toEqual([first, first]);
  const after = await run([{ n: 4, act: 'throw' }]);
  expect(after).toEqual(['failed 4']);
  const [second] = await run([{ n: 5 }]);
  expect(second).not.toBe(first);
  await waiting.dismiss();
  const [third] = await run([{ n: 6 }]);
  expect(third).not.toBe(second);
  expect(waiting.take()).toBeUndefined();
});
