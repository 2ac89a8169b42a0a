import { FileDigester } from '../fixity/digest.js';
import { UnreadableFileError } from '../fixity/file.js';
import { RELEASE_FILES } from '../model/release.js';
import type { Inspection } from './inspection.js';
import { isVouchedFor } from './tag-files.js';

const TABLE = /^data\/tables\/([A-Za-z0-9_.-]+)\.parquet$/;

/** The table that a payload path is; null when it is none. */
export function tableOfPath(path: string): string | null {
  return TABLE.exec(path)?.[1] ?? null;
}

/**
 * Tables with exactly the bytes that the manifest lists, where the manifest is the one that release.json vouches for: only these are
 * opened with what interprets them. Name to path.
 * @param listed name to number in the payload
 */
export function soundTables(inspection: Inspection, listed: ReadonlyMap<string, number>): Map<string, string> {
  const sound = new Map<string, string>();
  if (!isVouchedFor(inspection, RELEASE_FILES.manifest)) return sound;
  const digester = new FileDigester();
  for (const [name, number] of listed) {
    const path = inspection.resolve(inspection.payload.pathOf(number));
    try {
      if (digester.digestFile(path).sha256 === inspection.payload.sha256Of(number)) sound.set(name, path);
    } catch (error) {
      if (!(error instanceof UnreadableFileError)) throw error;
    }
  }
  return sound;
}
