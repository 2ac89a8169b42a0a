import { RELEASED_IMAGES } from '../sql.js';

/** Pairs of perceptual hashes that are near duplicates, (one, other) with one <= other: what `nearPairs` looks up. Dropped after the run. */
export const NEAR_HASHES = 'check_near_hash';

/** The hashes of the released pictures, each once, with the least and the greatest number of its cases. */
const HASHES = 'check_hash';

/** Bits of the perceptual hash. */
const HASH_BITS = 64;

/** Parts of a hash, as even as they can be: [first bit from the right, bits]. */
function cutBands(bands: number): [shift: number, bits: number][] {
  return Array.from({ length: bands }, (_, band) => {
    const start = Math.floor((band * HASH_BITS) / bands);
    return [start, Math.floor(((band + 1) * HASH_BITS) / bands) - start];
  });
}

/**
 * Masks of a hash, as SQL: any two hashes at most `bits` apart agree under at least one of them. The hash is cut into
 * `bits + 2` parts, of which at least two agree: a mask is a pair of parts.
 */
export function bandMasks(bits: number): string[] {
  const parts = cutBands(bits + 2).map(([shift, width]) => ((1n << BigInt(width)) - 1n) << BigInt(shift));
  return parts.flatMap((first, index) => parts.slice(index + 1).map((second) => `${first | second}::UBIGINT`));
}

/** How far apart two hashes may be and still be near, in bits; beyond it half the parts would be single bits. */
export function nearBits(bits: number): number {
  return Math.min(bits, HASH_BITS / 2 - 2);
}

/**
 * Statements that fill NEAR_HASHES, exactly: no pair within the distance is missed, and none is left out for being one of
 * many. A mask at a time, so that no more than the hashes themselves are held, and a pair is found under the first mask
 * only that it agrees in. Hashes that one case alone has are compared with those of others only: a patient's own slices
 * all look alike.
 */
export function fillNearHashes(bits: number): string[] {
  const least = nearBits(bits);
  const masks = bandMasks(least);
  return [
    `CREATE OR REPLACE TABLE ${HASHES} AS SELECT ('0x' || f.perceptual_hash)::UBIGINT AS h, min(c.number) AS first, max(c.number) AS last
      FROM ${RELEASED_IMAGES} AS i JOIN pixel_facts AS f ON f.source = i.source AND f.path = i.path
      JOIN (SELECT case_id, row_number() OVER (ORDER BY case_id) AS number FROM case_) AS c ON c.case_id = i.case_id
      WHERE f.perceptual_hash IS NOT NULL AND f.perceptual_detail IS NOT NULL GROUP BY h`,
    `CREATE OR REPLACE TABLE ${NEAR_HASHES} AS SELECT h AS one, h AS other FROM ${HASHES} WHERE first < last`,
    ...masks.map((mask, at) => {
      const before = masks.slice(0, at).map((earlier) => ` AND xor(x.h, y.h) & ${earlier} <> 0`);
      return `INSERT INTO ${NEAR_HASHES} SELECT x.h, y.h FROM ${HASHES} AS x JOIN ${HASHES} AS y ON x.h & ${mask} = y.h & ${mask}
        WHERE x.h < y.h AND bit_count(xor(x.h, y.h)) <= ${least} AND NOT (x.first = x.last AND y.first = y.last AND x.first = y.first)${before.join('')}`;
    }),
    `DROP TABLE ${HASHES}`,
  ];
}
