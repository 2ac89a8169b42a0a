/** Chunks a worker may hold unanswered: enough to go on while the main thread commits (some 100 ms), and a bound for memory. */
export const MAX_OUTSTANDING = 6;

/** What a worker is started with. */
export interface WorkerSetup {
  /** URL of the task module. */
  task: string;
  taskData: unknown;
  /** Two shared counters: the chunk in work, counted from 0, and the item in work within it. */
  cursor: Int32Array;
}

export interface ToWorker {
  items: unknown[];
}

/** The results of one chunk. A task that throws ends its worker instead. */
export interface FromWorker {
  results: unknown[];
}
