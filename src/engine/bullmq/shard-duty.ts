import { join } from 'node:path';
import type { Job } from 'bullmq';
import { CurationError } from '../../errors.js';
import { failureWords } from './connection.js';
import { readShardJob, shardJobId, type ShardJob } from './shard-job.js';

/** Who does the duty, and where plans may lie. */
export interface DutySetup {
  folders: string[];
  worker: string;
  signal: AbortSignal;
  warn(message: string): void;
}

/** A shard that this worker cannot do waits so long for another one. */
const GIVE_BACK_MS = 5_000;
/** A job that nobody could do for so long is given up: its plan is gone. */
const FORGOTTEN_MS = 7 * 86_400_000;
/** Progress is told not more often. */
const PROGRESS_MS = 1_000;
