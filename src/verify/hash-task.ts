import { join } from 'node:path';
import { closeSync } from 'node:fs';
import { FileDigester, SizeError } from '../fixity/digest.js';
import { openRegularFile, UnreadableFileError, type FileDefect } from '../fixity/file.js';

/** What the workers of a verify are told once. */
export interface HashSetup {
  root: string;
  /** Look at the size only. */
  fast: boolean;
}

/** One file to hash. */
export interface HashItem {
  /** The caller's number for it. */
  number: number;
  /** Relative to the root; found by a walk that follows no links. */
  path: string;
  /** The size it has to have; undefined when no list tells. */
  size: number | undefined;
}

/** What became of one file: its digest, or another size than it should have, or why it could not be read. */
export interface HashResult {
  number: number;
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
  return ({ number, path, size }) => {
    try {
      const options = size === undefined ? {} : { expectedBytes: size };
      if (fast) return { number, sha256: null, code: null, ...measure(join(root, path), size) };
      const digest = digester.digestFile(join(root, path), options);
      return { number, size: digest.size_bytes, sha256: digest.sha256, defect: null, code: null };
    } catch (error) {
      if (error instanceof SizeError) return { number, size: error.foundBytes, sha256: null, defect: 'wrong-size', code: null };
      if (error instanceof UnreadableFileError) return { number, size: 0, sha256: null, defect: error.defect, code: error.systemCode };
      throw error;
    }
  };
}

function measure(path: string, expected: number | undefined): Pick<HashResult, 'size' | 'defect'> {
  const { descriptor, stat } = openRegularFile(path);
  closeSync(descriptor);
  const size = Number(stat.size);
  return { size, defect: expected === undefined || expected === size ? null : 'wrong-size' };
}
