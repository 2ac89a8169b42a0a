/** A case's place in a split. */
export interface Assignment {
  case_id: string;
  part: string;
  /** The linked group it moves with: the least case_id of the group when its first member was frozen, else now. */
  group_id: string;
  frozen: boolean;
  /** Date of freezing (YYYY-MM-DD); null while not frozen. */
  since: string | null;
}

export interface PartReport {
  /** Accepted cases in this part, held-out ones included. */
  cases: number;
  /** Of these, the cases that a hold-out rule forced here; they count neither in `share` nor in the distances. */
  held_out: number;
  /** Cases of this part / cases of all parts, held-out ones left out of both, 0..1; 0 when there are none. */
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

/**
 * A contradiction that no draw can solve without moving a case: linked cases frozen in two parts, or bound to two parts by
 * rules. Nothing is moved; the newcomers of the group stay out until a person decides.
 */
export interface SplitConflict {
  kind: 'frozen-apart' | 'hold-out' | 'forced';
  /** The cases that bind the group, at most 10 a part, with the part each is bound to. */
  cases: { case_id: string; part: string }[];
  /** Cases of the group that are in no part because of it. */
  withheld: string[];
  message: string;
  /** What can be done about it, one sentence each. */
  choices: string[];
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
  unassigned: UnassignedCase[];
  conflicts: SplitConflict[];
}

/** A case in no part. */
export interface UnassignedCase {
  case_id: string;
  reason: string;
}

/** What freezing did. */
export interface FreezeReport {
  split: string;
  /** Cases in the record now, withdrawn ones included. */
  frozen: number;
  /** Of these, added by this run. */
  added: number;
  /** Digest of the record's last row (of its opening when it is empty): names the whole record. */
  digest: string;
}

/** What a command did with every repeat of a split that is drawn several times, in the order of the repeats. */
export interface Repeated<Report> {
  /** Name of the split in colophon.yaml; the reports name the repeats NAME.1, NAME.2, ... */
  split: string;
  repeats: Report[];
}

/** A split, or all repeats of one. */
export type SplitReportResult = SplitReport | Repeated<SplitReport>;

/** A split, or all repeats of one. */
export type FreezeReportResult = FreezeReport | Repeated<FreezeReport>;

/** The reports that a result holds: one a repeat, else the only one. */
export function reportsOf<Report extends object>(result: Report | Repeated<Report>): Report[] {
  return 'repeats' in result ? result.repeats : [result];
}
