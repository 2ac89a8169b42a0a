import { sep } from 'node:path';
import { closeSync, type Stats } from 'node:fs';
import { FileDigester, SizeError } from '../fixity/digest.js';
import { fileStamp, openRegularFileCoarse, UnreadableFileError, type FileDefect } from '../fixity/file.js';

/** What the workers of a verify are told once. */
export interface HashSetup {
  root: string;
  /** Look at the size only. */
  fast: boolean;
  /** When the run began, in ms since the epoch. */
  began: number;
}

/**
 * One file to hash: its path relative to the root, found by a walk that follows no links; the size it has to have, undefined
 * when no list tells; and the digest it has to have, null when it is wanted whatever it is. An array, and answered by a mere
 * number, because what goes between threads is copied name by name. `stamp`: see stamped.ts.
 */
export type HashItem = [path: string, size: number | undefined, sha256: string | null, journal?: JournalItem, stamp?: string];

/** For a run that keeps a journal: the number of the file, and what the system said of it when it passed in an earlier run. */
export type JournalItem = [number: number, stamp: string | undefined];

/** The size of a file that is as it has to be (`fast`: has the size it has to have), or what else was found. */
export type HashResult = number | HashPass | HashFinding;

/** A file that is as it has to be, in a run that keeps a journal. */
export interface HashPass {
  passed: number;
  size: number;
  /** Null when it changed too shortly before to tell a later change by it. */
  stamp: string | null;
  /** It was not read: it passed in an earlier run, and its stamp is still the same. */
  kept: boolean;
}

/** A file that is not as it has to be, or whose digest was wanted. */
export interface HashFinding {
  path: string;
  size: number;
  /** Null when it was not hashed. */
  sha256: string | null;
  defect: FileDefect | 'wrong-size' | null;
  /** The system's error code when there was one. */
  code: string | null;
}

/** The task of a verify's worker threads. */
export function createTask(setup: unknown): (item: HashItem) => HashResult {
  const { root, fast, began } = setup as HashSetup;
  const digester = new FileDigester();
  return ([path, size, expected, journal]) => {
    try {
      if (fast) return measure(root + sep + path, size);
      if (journal?.[1] !== undefined && stampNow(root + sep + path) === journal[1]) return { passed: journal[0], size: size ?? 0, stamp: journal[1], kept: true };
      const { size_bytes, sha256, stat } = digester.hashFile(root + sep + path, size);
      if (sha256 !== expected) return { path, size: size_bytes, sha256, defect: null, code: null };
      return journal === undefined ? size_bytes : { passed: journal[0], size: size_bytes, stamp: settledStamp(stat, began), kept: false };
    } catch (error) {
      if (error instanceof SizeError) return { path, size: error.foundBytes, sha256: null, defect: 'wrong-size', code: null };
      if (error instanceof UnreadableFileError) return { path, size: 0, sha256: null, defect: error.defect, code: error.systemCode };
      throw error;
    }
  };
}

/** Times of file systems have a granularity, at worst of two seconds: a file that changed just now may change again within it. */
const SETTLED_MS = 5000;

/** Null for a file that changed shortly before the run, or since. */
function settledStamp(stat: Stats, began: number): string | null {
  return began - stat.ctimeMs > SETTLED_MS ? fileStamp(stat) : null;
}

function stampNow(path: string): string {
  const { descriptor, stat } = openRegularFileCoarse(path);
  closeSync(descriptor);
  return fileStamp(stat);
}

function measure(path: string, expected: number | undefined): number {
  const { descriptor, stat } = openRegularFileCoarse(path);
  closeSync(descriptor);
  if (expected !== undefined && expected !== stat.size) throw new SizeError(path, expected, stat.size);
  return stat.size;
}
