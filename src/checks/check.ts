import type { SchemaPack, TableSchema } from '../model/clinical.js';
import type { Config } from '../model/config.js';
import type { Level, Location, Waiver } from '../model/finding.js';
import type { GatePolicy } from '../model/policy.js';
import type { Withdrawal } from '../model/workspace-files.js';
import type { Code } from './codes.js';

/** What a check may ask of the catalog: queries, never writes. Rows of `stream` come in chunks. */
export interface CatalogReader {
  all<T>(sql: string): Promise<T[]>;
  stream<T>(sql: string): AsyncIterable<T[]>;
  encodedTable(table: string, columns: readonly string[], where: string): Promise<EncodedRows>;
}

/** Columns of a table as codes, texts or numbers; see the catalog's encoded table. */
export interface EncodedRows {
  columns: { name: string; values: string[] | null }[];
  chunks(): AsyncIterable<{ rowCount: number; cells: (Uint16Array | Float64Array | string[])[] }>;
}

/** A loaded clinical table as a check sees it. */
export interface ClinicalTable {
  name: string;
  /** Columns of the file, in its order. */
  columns: string[];
  /** Column that names the rows; null when the table has none. */
  key: string | null;
  /** `case`: a row a case. `fact`: rows belong to cases. `other`: rows lead to no case. */
  role: 'case' | 'fact' | 'other';
  /** Null when no schema knows the table. */
  schema: TableSchema | null;
  /** Name of the table of texts, after the rules that mend spellings. */
  raw: string;
  /** SQL condition over `raw`: rows that would be released. Rows of rejected, withdrawn and withheld cases are not judged. */
  where: string;
  /** Path of the file per source: `<source>/<path>`. */
  paths: Map<string, string>;
  /** Rows that meet `where`. */
  rows: number;
}

/** A release that was published before, as SQL reads it. */
export interface PublishedRelease {
  version: string;
  /** SQL relation by table name: `instances`, `studies`, the clinical tables, ... */
  tables: ReadonlyMap<string, string>;
  /** SQL relation of its clinical case table: a column `case_id`, and those of the table in their types; absent without one. */
  cases?: string;
  /** SQL type by column of that relation. */
  columns?: ReadonlyMap<string, string>;
}

/** An entry of the log of releases, as far as governance looks at it. */
export interface LoggedRelease {
  sequence: number;
  version: string;
  /** YYYY-MM-DD */
  date: string;
  license: string;
  /** sha256 of release.json, hex. */
  digest: string;
  /** Digest of the release before, as this one names it; null when it names none. */
  previous: string | null;
  /** `edited`: its release.json is not the one that claimed the number. `missing`: its folder is not here. */
  status: 'published' | 'missing' | 'edited';
}

/** What the workspace's own files say about who may publish what. */
export interface Governance {
  withdrawals: readonly Withdrawal[];
  waivers: readonly Waiver[];
  /** Oldest first. */
  log: readonly LoggedRelease[];
}

/** What every check is given. */
export interface CheckInput {
  catalog: CatalogReader;
  pack: SchemaPack | null;
  config: Config;
  policy: GatePolicy;
  /** The day on which the catalog is judged, YYYY-MM-DD. */
  today: string;
  tables: ClinicalTable[];
  /** Cases that would be released. */
  acceptedCases: number;
  /** Image files in the catalog, readable or not. */
  images: number;
  /** Whether a source of images is configured, even if it gave none. */
  imageSource: boolean;
  governance: Governance;
  /** Releases that were published before, oldest first. */
  releases: readonly PublishedRelease[];
}

/** A finding before it has a level, a fingerprint and a place in the report. */
export interface FindingDraft {
  code: Code;
  /** The catalogue's level when absent. */
  level?: Level;
  /** One sentence; never repeats a value. */
  message: string;
  location: Location;
  hint?: string | undefined;
  expected?: string | undefined;
  found?: string | undefined;
  /**
   * What the finding is about, as it is now: a waiver holds only as long as this stays the same. It goes into the
   * fingerprint only. Null when there is nothing to bind to: then no waiver can accept the finding.
   */
  content: string | null;
}

/** Where a check says what it looked at; each code it is in charge of is either counted or declared not applicable. */
export interface Coverage {
  /** `subjects` rows, files or cases were judged by `code`; adds up. */
  looked(code: Code, subjects: number): void;
  /** The catalog holds nothing that `code` is about. */
  notApplicable(code: Code, reason: string): void;
}

/** A check: the codes it is in charge of and a pass over the catalog that yields what is wrong. */
export interface Check {
  codes: readonly Code[];
  run(input: CheckInput, coverage: Coverage): AsyncIterable<FindingDraft>;
}
