import { WaitingWorkers } from '../waiting-workers.js';
import type { ShardTaskData } from './shard-task.js';

/** The task of the threads that run shards. */
export const SHARD_TASK = new URL('./shard-task.js', import.meta.url);

/**
 * Threads that stay from shard to shard, as long as these are of one task with the same data: to start one takes as long as to hash a
 * hundred images. For processes that run many shards.
 */
export class ShardThreads {
  #task = '';
  #kept: WaitingWorkers | null = null;

  /** The threads that wait for shards of this task; those of another one are ended. */
  of({ task, taskData }: ShardTaskData): WaitingWorkers {
    const name = `${task} ${taskData}`;
    if (this.#kept === null || this.#task !== name) {
      void this.dismiss();
      this.#task = name;
      this.#kept = new WaitingWorkers(SHARD_TASK, null, 0, true);
    }
    return this.#kept;
  }

  /** Ends those that wait; those in work end with their shard. */
  async dismiss(): Promise<void> {
    const kept = this.#kept;
    this.#kept = null;
    await kept?.dismiss();
  }
}
