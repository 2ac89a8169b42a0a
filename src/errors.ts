/**
 * The world's failures, as one closed set of codes with the exit status each one carries.
 *
 * Defects found in data are not errors: they are `Finding`s and `Problem`s (src/model) and are collected.
 * Bugs are assertions (`node:assert`) and nothing below `commands/` catches them.
 */

/** Exit statuses of every command; the same in text and `--json` mode. */
export const EXIT = {
  done: 0,
  findings: 1,
  usage: 2,
  input: 3,
  unknownFormat: 4,
  withdrawn: 5,
  bug: 70,
  interrupted: 130,
} as const;

/** Every code a `CurationError` can carry, with its exit status. */
const EXIT_BY_CODE = {
  USAGE: EXIT.usage,
  CONFIG_INVALID: EXIT.input,
  CONFIG_TOO_NEW: EXIT.unknownFormat,
  WORKSPACE_NOT_FOUND: EXIT.input,
  WORKSPACE_EXISTS: EXIT.input,
  SCHEMA_INVALID: EXIT.input,
  SOURCE_MISSING: EXIT.input,
  SOURCE_UNREADABLE: EXIT.input,
  CATALOG_EMPTY: EXIT.input,
  CATALOG_STALE: EXIT.input,
  CATALOG_LOCKED: EXIT.input,
  CATALOG_FAILED: EXIT.input,
  CATALOG_TOO_NEW: EXIT.unknownFormat,
  QUERY_FAILED: EXIT.input,
  CASE_UNKNOWN: EXIT.usage,
  CHECK_UNKNOWN: EXIT.usage,
  MODEL_INVALID: EXIT.input,
  SPLIT_UNKNOWN: EXIT.usage,
  SPLIT_INFEASIBLE: EXIT.input,
  SPLIT_NOT_ASSIGNED: EXIT.input,
  SPLIT_STALE: EXIT.input,
  SPLIT_CONFLICT: EXIT.findings,
  SPLIT_LIST_INVALID: EXIT.input,
  SPLIT_NOT_REPLAYABLE: EXIT.input,
  SPLIT_RECORD_TAMPERED: EXIT.input,
  SECRET_UNSAFE: EXIT.input,
  COMMITMENT_INVALID: EXIT.input,
  GATE_FAILED: EXIT.findings,
  GATE_STALE: EXIT.input,
  RELEASE_UNCHANGED: EXIT.findings,
  RELEASE_NOT_FOUND: EXIT.input,
  RELEASE_INVALID: EXIT.input,
  RELEASE_TOO_NEW: EXIT.unknownFormat,
  NOT_A_RELEASE: EXIT.input,
  ARCHIVE_INVALID: EXIT.input,
  CONTENT_WITHDRAWN: EXIT.withdrawn,
  EXPORT_IMPOSSIBLE: EXIT.input,
  MANIFEST_INVALID: EXIT.input,
  LOCKED: EXIT.input,
  PUSH_CONFLICT: EXIT.input,
  TRANSFER_FAILED: EXIT.input,
  SIGNING_FAILED: EXIT.input,
  ENGINE_FAILED: EXIT.input,
  SHARD_FAILED: EXIT.input,
  SHARD_INVALID: EXIT.input,
  SHARD_TOO_NEW: EXIT.unknownFormat,
  DISK_FULL: EXIT.input,
  GIT_FAILED: EXIT.input,
  IO_FAILED: EXIT.input,
  DEMO_FAILED: EXIT.bug,
  INTERRUPTED: EXIT.interrupted,
} as const;

export type ErrorCode = keyof typeof EXIT_BY_CODE;

/** What a `CurationError` may say beyond its message. */
export interface ErrorDetails {
  /** What to do next, one sentence each, most likely first. */
  suggestions?: string[];
  expected?: string;
  found?: string;
  cause?: unknown;
}

/** A failure of the world: what, where, expected, found, and what to do next. Messages hold no patient's value. */
export class CurationError extends Error {
  override readonly name = 'CurationError';
  readonly exitCode: number;
  readonly suggestions: string[];
  readonly expected: string | undefined;
  readonly found: string | undefined;

  constructor(
    readonly code: ErrorCode,
    message: string,
    details: ErrorDetails = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.exitCode = EXIT_BY_CODE[code];
    this.suggestions = details.suggestions ?? [];
    this.expected = details.expected;
    this.found = details.found;
  }
}

/** The `code` of a Node.js system error (`ENOENT`, `ENOSPC`, ...), or undefined when `error` is none. */
export function systemErrorCode(error: unknown): string | undefined {
  // Not `instanceof`: an error of Node's own may come from another realm (a vm context, a worker).
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}

/**
 * Wraps a file system error once, in the room that called out: a full disk becomes DISK_FULL, all else IO_FAILED.
 * A `CurationError` passes through unchanged.
 */
export function wrapSystemError(error: unknown, doing: string, path: string): CurationError {
  if (error instanceof CurationError) return error;
  const code = systemErrorCode(error);
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new CurationError('DISK_FULL', `No space left while ${doing}: ${path}`, {
      cause: error,
      suggestions: ['Free some space on that file system, then run the same command again: nothing was published.'],
    });
  }
  const reason = code ?? (error instanceof Error ? error.message : String(error));
  const refused = code === 'EROFS' || code === 'EACCES' || code === 'EPERM';
  return new CurationError('IO_FAILED', `Failed while ${doing}: ${path} (${reason})`, {
    cause: error,
    ...(refused ? { suggestions: ['It is not permitted there: look at the permissions of the folder, and at how its file system is mounted.'] } : {}),
  });
}
