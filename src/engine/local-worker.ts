import { parentPort, workerData } from 'node:worker_threads';
import assert from 'node:assert';
import type { FromWorker, ToWorker, WorkerSetup } from './protocol.js';

/** Entry of a worker thread of `runLocal`: answers each chunk of items with the results of the task. */
const { task, taskData, cursor } = workerData as WorkerSetup;
const port = parentPort;
assert(port !== null, 'this module runs as a worker thread');
const module = (await import(task)) as { createTask(taskData: unknown): Task | Promise<Task> };
const run = await module.createTask(taskData);

type Task = (item: unknown) => unknown;

/** Chunks are answered one after the other, also when the task waits for something. */
let working = Promise.resolve();

// An error thrown by the task is not caught: it ends this thread, and the counters say which item it died on.
port.on('message', (message: ToWorker) => {
  working = working.then(() => answer(message));
});

async function answer({ items }: ToWorker): Promise<void> {
  const results: unknown[] = [];
  for (const [index, item] of items.entries()) {
    Atomics.store(cursor, 1, index);
    const result = run(item);
    // Waiting costs a turn of the queue for each item: only a task that must wait does.
    results.push(result instanceof Promise ? await result : result);
  }
  Atomics.store(cursor, 1, 0);
  Atomics.add(cursor, 0, 1);
  port?.postMessage({ results } satisfies FromWorker);
}
