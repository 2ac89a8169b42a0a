import { setImmediate as turn } from 'node:timers/promises';

/** Bits of the perceptual hash. */
const HASH_BITS = 64;
/** Two parts of a hash that agree are few enough to look at up to so many hashes that agree in them by chance. */
const MOST_BY_CHANCE = 64;
/** Most parts that a mask is made of. */
const MOST_PARTS = 4;
/** Digits of the number of a section: those of ten million hashes then fit into the caches of a processor. */
const SECTION_DIGITS = 9;

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
 * the bucket of one choice of so many parts. Hashes are brought into sections by the first part of a choice, then section
 * by section into buckets by the whole choice: nothing but the hashes and one sorted copy is held.
 */
export async function findNearHashes(hashes: HashColumns, bits: number, found: PairFound, agree = partsThatAgree(hashes.low.length, bits)): Promise<void> {
  const count = hashes.low.length;
  const parts = cutIntoParts(bits + agree);
  const masks = masksOf(parts, agree);
  const sections: Buckets = { sorted: columnsOf(count), starts: new Uint32Array(2 ** SECTION_DIGITS), digits: SECTION_DIGITS };
  for (const part of parts.slice(0, bits + 1)) {
    sortIntoBuckets(hashes, 0, count, part.mask, sections);
    const bucketsOf = roomForLargest(sections, count);
    for (let section = 0; section < sections.starts.length; section++) {
      const [start, end] = [sections.starts[section] as number, sections.starts[section + 1] ?? count];
      if (end - start < 2) continue;
      for (const [at, { first, mask }] of masks.entries())
        if (first === part.at) searchBuckets(sortIntoBuckets(sections.sorted, start, end, mask, bucketsOf(end - start)), end - start, mask, bits, masks.slice(0, at), found);
      await turn();
    }
  }
}

/** How many parts must agree so that not many hashes agree in them by chance. */
function partsThatAgree(count: number, bits: number): number {
  let agree = 2;
  while (agree < MOST_PARTS && count / 2 ** Math.floor((HASH_BITS * agree) / (bits + agree)) > MOST_BY_CHANCE) agree += 1;
  return agree;
}

/** Parts as even as they can be, from the right. */
function cutIntoParts(parts: number): { at: number; bits: bigint; mask: Mask }[] {
  const cut = (part: number): number => Math.floor((part * HASH_BITS) / parts);
  return Array.from({ length: parts }, (_, at) => {
    const bits = ((1n << BigInt(cut(at + 1) - cut(at))) - 1n) << BigInt(cut(at));
    return { at, bits, mask: toMask(bits) };
  });
}

/** Each choice of `agree` parts, in the order of its first one. */
function masksOf(parts: readonly { at: number; bits: bigint }[], agree: number): { first: number; mask: Mask }[] {
  let choices = parts.map(({ at, bits }) => ({ first: at, last: at, bits }));
  for (let chosen = 1; chosen < agree; chosen++)
    choices = choices.flatMap(({ first, last, bits }) => parts.slice(last + 1).map((more) => ({ first, last: more.at, bits: bits | more.bits })));
  return choices.map(({ first, bits }) => ({ first, mask: toMask(bits) }));
}

function toMask(bits: bigint): Mask {
  return { high: Number(bits >> 32n), low: Number(bits & 0xffffffffn) };
}

function columnsOf(count: number): HashColumns {
  return { high: new Uint32Array(count), low: new Uint32Array(count), only: new Uint32Array(count) };
}

/** Hashes sorted by bucket: those that agree under a mask are in one, and with them some that do not. */
interface Buckets {
  sorted: HashColumns;
  /** Where each bucket starts in `sorted`. */
  starts: Uint32Array;
  /** Digits of the number of a bucket. */
  digits: number;
}

/** Room for the buckets of a section of a given size, a few hashes each, which is used again and again. */
function roomForLargest({ starts }: Buckets, count: number): (size: number) => Buckets {
  const largest = starts.reduce((most, start, section) => Math.max(most, (starts[section + 1] ?? count) - start), 0);
  const digitsOf = (size: number): number => Math.max(1, Math.ceil(Math.log2(size)) - 1);
  const room = { sorted: columnsOf(largest), starts: new Uint32Array(2 ** digitsOf(Math.max(2, largest))) };
  return (size) => ({ sorted: room.sorted, starts: room.starts.subarray(0, 2 ** digitsOf(size)), digits: digitsOf(size) });
}

/** Sorts the hashes from `start` to `end` into `to`, whose first place is for the first of them. */
function sortIntoBuckets({ high, low, only }: HashColumns, start: number, end: number, mask: Mask, to: Buckets): Buckets {
  const { sorted, starts, digits } = to;
  const [maskHigh, maskLow, shift] = [mask.high, mask.low, 32 - digits];
  starts.fill(0);
  for (let at = start; at < end; at++) starts[bucketOf((high[at] as number) & maskHigh, (low[at] as number) & maskLow, shift)]! += 1;
  for (let bucket = 0, sum = 0; bucket < starts.length; bucket++) starts[bucket] = sum += starts[bucket] as number;
  // each bucket is filled from its end, so that what was its end is its start then
  for (let at = start; at < end; at++) {
    const place = (starts[bucketOf((high[at] as number) & maskHigh, (low[at] as number) & maskLow, shift)]! -= 1);
    sorted.high[place] = high[at] as number;
    sorted.low[place] = low[at] as number;
    sorted.only[place] = only[at] as number;
  }
  return to;
}

/** Bits of a hash, mixed so that they spread over all buckets (Knuth's multiplicative hashing). */
function bucketOf(high: number, low: number, shift: number): number {
  const mixed = Math.imul(high, 0x9e3779b1) ^ Math.imul(low, 0x85ebca6b);
  return Math.imul(mixed ^ (mixed >>> 15), 0xc2b2ae35) >>> shift;
}

/** @param before masks under which a pair was found already */
function searchBuckets({ sorted: { high, low, only }, starts }: Buckets, count: number, mask: Mask, bits: number, before: readonly { mask: Mask }[], found: PairFound): void {
  const [maskHigh, maskLow] = [mask.high, mask.low];
  for (let bucket = 0; bucket < starts.length; bucket++) {
    const end = bucket + 1 < starts.length ? (starts[bucket + 1] as number) : count;
    for (let one = starts[bucket] as number; one < end; one++) {
      const h = high[one] as number;
      const l = low[one] as number;
      const owner = only[one] as number;
      for (let other = one + 1; other < end; other++) {
        const dh = h ^ (high[other] as number);
        const dl = l ^ (low[other] as number);
        if ((dh & maskHigh) !== 0 || (dl & maskLow) !== 0 || countBits(dh) + countBits(dl) > bits) continue;
        if (owner !== 0 && owner === only[other]) continue;
        if (before.some((earlier) => (dh & earlier.mask.high) === 0 && (dl & earlier.mask.low) === 0)) continue;
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
