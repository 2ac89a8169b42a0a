import { defaultEffects, type Effects } from '../effects.js';
import { CurationError } from '../errors.js';
import type { Problem, VerifyReport } from '../model/verification.js';
import type { VerifyOptions } from './inspection.js';
import { verifyRelease } from './verify.js';

/** Problems that wait to be taken before verification waits as well. */
const WAITING = 64;

/**
 * Verifies a release and hands out each problem when it is found; the order is not that of the report, which is what the iterator
 * returns at its end. Files are read no faster than problems are taken; to stop taking them stops the verification.
 * @throws {CurationError} as `verifyRelease`
 */
export async function* verifyProblems(path: string, options: Omit<VerifyOptions, 'onProblem'> = {}, effects: Effects = defaultEffects): AsyncGenerator<Problem, VerifyReport, void> {
  const stop = new AbortController();
  const queue = new ProblemQueue();
  const signal = options.signal === undefined ? stop.signal : AbortSignal.any([options.signal, stop.signal]);
  const run = verifyRelease(path, { ...options, signal, onProblem: (problem) => queue.put(problem) }, effects).finally(() => queue.close());
  // a failure is thrown below, when it is this iterator's turn
  run.catch(() => {});
  try {
    for (let problem = await queue.take(); problem !== null; problem = await queue.take()) yield problem;
    return await run;
  } finally {
    stop.abort();
    queue.open();
    await run.catch((error: unknown) => {
      if (!(error instanceof CurationError)) throw error;
    });
  }
}

/** Problems on their way from one who finds to one who takes them. */
class ProblemQueue {
  readonly #problems: Problem[] = [];
  #closed = false;
  #unlimited = false;
  #wakeTaker: (() => void) | null = null;
  #wakePutters: (() => void)[] = [];

  /** Resolves when there is room for more. */
  put(problem: Problem): Promise<void> | undefined {
    this.#problems.push(problem);
    this.#wakeTaker?.();
    if (this.#unlimited || this.#problems.length < WAITING) return undefined;
    return new Promise((resolve) => this.#wakePutters.push(resolve));
  }

  /** The next problem; null when there will be none. */
  async take(): Promise<Problem | null> {
    while (this.#problems.length === 0 && !this.#closed) await new Promise<void>((resolve) => (this.#wakeTaker = resolve));
    this.#wakeTaker = null;
    const problem = this.#problems.shift() ?? null;
    if (this.#problems.length < WAITING) this.#letPutters();
    return problem;
  }

  close(): void {
    this.#closed = true;
    this.#wakeTaker?.();
  }

  /** Nobody takes any more: nobody waits either. */
  open(): void {
    this.#unlimited = true;
    this.#letPutters();
  }

  #letPutters(): void {
    for (const wake of this.#wakePutters.splice(0)) wake();
  }
}
