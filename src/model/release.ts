/** The release format `colophon-release/1`: what release/ writes and verify/ reads. See releases/README.md. */

import type { AmendedCase, AmendmentSummary } from './amendment.js';
import type { CommitmentReference, PublishedSeed } from './commitment.js';
import type { PublishedHarmonization } from './harmonization.js';
import type { PublishedDraw } from './split-draw.js';

/** Identifier of the newest release format this version writes and reads. */
export const RELEASE_FORMAT = 'colophon-release/1';

export type BumpLevel = 'major' | 'minor' | 'patch';

/** release.json: RFC 8785 canonical JSON. Its sha256 is the release digest. */
export interface ReleaseDocument {
  format: typeof RELEASE_FORMAT;
  dataset: { id: string; title: string; license: string };
  /**
   * Semantic version, computed.
   * @pattern ^(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)$
   */
  version: string;
  /**
   * 1 for the first release, then counting up without holes. `releases/log/<sequence>.json`, a byte copy of release.json
   * that is created exclusively, claims it.
   * @asType integer
   * @minimum 1
   */
  sequence: number;
  /**
   * Release date, YYYY-MM-DD: an input, never the clock at writing.
   * @pattern ^\d{4}-\d{2}-\d{2}$
   */
  date: string;
  /** The release before, or null for the first: the hash chain. */
  previous: ReleaseReference | null;
  /** `bytes` counts the image files, `tables` the Parquet files, `withdrawn` the tombstones. */
  counts: { cases: number; studies: number; series: number; instances: number; bytes: number; tables: number; withdrawn: number };
  digests: {
    /**
     * sha256 of manifest-sha256.txt.
     * @pattern ^[0-9a-f]{64}$
     */
    manifest: string;
    /**
     * sha256 of bagit.txt.
     * @pattern ^[0-9a-f]{64}$
     */
    bagit: string;
    /**
     * sha256 of bag-info.txt.
     * @pattern ^[0-9a-f]{64}$
     */
    bag_info: string;
    /**
     * sha256 of fetch.txt, when there is one.
     * @pattern ^[0-9a-f]{64}$
     */
    fetch?: string;
    /**
     * sha256 of payload-sizes.txt.
     * @pattern ^[0-9a-f]{64}$
     */
    sizes: string;
    /**
     * sha256 of index.html with its late region empty: the page shows the release digest, which depends on this one. Releases
     * of older versions lack it.
     * @pattern ^[0-9a-f]{64}$
     */
    page?: string;
    /**
     * sha256 of CHANGES.md; releases of older versions lack it.
     * @pattern ^[0-9a-f]{64}$
     */
    changes?: string;
    /**
     * Root of the content hashes (instance to release), independent of file formats.
     * @pattern ^[0-9a-f]{64}$
     */
    content: string;
    /**
     * The IDC form: md5 over the sorted md5s of the cases, each over those of its studies, and so on down to the files;
     * only when md5 was computed.
     * @pattern ^[0-9a-f]{32}$
     */
    content_md5?: string;
  };
  /** Pack name and version, and the digest over its canonical schemas. */
  schema: { pack: string; version: string; digest: string } | null;
  /**
   * Name, algorithm, seed and digest of the published assignments, per split whose rows are published. The seed is null where
   * it is not told: that of a split with a hidden part, and a secret one until it is revealed. `draw` is what the last draw was
   * made from; absent where it would tell of cases that the release does not hold.
   */
  splits: { name: string; algorithm: string; seed: string | null; digest: string; parts: Record<string, number>; draw?: PublishedDraw }[];
  /** Commitments to hidden parts, sorted by split; absent when there is none. */
  commitments?: CommitmentReference[];
  /** What was committed of secret seeds, sorted by split; absent when there is none. */
  seeds?: PublishedSeed[];
  /** The rules that mended known spellings in the clinical tables; absent when none were in force. */
  harmonization?: PublishedHarmonization;
  /** Gate profile and the digest over the policy that judged this release. */
  policy: { profile: string; digest: string; errors: number; warnings: number; waived: number };
  tool: { name: string; version: string; duckdb: string };
}

/** Another release of the same dataset, pinned. */
export interface ReleaseReference {
  /** @pattern ^(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)$ */
  version: string;
  /**
   * Its release digest: sha256 of its release.json, 64 lower-case hex digits, no prefix.
   * @pattern ^[0-9a-f]{64}$
   */
  digest: string;
}

/** One reason for the computed version number; `release plan` prints them all. */
export interface VersionReason {
  level: BumpLevel;
  rule: ChangeRule;
  /** One sentence with the number of subjects. */
  message: string;
  /** How many cases, rows, columns, ... it concerns. */
  count: number;
  /** Why such a change asks for this level; one sentence. */
  why: string;
  /** The first of them; of cells and rows the columns and tables with the most, each with its number. */
  examples: string[];
}

