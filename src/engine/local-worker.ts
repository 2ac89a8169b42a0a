import { parentPort, workerData } from 'node:worker_threads';
import assert from 'node:assert';
import type { FromWorker, ToWorker, WorkerSetup } from './protocol.js';

/** Entry of a worker thread of `runLocal`: answers each chunk of items with the results of the task. */
const { task, taskData, cursor } = workerData as WorkerSetup;
const port = parentPort;
assert(port !== null, 'this module runs as a worker thread');
const module = (await import(task)) as { createTask(taskData: unknown): (item: unknown) => unknown };
const run = module.createTask(taskData);

// An error thrown by the task is not caught: it ends this thread, and the counters say which item it died on.
port.on('message', ({ items }: ToWorker) => {
  const results: unknown[] = [];
  for (const [index, item] of items.entries()) {
    Atomics.store(cursor, 1, index);
    results.push(run(item));
  }
  Atomics.store(cursor, 1, 0);
  Atomics.add(cursor, 0, 1);
  port.postMessage({ results } satisfies FromWorker);
});
