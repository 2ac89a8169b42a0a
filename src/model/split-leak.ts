import type { SplitReportResult } from './split.js';

/**
 * What two cases in different parts of a split may share. `assignment`: one case is in two parts. `instance`: a
 * SOPInstanceUID; `bytes`: a whole file; `pixels`: decoded pixels; `likeness`: pictures that look the same; `group`: the
 * release says itself that the cases move together.
 */
export const LEAK_KINDS = ['assignment', 'patient', 'study', 'instance', 'bytes', 'pixels', 'likeness', 'group'] as const;

export type LeakKind = (typeof LEAK_KINDS)[number];

/** A case that shares something with a case in another part of the same split. */
export interface SplitLeak {
  split: string;
  kind: LeakKind;
  case_id: string;
  part: string;
  /** The least case in another part that it shares this with. */
  other_case: string;
  other_part: string;
}

/** `split report --release --json`: a published split, looked at for leaks once more. */
export interface ReleaseLeaks extends LeakReport {
  split: string;
  release: { dataset: string; version: string; /** `sha256:<hex>` */ digest: string };
}

/** What a look at a release's own tables for leaks came to. */
export interface LeakReport {
  /** What was compared; the others could not be, because the tables do not hold it. */
  checked: LeakKind[];
  not_checked: LeakKind[];
  /** Cases that share something across parts: a case counts once a split and kind. */
  total: number;
  /** The first of them, by split, case and kind. */
  leaks: SplitLeak[];
}

/** `split report --json`, by the flags. */
export type ReportResult = SplitReportResult | ReleaseLeaks;
