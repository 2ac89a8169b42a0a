/** Shape fixed by the contract of `worker --json`. */

export interface WorkerReport {
  /** The worker as others see it: `host:pid`. */
  worker: string;
  /** Shards whose result it wrote, or found written. */
  shards: number;
  /** Items of these shards, and the bytes that were read for them. */
  files: number;
  bytes: number;
  /** Shards whose task failed here, and jobs that it refused. */
  failed: number;
  /** Shards given back: their plan or source is not seen from here, is of another version, or the worker was interrupted. */
  given_back: number;
  seconds: number;
}
