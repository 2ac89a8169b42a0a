import { closeSync } from 'node:fs';
import { sep } from 'node:path';
import { SizeError } from '../../fixity/digest.js';
import { openRegularFileCoarse, UnreadableFileError } from '../../fixity/file.js';
import { digestFileBy } from '../../fixity/named-digest.js';
import type { DigestItem, DigestResult } from './file-tree.js';

/** What the workers are told once. */
export interface DigestSetup {
  root: string;
  /** Look at the size only. */
  fast: boolean;
}

/** The task of the worker threads that hash the files of a folder by whatever algorithms its lists use. */
export function createTask(setup: unknown): (item: DigestItem) => DigestResult {
  const { root, fast } = setup as DigestSetup;
  return ([path, size, algorithms, expected]) => {
    try {
      if (fast) return measure(root + sep + path, size);
      const { size_bytes, digests } = digestFileBy(root + sep + path, algorithms, size);
      return expected.length === digests.length && expected.every((digest, at) => digest === digests[at]) ? size_bytes : { path, size: size_bytes, digests, defect: null, code: null };
    } catch (error) {
      if (error instanceof SizeError) return { path, size: error.foundBytes, digests: null, defect: 'wrong-size', code: null };
      if (error instanceof UnreadableFileError) return { path, size: 0, digests: null, defect: error.defect, code: error.systemCode };
      throw error;
    }
  };
}

function measure(path: string, expected: number | null): number {
  const { descriptor, stat } = openRegularFileCoarse(path);
  closeSync(descriptor);
  if (expected !== null && expected !== stat.size) throw new SizeError(path, expected, stat.size);
  return stat.size;
}