/** Stable names of the rules that decide a version number (src/release/diff/version.ts). */
export type ChangeRule =
  | 'case-withdrawn'
  | 'case-merged'
  | 'case-split'
  | 'case-renamed'
  | 'case-removed'
  | 'case-added'
  | 'study-removed'
  | 'study-moved'
  | 'study-added'
  | 'series-removed'
  | 'series-moved'
  | 'series-added'
  | 'instance-removed'
  | 'instance-moved'
  | 'instance-changed'
  | 'instance-added'
  | 'table-removed'
  | 'table-rekeyed'
  | 'table-added'
  | 'column-removed'
  | 'column-renamed'
  | 'column-retyped'
  | 'column-added'
  | 'unit-changed'
  | 'row-removed'
  | 'row-added'
  | 'cell-changed'
  | 'assignment-moved'
  | 'assignment-removed'
  | 'assignment-added'
  | 'split-removed'
  | 'split-added'
  | 'license-stricter'
  | 'license-looser'
  | 'schema-changed'
  | 'dictionary-changed'
  | 'policy-changed'
  | 'metadata-changed'
  | 'content-changed';

/**
 * A change between two releases, one row of the changes table. What is below something that was added or removed is not
 * listed: an added case stands for its studies, rows and assignments.
 */
export interface Change {
  /** The rule of the version table that it falls under. */
  rule: ChangeRule;
  /** Null for what belongs to no case, or to several. */
  case_id: string | null;
  table_name: string | null;
  /** UID, row key, name of a split, or which entry of the metadata. */
  key: string | null;
  column_name: string | null;
  /**
   * Digest, cell, part, type, ... as text; null where there is none, and for all that was in a withdrawn case. A published
   * changes table leaves out `before` of emptied cells and of free text.
   */
  before: string | null;
  after: string | null;
}

/** What differs between two releases, or between a release and what the next one would be. */
export interface ReleaseDiff {
  /** Of the newer side. */
  dataset: { id: string; title: string };
  /** Release date of the newer side, YYYY-MM-DD. */
  date: string;
  from: ReleaseReference;
  /** Digest null: not released yet. */
  to: { version: string; digest: string | null };
  /** The level that the changes ask for; null when nothing changed. */
  level: BumpLevel | null;
  reasons: VersionReason[];
  /** All changes, counted; the sum over the reasons. */
  total: number;
  /** Cases that are in both and whose content digest differs. */
  changed_cases: number;
  /** What each release holds. */
  counts: { from: ReleaseDocument['counts']; to: ReleaseDocument['counts'] };
  /** Clinical tables that differ, by name. */
  tables: TableDiff[];
  /** Published splits that differ, by name. */
  splits: SplitDiff[];
  /** The first changes up to a limit, gravest rule first, then in the order of the changes table. */
  changes: Change[];
}

/** What differs in one clinical table. */
export interface TableDiff {
  table: string;
  /** `added` and `removed`: the whole table; null: the table is on both sides. */
  change: 'added' | 'removed' | null;
  rows_added: number;
  rows_removed: number;
  /** Over all columns. */
  cells_changed: number;
  /** Columns that differ, by name. */
  columns: ColumnDiff[];
}

/** What differs in one column. */
export interface ColumnDiff {
  column: string;
  /** Null: only cells differ, or what is said of the column. */
  change: 'added' | 'removed' | 'renamed' | 'retyped' | null;
  cells_changed: number;
}

/** What differs in one published split, in cases that both sides hold. */
export interface SplitDiff {
  split: string;
  /** `added` and `removed`: the whole split; null: it is on both sides. */
  change: 'added' | 'removed' | null;
  assigned: number;
  unassigned: number;
  moved: number;
}

/** What a release holds of one clinical table, and what stays out. */
export interface TableCount {
  table: string;
  rows: number;
  /** Rows that lead to no accepted case, or also to a case that is not accepted. */
  left_out: number;
}

/** `release plan --json`: the release that `cut` would publish now. */
export interface ReleasePlan {
  /** Null when there is nothing to release. */
  version: string | null;
  sequence: number;
  date: string;
  previous: ReleaseReference | null;
  /** Null for the first release, and when nothing changed. */
  level: BumpLevel | null;
  reasons: VersionReason[];
  counts: ReleaseDocument['counts'];
  tables: TableCount[];
  /** Root of the content hashes. */
  content: string;
  gate: GateVerdict;
  /** Sentences: what stands in the way of a cut; empty when nothing does. */
  blocked: string[];
  /** Sentences: what to know, though it stands in nobody's way. */
  notes: string[];
}

/** What the gate said of the candidate. */
export interface GateVerdict {
  profile: string;
  /** sha256 over what judged. */
  digest: string;
  verdict: 'pass' | 'fail' | 'none';
  errors: number;
  warnings: number;
  waived: number;
  /** Why there is no verdict; absent when there is one. */
  reason?: string;
}

/** `release cut --json`. */
export interface CutReport {
  /** True: everything was computed and nothing was written. */
  dry_run: boolean;
  plan: ReleasePlan;
  /** Release digest, `sha256:<hex>`; null in a dry run. */
  digest: string | null;
  /** The folder of the release; null in a dry run. */
  path: string | null;
  /** What verify said of the staged folder before it was published; null in a dry run. */
  verified: { files: number; bytes: number } | null;
  git: GitReport | null;
  /** Version of a release that an earlier, interrupted cut had left unfinished and this one completed; null mostly. */
  recovered: string | null;
  /** The newest amendment after the cut, which names the first release without each withdrawn case; absent when there is none. */
  amendment?: AmendmentSummary;
}

