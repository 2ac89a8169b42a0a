import type { ArchiveFormat, PackUnitLevel } from '../model/transfer.js';
import type { PayloadEntry } from './release-tree.js';

/** Images lie at data/images/<case>/<study>/<series>/<instance>; everything else is metadata. */
export const IMAGE_FOLDER = 'data/images/';

/** Elements of a path that name a unit, by level. */
const UNIT_ELEMENTS: Record<PackUnitLevel, number> = { case: 3, study: 4, series: 5 };

/**
 * Files in a shard at most, unless one unit alone has more: the central directory of a zip is held in memory, about 1 kB a
 * file, until its shard is done.
 */
const MAX_SHARD_FILES = 100_000;

/** What goes into one archive: so many units, taken in the order of their paths. */
export interface ShardPlan {
  units: number;
  files: number;
  /** Sum of the sizes of the files. */
  content_bytes: number;
  /** The archive is not larger than this. */
  bound_bytes: number;
  first: string;
  last: string;
  /** It holds one unit that is larger than a shard should be. */
  oversized: boolean;
}

/** Folder of the unit that an image belongs to; null for what is no image. */
export function unitOf(path: string, by: PackUnitLevel): string | null {
  if (!path.startsWith(IMAGE_FOLDER)) return null;
  const elements = path.split('/');
  return elements.slice(0, Math.min(UNIT_ELEMENTS[by], elements.length - 1)).join('/');
}

/** Puts units into shards in the order of their paths: a shard is closed when the next unit does not fit. Pure. */
export class ShardPlanner {
  readonly shards: ShardPlan[] = [];
  #unit: ShardPlan | null = null;

  constructor(
    readonly by: PackUnitLevel,
    readonly format: ArchiveFormat,
    /** Bytes that an archive may have. */
    readonly limitBytes: number,
  ) {}

  /** Adds an image; images come in the order of their paths, so that units come one after the other. */
  add({ path, size_bytes }: PayloadEntry): void {
    const unit = unitOf(path, this.by) ?? path;
    if (this.#unit?.first !== unit) {
      this.#place();
      this.#unit = { units: 1, files: 0, content_bytes: 0, bound_bytes: 0, first: unit, last: unit, oversized: false };
    }
    this.#unit.files += 1;
    this.#unit.content_bytes += size_bytes;
    this.#unit.bound_bytes += entryBound(this.format, path, size_bytes);
  }

  /** The shards, once all images were added. */
  finish(): ShardPlan[] {
    this.#place();
    return this.shards;
  }

  #place(): void {
    const unit = this.#unit;
    if (unit === null) return;
    this.#unit = null;
    const limit = this.limitBytes - END_BYTES;
    const shard = this.shards.at(-1);
    if (shard !== undefined && shard.bound_bytes + unit.bound_bytes <= limit && shard.files + unit.files <= MAX_SHARD_FILES) {
      shard.units += 1;
      shard.files += unit.files;
      shard.content_bytes += unit.content_bytes;
      shard.bound_bytes += unit.bound_bytes;
      shard.last = unit.last;
    } else {
      this.shards.push({ ...unit, oversized: unit.bound_bytes > limit });
    }
  }
}

/** The ends of archives: zip64 records, or two empty blocks of tar; the head and tail of gzip. */
export const END_BYTES = 2048;

/**
 * The most that a file takes in an archive, its heads included. Deflate writes what does not shrink as it is, 5 bytes for
 * every 16 KiB (RFC 1951 3.2.4).
 */
export function entryBound(format: ArchiveFormat, path: string, size_bytes: number): number {
  const name = Buffer.byteLength(path);
  const deflated = (bytes: number): number => bytes + 5 * Math.ceil(bytes / 16_384) + 16;
  // Local head, descriptor and entry of the central directory, each with its zip64 part.
  if (format === 'zip') return deflated(size_bytes) + 2 * name + 200;
  // Head, a pax head with the long name, and blocks of 512 bytes.
  const blocks = 512 * (3 + Math.ceil((name + 64) / 512) + Math.ceil(size_bytes / 512));
  return format === 'tar' ? blocks : deflated(blocks);
}
