/** The tasks of the tests with a real Redis: items that take a while, or that kill their process. */
import { appendFileSync } from 'node:fs';

export interface Work {
  n: number;
  /** How long it takes. */
  ms?: number;
  act?: 'kill' | 'throw';
}

export interface Answer {
  n: number;
  square: bigint;
}

/** `log`: a file that gets a line for each item begun. */
export interface Setup {
  root?: string;
  log?: string;
}

export function createTask({ log }: Setup): (item: Work) => Answer {
  const clock = new Int32Array(new SharedArrayBuffer(4));
  return ({ n, ms = 0, act }) => {
    if (log !== undefined) appendFileSync(log, `${n}\n`);
    if (act === 'kill') process.kill(process.pid, 'SIGKILL');
    if (act === 'throw') throw new RangeError('thrown by the task');
    // As synchronous reading does, it holds its thread.
    if (ms > 0) Atomics.wait(clock, 0, 0, ms);
    return { n, square: BigInt(n) * BigInt(n) };
  };
}
