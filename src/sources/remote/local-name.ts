import { unsafePathReason } from '../../fixity/safe-path.js';

/** What one element of a path may measure on the file systems that are common, in UTF-8 bytes. */
const MAX_ELEMENT_BYTES = 255;
/** What stays of the 4096 bytes that Linux allows for a path, when the workspace lies deep. */
const MAX_PATH_BYTES = 3000;

/** Why a path cannot be one of a file on this machine, as a predicate (`is absolute`); null when it can. */
export function localNameReason(path: string): string | null {
  const reason = unsafePathReason(path);
  if (reason !== null) return reason;
  if (path.length * 3 <= MAX_ELEMENT_BYTES) return null;
  if (Buffer.byteLength(path) > MAX_PATH_BYTES) return `is over ${MAX_PATH_BYTES} bytes long`;
  return path.split('/').some((element) => Buffer.byteLength(element) > MAX_ELEMENT_BYTES) ? `has an element over ${MAX_ELEMENT_BYTES} bytes` : null;
}
