import { readRegularFile, UnreadableFileError } from '../fixity/file.js';
import { DEFAULT_JSON_LIMITS, parseJsonStrict } from '../fixity/json.js';
import { RELEASE_FILES, type ReleaseDocument } from '../model/release.js';

/** The little of a release.json that is read before it is checked. */
export interface PeekedRelease {
  dataset: string;
  version: string;
  sequence: number;
}

/** Which release a folder claims to be; null when it claims none that can be read. */
export function peekRelease(folder: string): PeekedRelease | null {
  try {
    const reading = parseJsonStrict(readRegularFile(`${folder}/${RELEASE_FILES.release}`, DEFAULT_JSON_LIMITS.maxBytes));
    const value = reading.ok ? (reading.value as Partial<ReleaseDocument> | null) : null;
    const dataset: unknown = value?.dataset?.id;
    if (typeof dataset !== 'string' || typeof value?.sequence !== 'number' || typeof value.version !== 'string') return null;
    return { dataset, version: value.version, sequence: value.sequence };
  } catch (error) {
    if (error instanceof UnreadableFileError) return null;
    throw error;
  }
}
