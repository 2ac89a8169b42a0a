import { CurationError } from '../../errors.js';

/** A file that is no list of ids: `reason` is a clause about it. */
export function listDefect(name: string, reason: string, expected = 'an id a row', cause?: unknown): CurationError {
  return new CurationError('SPLIT_LIST_INVALID', `${name} is no list of ids: ${reason}${reason.includes('\n') ? '' : '.'}`, {
    cause,
    expected,
    suggestions: ['Name the columns with --column and --part-column, or give a .txt file with one id a line.'],
  });
}
