import { setTimeout as sleep } from 'node:timers/promises';
import { CurationError } from '../errors.js';
import { SourceFailure } from './source.js';

export interface RetryOptions {
  /** Failures in a row, without a byte between them, after which it is given up. */
  attempts: number;
  /** Pause after the first failure, in ms; it doubles with each further one. */
  base_ms: number;
  /** The longest pause, in ms; a server that asks for a longer one is given up. */
  max_ms: number;
  /** Of the jitter, so that many clients of a server that comes back do not all come at once. */
  seed: number;
}

export const DEFAULT_RETRY: Omit<RetryOptions, 'seed'> = { attempts: 7, base_ms: 400, max_ms: 120_000 };

/** Failures of one file after which it is given up, however many bytes came between them. */
const MAX_FAILURES = 1000;

/** Tries again what a source failed at, with growing pauses. */
export class Retry {
  #state: number;

  constructor(
    readonly options: RetryOptions,
    readonly signal?: AbortSignal,
  ) {
    this.#state = options.seed >>> 0;
  }

  /**
   * Runs `work` until it succeeds.
   * @param work is told by `progressed` that bytes came, after which failures are counted anew
   * @throws {SourceFailure} the last one
   */
  async run<T>(work: (progressed: () => void) => Promise<T>): Promise<T> {
    let inRow = 0;
    for (let all = 1; ; all++) {
      try {
        return await work(() => void (inRow = 0));
      } catch (error) {
        if (!(error instanceof SourceFailure) || !error.details.retry) throw error;
        inRow += 1;
        if (inRow >= this.options.attempts || all >= MAX_FAILURES) throw error;
        await this.#pause(error, inRow);
      }
    }
  }

  async #pause({ details, message }: SourceFailure, inRow: number): Promise<void> {
    const { base_ms, max_ms } = this.options;
    const asked = details.wait_ms ?? 0;
    if (asked > max_ms) throw new SourceFailure(`${message}; it asks to be left alone for ${Math.ceil(asked / 1000)} s`, { ...details, retry: false });
    // Half of the pause is certain, so that a busy server gets one, and half is drawn.
    const backoff = Math.min(max_ms, base_ms * 2 ** (inRow - 1));
    try {
      await sleep(asked + backoff * (0.5 + 0.5 * this.#draw()), undefined, this.signal === undefined ? {} : { signal: this.signal });
    } catch {
      throw interrupted();
    }
  }

  /** Mulberry32: a number from 0 to 1. It spreads load and protects nothing. */
  #draw(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
}

/** What Ctrl-C ends a fetch with. */
export function interrupted(): CurationError {
  return new CurationError('INTERRUPTED', 'Interrupted; run the same command again to go on.');
}
