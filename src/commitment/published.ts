import type { CommitmentReference, PublishedSeed } from '../model/commitment.js';
import { MerkleTree } from './merkle-tree.js';

/** What was published of a split, and is held against what is opened. */
export interface Published {
  /** Null when only a root is known. */
  dataset: string | null;
  /** The commitment of the release for the split; null when it has none. */
  reference: Pick<CommitmentReference, 'root'> & Partial<CommitmentReference>;
  /** Every published row commitment, as hex digits; null when only the root is known. */
  entries: ReadonlySet<string> | null;
}

/** What a release says of the seed of a split. */
export interface ToldSeed {
  /** Null when the release has no commitment to the seed. */
  commitment: PublishedSeed | null;
  /** The seed itself, where the release tells it. */
  seed: string | null;
}

/** Why a list of row commitments is not the one that a reference names, as a sentence; null when it is. */
export function findListDefect(lines: readonly string[], { root, size }: Pick<CommitmentReference, 'root' | 'size'>): string | null {
  if (lines.length !== size) return `It has ${lines.length} row commitments, not ${size}.`;
  const wrong = lines.findIndex((line, at) => !/^[0-9a-f]{64}$/.test(line) || (at > 0 && line <= lines[at - 1]!));
  if (wrong >= 0) return `Its line ${wrong + 1} is no row commitment in ascending order.`;
  const found = new MerkleTree(lines.map((line) => Buffer.from(line, 'hex'))).root.toString('hex');
  return found === root ? null : `Its root is ${found}, not ${root}.`;
}

/** The file with the row commitments: one a line, 64 hex digits, ascending. */
export function formatEntries(entries: readonly Uint8Array[]): string {
  return entries.map((entry) => `${Buffer.from(entry).toString('hex')}\n`).join('');
}
