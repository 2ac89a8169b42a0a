import type { BalanceReport, SplitReport, SplitReportResult } from './split.js';
import type { ReplayReport } from './split-replay.js';

/** A case that a draw would place, or place elsewhere than the last one did. */
export interface PlannedPlace {
  case_id: string;
  part: string;
  /** Part of the last draw, which is not frozen; null for a newcomer. */
  before: string | null;
  /** `follows`: linked to a frozen case; `rule`: a hold-out rule or a file; else `drawn`. */
  why: 'drawn' | 'follows' | 'rule';
}

/** `split assign --dry-run --json`: what drawing now would change. Nothing was written. */
export interface ExtensionPlan {
  dry_run: true;
  /** The split as it would stand. */
  after: SplitReport;
  /** The split as it stands, among the cases of now; null when nobody has a part. */
  before: { parts: SplitReport['parts']; variables: Record<string, BalanceReport> } | null;
  /** Newcomers by part. */
  newcomers: Record<string, number>;
  /** Cases of the last draw, not frozen, that would go elsewhere. */
  moved: number;
  /** The first newcomers and moved cases, by case id; all are counted above. */
  placed: PlannedPlace[];
}

/** `split assign --json`, by the flags. */
export type AssignResult = SplitReportResult | ExtensionPlan | ReplayReport;
