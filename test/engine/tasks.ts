/** The tasks that the engine's tests run in worker threads. */
import { writeSync } from 'node:fs';
import { threadId } from 'node:worker_threads';

export interface Work {
  n: number;
  act?: 'throw' | 'exit' | 'spin' | 'wait' | 'reject';
}

/** What the task answers: at once, or later. */
export interface Answer {
  n: number;
  thread: unknown;
  taskData: unknown;
}

export function createTask(taskData: unknown): (item: Work) => Answer | Promise<Answer> {
  return (item) => {
    if (item.act === 'wait') return new Promise((done) => setTimeout(() => done({ n: item.n * 2, thread: threadId, taskData }), (item.n * 7) % 10));
    if (item.act === 'reject') return Promise.reject(new RangeError('rejected by the task'));
    if (item.act === 'throw') throw new RangeError('thrown by the task');
    if (item.act === 'exit') process.exit(7);
    if (item.act === 'spin') for (;;) writeSync(2, '');
    return { n: item.n * 2, thread: threadId, taskData };
  };
}
