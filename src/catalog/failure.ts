import { CurationError } from '../errors.js';

/** Wraps an error of DuckDB once; a `CurationError` passes through. Cell values in conversion errors are masked. */
export function wrapDuckDBError(error: unknown, doing: string, path: string): CurationError {
  if (error instanceof CurationError) return error;
  const text = error instanceof Error ? error.message : String(error);
  if (/Conflicting lock|Could not set lock/i.test(text)) return lockedError(text, path, error);
  if (/max_temp_directory_size|\.tmp"?: No space left|to offload|temporary file/i.test(text)) return spillError(text, doing, path, error);
  if (/No space left|ENOSPC|disk quota|file size limit/i.test(text))
    return new CurationError('DISK_FULL', `No space left while ${doing}: ${path}`, {
      cause: error,
      suggestions: ['Free some space on that file system, then run the same command again.'],
    });
  if (/Out of Memory/i.test(text))
    return new CurationError('CATALOG_FAILED', `Out of memory while ${doing}: ${path}`, {
      cause: error,
      suggestions: ['Allow more of it: --memory 16GB, or the variable COLOPHON_MEMORY.', 'Or give the machine or the container more.'],
    });
  return new CurationError('CATALOG_FAILED', `Failed while ${doing}: ${firstLine(text)}`, { cause: error });
}

/** Wraps what DuckDB says about SQL that a user wrote; a `CurationError` passes through. */
export function wrapQueryError(error: unknown): CurationError {
  if (error instanceof CurationError) return error;
  const text = error instanceof Error ? error.message : String(error);
  if (/file system operations are disabled|Loading external extensions is disabled/.test(text))
    return new CurationError('QUERY_FAILED', 'A query reads the catalog or the release only, no other file.', { cause: error });
  return new CurationError('QUERY_FAILED', `The SQL failed: ${firstLine(text)}`, { cause: error });
}

/** The first line of DuckDB's message, without the values that a conversion error quotes. */
export function firstLine(text: string): string {
  const line = (text.split('\n', 1)[0] as string).replace(/^Error: /, '');
  return /^Conversion Error|^Invalid Input Error/.test(line) ? line.replace(/'.*'|".*"/g, "'…'") : line;
}

/** What does not fit into memory goes to disk, and that is full. */
function spillError(text: string, doing: string, path: string, cause: unknown): CurationError {
  const used = /\(([0-9.]+ [KMGT]i?B)\/([0-9.]+ [KMGT]i?B) used\)/.exec(text);
  return new CurationError('DISK_FULL', `No space left for what does not fit into memory, while ${doing}: ${path}`, {
    cause,
    ...(used === null ? {} : { found: `${used[1]} of ${used[2]} used` }),
    suggestions: ['Free some space on that file system, then run the same command again: nothing was published.', 'Or allow more memory: --memory 16GB.'],
  });
}

function lockedError(text: string, path: string, cause: unknown): CurationError {
  const holder = /PID (\d+)/.exec(text)?.[1];
  const who = holder === undefined ? 'another process' : `the process ${holder}`;
  return new CurationError('CATALOG_LOCKED', `The catalog is in use by ${who}: ${path}`, {
    cause,
    suggestions: [
      'Wait until the other command has ended, then run this one again.',
      holder === undefined ? 'See which program has the file open.' : `See what it is: ps -fp ${holder}`,
    ],
  });
}
