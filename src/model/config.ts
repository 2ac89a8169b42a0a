/**
 * colophon.yaml, as types. `npm run schemas` prints schemas/format/colophon.v1.schema.json from them, and that schema
 * validates the file: this is the only place where a key is declared.
 */
import type { EngineSettings } from './engine.js';
import type { HarmonizeConfig } from './harmonization.js';
import type { GatePolicy, QuasiIdentifier } from './policy.js';
import type { SourceConfig } from './source-config.js';
import type { ModelConfig } from './tagging.js';

export type { DicomFolderSource, SourceConfig, TablesSource } from './source-config.js';

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
  /** Rules that mend known spellings on the way in; absent: every cell stays as it came. */
  harmonize?: HarmonizeConfig;
  /** Keys of clinical tables that no pack knows. */
  tables?: Record<string, TableConfig>;
  gate?: GateConfig;
  /** Models that tag images: `colophon tag`. */
  models?: ModelConfig[];
  splits?: Record<string, SplitConfig>;
  release?: ReleaseConfig;
  /** How work is spread over other machines. */
  engines?: EngineSettings;
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
  creators?: CreatorConfig[];
  /** Who else had a part in it; every catalogue record names them. */
  contributors?: ContributorConfig[];
  /** Words to find the dataset by. */
  keywords?: string[];
  /** Columns that a model is to learn, `table.column`: catalogue records mark them as labels. */
  labels?: string[];
  /**
   * Landing page of the dataset; a version is at `<url>/<version>`.
   * @format uri
   */
  url?: string;
  /** Who publishes the dataset, as a citation names it. */
  publisher?: string;
  /**
   * DOI of the dataset, without a resolver.
   * @pattern ^10\.[0-9]{4,9}/[^\s]+$
   */
  doi?: string;
  responsible_ai?: ResponsibleAiConfig;
}

/** A person or an organization. */
export interface CreatorConfig {
  name: string;
  /** What the name is; records that must tell take a name without it for a person. */
  kind?: 'person' | 'organization';
  affiliation?: string;
  orcid?: string;
}

export interface ContributorConfig extends CreatorConfig {
  /** What they did: a contributor type of DataCite. */
  role: ContributorRole;
}

/** Contributor types of the DataCite Metadata Schema 4.5, appendix 1. */
export type ContributorRole =
  | 'ContactPerson'
  | 'DataCollector'
  | 'DataCurator'
  | 'DataManager'
  | 'Distributor'
  | 'Editor'
  | 'HostingInstitution'
  | 'Other'
  | 'Producer'
  | 'ProjectLeader'
  | 'ProjectManager'
  | 'ProjectMember'
  | 'RegistrationAgency'
  | 'RegistrationAuthority'
  | 'RelatedPerson'
  | 'ResearchGroup'
  | 'Researcher'
  | 'RightsHolder'
  | 'Sponsor'
  | 'Supervisor'
  | 'WorkPackageLeader';

/** What users of the data for machine learning should know, in sentences; croissant.json tells it in the words of Croissant RAI 1.0. */
export interface ResponsibleAiConfig {
  /** How the data were collected. */
  data_collection?: string;
  /** How labels were made, and by whom. */
  annotation_protocol?: string;
  /** What was done to the data before they came here. */
  preprocessing?: string;
  /** Biases that are known. */
  biases?: string;
  limitations?: string;
  /** What the data are meant for, and what they are not. */
  use_cases?: string;
  social_impact?: string;
  /** What in the data is about persons, and how it is protected. */
  sensitive_information?: string;
  /** How the dataset is kept up, and until when. */
  maintenance_plan?: string;
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
  /** `parts` (the default) gives every case a part; `sample` chooses the cases that meet the proportions of `sample`. */
  kind?: 'parts' | 'sample';
  /** Part name to target share; shares sum to 1. */
  parts?: Record<string, number>;
  /**
   * Instead of parts, so many of equal share, named `fold-1`, `fold-2`, ...: k-fold cross-validation.
   * @minimum 2
   * @maximum 100
   * @asType integer
   */
  folds?: number;
  /**
   * Draws it so many times, as splits of their own named NAME.1, NAME.2, ...
   * @minimum 1
   * @maximum 100
   * @asType integer
   */
  repeats?: number;
  /** What shares are shares of; `cases` by default. */
  unit?: 'cases' | 'studies' | 'images';
  /** Variables whose distribution should be the same in every part. */
  balance?: (string | BalanceVariable)[];
  /** Weights of single pairs of variables that are balanced jointly (each weighs 1 by default), or `none` for no pairs. */
  pairs?: 'none' | PairWeight[];
  /** Columns whose equal values tie cases together. */
  group_by?: string[];
  /** A whole number, recorded in every release; or a secret one that was committed to beforehand. */
  seed: string | number | SeedConfig;
  /** Only the cases of one part of another split: `{open-sequestered: open}`. */
  within?: Record<string, string>;
  /** Part to SQL conditions: cases that meet one are forced into that part and leave the quotas. */
  hold_out?: Record<string, string | string[]>;
  /** CSV file with the columns case_id and part: these cases go there, and count in the shares. */
  assign?: string;
  /** How many cases of a kind a part must hold at least, or may hold at most. */
  limits?: LimitConfig[];
  /** What this sample is to be like (`kind: sample`). */
  sample?: SampleConfig;
  /** The part whose membership and labels stay hidden until they are revealed. */
  hidden?: HiddenConfig;
}

