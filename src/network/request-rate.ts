import { setTimeout as sleep } from 'node:timers/promises';
import { interrupted } from './retry.js';

/** Spaces requests out evenly, so that no second has more of them than a server allows. */
export class RequestRate {
  #next_ms = 0;

  /** @param perSecond null: as many as there are */
  constructor(
    readonly perSecond: number | null,
    readonly signal?: AbortSignal,
    readonly now: () => number = () => performance.now(),
  ) {}

  /**
   * Waits until the next request may be sent.
   * @throws {CurationError} INTERRUPTED
   */
  async take(): Promise<void> {
    if (this.perSecond === null) return;
    const now = this.now();
    const turn = Math.max(now, this.#next_ms);
    this.#next_ms = turn + 1000 / this.perSecond;
    if (turn <= now) return;
    try {
      await sleep(turn - now, undefined, this.signal === undefined ? {} : { signal: this.signal });
    } catch {
      throw interrupted();
    }
  }
}
