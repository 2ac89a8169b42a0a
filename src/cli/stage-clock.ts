import type { Progress } from '../effects.js';

/** How far a stage has come since it was first heard of. */
export interface StagePace {
  seconds: number;
  /** Done since then; what was there before was not done by this run. */
  files: number;
  bytes: number;
}

/** When a stage began, and with how much. */
interface StageStart {
  at: number;
  files: number;
  bytes: number;
  /** What was told last. */
  last: { files: number; bytes: number };
}

/**
 * Times the stages of a run. Stages take turns: one that comes back goes on with its clock, unless its counts begin anew, as those of
 * the next source do.
 */
export class StageClock {
  readonly #starts = new Map<string, StageStart>();

  /** @param now in ms, of a clock that does not jump */
  pace({ stage, files, bytes }: Progress, now: number): StagePace {
    const known = this.#starts.get(stage);
    const start = known === undefined || files < known.last.files || bytes < known.last.bytes ? { at: now, files, bytes, last: { files, bytes } } : known;
    start.last = { files, bytes };
    this.#starts.set(stage, start);
    return { seconds: (now - start.at) / 1000, files: files - start.files, bytes: bytes - start.bytes };
  }
}

/** Seconds until a stage is done, by bytes where they are known, else by files; undefined before a thousandth of them is done, and after. */
export function secondsLeft({ files, totalFiles = 0, bytes, totalBytes = 0 }: Progress, pace: StagePace): number | undefined {
  const [done, left, total] = totalBytes > 0 ? [pace.bytes, totalBytes - bytes, totalBytes] : [pace.files, totalFiles - files, totalFiles];
  return done > total / 1000 && left > 0 ? (pace.seconds * left) / done : undefined;
}
