import { canonicalJson } from '../fixity/canonical-json.js';
import { keyedDigest, sha256Bytes } from '../fixity/keyed-digest.js';
import { COMMITMENT_ALGORITHM, type CommitmentIdentity, type CommittedRow } from '../model/commitment.js';

/** What is hashed for rows, dummy rows and under the key begins differently: nothing can be shown as something else. */
const [ROW_DOMAIN, PADDING_DOMAIN] = ['colophon-row/1\n', 'colophon-padding/1\n'];

/**
 * Commitment to a row: SHA-256("colophon-row/1\n" | 32 bytes of nonce | RFC 8785 JSON of dataset, split, commitment, case_id,
 * part and columns). Whoever lacks the nonce learns nothing from it; whoever gave it can show no other row for it.
 */
export function commitRow({ dataset, split, commitment }: CommitmentIdentity, { case_id, part, columns }: CommittedRow, nonce: Uint8Array): Buffer {
  return sha256Bytes(ROW_DOMAIN, nonce, canonicalJson({ dataset, split, commitment, case_id, part, columns }));
}

/** Commitment of a dummy row: SHA-256("colophon-padding/1\n" | 32 bytes of nonce). */
export function commitPadding(nonce: Uint8Array): Buffer {
  return sha256Bytes(PADDING_DOMAIN, nonce);
}

/** The nonce of a row: HMAC-SHA-256 under the master key over what the row is, so that no nonce ever serves twice. */
export function rowNonce(masterKey: Uint8Array, { dataset, split, commitment }: CommitmentIdentity, caseId: string): Buffer {
  return keyedDigest(masterKey, canonicalJson([COMMITMENT_ALGORITHM, 'row', dataset, split, commitment, caseId]));
}

/** The key that the nonces of all dummy rows of a commitment follow from: it can be told without telling the master key. */
export function paddingKey(masterKey: Uint8Array, { dataset, split, commitment }: CommitmentIdentity): Buffer {
  return keyedDigest(masterKey, canonicalJson([COMMITMENT_ALGORITHM, 'padding', dataset, split, commitment]));
}

/** The nonce of a dummy row. @param index from 0 */
export function paddingNonce(key: Uint8Array, index: number): Buffer {
  return keyedDigest(key, canonicalJson([COMMITMENT_ALGORITHM, 'padding-row', index]));
}
