/** Shape fixed by the contract of `query --json`. */
export interface QueryReport {
  /** Names of the columns, in order; a name that comes twice is numbered. */
  columns: string[];
  /** Integers are numbers, or text beyond 2^53; dates are `YYYY-MM-DD`; lists are arrays. */
  rows: Record<string, unknown>[];
}
