import { closeSync, fstatSync, openSync, readSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { CurationError, systemErrorCode, wrapSystemError } from '../../errors.js';
import { fsyncFile, fsyncFolder } from '../../fixity/atomic-file.js';
import { RunningSha256 } from '../../fixity/digest.js';
import { randomId } from '../../fixity/uuid.js';
import type { PlannedShard, ShardPlan } from '../../model/shards.js';
import { encodeFooter, encodePairs, encodeRowGroup, MAGIC, type ResultRow } from './parquet-rows.js';
import { shardFiles } from './shard-files.js';
import type { ThriftValue } from './thrift.js';

/** Text of a row group; a few of them are in memory at a time. */
const GROUP_BYTES = 8 << 20;
const DIGEST_LENGTH = 64;
/** What follows the digest: ends of the pair and of the metadata, the length of the footer, the magic. */
const TAIL_BYTES = 1 + 1 + 4 + MAGIC.length;
const BLANK = '0'.repeat(DIGEST_LENGTH);

/**
 * Writes the result of a shard: a Parquet file that says which shard of which plan it answers, and seals itself with the sha256 of all
 * its bytes but those 64 hex digits. Written aside and renamed; the same rows give the same bytes.
 */
export class ResultFile {
  readonly #aside: string;
  readonly #path: string;
  readonly #descriptor: number;
  readonly #digest = new RunningSha256();
  readonly #groups: ThriftValue[] = [];
  #rows: ResultRow[] = [];
  #waiting = 0;
  #count = 0;
  #size = 0;

  constructor(
    folder: string,
    readonly plan: ShardPlan,
    readonly index: number,
  ) {
    this.#path = shardFiles.result(folder, index);
    this.#aside = `${this.#path}.${randomId()}.tmp`;
    this.#descriptor = openSync(this.#aside, 'wx');
    this.#write(MAGIC);
  }

  /** Adds the row of the next item. */
  append(row: ResultRow): void {
    this.#rows.push(row);
    this.#count += 1;
    this.#waiting += row.result.length;
    if (this.#waiting >= GROUP_BYTES) this.#flush();
  }

  /** @throws {CurationError} SHARD_INVALID when it does not have a row for each item; DISK_FULL, IO_FAILED */
  publish(): void {
    const wanted = shardOf(this.plan, this.index).items;
    if (this.#count !== wanted) throw new CurationError('SHARD_INVALID', `The result of shard ${this.index} has not one row for each item.`, { expected: `${wanted} rows`, found: `${this.#count} rows` });
    this.#flush();
    const footer = encodeFooter(this.#groups, this.#count, pairsOf(this.plan, this.index));
    const length = Buffer.alloc(4);
    length.writeUInt32LE(footer.length);
    const end = Buffer.concat([footer, length, MAGIC]);
    const [before, after] = [end.subarray(0, end.length - TAIL_BYTES - DIGEST_LENGTH), end.subarray(end.length - TAIL_BYTES)];
    this.#write(before);
    this.#digest.update(after);
    writeAll(this.#descriptor, Buffer.concat([Buffer.from(this.#digest.hex()), after]));
    closeSync(this.#descriptor);
    fsyncFile(this.#aside);
    renameSync(this.#aside, this.#path);
    fsyncFolder(dirname(this.#path));
  }

  /** Leaves nothing behind. */
  abandon(): void {
    try {
      closeSync(this.#descriptor);
    } catch {
      // it was closed by a publication that failed later
    }
    rmSync(this.#aside, { force: true });
  }

  #flush(): void {
    if (this.#rows.length === 0) return;
    const { bytes, metadata } = encodeRowGroup(this.#rows, this.#size);
    this.#groups.push(metadata);
    this.#write(bytes);
    this.#rows = [];
    this.#waiting = 0;
  }

  #write(bytes: Buffer): void {
    writeAll(this.#descriptor, bytes);
    this.#digest.update(bytes);
    this.#size += bytes.length;
  }
}

/**
 * Why the result of a shard does not count; null when it does: it is there, answers this shard of this plan, and every byte of it is as
 * it was written.
 */
export function resultFault(folder: string, plan: ShardPlan, index: number): 'missing' | 'of-another-plan' | 'damaged' | null {
  const path = shardFiles.result(folder, index);
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return 'missing';
    throw wrapSystemError(error, 'reading the result of a shard', path);
  }
  try {
    return inspect(descriptor, plan, index);
  } catch (error) {
    throw wrapSystemError(error, 'reading the result of a shard', path);
  } finally {
    closeSync(descriptor);
  }
}

function inspect(descriptor: number, plan: ShardPlan, index: number): 'of-another-plan' | 'damaged' | null {
  const pairs = encodePairs(pairsOf(plan, index));
  const wanted = pairs.subarray(0, pairs.length - 1 - DIGEST_LENGTH);
  const { size } = fstatSync(descriptor);
  const digestAt = size - TAIL_BYTES - DIGEST_LENGTH;
  if (digestAt < wanted.length) return 'damaged';
  const end = Buffer.alloc(size - digestAt + wanted.length);
  if (!readAll(descriptor, end, digestAt - wanted.length)) return 'damaged';
  if (!end.subarray(0, wanted.length).equals(wanted)) return end.subarray(-MAGIC.length).equals(MAGIC) ? 'of-another-plan' : 'damaged';
  const stated = end.toString('latin1', wanted.length, wanted.length + DIGEST_LENGTH);
  return digestAround(descriptor, digestAt, end.subarray(-TAIL_BYTES)) === stated ? null : 'damaged';
}

function digestAround(descriptor: number, digestAt: number, tail: Buffer): string | null {
  const digest = new RunningSha256();
  const buffer = Buffer.allocUnsafe(1 << 20);
  for (let at = 0; at < digestAt; ) {
    const chunk = buffer.subarray(0, Math.min(buffer.length, digestAt - at));
    if (!readAll(descriptor, chunk, at)) return null;
    digest.update(chunk);
    at += chunk.length;
  }
  digest.update(tail);
  return digest.hex();
}

/** What a result says of itself; the digest comes last, where it can be found from the end. */
function pairsOf(plan: ShardPlan, index: number): [key: string, value: string][] {
  const { items, sha256 } = shardOf(plan, index);
  return [
    ['colophon.shard', JSON.stringify({ format: plan.format, plan: plan.digest, index, items, shard: sha256 })],
    ['colophon.sha256', BLANK],
  ];
}

/** A shard of a plan. @throws {CurationError} USAGE when there is none of that number */
export function shardOf(plan: ShardPlan, index: number): PlannedShard {
  const shard = plan.shards[index];
  if (shard === undefined) throw new CurationError('USAGE', `There is no shard ${index} in this plan.`, { expected: `0 to ${plan.shards.length - 1}`, found: String(index) });
  return shard;
}

function writeAll(descriptor: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
}

function readAll(descriptor: number, bytes: Buffer, position: number): boolean {
  for (let at = 0; at < bytes.length; ) {
    const read = readSync(descriptor, bytes, at, bytes.length - at, position + at);
    if (read === 0) return false;
    at += read;
  }
  return true;
}
