import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { CurationError, systemErrorCode, wrapSystemError } from '../../errors.js';
import type { ShardFailure, ShardPlan } from '../../model/shards.js';
import { runLocal } from '../local.js';
import { Attempt } from './attempt.js';
import { readItems } from './items-file.js';
import { OrderedRows } from './ordered-rows.js';
import { locateTask, readPlan, requireSameTool } from './plan.js';
import { ResultFile, resultFault, shardOf } from './result-file.js';
import { pad, shardFiles } from './shard-files.js';
import type { ShardAnswer, ShardItem, ShardTaskData } from './shard-task.js';
import { SHARD_TASK, type ShardThreads } from './shard-threads.js';

/** How a shard is run. */
export interface ShardRun {
  /** Threads; default as `runLocal`. */
  jobs?: number;
  signal?: AbortSignal;
  /** Threads that stay for further shards; by default each shard starts its own. */
  threads?: ShardThreads;
  /** Told now and then: items done and their bytes, of this shard. */
  onProgress?(items: number, bytes: number): void;
}

/** What came of running a shard. */
export interface ShardOutcome {
  index: number;
  /** `kept`: a valid result was there already, and nothing was run. */
  status: 'done' | 'kept';
  items: number;
  /** Items on which workers died again and again; the result says so of each. */
  failed: number;
}

/**
 * Runs one shard of a plan: exits at once when its valid result is there; else does the work, writes the result aside, and renames it.
 * Two copies that run at the same time give the same result, and the last rename wins. An error leaves a failure file.
 * @throws {CurationError} SHARD_INVALID, SHARD_TOO_NEW, USAGE (no such shard), INTERRUPTED, DISK_FULL, IO_FAILED, SHARD_FAILED
 */
export async function runShard(folder: string, index: number, run: ShardRun = {}): Promise<ShardOutcome> {
  const plan = readPlan(folder);
  const { items } = shardOf(plan, index);
  if (resultFault(folder, plan, index) === null) return { index, status: 'kept', items, failed: 0 };
  try {
    requireSameTool(plan);
    locateTask(plan.task);
    const failed = await work(folder, plan, index, run);
    return { index, status: 'done', items, failed };
  } catch (error) {
    const told = tellable(error, index);
    if (told.code !== 'INTERRUPTED') leaveFailure(folder, plan, index, told);
    throw told;
  }
}

async function work(folder: string, plan: ShardPlan, index: number, run: ShardRun): Promise<number> {
  for (const place of [shardFiles.attempts(folder), dirname(shardFiles.result(folder, index))]) mkdirSync(place, { recursive: true });
  const attempt = Attempt.begin(folder, index);
  const result = new ResultFile(folder, plan, index);
  try {
    const rows = new OrderedRows((row) => result.append(row));
    for (const item of attempt.deadly) rows.add({ item, outcome: 'failed', result: 'Processes died on it again and again.' });
    const taskData: ShardTaskData = { task: plan.task, taskData: plan.task_data, cursor: attempt.careful ? attempt.path : null };
    const done = { items: 0, bytes: 0 };
    await runLocal<ShardItem, ShardAnswer>(SHARD_TASK, without(readItems(folder, plan, index), attempt.deadly), {
      taskData,
      chunk: ([, bytes]) => bytes,
      // one after the other, so that there is one item that a process can die on
      ...(attempt.careful ? { jobs: 1 } : run.jobs === undefined ? {} : { jobs: run.jobs }),
      ...(run.signal === undefined ? {} : { signal: run.signal }),
      ...(run.threads === undefined || attempt.careful ? {} : { waiting: run.threads.of(taskData) }),
      onResults(answers, items) {
        for (const [item, text] of answers) rows.add({ item, outcome: 'answered', result: text });
        done.items += items.length;
        for (const [, bytes] of items) done.bytes += bytes;
        run.onProgress?.(done.items, done.bytes);
      },
      onFailure: ([item], reason) => rows.add({ item, outcome: 'failed', result: reason }),
    });
    result.publish();
    Attempt.forget(folder, index);
    return rows.failed;
  } finally {
    result.abandon();
    attempt.end();
  }
}

/** Leaves out the items that were given up. */
function* without(items: Iterable<ShardItem>, deadly: ReadonlySet<number>): Generator<ShardItem> {
  for (const item of items) if (!deadly.has(item[0])) yield item;
}

/** What the task or the system threw, as a failure of the shard; a bug of the task is one as well: it must not pass for a result. */
function tellable(error: unknown, index: number): CurationError {
  if (error instanceof CurationError) return error;
  if (systemErrorCode(error) !== undefined) return wrapSystemError(error, `running shard ${index}`, 'the shard folder');
  return new CurationError('SHARD_FAILED', `Shard ${index} failed: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
}

function leaveFailure(folder: string, plan: ShardPlan, index: number, { code, message }: CurationError): void {
  const failure: ShardFailure = { plan: plan.digest, index, host: hostname(), pid: process.pid, code, message };
  try {
    mkdirSync(shardFiles.failures(folder), { recursive: true });
    const earlier = readdirSync(shardFiles.failures(folder)).filter((name) => name.startsWith(`${pad(index)}-`)).length;
    writeFileSync(shardFiles.failure(folder, index, earlier + 1), `${JSON.stringify(failure)}\n`, { flag: 'wx' });
  } catch {
    // the error itself is thrown, and a full disk takes no file about it
  }
}
