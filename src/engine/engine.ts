import type { EngineName } from '../model/engine.js';
import type { LocalRun } from './local-run.js';

/** Spreads independent work over workers, wherever they are. Open one with `openEngine`, and close it. */
export interface Engine {
  /** `plan`: it writes or reads plans instead. */
  readonly name: EngineName | 'plan';
  /**
   * Runs a task over items as `runLocal` does, with the same task module and the same calls back: each item is answered
   * once, by `onResults` or by `onFailure`. Items that come asynchronously are taken on demand, too.
   * @throws {CurationError} INTERRUPTED, and what the engine needs: ENGINE_FAILED, SHARD_FAILED
   */
  run<Item, Result>(task: URL, items: Iterable<Item> | AsyncIterable<Item>, run: LocalRun<Item, Result>): Promise<void>;
  /** Gives up connections and temporary files. */
  close(): Promise<void>;
}
