import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { wrapSystemError } from '../errors.js';
import { fsyncFolder } from '../fixity/atomic-file.js';
import { sha256Hex } from '../fixity/digest.js';
import { readRegularFile, UnreadableFileError } from '../fixity/file.js';
import { RELEASE_FILES } from '../model/release.js';
import type { VerifyReport } from '../model/verification.js';
import { moveIntoPlace } from './publish.js';
import { MAX_DOCUMENT_BYTES } from './release-document.js';
import { logName, readLog, releaseStatus, type LogEntry } from './release-log.js';
import { listStaging, removeStaging, type CutPaths } from './staging.js';

/** Verifies a folder as researchers will; the room of releases does not know how. */
export type VerifyFolder = (folder: string) => Promise<VerifyReport>;

/** What an interrupted cut had left and what became of it. */
export interface Recovery {
  /** The release that was claimed and staged, and is published now. */
  finished: LogEntry | null;
  /** A number that was claimed for a staged release that does not verify; it is free again. */
  unclaimed: number | null;
  /** Staging folders that were removed. */
  swept: number;
}

/**
 * Finishes or sweeps what an interrupted cut left. A number is given up only while its staged folder is here to show that
 * it was never published; a claim with neither folder is a release that somebody moved away, and is left alone. The
 * caller holds the lock of the workspace, so that nobody works in a staging folder.
 * @throws {CurationError} RELEASE_INVALID for a broken log, IO_FAILED
 */
export async function recoverRelease(paths: CutPaths, verify: VerifyFolder): Promise<Recovery> {
  const recovery: Recovery = { finished: null, unclaimed: null, swept: 0 };
  const last = (await readLog(paths)).at(-1);
  for (const staging of listStaging(paths)) {
    if (last !== undefined && recovery.finished === null && recovery.unclaimed === null && isStagedFor(last, staging)) {
      if ((await verify(staging)).ok) {
        moveIntoPlace(staging, last.folder, paths);
        recovery.finished = last;
        continue;
      }
      giveUp(paths, last);
      recovery.unclaimed = last.sequence;
    }
    removeStaging(staging);
    recovery.swept += 1;
  }
  return recovery;
}

/** Whether a staging folder holds the release that claimed a number and is not in place. */
function isStagedFor(entry: LogEntry, staging: string): boolean {
  if (releaseStatus(entry) !== 'missing') return false;
  try {
    return sha256Hex(readRegularFile(join(staging, RELEASE_FILES.release), MAX_DOCUMENT_BYTES)) === entry.digest;
  } catch (error) {
    if (error instanceof UnreadableFileError) return false;
    throw error;
  }
}

function giveUp(paths: CutPaths, { sequence }: LogEntry): void {
  const path = join(paths.releaseLog, logName(sequence));
  try {
    rmSync(path);
    fsyncFolder(paths.releaseLog);
  } catch (error) {
    throw wrapSystemError(error, 'giving up a number', path);
  }
}
