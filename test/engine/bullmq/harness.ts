/** What the tests with a real Redis share: plans of small work, and workers in processes of their own. */
import { spawn, type ChildProcess } from 'node:child_process';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openRedis } from '../../../src/engine/bullmq/connection.js';
import { folderLedger } from '../../../src/engine/bullmq/folder-ledger.js';
import { handOutShards, type HandOutProgress } from '../../../src/engine/bullmq/hand-out.js';
import { readRedisAddress } from '../../../src/engine/bullmq/redis-address.js';
import { ShardQueue } from '../../../src/engine/bullmq/shard-queue.js';
import { readPlan } from '../../../src/engine/shards/plan.js';
import { writePlan } from '../../../src/engine/shards/plan-writer.js';
import type { Setup, Work } from './tasks.js';

export const TASK = new URL('./tasks.js', import.meta.url);

/** Plans items in shards of `perShard`. */
export async function planWork(root: string, items: Work[], perShard: number, taskData: Setup = {}): Promise<string> {
  const limits = { bytes: 1e12, items: perShard };
  const folder = await writePlan(root, { task: TASK, taskData, purpose: { kind: 'stage' }, items, weigh: () => 1, limits });
  if (folder === null) throw new Error('no items');
  return folder;
}

/** A coordinator without workers: what it said, its progress, and how it ended. */
export interface Coordination {
  warnings: string[];
  /** Shards whose results were seen, in that order. */
  done: number[];
  progress: HandOutProgress[];
  /** The shards that were given up. */
  end: Promise<Map<number, string>>;
  stop: AbortController;
}

/** Starts a coordinator for a plan. */
export function coordinate(folder: string, url: string): Coordination {
  const warnings: string[] = [];
  const done: number[] = [];
  const progress: HandOutProgress[] = [];
  const stop = new AbortController();
  const warn = (message: string): void => void warnings.push(message);
  const work = async (): Promise<Map<number, string>> => {
    const redis = await openRedis(readRedisAddress(url), { patient: false, warn });
    const plan = readPlan(folder);
    const queue = ShardQueue.open(redis, { plan: basename(folder), tool: plan.tool });
    try {
      const seen = { warn, onDone: (index: number) => void done.push(index), onProgress: (step: HandOutProgress) => void progress.push(step) };
      return await handOutShards({ ledger: folderLedger(folder, plan), missing: plan.shards.keys(), queue, signal: stop.signal, ...seen });
    } finally {
      await queue.close();
      redis.disconnect();
    }
  };
  return { warnings, done, progress, stop, end: work() };
}

/** Workers in processes of their own; a killed one is replaced by whoever killed it. */
export class TestWorkers {
  readonly all: ChildProcess[] = [];
  stderr = '';
  /** A worker that died by itself is replaced as long as fewer than so many live. */
  keep = 0;

  constructor(
    readonly root: string,
    readonly url: string,
    readonly lock_ms = 1_000,
  ) {}

  /** @param ahead_ms how far the clock of the worker is ahead of ours */
  start(ahead_ms = 0): ChildProcess {
    const entry = fileURLToPath(new URL('./worker-child.js', import.meta.url));
    const child = spawn(process.execPath, [...wrongClock(ahead_ms), entry, this.root, String(this.lock_ms)], { env: { ...process.env, COLOPHON_REDIS_URL: this.url }, stdio: ['ignore', 'pipe', 'pipe'] });
    child.stderr.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    this.all.push(child);
    child.once('exit', () => {
      if (this.all.filter(lives).length < this.keep) this.start();
    });
    return child;
  }

  /** Ends all that are left, and waits for them. */
  async stop(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    this.keep = 0;
    for (const child of this.all.filter(lives)) {
      const gone = new Promise((done) => child.once('exit', done));
      child.kill(signal);
      await gone;
    }
  }
}

/** Flags of Node that set its clock: what `Date.now` says is all that a queue asks. */
function wrongClock(ahead_ms: number): string[] {
  return ahead_ms === 0 ? [] : ['--import', `data:text/javascript,const now = Date.now; Date.now = () => now() + ${ahead_ms};`];
}

function lives({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode === null && signalCode === null;
}
