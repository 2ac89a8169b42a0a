import type { WriteStream } from 'node:tty';
import type { Progress } from '../effects.js';
import { shortenText } from '../report/escape.js';
import { formatBytes, formatCount, formatDuration } from '../report/units.js';
import { secondsLeft, StageClock, type StagePace } from './stage-clock.js';

/** Not more often than this, in ms. */
const REDRAW_MS = 100;
/** Shows nothing before the process has run this long, in ms: short work needs no progress. */
const PATIENCE_MS = 300;

/** One line on a terminal's stderr that is redrawn while work goes on; nothing when stderr is no terminal. */
export class ProgressLine {
  #stage = '';
  #drawn = 0;
  #shown = false;
  /** What was told last, and the timer that shows it when nothing else is told for long. */
  #latest: { progress: Progress; pace: StagePace; at: number } | undefined;
  #timer: NodeJS.Timeout | undefined;
  readonly #active: boolean;
  readonly #stages = new StageClock();

  constructor(
    private readonly stream: WriteStream,
    enabled: boolean,
    /** Milliseconds since the process began. */
    private readonly clock: () => number = () => performance.now(),
  ) {
    this.#active = enabled && stream.isTTY === true;
  }

  update(progress: Progress): void {
    if (!this.#active) return;
    const now = this.clock();
    if (progress.stage !== this.#stage) {
      this.#stage = progress.stage;
      this.#drawn = 0;
    }
    this.#latest = { progress, pace: this.#stages.pace(progress, now), at: now };
    if (now < PATIENCE_MS) return void (this.#timer ??= setTimeout(() => this.#draw(), PATIENCE_MS - now).unref());
    const finished = progress.totalFiles !== undefined && progress.files >= progress.totalFiles;
    if (now - this.#drawn >= REDRAW_MS || finished) this.#draw();
  }

  #draw(): void {
    if (this.#latest === undefined) return;
    const now = this.clock();
    this.#drawn = now;
    this.#shown = true;
    const { progress, pace, at } = this.#latest;
    const line = progressText(progress, { ...pace, seconds: pace.seconds + (now - at) / 1000 });
    this.stream.write(`\r\u001B[K${line.slice(0, Math.max(20, (this.stream.columns ?? 80) - 1))}`);
  }

  /** Writes `text` on lines of its own. */
  interrupt(text: string): void {
    this.#erase();
    this.stream.write(text);
  }

  /** Takes the line away: the work is done. */
  clear(): void {
    clearTimeout(this.#timer);
    this.#latest = undefined;
    this.#erase();
  }

  #erase(): void {
    if (this.#shown) this.stream.write('\r\u001B[K');
    this.#shown = false;
  }
}

/** `reading images  1,204/40,000 files  633 MB of 21.0 GB  512 MB/s  41 s left`. */
export function progressText(progress: Progress, pace: StagePace): string {
  const { stage, files, totalFiles, bytes, totalBytes, unit = 'files' } = progress;
  const parts = [stage, totalFiles === undefined ? `${formatCount(files)} ${unit}` : `${formatCount(files)}/${formatCount(totalFiles)} ${unit}`];
  if (bytes > 0) {
    parts.push(totalBytes === undefined ? formatBytes(bytes) : `${formatBytes(bytes)} of ${formatBytes(totalBytes)}`);
    if (pace.seconds > 0) parts.push(`${formatBytes(pace.bytes / pace.seconds)}/s`);
  }
  const left = secondsLeft(progress, pace);
  if (left !== undefined) parts.push(`${formatDuration(left)} left`);
  if (progress.current !== undefined) parts.push(currentText(progress.current));
  return parts.join('  ');
}

/** `1.2.3.dcm 45 of 120 MB`: the name alone, for paths are long. */
function currentText({ path, bytes, totalBytes }: NonNullable<Progress['current']>): string {
  return `${shortenText(path.slice(path.lastIndexOf('/') + 1), 40)} ${formatBytes(bytes)} of ${formatBytes(totalBytes)}`;
}
