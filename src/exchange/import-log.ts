import { basename } from 'node:path';
import type { Problem, ProblemKind } from '../model/verification.js';
import type { ManifestLog } from '../manifests/entry-sink.js';

/** Problems that are kept; all are counted. */
const MAX_PROBLEMS = 1000;

/** What is wrong with a manifest, and what else is to be said of it, while it is read and compared. */
export class ImportLog implements ManifestLog {
  readonly problems: Problem[] = [];
  readonly notes: string[] = [];
  total = 0;

  constructor(readonly path: string) {}

  /** A defect of a line of the manifest. */
  defect(line: number, message: string, details: { kind?: ProblemKind; file?: string; expected?: string; found?: string } = {}): void {
    const { kind = 'manifest-malformed', file = basename(this.path), expected, found } = details;
    this.report(kind, `${file}:${line}`, message, { ...(expected === undefined ? {} : { expected }), ...(found === undefined ? {} : { found: found.slice(0, 200) }) });
  }

  /** A problem of a file. */
  report(kind: ProblemKind, path: string, message: string, comparison: { expected?: string; found?: string } = {}): void {
    this.total += 1;
    if (this.problems.length < MAX_PROBLEMS) this.problems.push({ kind, path, ...comparison, message });
  }
}
