import type { Effects } from '../../effects.js';
import { describeDefect, UnreadableFileError } from '../../fixity/file.js';
import type { Problem, ProblemKind } from '../../model/verification.js';
import type { VerifyOptions } from '../inspection.js';
import type { FileTree } from './file-tree.js';

/** Remarks that are told one by one. */
const MAX_NOTES = 200;

/** What is known about something that is no release while it is verified. */
export class Examination {
  readonly problems: Problem[] = [];
  readonly #notes = new Set<string>();
  #furtherNotes = 0;
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

  /** Reads a list that lies among the files; one that is not there as a plain file, or cannot be read, is a problem. Null then. */
  readList<Result>(name: string, read: (place: string) => Result): Result | null {
    const place = this.tree.locate(name);
    try {
      if (place !== null) return read(place);
      this.report('unreadable', name, 'It is no plain file.');
    } catch (error) {
      if (!(error instanceof UnreadableFileError)) throw error;
      this.report('unreadable', name, `It ${describeDefect(error.defect)}.`, error.systemCode === null ? {} : { found: error.systemCode });
    }
    return null;
  }

  /** Adds a sentence once; of very many the rest is counted. */
  note(sentence: string): void {
    if (this.#notes.size < MAX_NOTES) this.#notes.add(sentence);
    else if (!this.#notes.has(sentence)) this.#furtherNotes += 1;
  }

  /** Sentences: what to know, though nothing is wrong. */
  get notes(): string[] {
    return this.#furtherNotes === 0 ? [...this.#notes] : [...this.#notes, `${this.#furtherNotes} more remarks of this kind.`];
  }
}
