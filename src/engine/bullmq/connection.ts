import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { CurationError, systemErrorCode } from '../../errors.js';
import { loadIoredis } from './packages.js';
import type { RedisAddress } from './redis-address.js';
import { readRedisSettings, settingsWarnings } from './redis-settings.js';

/** How often a Redis is asked before the first answer: some 6 s. Later it is asked for ever, with pauses up to 5 s. */
const FIRST_TRIES = 5;
const LONGEST_PAUSE_MS = 5_000;

/** Codes of certificates that do not convince. */
const TLS_REFUSAL = /^(?:CERT_|ERR_TLS_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO)/;

/** A server that took a command and says nothing for so long is taken for gone. */
const SILENCE_MS = 30_000;

/** A Redis may read its memory for so long when it is met first: a minute. */
const LOADING_LOOKS = 120;
const LOADING_PAUSE_MS = 500;

/** How a connection behaves when its Redis is away, and who hears of it. */
export interface RedisUse {
  /** Commands wait for a Redis that is away, which BullMQ's workers need; otherwise they fail after one more try. */
  patient: boolean;
  /** Hears that the Redis is gone, that it is back, and what is wrong with its settings. */
  warn(message: string): void;
}

/**
 * Opens a connection to Redis that mends itself.
 * @throws {CurationError} ENGINE_FAILED when there is no answer at first, or the sign-in is refused; without a password.
 */
export async function openRedis(address: RedisAddress, use: RedisUse): Promise<Redis> {
  const redis = await connect(address, use);
  await waitUntilLoaded(redis);
  for (const warning of settingsWarnings(await readRedisSettings(redis), address.name)) use.warn(warning);
  return redis;
}

/**
 * A Redis that was just started answers INFO, and nothing else until it has read its memory. Our own look in place of the client's: that
 * one writes to stderr where a user may not ask.
 */
async function waitUntilLoaded(redis: Redis): Promise<void> {
  try {
    for (let left = LOADING_LOOKS; left > 0 && /^loading:1/m.test(await redis.info('persistence')); left--) await sleep(LOADING_PAUSE_MS);
    redis.options.enableReadyCheck = true;
  } catch {
    // INFO is not for this user: a Redis that comes back is taken for ready at once, and asked again when it was not
  }
}

async function connect(address: RedisAddress, { patient, warn }: RedisUse): Promise<Redis> {
  const { Redis } = loadIoredis();
  let known = false;
  let lost = false;
  let reason = 'no answer';
  const redis = new Redis({
    ...address.options,
    lazyConnect: true,
    enableReadyCheck: false,
    maxRetriesPerRequest: patient ? null : 1,
    socketTimeout: SILENCE_MS,
    retryStrategy: (times) => (known || times <= FIRST_TRIES ? Math.min(100 * 2 ** Math.min(times, 10), LONGEST_PAUSE_MS) : null),
  });
  redis.on('error', (error: Error) => {
    reason = failureWords(error);
    // A refused sign-in is no outage: asking again helps nobody and may lock the account.
    if (!known && isRefusal(error)) redis.disconnect();
  });
  redis.on('reconnecting', () => {
    if (known && !lost) warn(`The Redis at ${address.name} is gone (${reason}); shards in work go on, and it is asked again and again.`);
    lost = true;
  });
  redis.on('ready', () => {
    if (known && lost) warn(`The Redis at ${address.name} answers again.`);
    known = true;
    lost = false;
  });
  await new Promise<void>((resolve, reject) => {
    redis.once('ready', resolve);
    redis.once('end', () => reject(unavailable(address, reason)));
    redis.connect().catch(() => {}); // told by the events
  });
  return redis;
}

/** Why a connection or command failed, in a few printable words; never the command itself, which may be a sign-in. */
export function failureWords(error: unknown): string {
  const code = systemErrorCode(error);
  if (code !== undefined) return code;
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/[^\x20-\x7e]+/g, ' ').slice(0, 200);
}

/** Whether Redis or the way to it failed, and not this program. */
export function isRedisFailure(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = systemErrorCode(error);
  if (code !== undefined) return /^(?:ECONN|EPIPE|ETIMEDOUT|EHOST|ENET|ENOTFOUND|EAI_)/.test(code);
  return /^(?:ReplyError|MaxRetriesPerRequestError|AbortError)$/.test(error.name) || /^(?:Connection is closed|Socket timeout|Command timed out)/.test(error.message);
}

function isRefusal(error: Error): boolean {
  return /^(?:WRONGPASS|NOAUTH|NOPERM|ERR AUTH|ERR invalid password|ERR DB index)/.test(error.message) || TLS_REFUSAL.test(systemErrorCode(error) ?? '');
}

/** The failure of a Redis that cannot be used. No cause: the client's errors hold the command, and so the password. */
export function unavailable(address: RedisAddress, reason: string): CurationError {
  return new CurationError('ENGINE_FAILED', `The Redis at ${address.name} cannot be used: ${reason}`, {
    suggestions: [adviceOn(reason)],
  });
}

function adviceOn(reason: string): string {
  if (/AUTH|PASS|NOPERM/.test(reason)) return 'Look at user, password and permissions (ACL) of the address.';
  if (TLS_REFUSAL.test(reason)) return 'Name the authority that made its certificate, in a file of PEM: NODE_EXTRA_CA_CERTS=FILE. The host of the address must be a name in the certificate.';
  return 'Is it running, and is it reachable from this machine? Try: redis-cli -u ADDRESS ping';
}
