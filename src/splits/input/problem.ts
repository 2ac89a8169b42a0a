import type { Tie } from './groups.js';
import type { Variable } from './variable.js';

export { byCodeUnit } from './code-unit.js';

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

/** A case and the part that a rule gives it. */
export interface BoundCase {
  case_id: string;
  part: string;
  /** The rule as it stands in colophon.yaml, for people. */
  rule?: string;
  /** Line of the file that says so; 1 = first. */
  line?: number;
}

/** How many of some cases a part must hold at least and may hold at most. */
export interface CaseLimit {
  /** The rule as it is told to people: `at least 30 cases with sex = Female in test`. */
  rule: string;
  part: string;
  /** Indices into `cases` of those that count, ascending. */
  cases: Uint32Array;
  min: number;
  /** Infinity when there is no upper limit. */
  max: number;
}

/** Weight of the joint distribution of two variables, other than 1. */
export interface PairWeightOf {
  /** Names of two variables, in code unit order. */
  a: string;
  b: string;
  weight: number;
}

/** What shares are shares of. */
export type Unit = 'cases' | 'studies' | 'images';

/** All that a draw depends on. The order of ties, frozen rows, parts and rules does not matter. */
export interface SplitInput {
  split: string;
  seed: string;
  /** sha256 of the configuration of this split; changing it changes the draw. */
  config_digest: string;
  parts: readonly PartTarget[];
  unit: Unit;
  /** Accepted cases in code unit order, each once. */
  cases: readonly string[];
  /** Studies of case i are numbered from `studyStart[i]` up to, not including, `studyStart[i + 1]`. */
  studyStart: Uint32Array;
  /** Images of every case. */
  images: Uint32Array;
  /** Values of cases or studies, by their numbers. */
  variables: readonly Variable[];
  pairs: 'none' | readonly PairWeightOf[];
  ties: readonly Tie[];
  /** Every frozen case, also those that are accepted no more: their newcomers still follow them. */
  frozen: readonly FrozenCase[];
  /** Part that a hold-out rule forces a case into; two entries of a case contradict each other when their parts differ. */
  holdOuts: readonly BoundCase[];
  /** Part that a file gives a case; these count in the quotas. */
  forced: readonly BoundCase[];
  limits: readonly CaseLimit[];
}
