import { probeRedis } from '../../engine/bullmq/redis-probe.js';
import { readRedisAddress, REDIS_VARIABLE } from '../../engine/bullmq/redis-address.js';
import { SlurmClient } from '../../engine/slurm/slurm-client.js';
import { CurationError, systemErrorCode } from '../../errors.js';
import type { EngineName } from '../../model/engine.js';
import { ok, skipped, warning, type Answer, type Probe } from './probe.js';

/** How long a command of Slurm, or Redis, may say nothing, in ms. */
const SILENCE_MS = 5000;
/** Slurm's arrays are cut by this; a smaller one makes many jobs. */
const GOOD_ARRAY_SIZE = 100;

/** Which engines are meant to be there. */
export interface EngineWish {
  /** Must work; null: what is there is looked at. */
  engine: EngineName | null;
  /** Address of the Redis; undefined when none is named. */
  redis: string | undefined;
}

/** Probes of the engines beside the local one, which is there wherever Node.js is. */
export function engineProbes({ engine, redis }: EngineWish): Probe[] {
  return [
    { area: 'engine', what: 'slurm', run: () => trySlurm(engine === 'slurm') },
    { area: 'engine', what: 'bullmq', run: (signal) => tryRedis(redis, engine === 'bullmq', signal) },
  ];
}

async function trySlurm(wanted: boolean): Promise<Answer> {
  const slurm = new SlurmClient(SILENCE_MS);
  try {
    const partitions = await slurm.partitions();
    const size = await slurm.maxArraySize();
    const up = partitions.filter(({ available, nodes }) => available && nodes > 0);
    const found = `${up.map(({ name, nodes }) => `${name} (${nodes} nodes)`).join(', ')}; MaxArraySize ${size}`;
    if (up.length === 0) return { ...warning('the controller answers, and no partition has a node that works', 'Ask: sinfo -R'), outcome: wanted ? 'failed' : 'warning' };
    return size < GOOD_ARRAY_SIZE ? warning(found, 'Ask for a larger MaxArraySize: work is submitted as many small arrays.', `MaxArraySize of ${GOOD_ARRAY_SIZE} or more`) : ok(found);
  } catch (error) {
    const missing = error instanceof CurationError && systemErrorCode(error.cause) === 'ENOENT';
    if (missing && !wanted) return skipped('Slurm is not installed here: --engine slurm cannot be used');
    if (wanted) throw error;
    return warning(error instanceof Error ? error.message : String(error), 'The local engine works without it. For --engine slurm ask: scontrol ping');
  }
}

async function tryRedis(address: string | undefined, wanted: boolean, signal: AbortSignal): Promise<Answer> {
  if (address === undefined) {
    if (!wanted) return skipped('no Redis is named: --engine bullmq cannot be used', `Name one by ${REDIS_VARIABLE} or --redis.`);
    throw new CurationError('USAGE', '--engine bullmq needs a Redis, and none is named.', { suggestions: [`Name one: --redis redis://HOST:6379, or ${REDIS_VARIABLE} in the environment.`] });
  }
  const redis = readRedisAddress(address);
  const { settings, warnings } = await probeRedis(redis, { timeout_ms: SILENCE_MS, signal });
  const written = settings.append_only === null ? 'does not say whether it writes down' : settings.append_only ? 'writes down every command' : 'writes nothing down';
  const found = `${redis.name}: version ${settings.version ?? 'unknown'}, maxmemory-policy ${settings.eviction ?? 'unknown'}, ${written}`;
  const [first] = warnings;
  return first === undefined ? ok(found) : warning(found, first);
}
