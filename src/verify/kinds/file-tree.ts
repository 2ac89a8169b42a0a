import type { FileDefect } from '../../fixity/file.js';
import type { TreeEntryKind } from '../../fixity/walk.js';

/** A name in what is verified. */
export interface TreeFile {
  /** Relative, `/`-separated. */
  path: string;
  kind: TreeEntryKind;
}

/** A file to hash: its path, the bytes it has to have (null: any), algorithms of node:crypto, the digests it has to have, and its stamp (see stamped.ts). */
export type DigestItem = [path: string, size: number | null, algorithms: readonly string[], expected: readonly string[], stamp?: string];

/** A file that is not as it has to be. */
export interface DigestFinding {
  path: string;
  size: number;
  /** In the order of the algorithms; null when it was not hashed. */
  digests: string[] | null;
  defect: FileDefect | 'wrong-size' | null;
  /** The system's error code when there was one. */
  code: string | null;
}

/** The size of a file that is as it has to be, or what else was found. */
export type DigestResult = number | DigestFinding;

/** Files that can be verified, wherever they lie: in a folder or in archives. */
export interface FileTree {
  /** As messages call it. */
  readonly name: string;
  /** Names of the plain files at its top, in bytewise order. */
  readonly lists: readonly string[];
  /** Every name but folders, in the bytewise order of the paths; looked up anew with each call. */
  list(): Iterable<TreeFile>;
  /** Whether there is a folder of this path, with or without files. */
  hasFolder(path: string): boolean;
  /** Where a file beside or above the content lies that is read as a list; null when it is not there or cannot be read so. */
  locate(path: string): string | null;
  /** Hashes files, whole and once each; the results come in any order. */
  digest(items: Iterable<DigestItem>, onResult: (result: DigestResult) => void): Promise<void>;
}
