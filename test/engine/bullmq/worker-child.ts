/** A worker in a process of its own, for tests that kill it: `worker-child.js FOLDER LOCK_MS`, the Redis in COLOPHON_REDIS_URL. */
import { readRedisAddress } from '../../../src/engine/bullmq/redis-address.js';
import { serveShards } from '../../../src/engine/bullmq/worker.js';

const [folder = '', lock = '1000'] = process.argv.slice(2);
const stop = new AbortController();
process.on('SIGTERM', () => stop.abort());
const report = await serveShards({
  address: readRedisAddress(process.env.COLOPHON_REDIS_URL ?? ''),
  folders: [folder],
  jobs: 1,
  once: false,
  signal: stop.signal,
  timing: { lock_ms: Number(lock), stalled_ms: Number(lock) / 2 },
  warn: (message) => process.stderr.write(`${message}\n`),
});
process.stdout.write(`${JSON.stringify(report)}\n`);
