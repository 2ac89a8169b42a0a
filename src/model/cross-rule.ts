/**
 * Rules across the tables of a pack, as pack.json declares them under `cross`: forms to fill in, never SQL. Values are
 * compared without regard to case and to blanks around them.
 */

/** Rows of a table, picked by the values of their columns. */
export interface RowChoice {
  table: string;
  /** Column to the values that it may have; every column must fit. */
  where?: Record<string, string[]>;
  /** At least one of these columns is filled. */
  filled?: string[];
}

/** A label of a case needs rows of another table, or forbids them (XCK-011 an error, XCK-013 a warning). */
export interface EvidenceRule {
  kind: 'evidence';
  rule: 'XCK-011' | 'XCK-013';
  table: string;
  column: string;
  evidence: RowChoice;
  /** Values that need at least one such row of the same case. */
  needs?: string[];
  /** Values that no such row of the same case may stand beside. */
  forbids?: string[];
}

/** A column lists the day offsets of rows of another table, counted from the row itself (XCK-012). */
export interface OffsetRule {
  kind: 'offsets';
  rule: 'XCK-012';
  table: string;
  /** The list of differences, in days. */
  column: string;
  /** Day of the row, counted from the index event. */
  from: string;
  /** The rows of the same case that are listed, and the column with their day. */
  to: RowChoice & { column: string };
}

/** A column names the event that is day 0 of its case (XCK-015). */
export interface AnchorRule {
  kind: 'anchor';
  rule: 'XCK-015';
  table: string;
  column: string;
  anchors: AnchorEvent[];
}

export interface AnchorEvent {
  /** Value of the column that names this event. */
  value: string;
  /** The rows of the same case that can be the event, and the column with their day. */
  event: RowChoice & { column: string };
  /** Whether the earliest of them is the event; else any of them may be. */
  first?: boolean;
}

export type CrossRule = EvidenceRule | OffsetRule | AnchorRule;
