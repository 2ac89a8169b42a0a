import { NEAR_HASHES, NEAR_LOOKS } from './near-hashes.js';
import { nearBits } from './near-search.js';

/** Bits of the detail that may differ for each bit of the hash: nearly one in eleven where the hash allows one in sixteen. */
const DETAIL_BITS_A_BIT = 12;

/**
 * SQL of the pairs of looks (hash and detail) of different cases that are near duplicates, each case's looks once:
 * `a` and `b` are structs {case_id, h, d}, `distance` the bits in which the hashes differ. `bits`: see
 * `near_duplicate_bits`. Exact. `fillLikeness` must have run.
 */
export function nearPairs(bits: number): string {
  return `
    WITH look AS (SELECT DISTINCT case_id, h, d FROM ${NEAR_LOOKS})
    SELECT a, b, bit_count(xor(a.h, b.h))::INTEGER AS distance FROM ${NEAR_HASHES} AS near
    JOIN look AS a ON a.h = near.one JOIN look AS b ON b.h = near.other
    WHERE a.case_id <> b.case_id AND (near.one <> near.other OR a.case_id < b.case_id)
      AND bit_count(xor(from_hex(a.d)::BIT, from_hex(b.d)::BIT)) <= ${nearBits(bits) * DETAIL_BITS_A_BIT}`;
}
