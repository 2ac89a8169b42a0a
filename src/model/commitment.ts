/**
 * The words of hidden parts: commitments that are published, and the files that open them later. See releases/README.md.
 * Digests are sha256 as 64 lower-case hex digits.
 */

/** How a commitment is made: rows, nonces, order, padding and tree (src/commitment). */
export const COMMITMENT_ALGORITHM = 'colophon-commitment/1';

/** Folder of a release with one file a commitment. */
export const COMMITMENT_FOLDER = 'data/commitments';

/** A value as JSON; integers beyond 2^53 - 1 and numbers without a JSON form are texts. */
export type CommittedScalar = string | number | boolean | null;

/** A cell of a clinical table as JSON; a list within a list is its text. */
export type CommittedCell = CommittedScalar | CommittedScalar[];

/** What a column says of a case: its cell in the case table, or the cells of the case's rows in another table. */
export type CommittedValue = { cell: CommittedCell } | { rows: { key: CommittedCell; cell: CommittedCell }[] };

/** What is committed of one case. */
export interface CommittedRow {
  case_id: string;
  part: string;
  /** By column as the configuration names it. */
  columns: Record<string, CommittedValue>;
}

/** Which commitment a row belongs to; bound into every row, so that none can be shown for another. */
export interface CommitmentIdentity {
  /** `dataset.id` of colophon.yaml. */
  dataset: string;
  split: string;
  /**
   * Tells the commitments of a split apart; to whoever lacks the key it is a random number.
   * @pattern ^[0-9a-f]{32}$
   */
  commitment: string;
}

/** What a release says of the secret seed of a split. */
export interface PublishedSeed {
  split: string;
  /**
   * The first commitment to the secret seed; it binds the configuration of the split and the program, too.
   * @pattern ^[0-9a-f]{64}$
   */
  commitment: string;
  /** Later commitments to the same seed, each with the recorded reason. */
  again: { commitment: string; reason: string }[];
  /** Which public randomness would be mixed in, told with the last commitment; null when none was named. */
  beacon: string | null;
  /** The public randomness that was mixed in; null when none was, or none yet. */
  public: string | null;
}

/** A commitment as release.json gives it; says nothing of the hidden part but an upper bound of its size. */
export interface CommitmentReference extends CommitmentIdentity {
  part: string;
  /** Names of the columns whose values are bound, in order of their code units. */
  columns: string[];
  algorithm: typeof COMMITMENT_ALGORITHM;
  /**
   * Merkle tree hash (RFC 6962 2.1) over the row commitments.
   * @pattern ^[0-9a-f]{64}$
   */
  root: string;
  /**
   * Row commitments, dummy rows included: at least as many as hidden cases.
   * @asType integer
   * @minimum 1
   */
  size: number;
  /** File of the release with the row commitments, one a line, sorted. */
  path: string;
}

/** One commitment of a workspace. */
export interface RecordedCommitment extends CommitmentReference {
  /**
   * 1 for the first of the split, then counting up.
   * @asType integer
   * @minimum 1
   */
  sequence: number;
  /**
   * Day of the commitment, YYYY-MM-DD.
   * @pattern ^\d{4}-\d{2}-\d{2}$
   */
  date: string;
  /** Why there is another one; null for the first. */
  reason: string | null;
  /**
   * Tells the key that it was made with from others, and tells nothing of it.
   * @pattern ^[0-9a-f]{16}$
   */
  key_check: string;
}

/** splits/NAME.commitment.json: every commitment of a split, oldest first. Holds nothing secret. */
export interface CommitmentRecord {
  format: 'colophon-commitment-record/1';
  commitments: RecordedCommitment[];
}

/** private/NAME.commitment-N.json: the rows of a commitment as they were committed. As secret as the hidden part. */
export interface CommittedRows extends CommitmentIdentity {
  format: 'colophon-committed-rows/1';
  rows: CommittedRow[];
}

/** A row with the random number that hides it until it is told. */
export interface OpenedRow extends CommittedRow {
  /** @pattern ^[0-9a-f]{64}$ */
  nonce: string;
}

/** What `split prove` writes: opens one row of a commitment and tells nothing of the others. */
export interface ProofDocument extends CommitmentIdentity {
  format: 'colophon-proof/1';
  algorithm: typeof COMMITMENT_ALGORITHM;
  /** @pattern ^[0-9a-f]{64}$ */
  root: string;
  /**
   * @asType integer
   * @minimum 1
   */
  size: number;
  row: OpenedRow;
  /**
   * Place of the row commitment in the tree, from 0.
   * @asType integer
   * @minimum 0
   */
  index: number;
  /** Inclusion proof (RFC 6962 2.1.1), from the leaf up. */
  path: string[];
}

/** A secret seed, told. */
export interface OpenedSeed {
  /** @pattern ^[0-9a-f]{64}$ */
  secret: string;
  /** The later public randomness that was mixed in; null when none was. */
  public: string | null;
  /** Every commitment that was made to this seed, oldest first; all of it is bound. */
  commitments: Omit<SeedCommitment, 'date' | 'reason'>[];
  /**
   * The seed that the split was drawn with.
   * @pattern ^[0-9a-f]{64}$
   */
  effective: string;
}

