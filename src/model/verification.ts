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
  problems: Problem[];
  signatures: SignatureReport[];
  /** The highest release of this dataset that this machine had verified before; null when none, or when nothing is remembered. */
  seen: SeenRelease | null;
  /** Sentences: what to know, though nothing is wrong. */
  notes: string[];
  /** Case ids of this release that were withdrawn later, as far as an amendment beside it says. */
  withdrawn: string[];
  /** Sentences: what this run could not or did not check. */
  not_checked: string[];
}
