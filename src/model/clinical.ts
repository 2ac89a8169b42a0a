/** A clinical table as its JSON Schema describes it; built by src/clinical from schemas/clinical/*.schema.json. */

export type ScalarType = 'string' | 'integer' | 'number' | 'boolean';

export interface ColumnSchema {
  name: string;
  type: ScalarType | 'array';
  /** Type of an array's members; absent otherwise. */
  items?: ScalarType;
  /** DuckDB type of the column in `clinical_<table>` and in the release's Parquet files. */
  sqlType: 'VARCHAR' | 'BIGINT' | 'DOUBLE' | 'BOOLEAN' | 'VARCHAR[]' | 'BIGINT[]' | 'DOUBLE[]' | 'BOOLEAN[]';
  required: boolean;
  /** Allowed values of the column, or of its members. */
  enum?: string[];
  /** DICOM tag that the dictionary says this column repeats, 8 hex digits. */
  dicomTag?: string;
  description?: string;
}

/** A column that holds the key of a row in another table. */
export interface TableLink {
  column: string;
  target: string;
  targetKey: string;
  multiplicity: 'many_to_one' | 'many_to_many' | 'one_to_one' | 'one_to_many';
  required: boolean;
  /** Links of one group: at least one must be there when `required`. */
  group?: string;
}

export interface TableSchema {
  table: string;
  /** Column whose values name the rows of this table. */
  key: string;
  columns: ColumnSchema[];
  links: TableLink[];
  /** Separator of list cells in delimited text. */
  listSeparator: string;
  /** The JSON Schema document itself (2020-12): validators are compiled from this. */
  json: Record<string, unknown>;
}

export interface SchemaPack {
  name: string;
  version: string;
  /** sha256 over the canonical schemas, sorted by table. */
  digest: string;
  tables: Map<string, TableSchema>;
}
