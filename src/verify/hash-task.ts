import { sep } from 'node:path';
import { closeSync } from 'node:fs';
import { FileDigester, SizeError } from '../fixity/digest.js';
import { openRegularFileCoarse, UnreadableFileError, type FileDefect } from '../fixity/file.js';

/** What the workers of a verify are told once. */
export interface HashSetup {
  root: string;
  /** Look at the size only. */
  fast: boolean;
}

/**
 * One file to hash: its path relative to the root, found by a walk that follows no links; the size it has to have, undefined
 * when no list tells; and the digest it has to have, null when it is wanted whatever it is. An array, and answered by a mere
 * number, because what goes between threads is copied name by name.
 */
export type HashItem = [path: string, size: number | undefined, sha256: string | null];

/** The size of a file that is as it has to be (`fast`: has the size it has to have), or what else was found. */
export type HashResult = number | HashFinding;

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
  const { root, fast } = setup as HashSetup;
  const digester = new FileDigester();
  return ([path, size, expected]) => {
    try {
      if (fast) return measure(root + sep + path, size);
      const { size_bytes, sha256 } = digester.hashFile(root + sep + path, size);
      return sha256 === expected ? size_bytes : { path, size: size_bytes, sha256, defect: null, code: null };
    } catch (error) {
      if (error instanceof SizeError) return { path, size: error.foundBytes, sha256: null, defect: 'wrong-size', code: null };
      if (error instanceof UnreadableFileError) return { path, size: 0, sha256: null, defect: error.defect, code: error.systemCode };
      throw error;
    }
  };
}

function measure(path: string, expected: number | undefined): number {
  const { descriptor, stat } = openRegularFileCoarse(path);
  closeSync(descriptor);
  if (expected !== undefined && expected !== stat.size) throw new SizeError(path, expected, stat.size);
  return stat.size;
}
