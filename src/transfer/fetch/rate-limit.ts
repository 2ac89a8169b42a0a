import { setTimeout as sleep } from 'node:timers/promises';
import { interrupted } from '../../network/retry.js';

/** Holds all readers together to so many bytes a second. */
export class RateLimit {
  /** When the bytes that were taken so far are paid for, in ms of a monotonic clock. */
  #paid = 0;

  /** @param bytes_per_second null for no limit */
  constructor(
    readonly bytes_per_second: number | null,
    readonly signal?: AbortSignal,
  ) {}

  /** Waits until these bytes may have come. */
  async take(bytes: number): Promise<void> {
    if (this.bytes_per_second === null) return;
    const now = performance.now();
    this.#paid = Math.max(this.#paid, now) + (1000 * bytes) / this.bytes_per_second;
    try {
      if (this.#paid - now > 1) await sleep(this.#paid - now, undefined, this.signal === undefined ? {} : { signal: this.signal });
    } catch {
      throw interrupted();
    }
  }
}
