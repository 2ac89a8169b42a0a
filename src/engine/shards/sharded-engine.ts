import { rmSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { CurationError } from '../../errors.js';
import type { EngineName } from '../../model/engine.js';
import type { ShardPlan } from '../../model/shards.js';
import type { Engine } from '../engine.js';
import type { LocalRun } from '../local-run.js';
import type { Dispatcher } from './dispatcher.js';
import { goOnWithEarlier, type OpenPlan } from './earlier-plan.js';
import { writePlan, type ShardLimits } from './plan-writer.js';
import { resultFault } from './result-file.js';
import { takeResult, type RowReader } from './result-taking.js';
import { unfinished } from './unfinished.js';

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
    const open = goOnWithEarlier(root, folder);
    await this.#complete(open, run);
    rmSync(open.folder, { recursive: true, force: true });
  }

  close(): Promise<void> {
    return this.setup.dispatcher.close();
  }

  async #complete<Item, Result>({ folder, plan, wanted }: OpenPlan, run: LocalRun<Item, Result>): Promise<void> {
    const { dispatcher, readRows, onPlan } = this.setup;
    const waiting = new Set([...plan.shards.keys()].filter((index) => wanted?.[index]?.includes(1) ?? true));
    let taking: Promise<void> = Promise.resolve();
    const refused = new AbortController();
    const take = (index: number): void => {
      if (!waiting.delete(index)) return;
      taking = taking.then(() => takeResult(folder, plan, index, readRows, run, wanted?.[index]));
      // what cannot be taken is no reason to have hours of further work done; told when it is awaited below
      taking.catch(() => refused.abort());
    };
    const missing = [...waiting].filter((index) => resultFault(folder, plan, index) !== null);
    onPlan?.(plan, folder, missing.length);
    const open = new Set(missing);
    for (const index of [...waiting]) if (!open.has(index)) take(index);
    const { jobs } = run;
    const signal = AbortSignal.any([refused.signal, ...(run.signal === undefined ? [] : [run.signal])]);
    try {
      if (missing.length > 0) await dispatcher.dispatch({ folder, plan, missing, onDone: take, signal, ...(jobs === undefined ? {} : { jobs }) });
    } catch (error) {
      const interrupted = refused.signal.aborted && run.signal?.aborted !== true;
      // the caller may close what results go into as soon as this run has failed
      const cause: unknown = await taking.then(() => error, (reason: unknown) => reason);
      throw interrupted ? cause : error;
    }
    for (const index of missing) if (waiting.has(index) && resultFault(folder, plan, index) === null) take(index);
    await taking;
    if (waiting.size > 0) throw unfinished(folder, plan, [...waiting]);
  }
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
