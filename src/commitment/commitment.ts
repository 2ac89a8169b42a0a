import { canonicalJson } from '../fixity/canonical-json.js';
import { sha256Hex } from '../fixity/digest.js';
import { keyedDigest } from '../fixity/keyed-digest.js';
import { COMMITMENT_ALGORITHM, type CommitmentIdentity, type CommittedRow } from '../model/commitment.js';
import { MerkleTree } from './merkle-tree.js';
import { commitPadding, commitRow, paddingKey, paddingNonce, rowNonce } from './row-commitment.js';

/** A commitment with all that its maker knows. */
export interface BuiltCommitment {
  identity: CommitmentIdentity;
  /** The row commitments and those of the dummy rows, sorted bytewise: their order tells nothing of the rows. */
  entries: Buffer[];
  tree: MerkleTree;
  /** 64 hex digits. */
  root: string;
}

/** Fewest row commitments that are published. */
const LEAST_SIZE = 256;

/** Most row commitments that are made or checked: a bound for files from strangers. */
export const MOST_ROWS = 1 << 24;

/**
 * Rows to pad to: the next power of two from 256, twice the visible cases of the split, and the hidden ones on. So as long as
 * the hidden part is not more than twice as large as all others together, the size follows from what is public anyway.
 */
export function paddedSize(visible: number, hidden: number): number {
  let size = LEAST_SIZE;
  while (size < Math.max(2 * visible, hidden)) size *= 2;
  return size;
}

/**
 * Names a commitment: 32 hex digits, random to whoever lacks the key. They follow from the rows, so that other rows never
 * meet the same nonces, not even when the file with the earlier commitments was lost.
 */
export function nameCommitment(masterKey: Uint8Array, { dataset, split }: Pick<CommitmentIdentity, 'dataset' | 'split'>, sequence: number, rows: readonly CommittedRow[]): string {
  const content = sha256Hex(rows.map((row) => canonicalJson(row)).join('\n'));
  return keyedDigest(masterKey, canonicalJson([COMMITMENT_ALGORITHM, 'commitment', dataset, split, sequence, content])).toString('hex', 0, 16);
}

/** Tells a key from others without telling anything of it: 16 hex digits. */
export function keyCheck(masterKey: Uint8Array, { dataset, split }: Pick<CommitmentIdentity, 'dataset' | 'split'>): string {
  return keyedDigest(masterKey, canonicalJson([COMMITMENT_ALGORITHM, 'check', dataset, split])).toString('hex', 0, 8);
}

/** Commits to rows. @param size row commitments, dummy rows included; at least as many as there are rows */
export function buildCommitment(masterKey: Uint8Array, identity: CommitmentIdentity, rows: readonly CommittedRow[], size: number): BuiltCommitment {
  if (rows.length > size) throw new RangeError(`${rows.length} rows do not fit into ${size}`);
  const padding = paddingKey(masterKey, identity);
  const entries = rows.map((row) => commitRow(identity, row, rowNonce(masterKey, identity, row.case_id)));
  for (let index = 0; entries.length < size; index++) entries.push(commitPadding(paddingNonce(padding, index)));
  entries.sort(Buffer.compare);
  const tree = new MerkleTree(entries);
  return { identity, entries, tree, root: tree.root.toString('hex') };
}
