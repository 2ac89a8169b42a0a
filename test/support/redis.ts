/** A real Redis on a free port of loopback, in a temporary folder. Debian: apt-get install redis-server. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { freePort } from './free-port.js';

const PROGRAM = process.env.COLOPHON_TEST_REDIS ?? 'redis-server';

/** Why none can be started here; null when it can. */
export function noRedis(): string | null {
  try {
    execFileSync(PROGRAM, ['--version'], { stdio: 'ignore' });
    return null;
  } catch {
    return 'needs redis-server (Debian: redis-server)';
  }
}

export interface RedisServer {
  /** With the password, when there is one. */
  url: string;
  port: number;
  /** A client for what only a test does: FLUSHALL, a job of its own making. Closed by `stop`. */
  client: Redis;
  /** Ends the server and starts it again with what it had written down. */
  restart(pause_ms?: number): Promise<void>;
  stop(): Promise<void>;
}

export interface RedisSetup {
  password?: string;
  /** More of its command line, such as `--maxmemory-policy allkeys-lru`. */
  more?: string[];
}

/** Starts a server that writes down everything at once and evicts nothing. */
export async function startRedis({ password, more = [] }: RedisSetup = {}): Promise<RedisServer> {
  const folder = mkdtempSync(join(tmpdir(), 'colophon-redis-'));
  const port = await freePort();
  const args = ['--bind', '127.0.0.1', '--port', String(port), '--dir', folder, '--save', '', '--appendonly', 'yes', '--appendfsync', 'always', '--logfile', join(folder, 'log')];
  args.push(...(password === undefined ? [] : ['--requirepass', password]), ...more);
  let child = start(args);
  // A test run that ends early must not leave a server behind.
  const bury = (): boolean => child.kill('SIGKILL');
  process.once('exit', bury);
  const client = new Redis({ port, host: '127.0.0.1', ...(password === undefined ? {} : { password }), maxRetriesPerRequest: null });
  client.on('error', () => {}); // a restart is no error of the test
  await answering(client);
  return {
    url: password === undefined ? `redis://127.0.0.1:${port}` : `redis://:${encodeURIComponent(password)}@127.0.0.1:${port}`,
    port,
    client,
    restart: async (pause_ms = 0) => {
      await end(child, 'SIGTERM');
      await sleep(pause_ms);
      child = start(args);
      await answering(client);
    },
    stop: async () => {
      client.disconnect();
      await end(child, 'SIGKILL');
      process.off('exit', bury);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function start(args: string[]): ChildProcess {
  return spawn(PROGRAM, args, { stdio: 'ignore' });
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((done) => child.once('exit', done));
  child.kill(signal);
  await gone;
}

async function answering(client: Redis): Promise<void> {
  const late = AbortSignal.timeout(10_000);
  while (!late.aborted) {
    const answer = await Promise.race([client.ping().catch(() => ''), sleep(500, '')]);
    if (answer === 'PONG') return;
    await sleep(20);
  }
  throw new Error('redis-server did not come up');
}
