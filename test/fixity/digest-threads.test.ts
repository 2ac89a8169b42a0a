/** Digests by threads: those of the bytes, however they were cut and whatever else was on its way. */
import { createHash } from 'node:crypto';
import { afterEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DigestThreads } from '../../src/fixity/digest-threads.js';

const PIECE = 512 * 1024;
const bytesOf = (size: number, seed: number): Buffer => Buffer.alloc(size, Buffer.from([seed, seed + 1, 7, seed * 3, 11]));
const expected = (bytes: Buffer): string[] => ['sha256', 'md5'].map((name) => createHash(name).update(bytes).digest('hex'));

let threads: DigestThreads;
afterEach(() => threads.close());

async function digest(bytes: Buffer, cuts: number[]): Promise<string[]> {
  const digests = threads.begin(['sha256', 'md5']);
  for (let at = 0, n = 0; at < bytes.length; n++) {
    const chunk = Buffer.from(bytes.subarray(at, at + (cuts[n % cuts.length] ?? bytes.length)));
    await digests.update(chunk);
    // Whoever sent them may use them again.
    chunk.fill(0);
    at += chunk.length;
  }
  return digests.hex();
}

describe('digests by threads', () => {
  test('are those of the bytes, at the bounds of pieces too', async () => {
    threads = new DigestThreads(3);
    const sizes = [0, 1, 65_536, 65_537, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 3 * PIECE + 5];
    const files = sizes.flatMap((size) => [[65_536], [PIECE], [PIECE - 1, 2], [7 * PIECE]].map((cuts, n) => ({ bytes: bytesOf(size, n), cuts })));
    expect(await Promise.all(files.map(({ bytes, cuts }) => digest(bytes, cuts)))).toEqual(files.map(({ bytes }) => expected(bytes)));
  });

  test('do not depend on how the bytes were cut', async () => {
    threads = new DigestThreads(2);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 3 * PIECE }), fc.array(fc.integer({ min: 1000, max: PIECE + 1000 }), { minLength: 1 }), async (size, cuts) => {
        const bytes = bytesOf(size, cuts.length);
        expect(await digest(bytes, cuts)).toEqual(expected(bytes));
      }),
      { numRuns: 40 },
    );
  });

  test('of files that are given up keep nobody waiting: ten times as many as there are buffers', async () => {
    threads = new DigestThreads(1);
    for (let n = 0; n < 60; n++) {
      const given = threads.begin(['sha256']);
      await given.update(bytesOf(n % 2 === 0 ? 1000 : PIECE + 1000, n));
      given.drop();
      given.drop();
    }
    const bytes = bytesOf(PIECE + 1, 9);
    expect(await digest(bytes, [65_536])).toEqual(expected(bytes));
  });

  test('of a hundred files at once with few buffers all come', async () => {
    threads = new DigestThreads(2);
    const files = Array.from({ length: 100 }, (_, n) => bytesOf(100_000 + n * 1000, n));
    expect(await Promise.all(files.map((bytes) => digest(bytes, [30_000])))).toEqual(files.map(expected));
  });

  test('by an algorithm that there is not fail, and so does all that is asked afterwards', async () => {
    threads = new DigestThreads(1);
    const wrong = threads.begin(['no-such-digest']);
    await wrong.update(bytesOf(100_000, 1));
    await expect(wrong.hex()).rejects.toThrow();
    await expect(digest(bytesOf(100_000, 1), [50_000])).rejects.toThrow();
  });
});
