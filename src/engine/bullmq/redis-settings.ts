import type { Redis } from 'ioredis';

/** What a Redis says about itself that matters to a queue. */
export interface RedisSettings {
  /** Null when it does not say. */
  version: string | null;
  /** What it does when its memory is full; `noeviction` is the only one that loses no job. */
  eviction: string | null;
  /** Whether it writes down every command (AOF), so that a restart loses at most a second. */
  append_only: boolean | null;
}

/** The first version with all commands that BullMQ uses well. */
const OLDEST_GOOD = [6, 2] as const;

/** Asks a Redis for its settings. A server that does not let us ask (ACL) says nothing, which is no failure. */
export async function readRedisSettings(redis: Redis): Promise<RedisSettings> {
  try {
    return parseRedisInfo(await redis.info());
  } catch {
    return { version: null, eviction: null, append_only: null };
  }
}

/** Reads the answer to INFO: lines `name:value`. */
export function parseRedisInfo(text: string): RedisSettings {
  const value = (name: string): string | null => new RegExp(`^${name}:([\\w.-]{1,40})\\r?$`, 'm').exec(text)?.[1] ?? null;
  const append = value('aof_enabled');
  return { version: value('redis_version'), eviction: value('maxmemory_policy'), append_only: append === null ? null : append === '1' };
}

/** What is to be said about them, one sentence each. `name` is the address without its password. */
export function settingsWarnings(settings: RedisSettings, name: string): string[] {
  const warnings: string[] = [];
  if (settings.eviction !== null && settings.eviction !== 'noeviction') {
    warnings.push(`The Redis at ${name} throws away what it holds when its memory is full (maxmemory-policy ${settings.eviction}): shards may have to be handed out again. Set it to noeviction.`);
  }
  const [major = 0, minor = 0] = (settings.version ?? '').split('.').map(Number);
  if (settings.version !== null && (major < OLDEST_GOOD[0] || (major === OLDEST_GOOD[0] && minor < OLDEST_GOOD[1]))) {
    warnings.push(`The Redis at ${name} is of version ${settings.version}; ${OLDEST_GOOD.join('.')} or later is needed for sure work.`);
  }
  return warnings;
}
