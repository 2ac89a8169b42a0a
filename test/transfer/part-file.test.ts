import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { BLOCK_BYTES, PartFile } from '../../src/transfer/fetch/part-file.js';
import { sha256 } from '../support/release-folder.js';
import { useTemporaryFolders } from '../support/temporary-folder.js';

const temporaryFolder = useTemporaryFolders();
const SIZE = 3 * BLOCK_BYTES + 1000;
const WHOLE = { from: 0, to: SIZE };
const BYTES = Buffer.from(Array.from({ length: SIZE }, (_, at) => ((at * 2654435761) >>> 11) & 0xff));

async function fill(part: PartFile, bytes: Buffer, pieces: number): Promise<void> {
  for (let at = 0; at < bytes.length; at += pieces) await part.write(bytes.subarray(at, at + pieces), at, WHOLE);
}

test('the digest is that of the file on disk, in whatever order its stretches came', async () => {
  const stretches = [{ from: 0, to: BLOCK_BYTES }, { from: BLOCK_BYTES, to: 2 * BLOCK_BYTES }, { from: 2 * BLOCK_BYTES, to: SIZE }];
  await fc.assert(fc.asyncProperty(fc.shuffledSubarray(stretches, { minLength: 3 }), fc.boolean(), async (order, together) => {
    const part = await PartFile.open(join(temporaryFolder(), 'x'), SIZE);
    try {
      const write = async ({ from, to }: (typeof stretches)[0]): Promise<void> => {
        for (let at = from; at < to; at += 300_000) await part.write(BYTES.subarray(at, Math.min(to, at + 300_000)), at, { from, to });
      };
      if (together) await Promise.all(order.map(write));
      else for (const stretch of order) await write(stretch);
      expect(await part.digest()).toBe(sha256(BYTES));
      expect(readFileSync(`${part.path}.part`).equals(BYTES)).toBe(true);
    } finally {
      await part.close();
    }
  }), { numRuns: 12 });
});

test('what is written a second time is hashed as it is then', async () => {
  const part = await PartFile.open(join(temporaryFolder(), 'x'), SIZE);
  try {
    await fill(part, BYTES, 1 << 18);
    const other = Buffer.from(BYTES).fill(7, 0, BLOCK_BYTES);
    await part.write(other.subarray(0, BLOCK_BYTES), 0, WHOLE);
    expect(await part.digest()).toBe(sha256(other));
    await part.reset(null);
    await fill(part, BYTES, 1 << 20);
    expect(await part.digest()).toBe(sha256(BYTES));
  } finally {
    await part.close();
  }
});

test('blocks that a journal promises and the disk does not have are zeros, and no crash', async () => {
  const path = join(temporaryFolder(), 'x');
  const first = await PartFile.open(path, SIZE);
  await fill(first, BYTES, 1 << 20);
  await first.close();
  truncateSync(`${path}.part`, BLOCK_BYTES + 10);
  const second = await PartFile.open(path, SIZE);
  try {
    expect(second.missing(SIZE)).toEqual([]);
    expect(await second.digest()).toBe(sha256(Buffer.concat([BYTES.subarray(0, BLOCK_BYTES + 10), Buffer.alloc(SIZE - BLOCK_BYTES - 10)])));
  } finally {
    await second.close();
  }
  writeFileSync(`${path}.blocks`, 'another length');
  const third = await PartFile.open(path, SIZE);
  expect(third.there).toBe(0);
  await third.close();
});