export interface BalanceVariable {
  /** Column of the case table, `table.column`, an attribute of the images by its DICOM keyword, `modality`, or `tag:<model>`. */
  column: string;
  /** Inner edges of the bins of a number: [18, 50] makes <18, 18-49, >=50. */
  bins?: number[];
  /**
   * Instead of edges, so many bins of equal counts.
   * @minimum 2
   * @maximum 100
   * @asType integer
   */
  quantiles?: number;
  /** The cell holds several values, separated by this. */
  separator?: string;
  /** What is counted: cases, or the studies of a case. By default studies for attributes of images and columns of tables with study UIDs, cases for all others. */
  level?: 'case' | 'study';
  /**
   * Weight in the objective, 1 by default.
   * @exclusiveMinimum 0
   */
  weight?: number;
}

export interface PairWeight {
  /**
   * Two columns of `balance`.
   * @minItems 2
   * @maxItems 2
   */
  columns: string[];
  /**
   * Weight of the pair; 0 leaves it out.
   * @minimum 0
   */
  weight: number;
}

/** A seed that nobody may know yet: `colophon split seed` draws it and prints what to publish of it. */
export interface SeedConfig {
  /** File with the secret seed, outside what is published: private/benchmark.seed. */
  file: string;
  /** Later public randomness that is mixed in, so that nobody can have picked the seed: e.g. the value of a drand round. */
  public?: string;
}

export interface LimitConfig {
  part: string;
  /** SQL condition over the case table: which cases count; all by default. */
  where?: string;
  /** Column: the limit holds for each of its values by itself; a missing value is none. */
  each?: string;
  /**
   * Cases at least.
   * @minimum 0
   * @asType integer
   */
  min?: number;
  /**
   * Cases at most.
   * @minimum 0
   * @asType integer
   */
  max?: number;
}

export interface SampleConfig {
  /**
   * Cases in the sample; without it, the largest sample that meets the targets.
   * @minimum 1
   * @asType integer
   */
  size?: number;
  /** Column to category to target share; the shares of a column sum to 1. `sex × race` to `Female × White` for both at once. */
  targets?: Record<string, Record<string, number>>;
  /**
   * CSV or XLSX file with a reference population, which gives the targets of the variables in `balance`; `#2023-03-31` behind
   * it takes that row of dated tables instead of the last.
   */
  reference?: string;
  /**
   * How far a share may be from its target; 0.01 by default.
   * @minimum 0
   * @maximum 1
   */
  tolerance?: number;
}

export interface HiddenConfig {
  part: string;
  /** Columns (of the case table, or `table.column`) whose values of the hidden cases no release shows. */
  columns?: string[];
}

export interface ReleaseConfig {
  /**
   * Release only the cases of one part of a split: `{open-sequestered: open}`. Nothing of the others is published, nor that
   * split itself, its seed or its counts.
   */
  within?: Record<string, string>;
  /**
   * How image files get into the release folder; default `copy`. `reflink`: sharing blocks with the source until one of the
   * two is changed, on file systems that can (others copy, with a warning). `hardlink`: the source file itself under a
   * second name, made read-only, since whoever wrote into it would change the release. `none`: by reference, see base_url.
   */
  payload?: 'copy' | 'reflink' | 'hardlink' | 'none';
  /**
   * Where the files of a release can be fetched: fetch.txt lists `<base_url>/<version>/<path>`.
   * @format uri
   */
  base_url?: string;
  /**
   * Key that signs every release: a private key of OpenSSH, or a public one whose private half an agent or a hardware token
   * holds. A path relative to the workspace; `~/` is the home folder.
   */
  signer?: string;
  /** Also compute md5 while reading (GA4GH/IDC content hash, Gen3 manifests); default false. */
  md5?: boolean;
  /** Also write every table as an Arrow IPC file, data/tables/<name>.arrow; default false. */
  arrow?: boolean;
  /** Commit and tag the metadata when the workspace is a git repository; default true. */
  git?: boolean;
}
