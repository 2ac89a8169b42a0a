import { parentPort, workerData } from 'node:worker_threads';
import { runChain, type ChainTask } from './chains.js';

/** Entry of a thread of `annealInChains`: runs its chains one after the other and answers once. */
parentPort?.postMessage((workerData as ChainTask[]).map(runChain));
