/** The release format `colophon-release/1`: what release/ writes and verify/ reads. See releases/README.md. */

/** Identifier of the newest release format this version writes and reads. */
export const RELEASE_FORMAT = 'colophon-release/1';

export type BumpLevel = 'major' | 'minor' | 'patch';

/** release.json: RFC 8785 canonical JSON. Its sha256 is the release digest. */
export interface ReleaseDocument {
  format: typeof RELEASE_FORMAT;
  dataset: { id: string; title: string; license: string };
  /** Semantic version, computed. */
  version: string;
  /** 1 for the first release, then counting up without holes. */
  sequence: number;
  /** Release date, YYYY-MM-DD: an input, never the clock at writing. */
  date: string;
  /** The release before, or null for the first: the hash chain. */
  previous: { version: string; digest: string } | null;
  counts: { cases: number; studies: number; series: number; instances: number; bytes: number; tables: number; withdrawn: number };
  digests: {
    /** sha256 of manifest-sha256.txt. */
    manifest: string;
    /** sha256 of bagit.txt and bag-info.txt; fetch.txt when there is one. */
    bagit: string;
    bag_info: string;
    fetch?: string;
    /** Root of the content hashes (instance to release), independent of file formats. */
    content: string;
    /** GA4GH/IDC form: md5 over the sorted md5s of the instances; only when md5 was computed. */
    content_md5?: string;
  };
  /** Pack name and version, and the digest over its canonical schemas. */
  schema: { pack: string; version: string; digest: string } | null;
  /** Name, algorithm, seed, digest of the frozen record and of the published assignments, per split. */
  splits: { name: string; algorithm: string; seed: string; digest: string; parts: Record<string, number> }[];
  /** Gate profile and the digest over the policy that judged this release. */
  policy: { profile: string; digest: string; errors: number; warnings: number; waived: number };
  tool: { name: string; version: string; duckdb: string };
}

/** One reason for the computed version number; `release plan` prints them all. */
export interface VersionReason {
  level: BumpLevel;
  /** Stable name of the rule, e.g. `case-withdrawn`. */
  rule: string;
  /** One sentence with the number of subjects. */
  message: string;
  /** How many cases, rows, columns, ... it concerns. */
  count: number;
}

/** A change between two releases, one row of the changes table. */
export interface Change {
  level: 'case' | 'study' | 'series' | 'instance' | 'table' | 'column' | 'row' | 'cell' | 'split' | 'schema' | 'policy' | 'license';
  kind: 'added' | 'removed' | 'changed' | 'withdrawn' | 'moved';
  case_id: string | null;
  table_name: string | null;
  /** UID, row key or column name. */
  key: string | null;
  column_name: string | null;
  before: string | null;
  after: string | null;
}
