/** A defect found in the data by the gate: data, never thrown. Shape fixed by the contract of `check --json`. */

/** `error` blocks publication, `warning` needs a person's decision, `info` is reported. */
export type Level = 'error' | 'warning' | 'info';

/** Levels from gravest to least. */
export const LEVELS: readonly Level[] = ['error', 'warning', 'info'];

/** What a finding is about; `kind` says which of the other members are there. */
export interface Location {
  kind: 'file' | 'table' | 'row' | 'cell' | 'case' | 'dataset';
  /** Source name and path relative to it, `/`-separated: `images/a/b.dcm`. */
  path?: string;
  table?: string;
  /** Key of the row, or the case_id. */
  key?: string;
  column?: string;
  /** DICOM keyword, or nested path as `(0040,A730)[4]/(0040,A123)`. */
  tag?: string;
  /** Line or row in the source file, 1 = first line. */
  line?: number;
}

export interface Finding {
  /** Rule id of the catalogue of checks, e.g. `SCH-007`; stable for ever. */
  code: string;
  level: Level;
  /** One sentence. Never repeats a patient's value: DID findings are masked before they get here. */
  message: string;
  location: Location;
  hint?: string;
  expected?: string;
  found?: string;
  /** 16 hex digits over (code, subject, content), independent of row order and of the run; waivers bind to it. */
  fingerprint: string;
}

/** An accepted finding, from waivers.yaml. */
export interface Waiver {
  code: string;
  fingerprint: string;
  reason: string;
  approver: string;
  /** Last day it holds, YYYY-MM-DD. */
  expiry: string;
  /**
   * First hex digits of the sha256 of what the finding is about; when given, the waiver holds for that content only. The
   * fingerprint binds to it already: this is for those who want to see the two agree.
   * @pattern ^[0-9a-f]{8,64}$
   */
  content_digest?: string;
}
