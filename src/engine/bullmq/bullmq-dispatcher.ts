import { basename } from 'node:path';
import type { Redis } from 'ioredis';
import type { Effects, Progress } from '../../effects.js';
import type { Dispatch, Dispatcher } from '../shards/dispatcher.js';
import { failureWords, isRedisFailure, openRedis, unavailable } from './connection.js';
import { folderLedger } from './folder-ledger.js';
import { handOutShards, type HandOutProgress } from './hand-out.js';
import { LocalWorkers } from './local-workers.js';
import { readRedisAddress, type RedisAddress } from './redis-address.js';
import { ShardQueue } from './shard-queue.js';

/** How shards are run over a Redis. */
export interface BullmqSetup {
  /** Address of the Redis; may hold a password. */
  redis: string;
  /** The folder in which the plans lie. */
  folder: string;
  /** Worker processes that are started here; 0: only those that join from elsewhere. */
  workers: number;
}

/** Has shards run by workers of BullMQ: those that it starts, and all that join from elsewhere. They stay for plan after plan. */
export class BullmqDispatcher implements Dispatcher {
  readonly name = 'bullmq';

  private constructor(
    private readonly address: RedisAddress,
    private readonly redis: Redis,
    private readonly workers: LocalWorkers,
    private readonly effects: Effects,
  ) {}

  /** Workers are started at once: they load while the work is planned. @throws {CurationError} USAGE, ENGINE_FAILED */
  static async open({ redis: url, folder, workers: count }: BullmqSetup, effects: Effects): Promise<BullmqDispatcher> {
    const address = readRedisAddress(url);
    const warn = (message: string): void => effects.warn(message);
    const workers = new LocalWorkers(count, warn);
    try {
      const redis = await openRedis(address, { patient: false, warn });
      workers.serve({ url, folders: [folder] });
      return new BullmqDispatcher(address, redis, workers, effects);
    } catch (error) {
      await workers.stop();
      throw error;
    }
  }

  async dispatch({ folder, plan, missing, signal, onDone }: Dispatch): Promise<void> {
    const warn = (message: string): void => this.effects.warn(message);
    const onProgress = (progress: HandOutProgress): void => this.effects.progress(shownProgress(progress));
    const { broken } = this.workers;
    // a plan's folder is named by its digest
    const queue = ShardQueue.open(this.redis, { plan: basename(folder), tool: plan.tool });
    try {
      const end = AbortSignal.any([broken, ...(signal === undefined ? [] : [signal])]);
      const failed = await handOutShards({ ledger: folderLedger(folder, plan), missing, queue, signal: end, warn, onDone, onProgress, onNews: (hear) => (this.workers.onShard = hear) });
      for (const [index, reason] of failed) warn(`Shard ${index} was given up: ${reason}`);
    } catch (error) {
      if (broken.aborted) throw broken.reason;
      // never the client's own error: it holds the command
      throw isRedisFailure(error) ? unavailable(this.address, failureWords(error)) : error;
    } finally {
      await queue.close();
    }
  }

  /** Ends the workers that were started here, and the connection. */
  async close(): Promise<void> {
    await this.workers.stop();
    this.redis.disconnect();
  }
}

/** `having shards run  1,204/40,000 files by 2 workers  633 MB of 21.0 GB`. */
function shownProgress({ files, totalFiles, bytes, totalBytes, workers }: HandOutProgress): Progress {
  return { stage: 'having shards run', files, totalFiles, unit: `files by ${workers} ${workers === 1 ? 'worker' : 'workers'}`, bytes, totalBytes };
}
