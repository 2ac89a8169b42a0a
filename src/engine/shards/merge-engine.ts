import { CurationError } from '../../errors.js';
import type { ShardPlan } from '../../model/shards.js';
import type { Engine } from '../engine.js';
import type { LocalRun } from '../local-run.js';
import { readItems } from './items-file.js';
import { nameTask } from './plan.js';
import { takeResult, type RowReader } from './result-taking.js';
import { encodeValue } from './wire.js';

/** Answers the work that was planned with the results of its shards, and refuses any other work. */
export class MergeEngine implements Engine {
  readonly name = 'plan';

  constructor(
    readonly folder: string,
    readonly plan: ShardPlan,
    readonly readRows: RowReader,
    /** Told of each item on which workers died. */
    readonly onFailed: () => void,
  ) {}

  async run<Item, Result>(task: URL, items: Iterable<Item> | AsyncIterable<Item>, run: LocalRun<Item, Result>): Promise<void> {
    if (nameTask(task) !== this.plan.task || encodeValue(run.taskData) !== this.plan.task_data) throw this.#changed();
    const planned = this.#planned();
    for await (const item of items) if (planned.next().value !== encodeValue(item)) throw this.#changed();
    if (planned.next().done !== true) throw this.#changed();
    const { onFailure } = run;
    const counted = { ...run, ...(onFailure === undefined ? {} : { onFailure: (item: Item, reason: string) => this.#count(onFailure(item, reason)) }) };
    for (const index of this.plan.shards.keys()) await takeResult(this.folder, this.plan, index, this.readRows, counted);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #count<T>(told: T): T {
    this.onFailed();
    return told;
  }

  *#planned(): Generator<string, null> {
    for (const index of this.plan.shards.keys()) for (const [, , item] of readItems(this.folder, this.plan, index)) yield item;
    return null;
  }

  #changed(): CurationError {
    return new CurationError('SHARD_INVALID', `What was planned changed since: ${this.folder}`, { suggestions: ['Plan again, and run the shards of the new plan.'] });
  }
}
