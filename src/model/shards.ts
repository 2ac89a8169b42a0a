/** Shapes of work that is cut into shards; printed to schemas/format and schemas/output. */

/** Format of a plan; a new one gets a new number. */
export const SHARD_FORMAT = 'colophon-shards/1';

/**
 * `plan.json` in a shard folder: an immutable list of work, cut into shards. Beside it: `items/<index>.jsonl`, and in time
 * `results/<index>.parquet` and `failures/<index>-<n>.json`. Shards are numbered from 0.
 */
export interface ShardPlan {
  format: string;
  /** Version of Colophon that planned; another one refuses to run the plan, whose results might differ. */
  tool: string;
  /** Compiled task module, relative to the folder of the compiled program, `/` between its parts. */
  task: string;
  /** What the task is made with: JSON text, see engine/shards/wire.ts. */
  task_data: string;
  purpose: ShardPurpose;
  shards: PlannedShard[];
  /** sha256 of the canonical JSON (RFC 8785) of all of the above. */
  digest: string;
}

/** What the results are for. `stage`: work of a running command, which takes them itself. */
export type ShardPurpose =
  | { kind: 'pull'; source: string }
  | { kind: 'verify'; path: string }
  | { kind: 'stage' };

export interface PlannedShard {
  items: number;
  /** What these items weigh: the bytes that are read of them. */
  bytes: number;
  /** sha256 of items/<index>.jsonl. */
  sha256: string;
}

/** `failures/<index>-<n>.json`: why an attempt at a shard failed. */
export interface ShardFailure {
  plan: string;
  index: number;
  /** Host and process that tried. */
  host: string;
  pid: number;
  code: string;
  message: string;
}