/** What `split reveal` writes: opens all rows, so that anybody can compute the root, and the seed when that was asked for. */
export interface RevealDocument {
  format: 'colophon-reveal/1';
  dataset: string;
  split: string;
  /** Null when only the seed is opened. */
  opening: CommitmentOpening | null;
  seed: OpenedSeed | null;
}

/** All rows of a commitment. */
export interface CommitmentOpening {
  /** @pattern ^[0-9a-f]{32}$ */
  commitment: string;
  algorithm: typeof COMMITMENT_ALGORITHM;
  /** @pattern ^[0-9a-f]{64}$ */
  root: string;
  /**
   * @asType integer
   * @minimum 1
   */
  size: number;
  rows: OpenedRow[];
  /**
   * The key that the nonces of the dummy rows follow from.
   * @pattern ^[0-9a-f]{64}$
   */
  padding_key: string;
}

/** A commitment to a secret seed. */
export interface SeedCommitment {
  /** @pattern ^[0-9a-f]{64}$ */
  commitment: string;
  /**
   * sha256 of the configuration of the split when it was made.
   * @pattern ^[0-9a-f]{64}$
   */
  config_digest: string;
  /** The program and its algorithm. */
  tool: string;
  /** Which public randomness will be mixed in, told beforehand: `drand round 5000000`. Null when none was named. */
  beacon: string | null;
  /**
   * Day of the commitment, YYYY-MM-DD.
   * @pattern ^\d{4}-\d{2}-\d{2}$
   */
  date: string;
  /** Why there is another one; null for the first. */
  reason: string | null;
}

/** splits/NAME.seed.json: what was committed of the seed of a split, oldest first. Holds no secret. */
export interface SeedRecord {
  format: 'colophon-seed-record/1';
  dataset: string;
  split: string;
  commitments: SeedCommitment[];
  /** True once `split reveal --seed` opened it: releases give the seed from then on. */
  revealed: boolean;
}

/** `split seed --json`. */
export interface SeedReport {
  split: string;
  /** The file with the secret seed, as the configuration names it. */
  file: string;
  /** True: the seed was drawn by this run. False: it is the one that was there, committed to once more. */
  drawn: boolean;
  /** What to publish now. */
  commitment: string;
  config_digest: string;
  tool: string;
  beacon: string | null;
  date: string;
  reason: string | null;
}

/** `split commit --json`. */
export interface CommitReport extends Omit<RecordedCommitment, 'path' | 'key_check'> {
  /** The key file. Its content is in no output. */
  key_file: string;
  /** True: the key was made by this run. Whoever loses it can prove nothing. */
  key_created: boolean;
}

/** `split prove --json`. The proof itself is in the file only. */
export interface ProveReport extends CommitmentIdentity {
  case_id: string;
  sequence: number;
  root: string;
  size: number;
  /** The file that was written, readable by its owner alone. */
  output: string;
}

/** `split reveal --json`. What was opened is in the file only. */
export interface RevealReport {
  dataset: string;
  split: string;
  /** Null when only the seed was opened. */
  commitment: string | null;
  root: string | null;
  /** Rows that were opened, without the dummy rows. */
  rows: number;
  /** Whether the secret seed was opened too. */
  seed: boolean;
  output: string;
}

/** What an audit can find. */
export const AUDIT_PROBLEMS = [
  'other-dataset',
  'other-split',
  'other-commitment',
  'wrong-root',
  'wrong-size',
  'wrong-part',
  'wrong-row',
  'wrong-path',
  'duplicate-case',
  'extra-row',
  'missing-row',
  'wrong-seed',
  'wrong-list',
] as const;

export type AuditProblemKind = (typeof AUDIT_PROBLEMS)[number];

/** Something that is not as it was committed. */
export interface AuditProblem {
  kind: AuditProblemKind;
  /** The case it concerns; null for what concerns the whole. */
  case_id: string | null;
  /** One sentence. */
  message: string;
  expected?: string;
  found?: string;
}

/** `split audit --json`. */
export interface AuditReport {
  /** True when what was opened is what was committed. */
  ok: boolean;
  kind: 'proof' | 'reveal';
  dataset: string;
  split: string;
  /** What it was held against: a release by version and digest (`sha256:` and 64 hex digits), or a given root. */
  against: { release: string; digest: string } | { root: string };
  root: string | null;
  size: number | null;
  /** Rows that were opened, without the dummy rows. */
  rows: number;
  /** Of these, the ones that are as they were committed. */
  confirmed: number;
  /** At most 1000; `found` counts all. */
  problems: AuditProblem[];
  found: number;
  /** Sentences: what this run established. */
  checked: string[];
  /** Sentences: what it could not or did not establish. */
  not_checked: string[];
}
