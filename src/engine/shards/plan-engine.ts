import type { ShardPurpose } from '../../model/shards.js';
import type { Engine } from '../engine.js';
import type { LocalRun } from '../local-run.js';
import { writePlan, type ShardLimits } from './plan-writer.js';

/** Ends the work of which a plan was made: what comes behind it needs the results. */
export class PlanMade extends Error {
  /** @param folder null: there was nothing to plan */
  constructor(readonly folder: string | null) {
    super('the plan is made');
  }
}

/** Writes a plan of the work that it is given, and runs nothing: `run` throws `PlanMade`. */
export class PlanningEngine implements Engine {
  readonly name = 'plan';

  constructor(
    readonly root: string,
    readonly purpose: ShardPurpose,
    readonly limits: ShardLimits,
    /** Of the folder below the root; the plan's digest when absent. */
    readonly folderName?: string,
  ) {}

  async run<Item, Result>(task: URL, items: Iterable<Item> | AsyncIterable<Item>, run: LocalRun<Item, Result>): Promise<void> {
    const { chunk } = run;
    const weigh = typeof chunk === 'function' ? chunk : () => 0;
    throw new PlanMade(await writePlan(this.root, { task, taskData: run.taskData, purpose: this.purpose, items, weigh, limits: this.limits }, this.folderName));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
