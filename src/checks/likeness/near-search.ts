import { setImmediate as turn } from 'node:timers/promises';

/** Bits of the perceptual hash. */
const HASH_BITS = 64;
/** Two parts of a hash that agree are few enough to look at up to so many hashes that agree in them by chance. */
const MOST_BY_CHANCE = 64;
/** Most parts that a mask is made of. */
const MOST_PARTS = 4;
/** Digits of the number of a bucket: a table of more would not fit into the caches of a processor. */
const MOST_BUCKET_BITS = 22;

/** Perceptual hashes, each once, in no order; the bits of one are those of `high` and then those of `low`. */
export interface HashColumns {
  high: Uint32Array;
  low: Uint32Array;
  /** Number of the case that alone has the hash; 0 when several have it. */
  only: Uint32Array;
}

/** Takes a pair that was found, each as its high and its low half. */
export type PairFound = (high: number, low: number, otherHigh: number, otherLow: number) => void;

/** Some bits of a hash. */
interface Mask {
  high: number;
  low: number;
}

/** How far apart two hashes may be and still be near, in bits; beyond it half the parts would be single bits. */
export function nearBits(bits: number): number {
  return Math.min(bits, HASH_BITS / 2 - 2);
}

/**
 * Finds every pair of hashes at most `bits` apart, each once: none is missed, and none is left out for being one of many.
 * Two hashes that one and the same case alone has are no pair: a patient's own slices all look alike.
 *
 * A hash is cut into `bits + agree` parts. Of those of two near hashes at least `agree` are equal, so that the two meet in
 * the bucket of one choice of so many parts. A choice at a time: nothing but the hashes and one sorted copy is held.
 */
export async function findNearHashes(hashes: HashColumns, bits: number, found: PairFound, agree = partsThatAgree(hashes.low.length, bits)): Promise<void> {
  const masks = masksOf(bits, agree);
  const sorted = sortedCopy(hashes.low.length);
  for (const [at, mask] of masks.entries()) {
    const ends = sortIntoBuckets(hashes, mask, sorted);
    searchBuckets(sorted, ends, mask, bits, masks.slice(0, at), found);
    await turn();
  }
}

/** How many parts must agree so that not many hashes agree in them by chance. */
function partsThatAgree(count: number, bits: number): number {
  let agree = 2;
  while (agree < MOST_PARTS && count / 2 ** Math.floor((HASH_BITS * agree) / (bits + agree)) > MOST_BY_CHANCE) agree += 1;
  return agree;
}

/** Each choice of `agree` of `bits + agree` parts, as even as they can be. */
function masksOf(bits: number, agree: number): Mask[] {
  const parts = bits + agree;
  const cut = (part: number): number => Math.floor((part * HASH_BITS) / parts);
  const part = Array.from({ length: parts }, (_, at) => ((1n << BigInt(cut(at + 1) - cut(at))) - 1n) << BigInt(cut(at)));
  let choices: { last: number; mask: bigint }[] = [{ last: -1, mask: 0n }];
  for (let chosen = 0; chosen < agree; chosen++)
    choices = choices.flatMap(({ last, mask }) => part.slice(last + 1).map((more, at) => ({ last: last + 1 + at, mask: mask | more })));
  return choices.map(({ mask }) => ({ high: Number(mask >> 32n), low: Number(mask & 0xffffffffn) }));
}

function sortedCopy(count: number): HashColumns {
  return { high: new Uint32Array(count), low: new Uint32Array(count), only: new Uint32Array(count) };
}

/** Writes the hashes into `sorted` by bucket; returns where each bucket ends. Hashes that agree under the mask are in one bucket. */
function sortIntoBuckets({ high, low, only }: HashColumns, mask: Mask, sorted: HashColumns): Uint32Array {
  const count = low.length;
  const shift = 32 - Math.min(MOST_BUCKET_BITS, Math.max(1, Math.ceil(Math.log2(count + 1))));
  const ends = new Uint32Array(2 ** (32 - shift));
  for (let at = 0; at < count; at++) ends[bucketOf(high[at] as number, low[at] as number, mask, shift)]! += 1;
  for (let bucket = 0, end = 0; bucket < ends.length; bucket++) ends[bucket] = end += ends[bucket] as number;
  // from the end of each bucket to its start, where the ends then are those of the buckets before
  for (let at = 0; at < count; at++) {
    const to = (ends[bucketOf(high[at] as number, low[at] as number, mask, shift)]! -= 1);
    sorted.high[to] = high[at] as number;
    sorted.low[to] = low[at] as number;
    sorted.only[to] = only[at] as number;
  }
  return ends;
}

/** The masked bits, mixed so that their parts spread over all buckets (Knuth's multiplicative hashing). */
function bucketOf(high: number, low: number, mask: Mask, shift: number): number {
  const mixed = Math.imul(high & mask.high, 0x9e3779b1) ^ Math.imul(low & mask.low, 0x85ebca6b);
  return Math.imul(mixed ^ (mixed >>> 15), 0xc2b2ae35) >>> shift;
}

/** @param starts where each bucket starts; @param before masks under which a pair was found already */
function searchBuckets({ high, low, only }: HashColumns, starts: Uint32Array, mask: Mask, bits: number, before: readonly Mask[], found: PairFound): void {
  for (let bucket = 0; bucket < starts.length; bucket++) {
    const end = bucket + 1 < starts.length ? (starts[bucket + 1] as number) : low.length;
    for (let one = starts[bucket] as number; one < end; one++) {
      const h = high[one] as number;
      const l = low[one] as number;
      const owner = only[one] as number;
      for (let other = one + 1; other < end; other++) {
        const dh = h ^ (high[other] as number);
        const dl = l ^ (low[other] as number);
        if ((dh & mask.high) !== 0 || (dl & mask.low) !== 0 || countBits(dh) + countBits(dl) > bits) continue;
        if (owner !== 0 && owner === only[other]) continue;
        if (before.some((earlier) => (dh & earlier.high) === 0 && (dl & earlier.low) === 0)) continue;
        found(h, l, high[other] as number, low[other] as number);
      }
    }
  }
}

/** Bits that are set among 32: summed up in pairs, fours and eights. */
function countBits(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
