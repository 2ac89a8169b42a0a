/** How releases travel: archives of a release (`colophon-pack/1`) and what was pushed where. See releases/README.md. */

/** Identifier of the index beside the archives of a release. */
export const PACK_FORMAT = 'colophon-pack/1';

export const ARCHIVE_FORMATS = ['zip', 'tar', 'tar.gz'] as const;

export type ArchiveFormat = (typeof ARCHIVE_FORMATS)[number];

/** What is never cut in two by the end of a shard. */
export const PACK_UNITS = ['case', 'study', 'series'] as const;

export type PackUnitLevel = (typeof PACK_UNITS)[number];

/** The release that was packed or pushed. */
export interface TransferredRelease {
  dataset: string;
  version: string;
  /** `sha256:<hex>` of its release.json. */
  digest: string;
}

/** One archive of a packed release. */
export interface PackShard {
  /** File name, beside the index. */
  name: string;
  /** Bytes of the archive itself. */
  size_bytes: number;
  /**
   * sha256 of the archive itself.
   * @pattern ^[0-9a-f]{64}$
   */
  sha256: string;
  /** Files in it, and the sum of their sizes. */
  files: number;
  content_bytes: number;
  /** Paths of the first and the last unit in it; null for the shard of the metadata, which is always the first. */
  first: string | null;
  last: string | null;
  /** True when it holds one unit only and that is larger than a shard should be. */
  oversized: boolean;
}

/** A case (or study, or series, see `by`) and where it went. */
export interface PackUnit {
  case_id: string;
  /** Its folder in the release: `data/images/<case_id>`, and below it for a study or series. */
  path: string;
  /** Place of its shard in `shards`, counted from 0. */
  shard: number;
  files: number;
  size_bytes: number;
  /**
   * sha256 of its lines in manifest-sha256.txt, as they stand there.
   * @pattern ^[0-9a-f]{64}$
   */
  manifest_sha256: string;
}

/** `<dataset>-<version>.index.json`: canonical JSON (RFC 8785) beside the archives. */
export interface PackIndex {
  archive: ArchiveFormat;
  by: PackUnitLevel;
  /** Every case (study, series) and its shard, sorted by path. */
  contents: PackUnit[];
  format: typeof PACK_FORMAT;
  /** Images that the packed copy does not carry: fetch.txt says where they are. */
  not_carried: { files: number; size_bytes: number };
  release: TransferredRelease;
  /** In the order of their names; the first holds everything but the images. */
  shards: PackShard[];
}

/** A shard of a dry run: what would be in it. */
export type PlannedShard = Omit<PackShard, 'size_bytes' | 'sha256'> & {
  /** Null in a dry run. */
  size_bytes: number | null;
  /** Null in a dry run. */
  sha256: string | null;
};

/** `release pack --json`. */
export interface PackReport {
  dry_run: boolean;
  release: TransferredRelease;
  archive: ArchiveFormat;
  by: PackUnitLevel;
  /** Folder with the shards, the index and SHA256SUMS. */
  path: string;
  /** Files of the release that are packed, and the sum of their sizes. */
  files: number;
  content_bytes: number;
  /** Cases, studies or series, as `by` says. */
  units: number;
  /** Bytes of all archives; null in a dry run. */
  size_bytes: number | null;
  not_carried: PackIndex['not_carried'];
  shards: PlannedShard[];
}

/** Files and the sum of their sizes. */
export interface FileTotals {
  files: number;
  bytes: number;
}

/** `<destination>/latest.json`: the newest release that was pushed there whole; canonical JSON. */
export interface LatestPointer {
  dataset: string;
  date: string;
  /** `sha256:<hex>` of its release.json. */
  digest: string;
  sequence: number;
  version: string;
}

/** `release push --json`. */
export interface PushReport {
  /** True: nothing was written. */
  dry_run: boolean;
  release: TransferredRelease;
  /** The folder, or `s3://bucket/prefix`. */
  destination: string;
  /** What was sent; in a dry run what would be. */
  sent: FileTotals;
  /** What was there already, with the right size and digest. */
  there: FileTotals;
  /** Images that this copy does not carry and so cannot send. */
  not_carried: FileTotals;
  /** Amendments and notices beside the releases that were sent, or would be; relative to the destination. */
  beside: string[];
  /** Version that latest.json of the destination names afterwards; in a dry run now, null for none. */
  latest: string | null;
  /** Sentences: what to know, though it stood in nobody's way. */
  notes: string[];
}
