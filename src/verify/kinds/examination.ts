import type { Effects } from '../../effects.js';
import type { Problem, ProblemKind } from '../../model/verification.js';
import type { VerifyOptions } from '../inspection.js';
import type { FileTree } from './file-tree.js';

/** What is known about something that is no release while it is verified. */
export class Examination {
  readonly problems: Problem[] = [];
  /** Sentences: what to know, though nothing is wrong. */
  readonly notes: string[] = [];
  readonly notChecked: string[] = [];
  /** Files looked at and bytes hashed. */
  files = 0;
  bytes = 0;

  constructor(
    readonly tree: FileTree,
    readonly options: VerifyOptions,
    readonly effects: Effects,
  ) {}

  /** Adds a problem. `path` is relative to what is verified. */
  report(kind: ProblemKind, path: string, message: string, comparison: { expected?: string; found?: string } = {}): void {
    this.problems.push({ kind, path, ...comparison, message });
  }

  /** Adds a sentence once. */
  note(sentence: string): void {
    if (!this.notes.includes(sentence)) this.notes.push(sentence);
  }
}
