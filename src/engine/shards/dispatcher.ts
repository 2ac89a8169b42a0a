import type { EngineName } from '../../model/engine.js';
import type { ShardPlan } from '../../model/shards.js';

/** Shards that are to be run. */
export interface Dispatch {
  /** The shard folder; every machine that takes part sees it under the same path. */
  folder: string;
  plan: ShardPlan;
  /** Shards without a valid result, ascending. */
  missing: readonly number[];
  /** Threads of a shard. */
  jobs?: number;
  signal?: AbortSignal;
  /** Told as soon as the valid result of a shard was seen, once for each. */
  onDone(index: number): void;
}

/** Has shards run by `runShard` on other machines or in other processes: what a scheduler is to a sharded engine. */
export interface Dispatcher {
  readonly name: Exclude<EngineName, 'local'>;
  /**
   * Returns when every shard has a valid result or will get none any more: the result files tell, not the scheduler.
   * @throws {CurationError} ENGINE_FAILED when the scheduler does not take work; INTERRUPTED
   */
  dispatch(work: Dispatch): Promise<void>;
  close(): Promise<void>;
}
