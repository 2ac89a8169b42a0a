/** The digests of everything that a draw depends on; two inputs that differ say by these in what. */
export interface InputDigests {
  /** Name, seed, configuration and parts. */
  settings: string;
  /** The cases, their studies and images. */
  cases: string;
  /** Which cases are linked. */
  links: string;
  /** The record that was there before. */
  frozen: string;
  /** What hold-outs, forced cases and limits came to. */
  rules: string;
  /** By variable. */
  values: Record<string, string>;
}

/** What a draw was made from, as far as a release can show it: with the tables beside it, the draw can be made again. */
export interface DrawDescription {
  algorithm: string;
  /** How long it searched. */
  effort: string;
  /** The configuration of the split as it was, without its seed and its files. */
  config: Record<string, unknown>;
  /** sha256 over the whole configuration, what is left out of `config` included: the draw is keyed by it. */
  config_digest: string;
  /** Clinical table with one row a case; '' when every PatientID is a case. */
  case_table: string;
  /** sha256 of the input, of accepted cases alone. */
  input_digest: string;
  /** Digests of the parts of the input, of accepted cases alone: cases that were withdrawn before the draw show in none. */
  inputs: InputDigests;
  /**
   * Cases that were drawn from.
   * @asType integer
   */
  cases: number;
  /**
   * Of these, frozen before.
   * @asType integer
   */
  frozen: number;
  /** Whether frozen cases had been withdrawn before the draw: newcomers that were linked to them alone followed them. */
  departed: boolean;
}

/** The last draw of a published split. */
export interface PublishedDraw extends DrawDescription {
  /**
   * Rows of the table `draws` with this `batch` were drawn; those of earlier batches, and without one, were there before.
   * @asType integer
   */
  batch: number;
}

/** Rows of a record that were appended at once: by freezing a draw, or from a former master list. */
export interface RecordBatch {
  /** 1, 2, 3, ... in the order of the record. */
  batch: number;
  /** Sequence of its first and last row in the record. */
  first: number;
  last: number;
  /** YYYY-MM-DD */
  since: string;
  /** Null for what was imported. */
  draw: DrawDescription | null;
  /** sha256 of the file that was imported; null for a draw. */
  imported: string | null;
}
