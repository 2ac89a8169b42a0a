/** What `export` and `import` say of the formats of other systems. */

import type { Problem } from './verification.js';

/** A file that an export wrote. */
export interface ExportedFile {
  /** As the user would open it. */
  path: string;
  /** Entries in it: files, objects, series, lines. */
  records: number;
  /** Null in a dry run of a binary format. */
  size_bytes: number | null;
}

/** `export FORMAT --json`. */
export interface ExportReport {
  /** Name of the format, as in the command. */
  format: string;
  /** True: all was computed and nothing written. */
  dry_run: boolean;
  /** What was exported; the digest is that of the release, `sha256:<hex>`. */
  release: { dataset: string; version: string; digest: string };
  files: ExportedFile[];
  /** Sentences: what the format could not take, and what to do about it. */
  notes: string[];
}

/** `import FORMAT --json`: what a manifest of another system holds. */
export interface ImportedManifest {
  /** What was recognised: `gen3-manifest`, `indexd-table`, `gdc-manifest`, `drs-objects`, `tcia-manifest`, `s5cmd`, `bagit 1.0`, ... */
  format: string;
  path: string;
  /** Entries that were read, duplicates included. */
  entries: number;
  /** Different files, series or bundles among them. */
  distinct: number;
  /** Entries that are sets of other entries, and no files. */
  bundles: number;
  /** Sum of the sizes that are known, in bytes, each entry once. */
  bytes: number;
  without_size: number;
  without_checksum: number;
  /** Entries by what stands before their id: prefix of a commons, bucket, server. Sorted by name. */
  origins: Record<string, number>;
  /** Entries that name what replaced them, and those that say that nothing did; null where the format has no such column. */
  superseded: { replaced: number; removed: number } | null;
  /** Defects of the manifest and differences from what it was compared with, all counted. */
  total_problems: number;
  /** The first of them, in the order of the manifest. */
  problems: Problem[];
  /** What it was compared with; null when it was not. */
  compared: { with: string; matched: number; files: number; bytes: number } | null;
  /** The list that was written; null when none was. */
  output: ExportedFile | null;
  /** Sentences: what was noticed and is no fault, and what could not be checked. */
  notes: string[];
}
