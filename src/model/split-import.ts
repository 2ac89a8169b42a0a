/** Linked cases that a master list has in two parts. */
export interface TornGroup {
  /** At most 10, by part. */
  cases: { case_id: string; part: string; /** Line of the list; null when it was frozen before. */ line: number | null }[];
}

/** `split import --json`: what became of a former master list. */
export interface ImportReport {
  split: string;
  /** Nothing was written. */
  dry_run: boolean;
  /** sha256 of the list. */
  list_sha256: string;
  /** Rows with data. */
  rows: number;
  /** Cases that were added to the record. */
  added: number;
  /** Cases that the record had already, in the same part. */
  already: number;
  /** Rows that say again what an earlier one said. */
  repeated: number;
  /** Rows that name no part. */
  without_part: number;
  /** Added cases by part. */
  parts: Record<string, number>;
  /** Of the added: accepted now. */
  accepted: number;
  /** Of the added: rejected or withdrawn now; their rows stay, and linked newcomers follow them. */
  not_accepted: number;
  /** Of the added: not in the catalog at all, the first of them in `unknown_cases`. */
  unknown: number;
  unknown_cases: string[];
  /** Linked cases in two parts; kept as they were, since history does not change. */
  torn: TornGroup[];
  /** Cases in the record now. */
  frozen: number;
  /** Digest of the record's last row. */
  digest: string;
}
