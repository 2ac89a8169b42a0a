import { availableParallelism } from 'node:os';
import { CurationError } from '../errors.js';
import { cutChunks } from './chunks.js';
import { Crew } from './crew.js';
import type { LocalRun } from './local-run.js';

/** Threads used when the user names no number: one a core, at most 4. */
export function defaultJobs(): number {
  return Math.min(availableParallelism(), 4);
}

/**
 * Runs a task over items in worker threads. `task` is the URL of a compiled module that exports
 * `createTask(taskData): (item) => Result`, run in the worker, an item after the other; both may return promises. Items are
 * taken from the iterable on demand.
 * Returns when `onResults` has taken every result.
 * @throws {CurationError} INTERRUPTED when `signal` is aborted.
 * @throws {Error} when a task threw or a worker died, naming the item, and no `onFailure` takes it; when workers die on item
 *   after item; or whatever `items` or `onResults` threw.
 */
export async function runLocal<Item, Result>(task: URL, items: Iterable<Item>, run: LocalRun<Item, Result>): Promise<void> {
  if (run.signal?.aborted === true) throw interrupted();
  const crew = new Crew<Item, Result>(task, cutChunks(items, run.chunk ?? 64), run, Math.max(1, run.jobs ?? defaultJobs()));
  const abort = (): void => crew.fail(interrupted());
  run.signal?.addEventListener('abort', abort, { once: true });
  try {
    await crew.work();
  } finally {
    run.signal?.removeEventListener('abort', abort);
    await crew.dismiss();
  }
}

function interrupted(): CurationError {
  return new CurationError('INTERRUPTED', 'Interrupted.');
}
