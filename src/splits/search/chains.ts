import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { Allocation, type AllocationData } from './allocation.js';
import { annealAllocation } from './anneal.js';
import { annealDensely, DENSE_PROFILES } from './dense-anneal.js';
import { keyedRandom } from './random.js';

/** Fewer steps in all are done before a thread has started. */
const THREADED_PROPOSALS = 4_000_000;

/** All that a chain depends on; it survives structured cloning. */
export interface ChainTask {
  data: AllocationData;
  /** Where it starts. */
  placed: Uint32Array;
  proposals: number;
  key: string;
  /** Number of the chain, which keys its random numbers. */
  chain: number;
}

/** Where a chain ended. */
export interface ChainResult {
  placed: Uint32Array;
  objective: number;
}

/** Runs threshold accepting from one start with random numbers of its own. */
export function runChain({ data, placed, proposals, key, chain }: ChainTask): ChainResult {
  const allocation = new Allocation(data);
  allocation.restore(placed);
  const dense = data.profiles.free.reduce((count, free) => count + Math.min(free, 1), 0) <= DENSE_PROFILES;
  const anneal = dense ? annealDensely : annealAllocation;
  anneal(allocation, proposals, keyedRandom(key, `anneal ${chain}`));
  return { placed: allocation.placed, objective: allocation.objective() };
}

/**
 * Improves an allocation by several independent chains of threshold accepting, of which the best is taken, the first of
 * equals. Each but the first has a thread of its own where there are cores for it: where a chain runs changes nothing.
 */
export async function annealInChains(allocation: Allocation, chains: number, proposals: number, key: string): Promise<void> {
  const tasks = Array.from({ length: chains }, (_, chain): ChainTask => ({ data: allocation.data, placed: allocation.placed, proposals, key, chain }));
  const threads = chains * proposals < THREADED_PROPOSALS ? 1 : Math.min(chains, availableParallelism());
  const lanes = Array.from({ length: threads }, (_, lane) => tasks.filter(({ chain }) => chain % threads === lane));
  const others = Promise.all(lanes.slice(1).map((lane) => runInThread(lane)));
  // a rejection must not go unhandled while this thread is busy with its own chains
  others.catch(() => undefined);
  const results = [lanes[0]!.map(runChain), ...(await others)];
  let best = results[0]![0]!;
  for (const { chain } of tasks.slice(1)) {
    const result = results[chain % threads]![Math.floor(chain / threads)]!;
    if (result.objective < best.objective) best = result;
  }
  if (best.objective < allocation.objective()) allocation.restore(best.placed);
}

function runInThread(tasks: readonly ChainTask[]): Promise<ChainResult[]> {
  return new Promise((resolve, reject) => {
    // not the flags of the main thread: `--input-type` and the like would keep a worker from starting
    const worker = new Worker(fileURLToPath(new URL('./chain-worker.js', import.meta.url)), { workerData: tasks, execArgv: [] });
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (status) => reject(new Error(`the search thread ended with status ${status}`)));
  });
}
