import { readStatus } from '../engine/shards/status.js';
import type { ShardsStatus } from '../model/shards.js';

/** How far the shards of a plan are. @throws {CurationError} SHARD_INVALID, SHARD_TOO_NEW */
export function shardsStatus(folder: string): ShardsStatus {
  return readStatus(folder);
}
