import { CurationError, type ErrorDetails } from '../errors.js';

/** A model that cannot be used as it is configured. */
export function unusableModel(name: string, what: string, details: ErrorDetails = {}): CurationError {
  return new CurationError('MODEL_INVALID', `The model ${name} cannot be used: ${what}.`, details);
}
