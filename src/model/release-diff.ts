/** What differs between two releases, and what that makes of the version number. */

import type { BumpLevel, ReleaseDocument, ReleaseReference } from './release.js';

/** One reason for the computed version number; `release plan` prints them all. */
export interface VersionReason {
  level: BumpLevel;
  rule: ChangeRule;
  /** One sentence with the number of subjects. */
  message: string;
  /** How many cases, rows, columns, ... it concerns. */
  count: number;
  /** Why such a change asks for this level; one sentence. */
  why: string;
  /** The first of them; of cells and rows the columns and tables with the most, each with its number. */
  examples: string[];
}

/** Stable names of the rules that decide a version number (src/release/diff/version.ts). */
export type ChangeRule =
  | 'case-withdrawn'
  | 'case-merged'
  | 'case-split'
  | 'case-renamed'
  | 'case-removed'
  | 'case-added'
  | 'study-removed'
  | 'study-moved'
  | 'study-added'
  | 'series-removed'
  | 'series-moved'
  | 'series-added'
  | 'instance-removed'
  | 'instance-moved'
  | 'instance-changed'
  | 'instance-added'
  | 'table-removed'
  | 'table-rekeyed'
  | 'table-added'
  | 'column-removed'
  | 'column-renamed'
  | 'column-retyped'
  | 'column-added'
  | 'unit-changed'
  | 'row-removed'
  | 'row-added'
  | 'cell-changed'
  | 'assignment-moved'
  | 'assignment-removed'
  | 'assignment-added'
  | 'split-removed'
  | 'split-added'
  | 'license-stricter'
  | 'license-looser'
  | 'schema-changed'
  | 'dictionary-changed'
  | 'policy-changed'
  | 'metadata-changed'
  | 'content-changed';

/**
 * A change between two releases, one row of the changes table. What is below something that was added or removed is not
 * listed: an added case stands for its studies, rows and assignments.
 */
export interface Change {
  /** The rule of the version table that it falls under. */
  rule: ChangeRule;
  /** Null for what belongs to no case, or to several. */
  case_id: string | null;
  table_name: string | null;
  /** UID, row key, name of a split, or which entry of the metadata. */
  key: string | null;
  column_name: string | null;
  /**
   * Digest, cell, part, type, ... as text; null where there is none, and for all that was in a withdrawn case. A published
   * changes table leaves out `before` of emptied cells and of free text.
   */
  before: string | null;
  after: string | null;
}

/** What differs between two releases, or between a release and what the next one would be. */
export interface ReleaseDiff {
  /** Of the newer side. */
  dataset: { id: string; title: string };
  /** Release date of the newer side, YYYY-MM-DD. */
  date: string;
  from: ReleaseReference;
  /** Digest null: not released yet. */
  to: { version: string; digest: string | null };
  /** The level that the changes ask for; null when nothing changed. */
  level: BumpLevel | null;
  reasons: VersionReason[];
  /** All changes, counted; the sum over the reasons. */
  total: number;
  /** Cases that are in both and whose content digest differs. */
  changed_cases: number;
  /** What each release holds. */
  counts: { from: ReleaseDocument['counts']; to: ReleaseDocument['counts'] };
  /** Clinical tables that differ, by name. */
  tables: TableDiff[];
  /** Published splits that differ, by name. */
  splits: SplitDiff[];
  /** The first changes up to a limit, gravest rule first, then in the order of the changes table. */
  changes: Change[];
}

/** What differs in one clinical table. */
export interface TableDiff {
  table: string;
  /** `added` and `removed`: the whole table; null: the table is on both sides. */
  change: 'added' | 'removed' | null;
  rows_added: number;
  rows_removed: number;
  /** Over all columns. */
  cells_changed: number;
  /** Columns that differ, by name. */
  columns: ColumnDiff[];
}

/** What differs in one column. */
export interface ColumnDiff {
  column: string;
  /** Null: only cells differ, or what is said of the column. */
  change: 'added' | 'removed' | 'renamed' | 'retyped' | null;
  cells_changed: number;
}

/** What differs in one published split, in cases that both sides hold. */
export interface SplitDiff {
  split: string;
  /** `added` and `removed`: the whole split; null: it is on both sides. */
  change: 'added' | 'removed' | null;
  assigned: number;
  unassigned: number;
  moved: number;
}
