import type { WaitingWorkers } from './waiting-workers.js';

/** How a run of independent items is spread over workers. */
export interface LocalRun<Item, Result> {
  /** Threads; default: one a core, at most 4, since more readers than that wait for the same disk. */
  jobs?: number;
  /** Given once to `createTask` in each worker; must survive structured cloning. */
  taskData?: unknown;
  /** Items a message: a number of them (default 64), or the weight of each in bytes, so that big files spread evenly. */
  chunk?: number | ((item: Item) => number);
  signal?: AbortSignal;
  /** Threads that wait for this task and these data already; others are started when they are not enough. Of no use to other engines. */
  waiting?: WaitingWorkers;
  /**
   * Takes the results of some items, in the order of these items; the chunks come in any order. A worker gets no further
   * work while its results wait here.
   */
  onResults(results: Result[], items: Item[]): void | Promise<void>;
  /**
   * Takes an item on which workers died again and again, and why; the work goes on without it. When absent, the first such
   * death ends the run.
   */
  onFailure?(item: Item, reason: string): void | Promise<void>;
  /** How an item is called when the worker dies on it; default: its JSON. */
  describe?(item: Item): string;
}
