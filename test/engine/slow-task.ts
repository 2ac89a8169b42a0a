/** A task that takes its time, or ends its process: for engines whose workers are killed while they work. */
export interface SlowWork {
  n: number;
  ms: number;
  /** `die`: the whole process is killed, as by the system when memory runs out. */
  act?: 'die' | 'throw';
}

export function createTask(taskData: unknown): (item: SlowWork) => { n: number } {
  if (taskData === 'broken') throw new RangeError('thrown at the start');
  const clock = new Int32Array(new SharedArrayBuffer(4));
  return ({ n, ms, act }) => {
    Atomics.wait(clock, 0, 0, ms);
    if (act === 'die') process.kill(process.pid, 'SIGKILL');
    if (act === 'throw') throw new RangeError('thrown by the task');
    return { n: n * 2 };
  };
}
