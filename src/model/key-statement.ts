/** What the holder of a signing key says about it later: that another key takes its place, or that it must not be trusted. See releases/README.md, Keys. */

import type { ReleaseReference } from './release.js';

/** Identifier of the form of the statements. */
export const KEY_STATEMENT_FORMAT = 'colophon-key/1';

/** Namespace of the signatures over statements about keys. */
export const KEY_NAMESPACE = 'colophon-key@v1';

/** One entry of the key log of a dataset: canonical JSON and a line end, signed by the key that it is about. */
export interface KeyStatement {
  format: typeof KEY_STATEMENT_FORMAT;
  /** Identifier of the dataset; a statement says nothing about any other. */
  dataset: string;
  /**
   * 1 for the first statement, then counting up without holes.
   * @asType integer
   * @minimum 1
   */
  number: number;
  /**
   * sha256 over the bytes of the statement before, with its line end; null for the first.
   * @pattern ^[0-9a-f]{64}$
   */
  previous: string | null;
  /** `succeed`: `successor` signs in the place of `key`. `revoke`: what `key` signed is not to be trusted. */
  action: 'succeed' | 'revoke';
  /**
   * Day of the statement, YYYY-MM-DD; none is before that of the statement before it.
   * @pattern ^\d{4}-\d{2}-\d{2}$
   */
  date: string;
  /** The key that it is about, as in a `.pub` file without the comment. */
  key: string;
  /** The key that takes its place; only with `succeed`. */
  successor?: string;
  /** The newest release when it was made; null when there was none. It ties the statement to one history of releases. */
  after: (ReleaseReference & { sequence: number }) | null;
  /**
   * Sequence of the first release that the statement holds for. A key is succeeded from the release after `after`; it may be
   * revoked from an earlier one.
   * @asType integer
   * @minimum 1
   */
  from_sequence: number;
}

/** `release rotate-key --json` and `release revoke-key --json`. */
export interface KeyStatementReport {
  /** True: nothing was signed or written. */
  dry_run: boolean;
  statement: KeyStatement;
  /** `sha256:<hex>` over the bytes of the statement: what to publish beside it. */
  digest: string;
  /** Where it is, or would be, relative to the workspace. */
  path: string;
  /** The key that it is about and its successor, as `ssh-keygen -l` shows them. */
  key: string;
  successor: string | null;
  /** Keys that have signed it; empty in a dry run. */
  signed_by: string[];
}
