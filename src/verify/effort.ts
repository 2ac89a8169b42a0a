import type { VerifySpeed } from '../model/verification.js';

/** What hashing took: seconds of the clock, and of the processors in all threads. */
export interface Effort {
  seconds: number;
  processorSeconds: number;
  threads: number;
}

/** A point in time to measure from. */
export interface EffortStart {
  clock: number;
  processor: NodeJS.CpuUsage;
}

/** Threads that compute for more of their time than this are bounded by the processor. */
const BUSY = 0.8;

/** Begins to measure. */
export function startEffort(): EffortStart {
  return { clock: performance.now(), processor: process.cpuUsage() };
}

/** Adds what was spent since `start` to what was spent before. */
export function addEffort(before: Effort | null, { clock, processor }: EffortStart, threads: number): Effort {
  const { user, system } = process.cpuUsage(processor);
  return {
    seconds: (before?.seconds ?? 0) + (performance.now() - clock) / 1000,
    processorSeconds: (before?.processorSeconds ?? 0) + (user + system) / 1e6,
    threads,
  };
}

/** Seconds below which starting threads is most of it. */
const SHORT = 0.5;

/** The speed for the report; null when it was too short to tell. */
export function speedOf({ seconds, processorSeconds, threads }: Effort, bytes: number): VerifySpeed | null {
  if (seconds < SHORT || bytes === 0) return null;
  const processor_share = Math.round(Math.min(1, processorSeconds / (seconds * threads)) * 100) / 100;
  return { bytes_per_second: Math.round(bytes / seconds), threads, processor_share, bound: processor_share >= BUSY ? 'processor' : 'storage' };
}
