import type { SampleReport } from './sample.js';

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

/** How a variable is spread over the parts. Distances between parts are the largest over all pairs of parts that have cases. */
export interface VariableReport extends BalanceReport {
  /** What is counted: cases, or studies. */
  level: 'case' | 'study';
  /** Share of the cases (studies) whose value is missing or says that it is not known, 0..1. */
  not_reported: number;
  /** The categories that say so: what `jsd_reported` leaves out; `""` is a missing value. */
  not_reported_categories: string[];
  /** `jsd` without these categories; null when a part has no others. */
  jsd_reported: number | null;
  /**
   * Standardized difference, without sign: of the means of a continuous variable, else the largest of any category (Austin
   * 2009). Null when it has no value: a category is all of one part and none of another.
   */
  smd: number | null;
  /** The category of `smd`; null for a continuous variable. */
  smd_category: string | null;
  /** Standardized difference over all categories at once (Yang & Dalton 2012); null when it has no value, a case may have several categories, or they are too many. */
  smd_multinomial: number | null;
  /** Two-sample Kolmogorov-Smirnov distance of the numbers, 0..1; null when the variable is not continuous. */
  ks: number | null;
  /** Wasserstein-1 distance of the numbers, in their own unit; null when the variable is not continuous. */
  wasserstein: number | null;
  /** Every category with its counts, at most 500, the commonest first; `""` is a missing value. */
  categories: CategoryReport[];
  /** Categories beyond these. */
  more_categories: number;
  /** The numbers behind the bins; null when the variable is not continuous. */
  continuous: ContinuousReport | null;
  /** Pairs of parts, at most 15, those furthest apart first. */
  pairs: PartPairReport[];
  /** How the total variation compares with random allocations; null when that was not asked for, or no group can move. */
  permutation: PermutationReport | null;
}

/** A category of a variable, by part. */
export interface CategoryReport {
  category: string;
  /** Cases (studies) of all parts that have it. */
  total: number;
  /** Part to cases (studies), and their share of the part, 0..1. */
  parts: Record<string, { count: number; share: number }>;
}

/** The numbers of a continuous variable, by part. */
export interface ContinuousReport {
  parts: Record<string, NumberSummary>;
  /** The cumulative curves: part to the share of its numbers that are at most each of `values`. */
  curve: { values: number[]; parts: Record<string, number[]> };
}

/** What the numbers of a part are like; null when it has none. */
export interface NumberSummary {
  /** Cases (studies) with a number. */
  count: number;
  /** Cases (studies) without one. */
  missing: number;
  mean: number | null;
  /** Standard deviation (n - 1); null for fewer than two. */
  sd: number | null;
  q25: number | null;
  median: number | null;
  q75: number | null;
}

/** How far two parts are apart in a variable; the measures are those of the variable. */
export interface PartPairReport {
  /** The two parts, by name.
   * @minItems 2
   * @maxItems 2
   */
  parts: string[];
  max_difference: number;
  total_variation: number;
  jsd: number;
  jsd_reported: number | null;
  smd: number | null;
  smd_multinomial: number | null;
  ks: number | null;
  wasserstein: number | null;
}

/**
 * A permutation test: labels of parts shuffled among groups of equal size. Total variation of the split against that of
 * `runs` random allocations; p is (b + 1) / (runs + 1), b those at least as balanced.
 */
export interface PermutationReport {
  /** Small when the balance is no luck. */
  p: number;
  /** The same for at least as unbalanced: small when the part depends on the variable. */
  p_worse: number;
  runs: number;
  /** Least total variation of the random allocations. */
  least: number;
  /** Median of them. */
  median: number;
}

/** How a pair of variables is spread over the parts. */
export interface JointReport extends BalanceReport {
  /** Counts of every pair of categories, when there are at most 100 of them; else null. */
  table: JointTable | null;
}

/** Cases (studies) by category of the first variable (rows) and of the second (columns), part by part. */
export interface JointTable {
  rows: string[];
  columns: string[];
  parts: Record<string, number[][]>;
}

export interface LeakageReport {
  /** Groups with members in two parts; anything but 0 is a defect. */
  groups: number;
  patients: number;
  studies: number;
  /** Images with the same bytes. */
  instances: number;
}

/** What two parts share; only pairs that share anything are listed. */
export interface SharedByParts extends LeakageReport {
  /** Pairs of cases with images of equal pixels, as the gate found them. */
  identical_images: number;
  /** Pairs of cases with images that look the same, as the gate found them. */
  near_duplicates: number;
  /** The two parts, by name.
   * @minItems 2
   * @maxItems 2
   */
  parts: string[];
}

/** What a reviewer would ask about. */
export interface SplitWarning {
  code:
    | 'leakage'
    | 'small-part'
    | 'off-target'
    | 'absent-category'
    | 'one-part-category'
    | 'rare-category'
    | 'empty-cell'
    | 'not-reported'
    | 'imbalance'
    | 'tied-part'
    | 'reference-mismatch'
    | 'hidden-part';
  variable?: string;
  part?: string;
  message: string;
}

/** The split held against a reference population. */
export interface ReferenceReport {
  /** Name of the file. */
  source: string;
  sha256: string;
  variables: Record<string, ReferenceVariableReport>;
  /** Variables of the split that were not compared, with the reason. */
  not_compared: { variable: string; reason: string }[];
  /** Variables of the reference that the split does not have. */
  unused: string[];
}

/** A variable of all parts together against the reference: categories meet by name without case, ranges of numbers by their edges. */
export interface ReferenceVariableReport extends ReferenceDistance {
  /** What the reference calls it. */
  reference: string;
  /** Date of its figures, YYYY-MM-DD; null when it gives none. */
  date: string | null;
  parts: Record<string, ReferenceDistance>;
  categories: { category: string; share: number; reference_share: number }[];
  /** Categories that only one side has; those of the split with none in the reference are often the same under another name. */
  only_in_split: string[];
  only_in_reference: string[];
}

/** Distance of a distribution to the reference. */
export interface ReferenceDistance {
  /** Cases (studies) that count, not reported ones included. */
  count: number;
  /** Largest |share of a category - in the reference|, 0..1; null without cases. */
  max_difference: number | null;
  /** Jensen-Shannon distance, all that says "not reported" as one category; null without cases. */
  jsd: number | null;
  /** The same without it. */
  jsd_reported: number | null;
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
  variables: Record<string, VariableReport>;
  /** Per pair of variables, named `a × b`. */
  joint: Record<string, JointReport>;
  /** Variables that are not balanced and were looked at all the same: those asked for, and columns that tell site, date or scanner. */
  observed: Record<string, VariableReport>;
  /** Mean total variation of all variables against random allocations; null when that was not asked for, or no group can move. */
  permutation: PermutationReport | null;
  leakage: LeakageReport;
  /** The same by pair of parts, with what the gate found to be or to look the same. */
  shared: SharedByParts[];
  /** Null unless a reference was given. */
  reference: ReferenceReport | null;
  /** What a reviewer would ask about, the gravest first. */
  warnings: SplitWarning[];
  frozen: number;
  seed: string;
  algorithm: string;
  /** sha256 over the canonical input (cases, groups, variables, frozen assignments). */
  input_digest: string;
  /** Cases that are in no part, with the reason; never silent. */
  unassigned: UnassignedCase[];
  conflicts: SplitConflict[];
  /** Of `kind: sample`: what the sample is like. */
  sample?: SampleReport;
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
