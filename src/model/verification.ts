/** What `verify` says; shape fixed by the contract of `verify --json`. */

export const PROBLEM_KINDS = [
  'corrupt',
  'truncated',
  'missing',
  'extra',
  'renamed',
  'link',
  'special',
  'unsafe-path',
  'duplicate',
  'collision',
  'manifest-malformed',
  'manifest-tampered',
  'signature-invalid',
  'signature-unknown',
  'chain-broken',
  'amendment-invalid',
  'rollback',
  'unreadable',
] as const;

export type ProblemKind = (typeof PROBLEM_KINDS)[number];

export interface Problem {
  kind: ProblemKind;
  /** Relative to the release folder, `/`-separated, as written in the manifest or found on disk. */
  path: string;
  /** A digest, a size as `123 bytes`, a path: what should be there. */
  expected?: string;
  found?: string;
  /** One sentence for people. */
  message: string;
}

/** One signature of a release. */
export interface SignatureReport {
  path: string;
  /** `ssh` (SSHSIG) or `minisign`. */
  format: 'ssh' | 'minisign';
  /** Whether it is over these bytes, by a key that had not ended and, when signers were named, by one of them. */
  valid: boolean;
  /** Principals of the allowed signers file that the key speaks for; of a minisign key, the file that named it. */
  signer?: string;
  /** `SHA256:` and base64, as `ssh-keygen -l` shows a key, or `minisign:` and the key id; absent when the signature cannot be read. */
  key?: string;
  /** How the key follows from one that the reader named, oldest step first; absent when the reader named it itself. */
  via?: KeyStep[];
  message: string;
}

/** A statement by which one key took the place of another. */
export interface KeyStep {
  /** The key that was succeeded, as `ssh-keygen -l` shows it. */
  from: string;
  to: string;
  /** Number of the statement in the key log, and its day. */
  statement: number;
  date: string;
  /** Sequence of the first release that the new key may sign. */
  from_sequence: number;
}

/** A release that this machine verified before, without problems. */
export interface SeenRelease {
  version: string;
  sequence: number;
  /** `sha256:<hex>` */
  digest: string;
}

/** An amendment that was found in or beside the copy, or named. */
export interface AmendmentReport {
  /** Relative to the copy, or as it was named. */
  path: string;
  /** Null when it cannot be read. */
  number: number | null;
  /** Day of its publication; null when it cannot be read. */
  date: string | null;
  /** `sha256:<hex>` of its bytes; null when it cannot be read. */
  digest: string | null;
  /** Whether it is acted upon: it is whole, of this dataset, and signed by an allowed signer where these were named. */
  accepted: boolean;
  /** Principals of the allowed signer whose signature counts. */
  signer?: string;
  /** The key that counts, or the first that signed. */
  key?: string;
  message: string;
}

/** A case that this copy holds and that was withdrawn after the release was published. */
export interface Withdrawn {
  /** Its id; where this copy cannot say which case it is, `sha256:` and the content digest that is told. */
  case_id: string;
  /** Class of the reason. */
  reason: string;
  /** Day of the withdrawal, YYYY-MM-DD. */
  date: string;
  /** The case that takes its place; null when there is none. */
  replacement: string | null;
  /** First release without it; null when it is not known. */
  since_version: string | null;
  /** The amendment, or the later release, that says so. */
  source: string;
  /** All files of this copy that have to be destroyed, relative to it, in the order of the manifest. */
  paths: string[];
  /** What the listed ones of them measure. */
  bytes: number;
  /** Listed images of the case that are not here any more. */
  destroyed: number;
  /** Tables of this copy with rows of the case; empty when they could not be read, which `not_checked` says. */
  tables: { table: string; rows: number }[];
}

/** How fast payload was hashed. */
export interface VerifySpeed {
  bytes_per_second: number;
  /** Worker threads. */
  threads: number;
  /** Share of their time that the threads computed and did not wait, 0 to 1. */
  processor_share: number;
  /** `processor`: hashing itself, so that more threads may help; `storage`: waiting for the disk, or for a processor that others use. */
  bound: 'processor' | 'storage';
}

/** The images that a verification was asked for. */
export interface SelectedImages {
  /** As it was written. */
  expression: string;
  /** Images that were selected, and what they measure. */
  images: number;
  bytes: number;
  /** Images that were left alone. */
  left_out: number;
  left_out_bytes: number;
}

export interface VerifyReport {
  /** True when there is no problem and nothing withdrawn. */
  ok: boolean;
  /** What was recognised: a Colophon release (format id) or a plain bag. */
  format: string;
  /** `dataset version`, e.g. `midrc-demo 2.0.0`; null when release.json cannot be read. */
  release: string | null;
  /** The release digest: `sha256:` and 64 hex digits, over the bytes of release.json; null when it is not there. */
  digest: string | null;
  /** Payload and tag files looked at. */
  files: number;
  /** Bytes hashed. */
  bytes: number;
  seconds: number;
  /** How fast payload was hashed and what bounded it; null when it took less than half a second. */
  speed: VerifySpeed | null;
  /** Whether only names and sizes of the payload were compared. */
  fast: boolean;
  /** What `--only` selected; null when every image was checked. */
  selected: SelectedImages | null;
  problems: Problem[];
  signatures: SignatureReport[];
  /** The highest release of this dataset that this machine had verified before; null when none, or when nothing is remembered. */
  seen: SeenRelease | null;
  /** Sentences: what to know, though nothing is wrong. */
  notes: string[];
  /** Ids of the cases of this copy that were withdrawn later, as far as amendments and later releases say. */
  withdrawn: string[];
  /** Those cases, and what of them has to be destroyed. */
  destroy: Withdrawn[];
  /** The amendments that were read. */
  amendments: AmendmentReport[];
  /** Sentences: what this run could not or did not check. */
  not_checked: string[];
}
