/** A clinical table as its JSON Schema describes it; built by src/clinical from the files of a schema pack. */
import type { CrossRule } from './cross-rule.js';
import type { QuasiIdentifier } from './policy.js';

export type ScalarType = 'string' | 'integer' | 'number' | 'boolean';

export type ColumnSqlType = 'VARCHAR' | 'BIGINT' | 'DOUBLE' | 'BOOLEAN' | 'VARCHAR[]' | 'BIGINT[]' | 'DOUBLE[]' | 'BOOLEAN[]';

export interface ColumnSchema {
  name: string;
  type: ScalarType | 'array';
  /** Type of an array's members; absent otherwise. */
  items?: ScalarType;
  /** DuckDB type of the column in `clinical_<table>` and in the release's Parquet files. */
  sqlType: ColumnSqlType;
  required: boolean;
  /** Allowed values of the column, or of its members. */
  enum?: string[];
  /** Least and greatest allowed value of the column, or of its members. */
  minimum?: number;
  maximum?: number;
  /** Unit of the values, e.g. `days`, `mm`; absent when they have none or are text. */
  unit?: string;
  /** DICOM tag that the dictionary says this column repeats, 8 hex digits. */
  dicomTag?: string;
  /** Header value to the cells that say the same; values that are not listed stand for themselves, '' for an absent one. */
  dicomValues?: ReadonlyMap<string, readonly string[]>;
  /** What the values mean to the cross rules. */
  role?: ColumnRole;
  /** A column that the data commons fills, not the submitter (`id`, `state`, `created_datetime`, ...). */
  system?: boolean;
  description?: string;
  /** What an empty cell means, one sentence; absent when the schema does not say. */
  missing?: string;
  /** Allowed or coded values and what they mean, as far as the schema says. */
  meanings?: ReadonlyMap<string, string>;
  /** Known spellings of an open list; others are allowed, with a warning. */
  known?: string[];
  /** The form that is wanted: in words, or as a regular expression. */
  form?: string;
  /** Text that is a day (`format: date`), so that a release has dates. */
  date?: true;
}

/** What a column means to the rules that hold tables against headers and against each other; see schemas/README.md. */
export const COLUMN_ROLES = [
  'age-at-index',
  'age-at-index-over',
  'age-at-study',
  'age-at-study-over',
  'days-to-study',
  'file-md5',
  'file-name',
  'file-sha256',
  'file-size',
  'instance-count',
  'modality',
  'pixels-method',
  'pixels-modified',
  'repeats',
  'study-year-shifted',
] as const;

export type ColumnRole = (typeof COLUMN_ROLES)[number];

/** What a row is one of in DICOM; `none`: rows are about images, several rows may be about one. */
export type StandsFor = 'study' | 'series' | 'instance' | 'none';

/** A column that holds the key of a row in another table. One link can be written in several columns: see `name`. */
export interface TableLink {
  /** Name of the link; `cases.submitter_id`, `cases` and `cases.id` are three spellings of the link `cases`. */
  name: string;
  column: string;
  target: string;
  targetKey: string;
  multiplicity: 'many_to_one' | 'many_to_many' | 'one_to_one' | 'one_to_many';
  /** The link, in one of its columns, must be there; of a group: one link of the group must. */
  required: boolean;
  /** Links of one group: at least one must be there when `required`. */
  group?: string;
  /** At most one link of the group may be there. */
  exclusive?: boolean;
}

export interface TableSchema {
  table: string;
  /** What a row is, one sentence; absent when the schema does not say. */
  description?: string;
  /** Column whose values name the rows of this table. */
  key: string;
  /** What the schema says a row is one of; absent: what its UID columns tell. */
  standsFor?: StandsFor;
  /** Sets of columns whose values together occur once. */
  unique: string[][];
  columns: ColumnSchema[];
  links: TableLink[];
  /** Separator of list cells in delimited text. */
  listSeparator: string;
  /** The JSON Schema document itself (2020-12): validators are compiled from this. */
  json: Record<string, unknown>;
}

/** The data dictionary of another party that a pack was derived from. */
export interface DictionarySource {
  repository: string;
  path?: string;
  commit?: string;
  version?: string;
  /** SPDX id. */
  license?: string;
}

export interface SchemaPack {
  name: string;
  version: string;
  /** Where its tables come from; null for a pack of one's own. */
  dictionary: DictionarySource | null;
  /** sha256 over the canonical schemas, sorted by table. */
  digest: string;
  tables: Map<string, TableSchema>;
  /** Rules across its tables. */
  cross?: readonly CrossRule[];
  /** What the gate's policy is for its columns, unless the configuration says otherwise. */
  policy?: PackPolicy;
}

/** Keys of the gate's policy that name columns, so that each pack has its own. */
export interface PackPolicy {
  quasi_identifiers?: (string | QuasiIdentifier)[];
  sensitive?: string[];
}

/** What is wrong with a row or a header; `checks` makes findings of it. */
export interface RowDefect {
  /** Rule id of the catalogue of checks. */
  code: string;
  /** Null when the defect is about the row as a whole. */
  column: string | null;
  /** One sentence; never repeats a value. */
  message: string;
  expected?: string;
  /** The value as it is in the table, escaped and shortened for display. */
  found?: string;
  /** What was probably meant, or how to mend it. */
  hint?: string;
}
