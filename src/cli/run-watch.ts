import type { Progress } from '../effects.js';
import { runOutcome, type FindingCounts, type Run, type RunCounts, type RunIdentity, type RunSummary, type StageSummary } from '../model/run.js';
import { StageClock, type StagePace } from './stage-clock.js';
import { StageTally } from './stage-tally.js';

/** Hears of a run as it goes. */
export interface RunObserver {
  began?(at: Date): void;
  warned?(at: Date, message: string): void;
  stageBegan?(at: Date, stage: string): void;
  /** Called often. */
  progressed?(at: Date, progress: Progress, pace: StagePace): void;
  stageEnded?(summary: StageSummary): void;
}

/** Where the time comes from. */
export interface WatchClock {
  now(): Date;
  /** Milliseconds of a clock that does not jump. */
  steady(): number;
}

const CLOCK: WatchClock = { now: () => new Date(), steady: () => performance.now() };

/** Watches a run: divides it into stages by the names in its progress, counts, and tells its observers. */
export class RunWatch implements Run {
  readonly #tallies = new Set<StageTally>();
  readonly #whole = new StageTally();
  readonly #clocks = new StageClock();
  readonly #began: Date;
  readonly #begun: number;
  #stage: { last: Progress; began: Date; begun: number } | null = null;

  constructor(
    readonly identity: RunIdentity,
    private readonly observers: readonly RunObserver[],
    private readonly clock: WatchClock = CLOCK,
  ) {
    this.#began = clock.now();
    this.#begun = clock.steady();
    this.#tallies.add(this.#whole);
    for (const observer of observers) observer.began?.(this.#began);
  }

  count(): () => RunCounts {
    const tally = new StageTally();
    this.#tallies.add(tally);
    return () => {
      this.#tallies.delete(tally);
      return tally.counts();
    };
  }

  /** What was counted until now. */
  counts(): RunCounts {
    return this.#whole.counts();
  }

  warned(message: string): void {
    for (const observer of this.observers) observer.warned?.(this.clock.now(), message);
  }

  progressed(progress: Progress): void {
    for (const tally of this.#tallies) tally.progress(progress);
    const now = this.clock.now();
    if (this.#stage?.last.stage !== progress.stage) {
      this.#endStage();
      this.#stage = { last: { ...progress }, began: now, begun: this.clock.steady() };
      for (const observer of this.observers) observer.stageBegan?.(now, progress.stage);
    }
    // Who reports may go on with the same object.
    this.#stage.last = { ...progress };
    const pace = this.#clocks.pace(progress, this.clock.steady());
    for (const observer of this.observers) observer.progressed?.(now, progress, pace);
  }

  found(counts: FindingCounts): void {
    for (const tally of this.#tallies) tally.found(counts);
  }

  /** Ends the last stage and sums up. */
  end(exitStatus: number, errorCode: string | null): RunSummary {
    this.#endStage();
    return {
      identity: this.identity,
      began: this.#began,
      ended: this.clock.now(),
      seconds: (this.clock.steady() - this.#begun) / 1000,
      outcome: runOutcome(exitStatus, errorCode !== null),
      exit_status: exitStatus,
      error_code: errorCode,
      ...this.#whole.counts(),
    };
  }

  #endStage(): void {
    if (this.#stage === null) return;
    const { last, began, begun } = this.#stage;
    this.#stage = null;
    const { stage, unit = 'files', files, bytes } = last;
    const summary = { stage, began, ended: this.clock.now(), seconds: (this.clock.steady() - begun) / 1000, unit, files, bytes };
    for (const observer of this.observers) observer.stageEnded?.(summary);
  }
}
