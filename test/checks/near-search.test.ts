import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { findNearHashes, nearBits, type HashColumns } from '../../src/checks/likeness/near-search.js';

interface Hash {
  hash: bigint;
  only: number;
}

const SEEDS = [0n, 2n ** 64n - 1n, 0x00ff00ff00ff00ffn, 0x8000000000000001n, 0x0123456789abcdefn];

/** Hashes some bits off a few of them, so that many pairs are near, and many nearly so. */
const clustered = fc
  .record({ seed: fc.constantFrom(...SEEDS), flips: fc.array(fc.integer({ min: 0, max: 63 }), { maxLength: 7 }), only: fc.integer({ min: 0, max: 3 }) })
  .map(({ seed, flips, only }): Hash => ({ hash: flips.reduce((hash, bit) => hash ^ (1n << BigInt(bit)), seed), only }));
const anywhere = fc.record({ hash: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), only: fc.integer({ min: 0, max: 3 }) });
const hashes = fc.uniqueArray(fc.oneof({ weight: 4, arbitrary: clustered }, anywhere), { selector: ({ hash }) => hash, maxLength: 60 });

function toColumns(list: readonly Hash[]): HashColumns {
  return {
    high: Uint32Array.from(list, ({ hash }) => Number(hash >> 32n)),
    low: Uint32Array.from(list, ({ hash }) => Number(hash & 0xffffffffn)),
    only: Uint32Array.from(list, ({ only }) => only),
  };
}

/** By comparing each with each. */
function bruteForce(list: readonly Hash[], bits: number): string[] {
  return list.flatMap((one, at) =>
    list.slice(at + 1).flatMap((other) => {
      const distance = (one.hash ^ other.hash).toString(2).replaceAll('0', '').length;
      return distance <= bits && (one.only === 0 || one.only !== other.only) ? [nameOf(one.hash, other.hash)] : [];
    }),
  );
}

function nameOf(one: bigint, other: bigint): string {
  return one < other ? `${one} ${other}` : `${other} ${one}`;
}

async function search(list: readonly Hash[], bits: number, agree?: number): Promise<string[]> {
  const found: string[] = [];
  const join = (high: number, low: number): bigint => (BigInt(high) << 32n) | BigInt(low);
  await findNearHashes(toColumns(list), bits, (h, l, otherH, otherL) => found.push(nameOf(join(h, l), join(otherH, otherL))), agree);
  return found;
}

describe('near hashes', () => {
  test('are found all, each pair once, by any number of parts that agree', async () => {
    await fc.assert(
      fc.asyncProperty(hashes, fc.integer({ min: 0, max: 6 }), fc.constantFrom(2, 3, 4, undefined), async (list, bits, agree) => {
        expect((await search(list, bits, agree)).sort()).toEqual(bruteForce(list, bits).sort());
      }),
      { numRuns: 60 },
    );
  });

  test('are found at every pair of bits that may differ', async () => {
    for (let one = 0; one < 64; one++)
      for (const other of [0, 10, 11, 31, 32, 33, 53, 63]) {
        const hash = 0x0f1e2d3c4b5a6978n;
        const off = hash ^ (1n << BigInt(one)) ^ (one === other ? 0n : 1n << BigInt(other));
        expect(await search([{ hash, only: 1 }, { hash: off, only: 2 }], 2)).toHaveLength(1);
      }
  });

  test('of one case alone are no pairs, of several cases they are', async () => {
    const pair = (one: number, other: number): Hash[] => [{ hash: 5n, only: one }, { hash: 4n, only: other }];
    expect(await search(pair(1, 1), 4)).toEqual([]);
    expect(await search(pair(1, 2), 4)).toEqual(['4 5']);
    expect(await search(pair(0, 0), 4)).toEqual(['4 5']);
  });

  test('with a limit beyond all sense are those up to 30 bits', () => {
    expect(nearBits(4)).toBe(4);
    expect(nearBits(64)).toBe(30);
  });
});
