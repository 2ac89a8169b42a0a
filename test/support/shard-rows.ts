import { afterAll } from '@jest/globals';
import type { RowReader } from '../../src/engine/shards/result-taking.js';
import { ShardRows } from '../../src/workflow/shard-rows.js';

/** A reader of results for a test file. */
export function useShardRows(): RowReader {
  const rows = new ShardRows();
  afterAll(() => rows.close());
  return rows.read;
}
