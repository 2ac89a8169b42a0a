import type { FileTotals, TransferredRelease } from './transfer.js';
import type { Problem } from './verification.js';

/** Identifier of the receipts beside fetched releases. */
export const RECEIPT_FORMAT = 'colophon-receipt/1';

/** Name of the file with them, in the folder that holds the releases. */
export const RECEIPT_NAME = 'colophon-receipt.json';

/** What was fetched, from where, and when: pins a version to its digest. */
export interface Receipt extends TransferredRelease {
  /** Title of the dataset. */
  title: string;
  sequence: number;
  /** Where it came from: a URL without user, password and query, or a folder. */
  url: string;
  /** Day on which it was fetched, YYYY-MM-DD. */
  date: string;
  /** Program and version that fetched it. */
  tool: string;
  /** The expression that chose a part of it; null for all of it. */
  only: string | null;
  /** Payload files that are here, and their bytes. */
  payload: FileTotals;
  /** A sentence for the methods section of a paper. */
  methods: string;
}

/** `colophon-receipt.json` beside fetched releases; canonical JSON. */
export interface ReceiptFile {
  format: typeof RECEIPT_FORMAT;
  /** Sorted by dataset and sequence; a release is in it once. */
  releases: Receipt[];
}

/** `fetch --json`. */
export interface FetchReport {
  dry_run: boolean;
  release: TransferredRelease;
  /** Where it is fetched from: a URL without user, password and query, or a folder. */
  source: string;
  /** The folder of the release here. */
  path: string;
  /** Payload files that came in this run; in a dry run those that would. */
  fetched: FileTotals;
  /** Payload files that were there already, by name and size. */
  there: FileTotals;
  /** The expression that chose a part; null for all of it. */
  only: string | null;
  /** Payload files that were not asked for. */
  not_selected: FileTotals;
  /** What verifying it found afterwards; null in a dry run. */
  verified: VerifiedCopy | null;
  /** The receipt, and the sentence for a paper that it holds; null when none was written. */
  receipt: { path: string; methods: string } | null;
  seconds: number;
  /** Sentences: what to know, though nothing is wrong. */
  notes: string[];
}

/** What a verification found in a copy. */
export interface VerifiedCopy {
  ok: boolean;
  problems: Problem[];
  /** Cases that it holds and that were withdrawn since. */
  withdrawn: string[];
  /** Sentences: what was not checked. */
  not_checked: string[];
}

/** What was done about one file of a damaged copy. */
export interface RepairAction {
  /**
   * `renamed`: given back its name. `fetched`: brought from the source. `set-aside`: moved out of the release. `deleted`: an extra
   * file that was to go. `left`: nothing was done, see the reason.
   */
  action: 'renamed' | 'fetched' | 'set-aside' | 'deleted' | 'left';
  /** Relative to the release. */
  path: string;
  /** Where it was before, or is now; absent when that is nowhere else. */
  other?: string;
  /** Why nothing was done. */
  reason?: string;
}

/** `repair --json`. */
export interface RepairReport {
  dry_run: boolean;
  /** `dataset version`; null when release.json cannot be read and a dry run fetches nothing. */
  release: string | null;
  path: string;
  /** Where files come from; null when nothing has to be fetched. */
  source: string | null;
  /** Problems that were found first. */
  problems: number;
  /** What was done, or in a dry run would be, by path. */
  actions: RepairAction[];
  fetched: FileTotals;
  /** What verifying it found afterwards; in a dry run what was found. */
  verified: VerifiedCopy;
  seconds: number;
  /** Sentences: what to know. */
  notes: string[];
}
