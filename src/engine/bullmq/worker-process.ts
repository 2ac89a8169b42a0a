import assert from 'node:assert';
import { loadBullmq, loadIoredis } from './packages.js';
import { readRedisAddress } from './redis-address.js';
import { serveShards } from './worker.js';
import type { FromWorkerProcess, StartWorker } from './worker-messages.js';

/**
 * Entry of a worker process that a coordinator starts beside itself: a shard that kills its process leaves the coordinator
 * alive. It ends when the coordinator says so or is gone.
 */
assert(process.send !== undefined, 'this module runs as a child process');

const stop = new AbortController();
process.on('disconnect', () => stop.abort());
process.on('SIGTERM', () => stop.abort());
// Ctrl-C reaches the whole group of processes: the coordinator decides what becomes of its workers.
process.on('SIGINT', () => {});

process.once('message', (message: StartWorker) => {
  void serve(message);
});
// while the coordinator lists and plans
loadIoredis();
loadBullmq();

async function serve({ url, folders }: StartWorker): Promise<void> {
  try {
    const setup = { address: readRedisAddress(url), folders, jobs: 1, once: false, silentOnRedis: true, signal: stop.signal };
    await serveShards({ ...setup, warn: (message) => tell({ kind: 'warning', message }), onServing: () => tell({ kind: 'serving' }), onShard: () => tell({ kind: 'shard' }) });
  } catch (error) {
    tell({ kind: 'warning', message: error instanceof Error ? error.message : String(error) });
    process.exitCode = 1;
  }
  if (process.connected) process.disconnect();
}

function tell(message: FromWorkerProcess): void {
  if (process.connected) process.send?.(message);
}
