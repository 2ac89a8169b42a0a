import { createHash } from 'node:crypto';

/** Numbers that depend on nothing but the key: sha256 of the key and a counter, four bytes a draw. */
export class SeededDraw {
  private counter = 0;

  constructor(private readonly key: string) {}

  /** A number in [low, high). */
  between(low: number, high: number): number {
    const word = createHash('sha256').update(`${this.key}|${this.counter++}`).digest().readUInt32BE(0);
    return low + ((high - low) * word) / 2 ** 32;
  }

  /** A whole number in [low, high], both included. */
  integer(low: number, high: number): number {
    return Math.floor(this.between(low, high + 1));
  }

  chance(probability: number): boolean {
    return this.between(0, 1) < probability;
  }

  /** The values in another order (Fisher-Yates); the argument stays as it is. */
  shuffle<Value>(values: readonly Value[]): Value[] {
    const shuffled = [...values];
    for (let last = shuffled.length - 1; last > 0; last--) {
      const other = this.integer(0, last);
      [shuffled[last], shuffled[other]] = [shuffled[other]!, shuffled[last]!];
    }
    return shuffled;
  }
}

/** `count` values whose frequencies are the shares rounded by largest remainder, shuffled. */
export function drawByShares<Value>(draw: SeededDraw, shares: readonly (readonly [Value, number])[], count: number): Value[] {
  const total = shares.reduce((sum, [, share]) => sum + share, 0);
  const quotas = shares.map(([value, share]) => ({ value, quota: (share * count) / total }));
  const values = quotas.flatMap(({ value, quota }) => Array.from({ length: Math.floor(quota) }, () => value));
  const byRemainder = quotas.toSorted((a, b) => (b.quota % 1) - (a.quota % 1));
  for (let index = 0; values.length < count; index++) values.push(byRemainder[index]!.value);
  return draw.shuffle(values);
}

/**
 * A UID below 2.25 (PS3.5 B.2): the decimal form of a version 8 UUID (RFC 9562) made of sha256 over the key of this
 * sample and the name. No UID of a source image is repeated.
 */
export function deriveUid(name: string): string {
  const bytes = createHash('sha256').update(`colophon demo sample 1|uid|${name}`).digest().subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x80;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return `2.25.${BigInt(`0x${bytes.toString('hex')}`)}`;
}
