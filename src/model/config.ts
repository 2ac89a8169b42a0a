/**
 * colophon.yaml, as types. `npm run schemas` prints schemas/format/colophon.v1.schema.json from them, and that schema
 * validates the file: this is the only place where a key is declared.
 */
import type { GatePolicy, QuasiIdentifier } from './policy.js';
import type { ModelConfig } from './tagging.js';

/** Highest workspace format this version reads. */
export const WORKSPACE_FORMAT = 1;

export interface Config {
  /**
   * Format version of the workspace.
   * @minimum 1
   * @asType integer
   */
  format?: number;
  dataset: DatasetConfig;
  /**
   * Where accepted cases come from.
   * @minItems 1
   */
  sources: SourceConfig[];
  accept?: AcceptConfig;
  link?: LinkConfig;
  /** A pack in schemas/ (`midrc`), a folder of JSON Schemas, or `none`: types inferred, keys checked. */
  schema?: string;
  /** Keys of clinical tables that no pack knows. */
  tables?: Record<string, TableConfig>;
  gate?: GateConfig;
  /** Models that tag images: `colophon tag`. */
  models?: ModelConfig[];
  splits?: Record<string, SplitConfig>;
  release?: ReleaseConfig;
}

export interface DatasetConfig {
  /**
   * Short, stable name: letters, digits, `-`, `_`, `.`.
   * @pattern ^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$
   */
  id: string;
  title: string;
  description?: string;
  /** SPDX licence id, e.g. `CC-BY-4.0`. */
  license: string;
  /** @minItems 1 */
  creators?: { name: string; affiliation?: string; orcid?: string }[];
  /** @format uri */
  url?: string;
}

/** @discriminator kind */
export type SourceConfig = DicomFolderSource | TablesSource;

/** A folder tree of DICOM files. */
export interface DicomFolderSource {
  /** @pattern ^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$ */
  name: string;
  kind: 'dicom-folder';
  /** Relative to the workspace, or absolute. */
  path: string;
}

/** A folder with one file a clinical table: `case.tsv`, `imaging_study.csv`, `measurement.parquet`, ... */
export interface TablesSource {
  /** @pattern ^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$ */
  name: string;
  kind: 'tables';
  /** Relative to the workspace, or absolute. */
  path: string;
  /** Between the values of a list cell; `,` by default. */
  list_separator?: string;
}

/** Which cases are accepted. Default: every case that has a row; without tables, every PatientID. */
export interface AcceptConfig {
  table: string;
  /** SQL condition over that table's columns. */
  where: string;
}

export interface LinkConfig {
  /** `table.column` that DICOM PatientID meets; default `case.<key>`. */
  patient_id: string;
}

export interface TableConfig {
  /** Column whose values name the rows. */
  key: string;
  /** Column that holds the case key; default: the link of the schema, else `case_id` or the key of the accept table. */
  case?: string;
}

/** Keys of the gate's policy; what is not given comes from the profile. The same keys make a policy file. */
export interface GateConfig extends Partial<Omit<GatePolicy, 'limits' | 'quasi_identifiers'>> {
  /** YAML file with keys of this section, relative to the workspace; keys written here win. */
  policy?: string;
  quasi_identifiers?: (string | QuasiIdentifier)[];
  limits?: Partial<GatePolicy['limits']>;
}

export interface SplitConfig {
  /** Part name to target share of the cases; shares sum to 1. */
  parts: Record<string, number>;
  /** Variables whose distribution should be the same in every part. */
  balance?: (string | BalanceVariable)[];
  /** Columns whose equal values tie cases together. */
  group_by?: string[];
  /** Any text or number; recorded in every release. */
  seed: string | number;
  /** Only the cases of one part of another split: `{open-sequestered: open}`. */
  within?: Record<string, string>;
  /** Part to SQL condition: cases that meet it are forced into that part and leave the quotas. */
  hold_out?: Record<string, string>;
}

export interface BalanceVariable {
  /** Column of the case table, `table.column`, `modality`, or `tag:<model>`. */
  column: string;
  /** Inner edges of the bins of a number: [18, 50] makes <18, 18-50, >=50. */
  bins?: number[];
  /** The cell holds several values, separated by this. */
  separator?: string;
  /**
   * Weight in the objective, 1 by default.
   * @exclusiveMinimum 0
   */
  weight?: number;
}

export interface ReleaseConfig {
  /**
   * Release only the cases of one part of a split: `{open-sequestered: open}`. Nothing of the others is published, nor that
   * split itself, its seed or its counts.
   */
  within?: Record<string, string>;
  /** How image files get into the release folder; default `copy`. `none`: by reference, see base_url. */
  payload?: 'copy' | 'hardlink' | 'none';
  /**
   * Where the files of a release can be fetched: fetch.txt lists `<base_url>/<version>/<path>`.
   * @format uri
   */
  base_url?: string;
  /** Also compute md5 while reading (GA4GH/IDC content hash, Gen3 manifests); default false. */
  md5?: boolean;
  /** Commit and tag the metadata when the workspace is a git repository; default true. */
  git?: boolean;
}
