/** A case's place in a split. */
export interface Assignment {
  case_id: string;
  part: string;
  /** The linked group it moves with: the least case_id of the group. */
  group_id: string;
  frozen: boolean;
  /** Date of freezing (YYYY-MM-DD); null while not frozen. */
  since: string | null;
}

export interface PartReport {
  cases: number;
  /** cases / all assigned cases, 0..1. */
  share: number;
  /** From the configuration, 0..1. */
  target: number;
}

/** Distance of a variable's distribution in the parts from the whole. */
export interface BalanceReport {
  /** Largest |proportion of a category in a part - in the whole|, 0..1. */
  max_difference: number;
  /** Mean over parts of the total variation distance to the whole, 0..1. */
  total_variation: number;
  /** Mean over pairs of parts of the Jensen-Shannon distance (square root of the base-2 divergence), 0..1. */
  jsd: number;
}

export interface LeakageReport {
  /** Groups with members in two parts; anything but 0 is a defect. */
  groups: number;
  patients: number;
  studies: number;
  instances: number;
}

/** Shape fixed by the contract of `split report --json`. */
export interface SplitReport {
  split: string;
  parts: Record<string, PartReport>;
  variables: Record<string, BalanceReport>;
  /** Per pair of variables, named `a × b`. */
  joint: Record<string, BalanceReport>;
  leakage: LeakageReport;
  frozen: number;
  seed: string;
  algorithm: string;
  /** sha256 over the canonical input (cases, groups, variables, frozen assignments). */
  input_digest: string;
  /** Cases that are in no part, with the reason; never silent. */
  unassigned: { case_id: string; reason: string }[];
}
