import { setMaxListeners } from 'node:events';
import type { Effects } from '../effects.js';
import { SourceOpener } from '../network/open-source.js';
import { DEFAULT_RETRY, Retry } from '../network/retry.js';
import { DEFAULT_TRANSFER_JOBS, type TransferOptions } from './fetch-options.js';

const DEFAULT_TIMEOUT_MS = 60_000;

/** Opens connections, and closes them. */
export async function withTransfer<T>({ jobs = DEFAULT_TRANSFER_JOBS, timeout_ms = DEFAULT_TIMEOUT_MS, endpoint, region, signal, retry }: TransferOptions, effects: Effects, note: (sentence: string) => void, work: (opener: SourceOpener, retry: Retry) => Promise<T>): Promise<T> {
  // every request that is under way listens, and there are as many as jobs
  if (signal !== undefined) setMaxListeners(0, signal);
  const opener = new SourceOpener({ jobs, timeout_ms, endpoint, region, signal, note });
  try {
    return await work(opener, new Retry(retry ?? { ...DEFAULT_RETRY, seed: seedOf(effects) }, signal));
  } finally {
    opener.close();
  }
}

/** Two clients that lost the same server do not come back in the same moment. */
export function seedOf(effects: Effects): number {
  return (effects.now().getTime() ^ (process.pid << 16)) >>> 0;
}
