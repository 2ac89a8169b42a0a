/** The tasks that the engine's tests run in worker threads. */
import { writeSync } from 'node:fs';
import { threadId } from 'node:worker_threads';

export interface Work {
  n: number;
  act?: 'throw' | 'exit' | 'spin' | 'wait' | 'reject';
}

type Answer = { n: number; thread: unknown; taskData: unknown };

export async function createTask(taskData: unknown): Promise<(item: Work) => Answer | Promise<Answer>> {
  await new Promise((resolve) => setTimeout(resolve, 1));
  return (item) => {
    if (item.act === 'throw') throw new RangeError('thrown by the task');
    if (item.act === 'exit') process.exit(7);
    if (item.act === 'spin') for (;;) writeSync(2, '');
    if (item.act === 'reject') return Promise.reject(new RangeError('rejected by the task'));
    if (item.act === 'wait') return new Promise((resolve) => setTimeout(() => resolve({ n: item.n * 2, thread: threadId, taskData }), 3));
    return { n: item.n * 2, thread: threadId, taskData };
  };
}
