/** How fast a worker that died is noticed. */
export interface LockTiming {
  /** A shard stays with a worker that is not heard of for so long. Its lock is renewed at half of it, while others hash. */
  lock_ms: number;
  /** Shards without a lock are looked for so often, by whichever worker comes first. */
  stalled_ms: number;
}

/**
 * A killed worker's shard is taken over within 15 s. The lock is renewed on the main thread, which only waits (the hashing
 * is done by others), so 10 s are lost by a machine that hangs or a network that is down, and by little else; a shard that
 * is then done twice gives the same result twice.
 */
export const LOCK_TIMING: LockTiming = { lock_ms: 10_000, stalled_ms: 5_000 };
