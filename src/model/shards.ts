import type { PullReport } from './pull.js';
import type { VerifyReport } from './verification.js';

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

/** `shards plan --json`. */
export interface ShardsPlanReport {
  /** The shard folder; null when there is nothing to do. */
  folder: string | null;
  /** Digest of the plan. */
  plan: string | null;
  purpose: ShardPurpose;
  items: number;
  bytes: number;
  shards: ListedShard[];
}

export interface ListedShard {
  /** Counted from 0. */
  index: number;
  items: number;
  bytes: number;
}

/** `shards run --json`. */
export interface ShardsRunReport {
  folder: string;
  index: number;
  /** `kept`: a valid result was there already, and nothing was run. */
  status: 'done' | 'kept';
  items: number;
  /** Items on which workers died again and again: the result says so, and none of them passes. */
  failed: number;
  seconds: number;
}

/** `shards status --json`. */
export interface ShardsStatus {
  folder: string;
  plan: string;
  purpose: ShardPurpose;
  /** Shards of the plan, and those with a valid result. */
  shards: number;
  done: number;
  /** Shards whose result does not count, and why; ascending. */
  open: OpenShard[];
  /** True when every shard has a valid result, so that they can be merged. */
  complete: boolean;
}

export interface OpenShard {
  index: number;
  fault: 'missing' | 'of-another-plan' | 'damaged';
  /** What the last attempt that failed said; null when none did. */
  failure: { code: string; message: string; attempts: number } | null;
}

/** `shards merge --json`. */
export interface ShardsMergeReport {
  folder: string;
  plan: string;
  shards: number;
  items: number;
  /** Items on which workers died again and again. */
  failed: number;
  /** Of a plan for pull: what the pull that took the results said; else null. */
  pull: PullReport | null;
  /** Of a plan for verify: its report; else null. */
  verify: VerifyReport | null;
}

/** `shards template --json`. */
export interface ShardsTemplate {
  scheduler: 'slurm' | 'kubernetes' | 'aws-batch';
  shards: number;
  /** The file, ready to be handed to the scheduler. */
  text: string;
}
