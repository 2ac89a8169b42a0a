import { readFileSync, statSync } from 'node:fs';
import { CurationError, systemErrorCode, wrapSystemError } from '../../errors.js';
import { MAX_LIST_BYTES } from './delimited-list.js';

/**
 * The bytes of a list that a user named.
 * @throws {CurationError} SPLIT_LIST_INVALID when it is not there, no file, or too large; IO_FAILED
 */
export function readListFile(path: string): Buffer {
  try {
    const stat = statSync(path);
    if (!stat.isFile()) throw new CurationError('SPLIT_LIST_INVALID', `Not a file: ${path}`);
    if (stat.size > MAX_LIST_BYTES) throw new CurationError('SPLIT_LIST_INVALID', `The list is too large: ${path}`, { expected: `at most ${MAX_LIST_BYTES} bytes`, found: String(stat.size) });
    return readFileSync(path);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') throw new CurationError('SPLIT_LIST_INVALID', `There is no file ${path}`, { cause: error });
    throw wrapSystemError(error, 'reading the list', path);
  }
}
