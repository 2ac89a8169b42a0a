import { sha256Hex } from '../../fixity/digest.js';

/** Taken once: in a sandbox, as of the tests, a look-up of a global takes longer than everything else here. */
const { floor } = Math;

/** Name of the generator as it goes into reports and releases. */
export const GENERATOR = 'sfc32';

/**
 * The small fast counting generator (sfc32; Doty-Humphrey, PractRand), keyed by a SHA-256 value. It uses 32-bit integer
 * operations only, so that a key gives the same numbers on every machine and engine.
 */
export class Random {
  private a: number;
  private b: number;
  private c: number;
  private counter: number;

  /** @param key 64 hex digits, of which the first 128 bits seed the generator. */
  constructor(key: string) {
    const word = (index: number) => Number.parseInt(key.slice(index * 8, index * 8 + 8), 16) | 0;
    [this.a, this.b, this.c, this.counter] = [word(0), word(1), word(2), word(3)];
    for (let round = 0; round < 15; round++) this.uint32();
  }

  /** An integer from 0 to 2^32 - 1. */
  uint32(): number {
    const result = (this.a + this.b + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = ((this.c << 21) | (this.c >>> 11)) + result;
    this.c |= 0;
    return result >>> 0;
  }

  /** A number from 0 (included) to 1 (excluded), a multiple of 2^-32. */
  unit(): number {
    return this.uint32() / 4294967296;
  }

  /** An integer from 0 to `count` - 1, for counts below 2^31. */
  below(count: number): number {
    return floor(this.unit() * count);
  }

  /** Puts the members of `items` into random order, in place (Fisher-Yates). */
  shuffle<Item>(items: { [index: number]: Item; length: number }): void {
    for (let last = items.length - 1; last > 0; last--) {
      const other = this.below(last + 1);
      const held = items[last] as Item;
      items[last] = items[other] as Item;
      items[other] = held;
    }
  }
}

/** A generator of its own for one purpose, so that no step's draws depend on how many another step took. */
export function keyedRandom(key: string, purpose: string): Random {
  return new Random(sha256Hex(`${key}|${purpose}`));
}
