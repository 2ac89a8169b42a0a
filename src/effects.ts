import type { FindingCounts, Run } from './model/run.js';

/** The few things a stage does beyond its files and its catalog; tests pass their own. */
export interface Effects {
  /** The only clock. Nothing that ends up in a release may come from it, the release date's default aside. */
  now(): Date;
  /** A sentence for the user about something that was noticed and went on (stderr in the CLI). */
  warn(message: string): void;
  /** A step of long work; called often, must be cheap. */
  progress(progress: Progress): void;
  /** What a judgement of many things found, counted; for whoever watches. */
  found?(counts: FindingCounts): void;
  /** The run of the command that this is part of; absent for callers of the library. */
  readonly run?: Run;
}

/** How far long work has come. A stage that knows no total leaves it out. */
export interface Progress {
  /** What is being done, as a gerund phrase: `reading images`. */
  stage: string;
  files: number;
  /** What `files` counts, in the plural; files when absent. */
  unit?: string;
  totalFiles?: number;
  bytes: number;
  totalBytes?: number;
  /** The file that takes longest of those in work. */
  current?: { path: string; bytes: number; totalBytes: number };
}

/** Real clock, silent otherwise: what a library caller gets who passes nothing. */
export const defaultEffects: Effects = {
  now: () => new Date(),
  warn: () => {},
  progress: () => {},
};
