import { failureWords, unavailable } from './connection.js';
import { loadIoredis } from './packages.js';
import type { RedisAddress } from './redis-address.js';
import { readRedisSettings, settingsWarnings, type RedisSettings } from './redis-settings.js';

/** What a Redis answered. */
export interface RedisAnswer {
  settings: RedisSettings;
  /** What is wrong with its settings, one sentence each. */
  warnings: string[];
}

/**
 * Asks a Redis once, without trying again.
 * @throws {CurationError} ENGINE_FAILED; without a password
 */
export async function probeRedis(address: RedisAddress, { timeout_ms, signal }: { timeout_ms: number; signal: AbortSignal }): Promise<RedisAnswer> {
  const { Redis } = loadIoredis();
  const redis = new Redis({ ...address.options, lazyConnect: true, enableReadyCheck: false, connectTimeout: timeout_ms, commandTimeout: timeout_ms, socketTimeout: timeout_ms, maxRetriesPerRequest: 0, retryStrategy: () => null });
  let reason = 'no answer';
  redis.on('error', (error: Error) => (reason = failureWords(error)));
  const stop = (): void => redis.disconnect();
  signal.addEventListener('abort', stop, { once: true });
  try {
    await redis.connect();
    await redis.ping();
    const settings = await readRedisSettings(redis);
    const lost = settings.append_only === false ? [`The Redis at ${address.name} writes nothing down as it goes (appendonly no): a restart loses jobs, which are handed out again.`] : [];
    return { settings, warnings: [...settingsWarnings(settings, address.name), ...lost] };
  } catch (error) {
    const words = failureWords(error);
    throw unavailable(address, /^Connection is closed|Command timed out/.test(words) ? reason : words);
  } finally {
    signal.removeEventListener('abort', stop);
    redis.disconnect();
  }
}
