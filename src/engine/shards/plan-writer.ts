import assert from 'node:assert';
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, renameSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CurationError, wrapSystemError } from '../../errors.js';
import { fsyncFile, fsyncFolder } from '../../fixity/atomic-file.js';
import { RunningSha256 } from '../../fixity/digest.js';
import { SHARD_FORMAT, type PlannedShard, type ShardPlan, type ShardPurpose } from '../../model/shards.js';
import { digestPlan, nameTask, readPlan, toolVersion } from './plan.js';
import { shardFiles } from './shard-files.js';
import { sweepStalePlans, unfinishedName } from './stale-plans.js';
import { encodeValue } from './wire.js';

/** Where a shard ends: at so many bytes, or so many items. */
export interface ShardLimits {
  bytes: number;
  items: number;
  /**
   * Bytes of the first shards; each further one may hold a sixteenth of what was planned before it, until `bytes` is reached. So a small
   * collection has work for many hands, and a big one has no more shards than it needs. Absent: all end at `bytes`.
   */
  first?: number;
}

/**
 * Ten minutes of work: 100 MB/s is what one of many tasks gets of a shared store, and 2 ms what opening a file there takes.
 * Sites ask for shards of 5 to 30 minutes.
 */
export const DEFAULT_LIMITS: ShardLimits = { bytes: 60e9, items: 300_000 };

/** Shards of one plan: an array of AWS Batch holds 10,000, and a scheduler wants no more. */
const MAX_SHARDS = 100_000;

/** What is to be planned. */
export interface PlannedWork<Item> {
  task: URL;
  taskData: unknown;
  purpose: ShardPurpose;
  items: Iterable<Item> | AsyncIterable<Item>;
  /** Bytes that are read of an item. */
  weigh(item: Item): number;
  limits: ShardLimits;
}

/**
 * Writes the plan of some work into a folder below `root`, which is named by its digest unless it is given a name: the same work has
 * the same folder, with what was done of it already. Each item is in one shard, in the order given.
 * @returns the folder; null when there are no items
 * @throws {CurationError} USAGE for more shards than 100,000, and for a name that something else has; DISK_FULL, IO_FAILED
 */
export async function writePlan<Item>(root: string, work: PlannedWork<Item>, name?: string): Promise<string | null> {
  sweepStalePlans(root);
  const aside = join(root, unfinishedName());
  try {
    mkdirSync(join(aside, 'items'), { recursive: true, mode: 0o700 });
    const shards = await writeItems(aside, work);
    if (shards.length === 0) return null;
    const draft = { format: SHARD_FORMAT, tool: toolVersion(), task: nameTask(work.task), task_data: encodeValue(work.taskData), purpose: work.purpose, shards, digest: '' };
    const plan: ShardPlan = { ...draft, digest: digestPlan(draft) };
    for (const name of ['results', 'failures', 'attempts']) mkdirSync(join(aside, name));
    writeFileSync(shardFiles.plan(aside), `${JSON.stringify(plan)}\n`, { flush: true });
    fsyncFolder(aside);
    return publish(aside, join(root, name ?? plan.digest.slice(0, 16)), plan, name !== undefined);
  } catch (error) {
    throw wrapSystemError(error, 'writing a plan', root);
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}

function publish(aside: string, folder: string, plan: ShardPlan, named: boolean): string {
  if (existsSync(shardFiles.plan(folder)) && readPlan(folder).digest === plan.digest) return folder;
  // a folder that a user names may hold anything; one of ours without this plan was begun by a process that died
  if (named && existsSync(folder) && readdirSync(folder).length > 0) throw new CurationError('USAGE', `Something else is in the folder for the plan: ${folder}`, { suggestions: ['Name a folder that is not there yet.'] });
  rmSync(folder, { recursive: true, force: true });
  renameSync(aside, folder);
  fsyncFolder(dirname(folder));
  return folder;
}

async function writeItems<Item>(folder: string, { items, weigh, limits }: PlannedWork<Item>): Promise<PlannedShard[]> {
  const shards: PlannedShard[] = [];
  let open: ItemsFile | null = null;
  const planned = { bytes: 0, items: 0 };
  let end = endOf(limits, planned);
  try {
    for await (const item of items) {
      const bytes = Math.max(0, Math.round(weigh(item)));
      if (open !== null && (open.bytes + bytes > end.bytes || open.items >= end.items)) {
        planned.bytes += open.bytes;
        planned.items += open.items;
        end = endOf(limits, planned);
        shards.push(open.close());
        open = null;
      }
      if (shards.length >= MAX_SHARDS) throw tooMany();
      open ??= new ItemsFile(shardFiles.items(folder, shards.length));
      open.add(encodeValue(item), bytes);
    }
    if (open !== null) shards.push(open.close());
    return shards;
  } catch (error) {
    open?.abandon();
    throw error;
  }
}

/** What was planned so far is so many times what the next shard may hold. */
const GROWTH = 16;

/** Where the next shard ends. */
function endOf({ bytes, items, first }: ShardLimits, planned: { bytes: number; items: number }): { bytes: number; items: number } {
  if (first === undefined || first >= bytes) return { bytes, items };
  return {
    bytes: Math.min(bytes, Math.max(first, planned.bytes / GROWTH)),
    items: Math.min(items, Math.max(Math.ceil((items * first) / bytes), planned.items / GROWTH)),
  };
}

function tooMany(): CurationError {
  return new CurationError('USAGE', `The work would be cut into more than ${MAX_SHARDS} shards.`, { suggestions: ['Make shards bigger: --shard-bytes.'] });
}

const BUFFER_BYTES = 1 << 20;
/** A line is at most 32 KiB when it is read; a character takes three bytes at most. */
const MAX_ITEM = 10_000;

/** The file of one shard's items while it is written: a line an item, its weight before a tab. */
class ItemsFile {
  items = 0;
  bytes = 0;
  readonly #descriptor: number;
  readonly #digest = new RunningSha256();
  #lines: string[] = [];
  #length = 0;

  constructor(readonly path: string) {
    this.#descriptor = openSync(path, 'wx');
  }

  add(item: string, bytes: number): void {
    assert(item.length < MAX_ITEM, 'an item names a file, it does not hold one');
    this.#lines.push(`${bytes}\t${item}\n`);
    this.#length += item.length;
    this.items += 1;
    this.bytes += bytes;
    if (this.#length >= BUFFER_BYTES) this.#flush();
  }

  close(): PlannedShard {
    this.#flush();
    closeSync(this.#descriptor);
    fsyncFile(this.path);
    return { items: this.items, bytes: this.bytes, sha256: this.#digest.hex() };
  }

  abandon(): void {
    closeSync(this.#descriptor);
  }

  #flush(): void {
    const bytes = Buffer.from(this.#lines.join(''));
    this.#digest.update(bytes);
    for (let at = 0; at < bytes.length; ) at += writeSync(this.#descriptor, bytes, at);
    this.#lines = [];
    this.#length = 0;
  }
}
