/** data/dictionary.json of a release: every table and column that it carries, and what each of them means. */
import type { DictionarySource, ScalarType } from './clinical.js';

export interface DataDictionary {
  pack: { name: string; version: string; digest: string; dictionary: DictionarySource | null };
  /** Our own tables by name, then the clinical ones by name. */
  tables: DictionaryTable[];
}

export interface DictionaryTable {
  /** Name of the table; a clinical one as it was delivered, without the prefix of its file. */
  table: string;
  /** `clinical`: delivered. `release`: one of our own. Releases of older versions describe clinical tables only, and say nothing here. */
  kind: 'clinical' | 'release';
  /** Name of the table among the files of the release: `tables/<resource>.parquet`. */
  resource: string;
  /** What a row is; null where nobody said it. */
  description: string | null;
  /** Column that names the rows; empty when no single one does. */
  key: string;
  /** Sets of columns whose values together occur once. */
  unique: string[][];
  columns: DictionaryColumn[];
}

export interface DictionaryColumn {
  column: string;
  /** Null where nobody described it. */
  description: string | null;
  /** JSON Schema type, or `date` or `datetime`; `array` has `items`. */
  type: ScalarType | 'date' | 'datetime' | 'array';
  items: ScalarType | 'date' | 'datetime' | null;
  /** DuckDB type of the column. */
  sql_type: string;
  /** Unit of the values, `1` for a pure number; null when they have none, or when nobody said it. */
  unit: string | null;
  /** Whether the schema asks for a value in every row. */
  required: boolean;
  /** The missing-value rule: what NULL means, and whether it can be. */
  missing: string;
  /** Allowed values, of the column or of its members; null when open. */
  enum: string[] | null;
  /** The values that have a meaning or a code of their own; null when none has. */
  values: DictionaryValue[] | null;
  /** Known spellings of an open list; null when there is none. */
  known: string[] | null;
  /** Form of the values: in words, or as a regular expression; null when free. */
  form: string | null;
  minimum: number | null;
  maximum: number | null;
  /** DICOM tag that the column repeats, 8 hex digits; null when none. */
  dicom_tag: string | null;
  /** Whether the column names the rows of the table, alone or with others. */
  key: boolean;
  /** Row of another table that the column names; null when it names none. */
  link: DictionaryLink | null;
}

export interface DictionaryValue {
  value: string;
  /** Null where nobody said it. */
  meaning: string | null;
  /** What the value is called elsewhere, e.g. in the DICOM attribute that the column repeats. */
  codes: { system: string; code: string }[];
}

export interface DictionaryLink {
  table: string;
  column: string;
  multiplicity: string;
  /** The table among the files of the release; null when the release does not have it. */
  resource: string | null;
}
