import { CurationError, EXIT } from '../../errors.js';
import { runShard } from './run-shard.js';
import { scheduledIndex } from './shard-index.js';

/**
 * Entry of a task of a scheduler: `FOLDER [OFFSET] [THREADS]`. Runs the shard whose number is OFFSET and the index that the scheduler
 * gave; says in a line what came of it.
 */
export async function main([folder = '.', offset = '0', jobs = '1']: readonly string[], environment: Readonly<Record<string, string | undefined>> = process.env): Promise<void> {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  try {
    const index = Number(offset) + (scheduledIndex(environment) ?? 0);
    const { status, items, failed } = await runShard(folder, index, { jobs: Number(jobs), signal: stop.signal });
    process.stdout.write(`shard ${index}: ${status}, ${items} items, ${failed} failed\n`);
  } catch (error) {
    const told = error instanceof CurationError ? error : null;
    process.stderr.write(`${told === null ? String(error) : `${told.code}: ${told.message}`}\n`);
    process.exitCode = told?.exitCode ?? EXIT.bug;
  }
}
