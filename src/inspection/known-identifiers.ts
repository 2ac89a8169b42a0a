import { readIdentifiers, type IdentifierSet } from '../deidentification/identifier-set.js';
import { CurationError } from '../errors.js';
import { FileDigester } from '../fixity/digest.js';
import { readRegularFile, UnreadableFileError } from '../fixity/file.js';

/** Larger lists are refused, in bytes. */
const MAX_LIST_BYTES = 256 * 1024 * 1024;

/** The key of a filter of identifiers lies beside it. */
const KEY_ENDING = '.key';

/**
 * Reads the list of identifiers that no released file may hold, or the keyed filter of them.
 * @throws {CurationError} CONFIG_INVALID for a list that cannot be read: the gate must not go on without it
 */
export function readKnownIdentifiers(path: string): IdentifierSet {
  try {
    return readIdentifiers(readRegularFile(path, MAX_LIST_BYTES), readKey(`${path}${KEY_ENDING}`));
  } catch (error) {
    throw unusable(path, error);
  }
}

/** sha256 of the list: with another one every file is looked at again. @throws {CurationError} CONFIG_INVALID */
export function digestIdentifiers(path: string): string {
  try {
    // Reading it here, too, tells a damaged list before any worker starts.
    readIdentifiers(readRegularFile(path, MAX_LIST_BYTES), readKey(`${path}${KEY_ENDING}`));
    return new FileDigester().digestFile(path).sha256;
  } catch (error) {
    throw unusable(path, error);
  }
}

function readKey(path: string): Buffer | null {
  try {
    return readRegularFile(path, 4096);
  } catch (error) {
    if (error instanceof UnreadableFileError && error.defect === 'missing') return null;
    throw error;
  }
}

function unusable(path: string, error: unknown): CurationError {
  if (error instanceof CurationError) return error;
  return new CurationError('CONFIG_INVALID', `The list of known identifiers cannot be used: ${path}: ${error instanceof Error ? error.message : 'unknown failure'}`, {
    suggestions: ['A list has one identifier a line; a filter has its key beside it, in a file of the same name and .key.'],
    cause: error,
  });
}
