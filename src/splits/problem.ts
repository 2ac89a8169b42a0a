import type { Tie } from './groups.js';
import type { Variable } from './variable.js';

/** A target share for a part; 0 for a part that only a hold-out rule fills. */
export interface PartTarget {
  name: string;
  target: number;
}

/** A row of the frozen record as the draw needs it. */
export interface FrozenCase {
  case_id: string;
  group_id: string;
  part: string;
}

/** All that a draw depends on. The order of cases, ties, frozen rows and parts does not matter. */
export interface SplitInput {
  split: string;
  seed: string;
  /** sha256 of the configuration of this split; changing it changes the draw. */
  config_digest: string;
  parts: readonly PartTarget[];
  /** Accepted cases, each once. */
  cases: readonly string[];
  /** Studies of every case, aligned with `cases`. */
  rows: ArrayLike<number>;
  /** Values aligned with `cases`. */
  variables: readonly Variable[];
  ties: readonly Tie[];
  /** Every frozen case, also those that are accepted no more: their newcomers still follow them. */
  frozen: readonly FrozenCase[];
  /** Part that a hold-out rule forces a case into; two entries of a case contradict each other when their parts differ. */
  holdOuts: readonly { case_id: string; part: string }[];
}

/** Compares by UTF-16 code unit: the same order everywhere, whatever the locale. */
export function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
