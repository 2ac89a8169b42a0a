/** The tasks that the engine's tests run in worker threads. */
import { writeSync } from 'node:fs';
import { threadId } from 'node:worker_threads';

export interface Work {
  n: number;
  act?: 'throw' | 'exit' | 'spin';
}

export function createTask(taskData: unknown): (item: Work) => { n: number; thread: unknown; taskData: unknown } {
  return (item) => {
    if (item.act === 'throw') throw new RangeError('thrown by the task');
    if (item.act === 'exit') process.exit(7);
    if (item.act === 'spin') for (;;) writeSync(2, '');
    return { n: item.n * 2, thread: threadId, taskData };
  };
}
