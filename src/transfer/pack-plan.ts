import type { ArchiveFormat, PackUnitLevel } from '../model/transfer.js';
import type { LogEntry } from '../release/release-log.js';
import { payloadEntries, type ReleaseFile } from './release-tree.js';
import { END_BYTES, entryBound, IMAGE_FOLDER, ShardPlanner, type ShardPlan } from './shard-plan.js';
import { tagFiles } from './tag-files.js';

/** What a pack is made of: the lists of the release were read to their end, and are those that release.json vouches for. */
export interface PackPlan {
  /** Everything but the images, in the order in which it is packed. */
  metadata: ReleaseFile[];
  metadata_bytes: number;
  /** The most that the archive of the metadata takes. */
  metadata_bound: number;
  /** The shards of the images. */
  shards: ShardPlan[];
  not_carried: { files: number; size_bytes: number };
}

/** What decides how a release is cut into shards. */
export interface ShardOptions {
  format: ArchiveFormat;
  by: PackUnitLevel;
  shardBytes: number;
}

/**
 * Decides what goes into which shard, reading lists and folders but no payload.
 * @throws {CurationError} RELEASE_INVALID for a release that is not as its lists say
 */
export function planPack({ folder, document, digest }: LogEntry, { format, by, shardBytes }: ShardOptions): PackPlan {
  const planner = new ShardPlanner(by, format, shardBytes);
  const metadata: ReleaseFile[] = tagFiles(folder, digest);
  const not_carried = { files: 0, size_bytes: 0 };
  for (const entry of payloadEntries(folder, document)) {
    if (!entry.carried) {
      not_carried.files += 1;
      not_carried.size_bytes += entry.size_bytes;
    } else if (entry.path.startsWith(IMAGE_FOLDER)) planner.add(entry);
    else metadata.push(entry);
  }
  return {
    metadata,
    metadata_bytes: metadata.reduce((sum, { size_bytes }) => sum + size_bytes, 0),
    metadata_bound: metadata.reduce((sum, { path, size_bytes }) => sum + entryBound(format, path, size_bytes), END_BYTES),
    shards: planner.finish(),
    not_carried,
  };
}
