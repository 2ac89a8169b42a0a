import type { ProblemKind } from '../model/verification.js';
import type { ExpectedFile } from './expected-file.js';

/** Takes the entries of a manifest, as they are read. */
export interface EntrySink {
  /** Taken so far. */
  readonly entries: number;
  add(entry: ExpectedFile): void;
  /** Takes a set of files that is no file itself. */
  addBundle(entry: ExpectedFile): void;
}

/** Takes what is wrong with a manifest, and what else is to be said of it. */
export interface ManifestLog {
  /** Sentences about the manifest as a whole. */
  readonly notes: string[];
  /** Takes a defect of a line. */
  defect(line: number, message: string, details?: { kind?: ProblemKind; expected?: string; found?: string }): void;
}
