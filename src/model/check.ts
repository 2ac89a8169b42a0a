/** What `check` and `checks list|show` say; shape fixed by the contract of their `--json`. */
import type { Finding, Level } from './finding.js';

/** Group of a rule: the letters before the dash of its id. */
export type CheckGroup = 'GATE' | 'SCH' | 'REF' | 'DCM' | 'XCK' | 'DID' | 'DSC' | 'DUP' | 'TAG' | 'GOV' | 'SEC';

/** One rule of the catalogue of checks. */
export interface CheckEntry {
  /** Stable for ever; a retired id is never used again. */
  code: string;
  group: CheckGroup;
  /** Level of its findings unless a finding says otherwise. */
  level: Level;
  /** What holds when the rule is kept, one sentence without a full stop. */
  title: string;
  /** What goes wrong when it is not kept. */
  why: string;
  /** How to mend a finding. */
  mend: string;
  /** Where the rule comes from: a standard and clause, the data dictionary, or `own`. */
  source: string;
  /** Whether a waiver can accept its findings. */
  waivable: boolean;
  /** Whether this version runs it. */
  implemented: boolean;
  /** Why this version runs no check for it, one sentence: what else keeps the rule, or that nothing of the kind ships. Absent when it runs. */
  unimplemented?: string;
}

/** `checks list --json`. */
export interface ChecksList {
  checks: CheckEntry[];
}

/** What one rule did in a run. */
export interface CheckOutcome {
  code: string;
  /**
   * `checked`: it judged its subjects. `empty`: its kind of subject exists but it found none to judge. `not-applicable`:
   * the catalog holds nothing of its kind. `incomplete`: it broke off, so it judged nothing.
   */
  status: 'checked' | 'empty' | 'not-applicable' | 'incomplete';
  /** Subjects judged. */
  checked: number;
  /** Findings that no waiver accepts; the report lists at most a given number of them. */
  findings: number;
  waived: number;
  /** Why it is not applicable, empty or incomplete; null when checked. */
  reason: string | null;
}

/** A finding that a waiver accepts. */
export interface WaivedFinding extends Finding {
  /** From the waiver: why it is accepted, by whom, until which day (YYYY-MM-DD). */
  waiver: { reason: string; approver: string; expiry: string };
}

/** Findings of one rule that say the same about the same column: what a busy person reads first. */
export interface FindingGroup {
  code: string;
  level: Level;
  message: string;
  /** Null where the findings are not about a table or column. */
  table: string | null;
  column: string | null;
  /** How many there are, listed or not; waived ones are not counted. */
  count: number;
}

export interface CheckSummary {
  /** Findings that no waiver accepts, all of them, also those the report does not list. */
  errors: number;
  warnings: number;
  infos: number;
  waived: number;
  /** Subjects judged, per rule that ran. */
  checked: Record<string, number>;
}

/** Shape fixed by the contract of `check --json`. */
export interface CheckReport {
  /** `fail`: an error stands. `pass`: none does. `none`: only some checks ran (`only`), which is no verdict. */
  verdict: 'pass' | 'fail' | 'none';
  summary: CheckSummary;
  /** Findings that no waiver accepts, gravest first, then by rule and place; at most a given number a rule. */
  findings: Finding[];
  /** The same findings counted by what they say, most frequent first within a rule; the same limit. */
  groups: FindingGroup[];
  /** Findings that a waiver accepts, in the same order and with the same limit. */
  waived: WaivedFinding[];
  /** What each rule did, in the order of the programme. */
  checks: CheckOutcome[];
  /** Codes and groups that the run was restricted to; empty: the whole programme ran. */
  only: string[];
  /** Sentences: what this run did not judge. */
  not_checked: string[];
  /** Day by which waivers were judged, YYYY-MM-DD. */
  date: string;
  /** sha256 over what judged: programme, gate policy, schema pack and waivers in force. */
  policy_digest: string;
}
