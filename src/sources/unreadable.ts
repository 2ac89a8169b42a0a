import { CurationError } from '../errors.js';

/** What could not be read of a source that is elsewhere. */
export interface UnreadPlace {
  source: string;
  /** Null: nothing of a single table was asked. */
  table: string | null;
}

/** What a failed pull means for the rows that are in the catalog. */
const UNTOUCHED = 'The rows of the last pull stay as they were.';

/** Why the tables of a source are not pulled: a clause, and what to do next. */
export function unreadable({ source, table }: UnreadPlace, reason: string, ...suggestions: string[]): CurationError {
  const what = table === null ? `The source ${source} cannot be read` : `The table ${table} of the source ${source} cannot be read`;
  return new CurationError('SOURCE_UNREADABLE', `${what}: ${reason}. ${UNTOUCHED}`, { suggestions });
}
