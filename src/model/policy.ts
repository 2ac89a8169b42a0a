/**
 * The policy of the release gate: every threshold and list that a check reads. `gate` in colophon.yaml, or the file that
 * `gate.policy` names, gives any of its keys; the profile gives the rest. It is published with the release, but for its
 * secret lists.
 */

/** Whom the release is for. */
export type GateProfile = 'public' | 'controlled' | 'internal';

/** A column whose combination with others could single out a person. */
export interface QuasiIdentifier {
  /** Column of the case table, or `table.column`. */
  column: string;
  /**
   * Numbers are compared in classes of this width, beginning at 0: 10 makes decades.
   * @exclusiveMinimum 0
   */
  width?: number;
  /**
   * Texts are compared by this many leading characters.
   * @asType integer
   * @minimum 1
   */
  prefix?: number;
}

/** A private element that may stay although no disposition knows it. */
export interface PrivateAllowance {
  /** Private creator, exactly as in the files. */
  creator: string;
  /**
   * `gggg,ee`: group, and the low byte of the element.
   * @pattern ^[0-9a-fA-F]{4},[0-9a-fA-F]{2}$
   */
  element: string;
}

/** A review by people that the gate cannot do itself: that of a sample of pictures, for one. */
export interface Review {
  /** The rule that it stands in for: `DID-071` for burned-in text, `DID-073` for faces. */
  rule: string;
  reviewer: string;
  /** Who handed the data in; never the reviewer. */
  submitter: string;
  /**
   * Day of the review, YYYY-MM-DD.
   * @pattern ^\d{4}-\d{2}-\d{2}$
   */
  date: string;
}

/** How many findings of a warning may stand before it counts. */
export interface Tolerance {
  /**
   * @asType integer
   * @minimum 0
   */
  findings?: number;
  /**
   * Share of the judged subjects, 0 to 1.
   * @minimum 0
   * @maximum 1
   */
  share?: number;
}

/** A complete policy: nothing is left to a default further down. */
export interface GatePolicy {
  profile: GateProfile;

  // What is judged
  /** Rules (`DCM-017`) or groups (`DCM`) that are not judged, each with the reason; a release lists them. */
  off: Record<string, string>;
  /** Of warnings only: how many may stand. Findings within it become infos. */
  tolerances: Record<string, Tolerance>;

  // DICOM
  /** SOP Class UIDs that may be released; anything else is an error. */
  sop_classes: string[];
  /** Transfer Syntax UIDs that may be released; empty: any of the standard. */
  transfer_syntaxes: string[];

  // De-identification
  /** Codes of (0012,0064) that files may declare, of PS3.16 CID 7050: 113100 to 113112. */
  deidentification_options: string[];
  /** Roots that UIDs of studies, series, instances and frames of reference must have; empty: any but those of vendors. */
  uid_roots: string[];
  /** Regular expression that the PatientID of a released file matches as a whole; null: any. */
  patient_id_pattern: string | null;
  /** Values that stand for "removed", besides the empty value: `ANONYMOUS`, `REMOVED`. Compared without case. */
  dummy_values: string[];
  /** What happened to dates: `removed` or emptied, `shifted` by a constant a patient, or `kept`. */
  dates: 'removed' | 'shifted' | 'kept';
  /** First and last day that dates of released files may have, YYYYMMDD; null: no window. */
  date_window: { from: string; to: string } | null;
  private_elements: PrivateAllowance[];
  /** Names of institutions, sites and their abbreviations that no text may hold. Secret: never published. */
  institutions: string[];
  /** Columns of clinical tables that may hold free text, `table.column`: names and numbers in them are still findings. */
  text_columns: string[];
  /** File of known identifiers, one a line, or a keyed Bloom filter; relative to the workspace. Secret: never published. */
  known_identifiers: string | null;
  /** Burned-in text: `off`, files of the risk classes, or every image. */
  ocr: 'off' | 'risk' | 'all';
  /** Head and neck volumes without a declared defacing. */
  defacing: 'error' | 'warning' | 'off';

  // Disclosure
  quasi_identifiers: QuasiIdentifier[];
  /** Least size of a class of cases that share all quasi-identifiers. */
  k_anonymity: number;
  /** Columns whose value must not follow from the class: at least `l_diversity` distinct values in each. */
  sensitive: string[];
  l_diversity: number;
  /** Greatest distance (earth mover's, 0 to 1) of a sensitive column's distribution in a class from the whole. */
  t_closeness: number;
  /** Published counts below this, but for 0, are small cells. */
  small_cell: number;
  /** Greatest share of cases that their vector of day offsets makes unique. */
  unique_trajectories: number;

  // Duplicates
  /** Bits in which the 64-bit perceptual hashes of two images may differ and still be near duplicates. */
  near_duplicate_bits: number;

  // Governance
  /** Column of the case table that records consent or waiver, and the values that permit this use; null: not recorded. */
  consent: { column: string; permits: string[] } | null;
  /** SPDX ids that the dataset and its parts may have. */
  licenses: string[];
  /** Names that may approve waivers; empty: anybody. */
  approvers: string[];
  /** Reviews by a second person; those of pictures in which the gate cannot see everything are expected. */
  reviews: Review[];
  /**
   * Months after which the edition of a standard that the rules read is too old.
   * @asType integer
   * @minimum 1
   */
  facts_months: number;
  /** Days after which a verdict is too old for a release. */
  verdict_days: number;

  limits: {
    /** A text value longer than this many characters is scanned in its first part only, and a finding says so. */
    text_chars: number;
    /** A deflated data set is inflated to this many bytes at most. */
    inflated_bytes: number;
    /** An image is decoded up to this many pixels a frame. */
    pixels: number;
  };
}

/** Keys of a policy whose values are secrets: they are never published. */
export const SECRET_POLICY_KEYS = ['institutions', 'known_identifiers'] as const satisfies readonly (keyof GatePolicy)[];