/** What became of the commit and the tag; a release is published whatever git says. */
export interface GitReport {
  status: 'committed' | 'no-repository' | 'off' | 'failed';
  commit: string | null;
  tag: string | null;
  /** One sentence, with what to run when it failed. */
  message: string;
}

/** One line of `release list`. */
export interface ReleaseEntry {
  version: string;
  sequence: number;
  date: string;
  /** `sha256:<hex>` */
  digest: string;
  cases: number;
  instances: number;
  bytes: number;
  withdrawn: number;
  /** Cases of this release that were withdrawn after it was published; absent when none was. */
  withdrawn_since?: number;
  /** `edited`: release.json is not the one that claimed the number. `missing`: claimed, but the folder is not here. */
  status: 'published' | 'missing' | 'edited';
}

/** `release list --json`, oldest first. */
export interface ReleaseList {
  releases: ReleaseEntry[];
  /** The newest amendment; absent when there is none. */
  amendment?: AmendmentSummary;
}

/** `release show --json`. */
export interface ReleaseDetails {
  path: string;
  /** `sha256:<hex>` */
  digest: string;
  document: ReleaseDocument;
  /** Rows of every table, by name. */
  tables: Record<string, number>;
  tombstones: Tombstone[];
  /** Cases of this release that were withdrawn after it was published, as the newest amendment says; absent when none was. */
  withdrawn_since?: AmendedCase[];
  /** The newest amendment; absent when there is none. */
  amendment?: AmendmentSummary;
}

/** What stays of a withdrawn case. */
export interface Tombstone {
  /** For the reason `phi` not the id but `sha256:` and the content digest of the case in the last release that held it. */
  case_id: string;
  /** Class of the reason. */
  reason: string;
  /** First release without the case. */
  since_version: string;
  /** Day of the withdrawal, YYYY-MM-DD. */
  date: string;
  /** The case of this release that takes its place; null when there is none. */
  replacement: string | null;
}

/** `release withdraw --json`. */
export interface WithdrawReport {
  /** True: nothing was written. */
  dry_run: boolean;
  /** Cases that are withdrawn now and were not before. */
  withdrawn: string[];
  /** Cases that had been withdrawn already. */
  already: string[];
  reason: string;
  date: string;
  /** Those of all these cases that no release ever held: nobody is told of them. */
  unreleased: string[];
  /** Published releases that hold at least one of them. */
  releases: string[];
  /** What each of those releases holds of them, oldest first. */
  concerned: ConcernedRelease[];
  /** The amendment that tells the readers of those releases; null when none is needed. */
  amendment: AmendmentSummary | null;
}

/** What a published release holds of withdrawn cases. */
export interface ConcernedRelease {
  version: string;
  cases: number;
  /** Image files; null when the release is not here as it was published. */
  files: number | null;
  bytes: number | null;
}

/** What `release sign` did. */
export interface SignReport {
  version: string;
  /** Relative to the workspace. */
  path: string;
  /** The key, as `ssh-keygen -l` shows it: `SHA256:` and base64; of minisign: `minisign:` and the key id. */
  key: string;
  /** Signatures of its format that the release has now. */
  signatures: number;
  /** The key of minisign, as `minisign:` and its id, when one signed; its `key` and `signatures` stand above when no other did. */
  minisign?: { key: string; signatures: number };
}

/** Namespace of the signatures over release.json: one that was made for anything else is none. */
export const SIGNATURE_NAMESPACE = 'colophon-release@v1';

/**
 * The files beside `data/` that a release may hold, by role. `signature`, `minisig`, `keys` and `notice` may be added after
 * publication and so are in no manifest; every other one that exists is in the tag manifest, and those with a digest in release.json too.
 */
export const RELEASE_FILES = {
  bagit: 'bagit.txt',
  bagInfo: 'bag-info.txt',
  manifest: 'manifest-sha256.txt',
  tagManifest: 'tagmanifest-sha256.txt',
  /** One line a payload file that this release does not carry: URL, bytes, path (RFC 8493 2.2.3). Lists nothing else. */
  fetch: 'fetch.txt',
  /**
   * One line a payload file: bytes, two spaces, path; same paths, same order and same encoding as the manifest. Tells a
   * truncated file from a corrupt one before a byte is read; a tag file that BagIt readers leave alone (RFC 8493 2.2.4).
   */
  sizes: 'payload-sizes.txt',
  release: 'release.json',
  signature: 'release.json.sig',
  /** Signatures of minisign over release.json. */
  minisig: 'release.json.minisig',
  /** The statements about signing keys as they were when the release was signed: `releases/keys/` in one file. */
  keys: 'release.json.keys',
  page: 'index.html',
  changes: 'CHANGES.md',
  notice: 'NOTICE',
} as const;
