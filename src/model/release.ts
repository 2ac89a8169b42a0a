/** The release format `colophon-release/1`: what release/ writes and verify/ reads. See releases/README.md. */

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
