/** The release format `colophon-release/1`: what release/ writes and verify/ reads. See releases/README.md. */

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
     * Root of the content hashes (instance to release), independent of file formats.
     * @pattern ^[0-9a-f]{64}$
     */
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

/**
 * The files beside `data/` that a release may hold, by role. `signature` and `notice` may be added after publication and so
 * are in no manifest; every other one that exists is in the tag manifest, and those with a digest in release.json too.
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
  page: 'index.html',
  changes: 'CHANGES.md',
  notice: 'NOTICE',
} as const;
