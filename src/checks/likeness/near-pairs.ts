import { HASHED_PICTURES } from './pixel-facts.js';

/** Bits of the perceptual hash. */
const HASH_BITS = 64;
/** Bits of the detail that may differ for each bit of the hash: nearly one in eleven where the hash allows one in sixteen. */
const DETAIL_BITS_A_BIT = 12;

/** Parts of a hash, as even as they can be: [first bit from the right, bits]. */
function cutBands(bands: number): [shift: number, bits: number][] {
  return Array.from({ length: bands }, (_, band) => {
    const start = Math.floor((band * HASH_BITS) / bands);
    return [start, Math.floor(((band + 1) * HASH_BITS) / bands) - start];
  });
}

/**
 * Expressions over `h`, a hash as UBIGINT: any two hashes at most `bits` apart agree in at least one of them. The hash is
 * cut into `bits + 2` parts, of which at least two agree: a key is a pair of parts.
 */
export function bandKeys(bits: number): string[] {
  const parts = cutBands(bits + 2).map(([shift, width]) => `((h >> ${shift}) & ${(1n << BigInt(width)) - 1n}::UBIGINT)`);
  const keys: string[] = [];
  for (const [index, first] of parts.entries()) for (const second of parts.slice(index + 1)) keys.push(`${first} * ${2 ** 32} + ${second}`);
  return keys;
}

/**
 * SQL of the pairs of looks (hash and detail) of different cases that are near duplicates, each case's looks once:
 * `a` and `b` are structs {case_id, h, d}, `distance` the bits in which the hashes differ. `bits`: see
 * `near_duplicate_bits`. Exact: no pair within the distance is missed, and none is left out for being one of many.
 */
export function nearPairs(bits: number): string {
  const least = Math.min(bits, HASH_BITS / 2 - 2);
  return `
    WITH look AS (
      SELECT DISTINCT case_id, ('0x' || perceptual_hash)::UBIGINT AS h, perceptual_detail AS d FROM ${HASHED_PICTURES}
    ), hash AS (SELECT DISTINCT h FROM look),
    keyed AS (SELECT h, unnest([${bandKeys(least).map((key, index) => `{band: ${index}, key: ${key}}`).join(', ')}]) AS k FROM hash),
    near AS (
      SELECT DISTINCT x.h AS one, y.h AS other FROM keyed AS x JOIN keyed AS y ON y.k.band = x.k.band AND y.k.key = x.k.key AND y.h > x.h
      WHERE bit_count(xor(x.h, y.h)) <= ${least}
      UNION ALL SELECT h, h FROM hash
    )
    SELECT a, b, bit_count(xor(a.h, b.h))::INTEGER AS distance FROM near
    JOIN look AS a ON a.h = near.one JOIN look AS b ON b.h = near.other
    WHERE a.case_id <> b.case_id AND (near.one <> near.other OR a.case_id < b.case_id)
      AND bit_count(xor(from_hex(a.d)::BIT, from_hex(b.d)::BIT)) <= ${least * DETAIL_BITS_A_BIT}`;
}
