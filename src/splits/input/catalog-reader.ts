import type { SplitSettings } from './settings.js';
import type { TableColumns } from './resolution.js';

/** Up to 2048 rows, column by column: codes, texts, or numbers (NaN for NULL). */
export interface CellChunk {
  rowCount: number;
  cells: (ArrayLike<number> | readonly string[])[];
}

/** Columns of one table; a column with `values` comes as codes, where n stands for `values[n - 1]` and 0 for NULL. */
export interface CellTable {
  columns: { name: string; values: readonly string[] | null }[];
  chunks(): AsyncIterable<CellChunk>;
}

/** What reading the input needs of the catalog. */
export interface CatalogReader {
  all<T>(sql: string, params?: readonly string[]): Promise<T[]>;
  run(sql: string): Promise<unknown>;
  stream<T>(sql: string, params?: readonly string[]): AsyncIterable<T[]>;
  encodedTable(table: string, columns: readonly string[]): Promise<CellTable>;
}

/** Where the cases are. */
export interface CaseSource {
  /** Clinical table with one row a case; null: every PatientID is a case. */
  caseTable: string | null;
  /** Column that DICOM PatientID meets: two cases with one value are one patient; null: PatientID is the case key. */
  patientLink: { table: string; column: string } | null;
  /** What paths in the configuration are relative to; the current folder by default. */
  folder?: string;
}

/** What all steps of loading share. */
export interface LoadContext {
  reader: CatalogReader;
  settings: SplitSettings;
  source: CaseSource;
  tables: TableColumns;
  /** Names of the configured models. */
  models: readonly string[];
  cases: readonly string[];
  indexOf: ReadonlyMap<string, number>;
  /** Takes what a person should know though nothing stops. */
  warn: (message: string) => void;
}
