import { rmSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { CurationError } from '../../errors.js';
import type { EngineName } from '../../model/engine.js';
import type { ShardPlan } from '../../model/shards.js';
import type { Engine } from '../engine.js';
import type { LocalRun } from '../local-run.js';
import type { Dispatcher } from './dispatcher.js';
import { readFailures } from './failures.js';
import { readPlan } from './plan.js';
import { writePlan, type ShardLimits } from './plan-writer.js';
import { resultFault } from './result-file.js';
import { takeResult, type RowReader } from './result-taking.js';

/** What a sharded engine works with. */
export interface ShardedSetup {
  dispatcher: Dispatcher;
  /** Where shard folders are made. */
  root: string;
  limits: ShardLimits;
  /** Reads results; DuckDB does, which only the catalog's room may import. */
  readRows: RowReader;
  /** Told once a run how it is cut. */
  onPlan?(plan: ShardPlan, folder: string, missing: number): void;
}

/** Weighs as little as a small header: for items whose caller gives no weight. */
const UNKNOWN_BYTES = 1 << 16;

/**
 * Cuts work into shards in a folder, has them run elsewhere, and takes their results. The folder is named by the work: a run that was
 * interrupted finds what is done, and it goes away when all results were taken.
 */
export class ShardedEngine implements Engine {
  readonly name: EngineName;

  constructor(readonly setup: ShardedSetup) {
    this.name = setup.dispatcher.name;
  }

  async run<Item, Result>(task: URL, items: Iterable<Item> | AsyncIterable<Item>, run: LocalRun<Item, Result>): Promise<void> {
    const { root, limits } = this.setup;
    const { chunk } = run;
    const weigh = typeof chunk === 'function' ? chunk : () => UNKNOWN_BYTES;
    const folder = await writePlan(root, { task, taskData: run.taskData, purpose: { kind: 'stage' }, items: interruptible(items, run.signal), weigh, limits });
    if (folder === null) return;
    await this.#complete(folder, run);
    rmSync(folder, { recursive: true, force: true });
  }

  close(): Promise<void> {
    return this.setup.dispatcher.close();
  }

  async #complete<Item, Result>(folder: string, run: LocalRun<Item, Result>): Promise<void> {
    const { dispatcher, readRows, onPlan } = this.setup;
    const plan = readPlan(folder);
    const waiting = new Set(plan.shards.keys());
    let taking: Promise<void> = Promise.resolve();
    const take = (index: number): void => {
      if (!waiting.delete(index)) return;
      taking = taking.then(() => takeResult(folder, plan, index, readRows, run));
      // told when it is awaited below
      taking.catch(() => undefined);
    };
    const missing = [...waiting].filter((index) => resultFault(folder, plan, index) !== null);
    onPlan?.(plan, folder, missing.length);
    for (const index of plan.shards.keys()) if (!missing.includes(index)) take(index);
    const { jobs, signal } = run;
    if (missing.length > 0) await dispatcher.dispatch({ folder, plan, missing, onDone: take, ...(jobs === undefined ? {} : { jobs }), ...(signal === undefined ? {} : { signal }) });
    for (const index of missing) if (waiting.has(index) && resultFault(folder, plan, index) === null) take(index);
    await taking;
    if (waiting.size > 0) throw unfinished(folder, plan, [...waiting]);
  }
}

/** What the user is told of shards that have no result. */
export function unfinished(folder: string, plan: ShardPlan, shards: readonly number[]): CurationError {
  const failures = shards.flatMap((index) => readFailures(folder, plan, index).slice(-1));
  const last = failures.at(-1);
  const because = last === undefined ? 'none of them says why: look at the logs of the scheduler' : `the last one said: ${last.message}`;
  return new CurationError('SHARD_FAILED', `${shards.length} of ${plan.shards.length} shards have no valid result; ${because}`, {
    expected: 'one valid result for each shard',
    found: `none for ${shards.slice(0, 10).join(', ')}${shards.length > 10 ? ', ...' : ''}`,
    suggestions: [`See what is there: colophon shards status ${folder}`, 'Run the same command again: shards that are done are not run again.'],
  });
}

async function* interruptible<Item>(items: Iterable<Item> | AsyncIterable<Item>, signal: AbortSignal | undefined): AsyncGenerator<Item> {
  let count = 0;
  for await (const item of items) {
    yield item;
    count += 1;
    if (count % 4096 !== 0) continue;
    // what comes synchronously would let no interruption be heard
    await setImmediate();
    if (signal?.aborted === true) throw new CurationError('INTERRUPTED', 'Interrupted.');
  }
}
