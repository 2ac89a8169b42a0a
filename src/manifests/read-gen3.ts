import { closeSync, openSync, readSync, statSync } from 'node:fs';
import type { EntrySink, ManifestLog } from './entry-sink.js';
import { readGen3Json } from './gen3-json.js';
import { readGen3Table } from './gen3-table.js';

/**
 * Reads a manifest of files of a data commons, JSON or a table. Returns what it was.
 * @throws {CurationError} MANIFEST_INVALID
 * @throws {UnreadableFileError}
 */
export function readGen3Manifest(path: string, list: EntrySink, log: ManifestLog): string {
  return beginsAsJson(path) ? readGen3Json(path, list, log) : readGen3Table(path, list, log);
}

/** Whether the first character is one that JSON begins with; a file that is not there is told by whoever reads it. */
function beginsAsJson(path: string): boolean {
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return true;
  const descriptor = openSync(path, 'r');
  try {
    const buffer = Buffer.alloc(1024);
    const text = buffer.toString('latin1', 0, readSync(descriptor, buffer));
    return /^(?:\xef\xbb\xbf)?\s*[[{]/.test(text);
  } finally {
    closeSync(descriptor);
  }
}
