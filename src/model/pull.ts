/** Shape fixed by the contract of `pull --json`. */
import type { HarmonizationReport } from './harmonization.js';
import type { InstanceErrorCode } from './header.js';

export interface PullReport {
  /** True when every table was loaded; images that cannot be read are the gate's to judge. */
  ok: boolean;
  images: ImageSourceReport[];
  tables: TableSourceReport[];
  cases: CaseCounts;
  /** What rules did to cells, over all loaded tables; absent when `harmonize` declares none. */
  harmonization?: HarmonizationReport;
  seconds: number;
}

/** A source of images. */
export interface ImageSourceReport {
  source: string;
  /** Everything in the folder tree that is no folder, or all that the source lists. */
  files: number;
  /** Size of those files. */
  bytes: number;
  /** Files read in this run, and their bytes. */
  read: number;
  read_bytes: number;
  /** Files with the size and time of the last pull: not read again. */
  unchanged: number;
  /** Rows dropped because their file is no longer in the source. */
  removed: number;
  /** Of all files: header and bytes in order. */
  ok: number;
  /** Of all files: the header broke off, what came before is kept. */
  partial: number;
  /** Of all files: no attribute could be read, or not even the bytes. */
  unreadable: number;
  /** The first files that are not ok, by path; `problems_query` lists all. */
  problems: FileProblem[];
  /** For `colophon query`. */
  problems_query: string;
  /** Of a source that is elsewhere. */
  remote?: RemoteTraffic;
  /** Of a source whose images a manifest lists. */
  manifest?: ManifestReport;
  seconds: number;
}

/** What a pull asked of a source that is elsewhere, and what it kept of it. */
export interface RemoteTraffic {
  /** Sent in this run, those of the listing too. */
  requests: number;
  /** Bytes of files that came in this run. */
  transferred_bytes: number;
  /** Files that the source lists and its configuration does not want. */
  left_out: number;
  /** Whether only the headers of files were read. */
  headers_only: boolean;
  /** Files of which the source claimed a digest that was held against the bytes; those that differed are among the problems. */
  claims_met: number;
  /** Copies made in this run below `.colophon/sources/<name>/`. */
  kept_files: number;
  kept_bytes: number;
}

/** How a source is held against its manifest. */
export interface ManifestReport {
  /** Entries that could be read, those that are there twice too. */
  entries: number;
  /** Distinct files, or series of a manifest of series. */
  listed: number;
  /** Rows of what it lists and could not be had. */
  missing: number;
  /** Rows of files of another size or digest than it says, or of which it says two. */
  not_as_claimed: number;
  /** Files of the folder that it does not list. */
  left_out: number;
  /** Lines that are not in order; `defects` names the first ones, and each is a finding of the gate. */
  defect_count: number;
  defects: ManifestLineDefect[];
  /** What else is to be said of it. */
  notes: string[];
}

export interface ManifestLineDefect {
  line: number;
  message: string;
  expected?: string;
  found?: string;
}

export interface FileProblem {
  /** Relative to the source. */
  path: string;
  status: 'partial' | 'unreadable';
  code: InstanceErrorCode;
  message: string;
}

/** A source of clinical tables. */
export interface TableSourceReport {
  source: string;
  /** Where the rows came from, without user, password and query; absent: a folder of this machine. */
  from?: string;
  /** Empty texts of a registry, which a clinical table takes for no value, as in a file; absent for other sources. */
  empty_texts?: number;
  tables: TableReport[];
  /** Tables dropped because their file is no longer in the source. */
  removed: string[];
  /** Entries of the folder that are no table, each with the reason. */
  ignored: IgnoredEntry[];
  seconds: number;
}

export interface IgnoredEntry {
  path: string;
  reason: string;
}

export interface TableReport {
  table: string;
  /** Relative to the source. */
  path: string;
  /** `refused`: a defect of the file; it has no rows. `unchanged`: same size, time and schema as before, not read again. */
  status: 'loaded' | 'unchanged' | 'refused';
  rows: number;
  columns: number;
  /** All defects that were found; `defects` names the first ones. */
  defect_count: number;
  defects: TableDefect[];
}

/** A defect of the bytes of a table file; never repeats a cell. */
export interface TableDefect {
  /** Rule id of the gate: SCH-001 encoding and dialect, SCH-002 header, SCH-003 row length, GATE-INCOMPLETE unreadable. */
  code: string;
  message: string;
  /** 1 = first line of the file; null when no line is to blame. */
  line: number | null;
  column: string | null;
  expected: string | null;
  found: string | null;
}

export interface CaseCounts {
  accepted: number;
  /** Cases with a row that are not accepted, by reason. */
  rejected: Record<string, number>;
  /** PatientIDs of images that meet no row. */
  unknown: number;
  withdrawn: number;
  /** Images of the accepted cases. */
  accepted_images: number;
  /** Images that belong to no case: no PatientID, one that meets no row, or one that several cases claim. */
  images_without_case: number;
}
