import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { wrapSystemError } from '../errors.js';
import { fsyncFolder, writeFileAtomic } from '../fixity/atomic-file.js';
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
  completeClaims(paths);
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

/** Where there are no links, a kill can leave a claim that is only the beginning of the staged release.json. */
function completeClaims(paths: CutPaths): void {
  for (const staging of listStaging(paths)) {
    const bytes = readWhole(join(staging, RELEASE_FILES.release));
    const sequence = bytes === null ? null : sequenceOf(bytes);
    if (bytes === null || sequence === null) continue;
    const claim = join(paths.releaseLog, logName(sequence));
    const begun = readWhole(claim);
    if (begun !== null && begun.length < bytes.length && bytes.subarray(0, begun.length).equals(begun)) writeFileAtomic(claim, bytes);
  }
}

/** Null when it is not there, or not to be read. */
function readWhole(path: string): Buffer | null {
  try {
    return readRegularFile(path, MAX_DOCUMENT_BYTES);
  } catch (error) {
    if (error instanceof UnreadableFileError) return null;
    throw error;
  }
}

/** Null for a document that is not whole: no number is claimed before it is. */
function sequenceOf(bytes: Buffer): number | null {
  try {
    const { sequence } = JSON.parse(bytes.toString('utf8')) as { sequence?: unknown };
    return Number.isSafeInteger(sequence) ? (sequence as number) : null;
  } catch {
    return null;
  }
}

/** Whether a staging folder holds the release that claimed a number and is not in place. */
function isStagedFor(entry: LogEntry, staging: string): boolean {
  const bytes = releaseStatus(entry) === 'missing' ? readWhole(join(staging, RELEASE_FILES.release)) : null;
  return bytes !== null && sha256Hex(bytes) === entry.digest;
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
