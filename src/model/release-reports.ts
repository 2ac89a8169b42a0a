/** What the release commands report: `--json` of plan, cut, list, show, withdraw and sign. */

import type { AmendedCase, AmendmentSummary } from './amendment.js';
import type { BumpLevel, ReleaseDocument, ReleaseReference, Tombstone } from './release.js';
import type { VersionReason } from './release-diff.js';

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
