import type { Progress } from '../effects.js';
import type { ErrorReport } from '../model/error-report.js';
import type { RunIdentity, RunSummary, StageSummary } from '../model/run.js';
import { renderJsonLine } from '../report/json-text.js';
import type { RunObserver } from './run-watch.js';
import { secondsLeft, type StagePace } from './stage-clock.js';

/** How grave a line is. */
type Level = 'info' | 'warning' | 'error';

/** Between two lines about one stage, in ms, whatever happens. */
const LEAST_PAUSE_MS = 1000;
/** Where a total is known, a line comes when so much more of it is done ... */
const STEP = 0.05;
/** ... or after so long, in ms. */
const LONGEST_PAUSE_MS = 60_000;

/** The log of a run as JSON, one object a line (jsonlines.org). What it holds of files is how many and how large, never which. */
export class JsonLog implements RunObserver {
  #told = 0;
  #share = 0;

  constructor(
    private readonly identity: RunIdentity,
    private readonly write: (line: string) => void,
    /** Whether lines that tell of no error are left out. */
    private readonly quiet = false,
  ) {}

  began(at: Date): void {
    const { version, engine, jobs } = this.identity;
    this.#line(at, 'info', 'begin', { version, ...(engine === null ? {} : { engine }), ...(jobs === null ? {} : { jobs }) });
  }

  warned(at: Date, message: string): void {
    this.#line(at, 'warning', 'warning', { message });
  }

  stageBegan(at: Date, stage: string): void {
    this.#told = at.getTime();
    this.#share = 0;
    this.#line(at, 'info', 'stage-begin', { stage });
  }

  progressed(at: Date, progress: Progress, pace: StagePace): void {
    // A clock that was put back must not silence the log.
    const pause = Math.abs(at.getTime() - this.#told);
    const share = shareOf(progress);
    if (pause < LEAST_PAUSE_MS || (share !== null && share - this.#share < STEP && pause < LONGEST_PAUSE_MS)) return;
    this.#told = at.getTime();
    this.#share = share ?? 0;
    const { stage, unit = 'files', files, totalFiles, bytes, totalBytes } = progress;
    const left = secondsLeft(progress, pace);
    this.#line(at, 'info', 'progress', {
      stage,
      unit,
      files,
      ...(totalFiles === undefined ? {} : { total_files: totalFiles }),
      bytes,
      ...(totalBytes === undefined ? {} : { total_bytes: totalBytes }),
      ...(pace.seconds > 0 ? { files_per_second: rounded(pace.files / pace.seconds), bytes_per_second: Math.round(pace.bytes / pace.seconds) } : {}),
      ...(left === undefined ? {} : { seconds_left: rounded(left) }),
    });
  }

  stageEnded({ stage, ended, seconds, unit, files, bytes }: StageSummary): void {
    this.#line(ended, 'info', 'stage-end', { stage, unit, files, bytes, seconds: rounded(seconds) });
  }

  /** The last line: how the run came out, and the error that ended it. */
  ended({ ended, seconds, outcome, exit_status, error_code, files, bytes, findings }: RunSummary, error: ErrorReport['error'] | null): void {
    const level = outcome === 'failed' ? 'error' : outcome === 'done' ? 'info' : 'warning';
    const told = error === null ? null : { code: error_code, message: error.message, expected: error.expected, found: error.found, suggestions: error.suggestions };
    this.#line(ended, level, 'end', {
      outcome,
      exit_status,
      seconds: rounded(seconds),
      ...(files === null ? {} : { files }),
      ...(bytes === null ? {} : { bytes }),
      ...(findings === null ? {} : { findings }),
      ...(told === null ? {} : { error: told }),
    });
  }

  #line(at: Date, level: Level, event: string, more: Record<string, unknown>): void {
    if (this.quiet && level !== 'error') return;
    const { id: run, command } = this.identity;
    this.write(`${renderJsonLine({ time: at.toISOString(), level, event, command, run, ...more })}\n`);
  }
}

/** How much is done, by bytes where they are known; null when no total is. */
function shareOf({ files, totalFiles = 0, bytes, totalBytes = 0 }: Progress): number | null {
  if (totalBytes > 0) return bytes / totalBytes;
  return totalFiles > 0 ? files / totalFiles : null;
}

/** To thousandths. */
function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
