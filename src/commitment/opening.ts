import { COMMITMENT_ALGORITHM, type CommitmentOpening, type CommittedRow, type ProofDocument } from '../model/commitment.js';
import type { BuiltCommitment } from './commitment.js';
import { commitRow, paddingKey, rowNonce } from './row-commitment.js';

/** Opens one row of a commitment: its nonce, and its way to the root. Tells nothing of any other row but their number with padding. */
export function proveRow(masterKey: Uint8Array, { identity, entries, tree, root }: BuiltCommitment, row: CommittedRow): ProofDocument {
  const nonce = rowNonce(masterKey, identity, row.case_id);
  const index = placeOf(entries, commitRow(identity, row, nonce));
  return {
    format: 'colophon-proof/1',
    ...identity,
    algorithm: COMMITMENT_ALGORITHM,
    root,
    size: entries.length,
    row: { ...row, nonce: nonce.toString('hex') },
    index,
    path: tree.pathOf(index).map((hash) => hash.toString('hex')),
  };
}

/** Opens every row of a commitment, and its padding: all that the root can be computed from. */
export function openRows(masterKey: Uint8Array, { identity, entries, root }: BuiltCommitment, rows: readonly CommittedRow[]): CommitmentOpening {
  return {
    commitment: identity.commitment,
    algorithm: COMMITMENT_ALGORITHM,
    root,
    size: entries.length,
    rows: rows.map((row) => ({ ...row, nonce: rowNonce(masterKey, identity, row.case_id).toString('hex') })),
    padding_key: paddingKey(masterKey, identity).toString('hex'),
  };
}

function placeOf(entries: readonly Buffer[], entry: Buffer): number {
  let [low, high] = [0, entries.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (Buffer.compare(entries[middle]!, entry) < 0) low = middle + 1;
    else high = middle;
  }
  if (entries[low]?.equals(entry) !== true) throw new RangeError('the row is not among those committed');
  return low;
}
