import assert from 'node:assert';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Effects } from '../effects.js';
import type { Engine } from '../engine/engine.js';
import { defaultJobs } from '../engine/local.js';
import { localEngine } from '../engine/local-engine.js';
import type { Dispatcher } from '../engine/shards/dispatcher.js';
import { DEFAULT_LIMITS, type ShardLimits } from '../engine/shards/plan-writer.js';
import { ShardedEngine } from '../engine/shards/sharded-engine.js';
import { wrapSystemError } from '../errors.js';
import type { EngineChoice, EngineName, EngineSettings } from '../model/engine.js';
import { withLock } from '../workspace/lock.js';
import { ShardRows } from './shard-rows.js';

type Opener = (choice: EngineChoice, effects: Effects) => Promise<Dispatcher>;

/** What knows each scheduler, loaded when it is wanted. */
const DISPATCHERS: Record<Exclude<EngineName, 'local'>, Opener> = {
  slurm: async ({ settings }, effects) => new (await import('../engine/slurm/slurm-dispatcher.js')).SlurmDispatcher(settings.slurm ?? {}, effects),
  bullmq: async ({ root, bullmq }, effects) => {
    assert(bullmq !== undefined, 'who chooses bullmq names a Redis');
    const { BullmqDispatcher } = await import('../engine/bullmq/bullmq-dispatcher.js');
    return BullmqDispatcher.open({ redis: bullmq.redis, folder: root, workers: bullmq.workers ?? defaultJobs() }, effects);
  },
};

/** How long another coordinator of the same shards is waited for, in ms. */
const LOCK_WAIT_MS = 10 * 60 * 1000;

/**
 * Bytes of the first shards: some seconds of work where workers wait for it, and as much as pays the start of a task of Slurm (2.5 to 3 s).
 */
const FIRST_BYTES: Record<Exclude<EngineName, 'local'>, number> = { bullmq: 256e6, slurm: 2.5e9 };

/**
 * Runs `work` with an open engine. A place for shards has one coordinator at a time; another one waits, or takes over what one
 * that died has left.
 * @throws {CurationError} LOCKED, ENGINE_FAILED, and whatever `work` throws
 */
export async function withEngine<T>(choice: EngineChoice, effects: Effects, work: (engine: Engine) => Promise<T>): Promise<T> {
  const { name, root, settings } = choice;
  if (name === 'local') return work(localEngine);
  makeFolder(root);
  return withLock(join(root, 'lock'), { doing: `having shards run by ${name}`, waitMs: LOCK_WAIT_MS, onWait: (message) => effects.warn(message) }, async () => {
    const rows = new ShardRows();
    const dispatcher = await DISPATCHERS[name](choice, effects);
    const engine = new ShardedEngine({ dispatcher, root, limits: shardLimits(settings, FIRST_BYTES[name]), readRows: rows.read });
    try {
      return await work(engine);
    } finally {
      await engine.close();
      rows.close();
    }
  });
}

/** Where shards end, as the settings or the defaults say; `first` counts only where nobody said. */
export function shardLimits({ shard_bytes }: EngineSettings, first?: number): ShardLimits {
  if (shard_bytes !== undefined) return { ...DEFAULT_LIMITS, bytes: shard_bytes };
  return first === undefined ? DEFAULT_LIMITS : { ...DEFAULT_LIMITS, first };
}

function makeFolder(root: string): void {
  try {
    mkdirSync(root, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw wrapSystemError(error, 'making the folder of shards', root);
  }
}
