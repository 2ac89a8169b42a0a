/** A run of a command, as logs, traces and the catalog tell of it. Nothing of it is ever published. */

/** Findings by level; what a command does not tell apart are errors. */
export interface FindingCounts {
  errors: number;
  warnings: number;
  infos: number;
  waived: number;
}

/** What was counted while a command, or a part of it, ran. */
export interface RunCounts {
  /** Files of the stage that went through most of them; null when no stage counted files. */
  files: number | null;
  /** Bytes of the stage that went through most of them; null when no stage counted bytes. */
  bytes: number | null;
  /** Null when nothing was judged. */
  findings: FindingCounts | null;
}

/** Who runs: the same names in every line of the log, in the trace and in the catalog. */
export interface RunIdentity {
  /** 32 hexadecimal digits, drawn at random: also the id of the trace (W3C Trace Context 3.2.2.3). */
  id: string;
  /** As typed: `release cut`. */
  command: string;
  /** Of this program. */
  version: string;
  /** Null for commands that know no engine. */
  engine: string | null;
  /** Null when it was left to the program. */
  jobs: number | null;
}

/** A run that goes on. */
export interface Run {
  readonly identity: RunIdentity;
  /** Begins to count; the function that it returns tells what was counted since. */
  count(): () => RunCounts;
}

/** A stage of a run that has ended. */
export interface StageSummary {
  /** A gerund phrase: `reading images`. */
  stage: string;
  began: Date;
  ended: Date;
  /** By a clock that does not jump. */
  seconds: number;
  /** What `files` counts. */
  unit: string;
  files: number;
  bytes: number;
}

/** How a run ended. */
export type RunOutcome = 'done' | 'findings' | 'failed' | 'interrupted';

/** A run that has ended. */
export interface RunSummary extends RunCounts {
  identity: RunIdentity;
  began: Date;
  ended: Date;
  /** By a clock that does not jump. */
  seconds: number;
  outcome: RunOutcome;
  exit_status: number;
  /** Code of the error that ended it; null when none did. */
  error_code: string | null;
}

/** How a run that ended with this exit status came out. */
export function runOutcome(exitStatus: number, failed: boolean): RunOutcome {
  if (exitStatus === 130) return 'interrupted';
  if (failed) return 'failed';
  return exitStatus === 0 ? 'done' : 'findings';
}
