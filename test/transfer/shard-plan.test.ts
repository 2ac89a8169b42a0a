import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { defaultEffects } from '../../src/effects.js';
import { ARCHIVE_FORMATS, PACK_UNITS } from '../../src/model/transfer.js';
import { packRelease } from '../../src/transfer/pack.js';
import { END_BYTES, entryBound, ShardPlanner, unitOf } from '../../src/transfer/shard-plan.js';
import { useTemporaryFolders } from '../support/temporary-folder.js';
import { makeRelease, packOptions } from './packed-release.js';

const temporaryFolder = useTemporaryFolders();

const cases = fc.array(fc.array(fc.nat(5000), { minLength: 1, maxLength: 6 }), { maxLength: 20 });
const pathOf = (item: number, image: number): string => `data/images/C${String(item).padStart(3, '0')}/1.${image % 2}/1.${image % 3}/1.${image}.dcm`;

test('every image is in exactly one shard, units stay whole, and a shard is too large only when its one unit is', () => {
  fc.assert(
    fc.property(cases, fc.constantFrom(...ARCHIVE_FORMATS), fc.constantFrom(...PACK_UNITS), fc.integer({ min: 1, max: 60_000 }), (sizes, format, by, limit) => {
      const images = sizes
        .flatMap((each, item) => each.map((size_bytes, image) => ({ path: pathOf(item, image), size_bytes, sha256: '', carried: true })))
        .sort((a, b) => (a.path < b.path ? -1 : 1));
      const planner = new ShardPlanner(by, format, limit);
      for (const image of images) planner.add(image);
      const shards = planner.finish();
      expect(shards.reduce((sum, { files }) => sum + files, 0)).toBe(images.length);
      expect(shards.reduce((sum, { units }) => sum + units, 0)).toBe(new Set(images.map(({ path }) => unitOf(path, by))).size);
      for (const [index, { first, last, units, bound_bytes, oversized }] of shards.entries()) {
        expect(first <= last && (index === 0 || (shards[index - 1]?.last ?? '') < first)).toBe(true);
        expect(oversized).toBe(bound_bytes + END_BYTES > limit);
        if (oversized) expect(units).toBe(1);
      }
    }),
  );
});

test('a shard takes 100,000 files at most, however small', () => {
  const planner = new ShardPlanner('case', 'zip', 1e12);
  for (let item = 0; item < 100; item++) for (let image = 0; image < 1500; image++) planner.add({ path: `data/images/C${String(item).padStart(3, '0')}/1/1/${image}.dcm`, size_bytes: 1, sha256: '', carried: true });
  expect(planner.finish().map(({ files }) => files)).toEqual([99_000, 51_000]);
});

describe('an archive is never larger than its bound', () => {
  const long = 'c'.repeat(60);
  test.each(ARCHIVE_FORMATS)('%s', async (format) => {
    const noise = Buffer.from(Array.from({ length: 70_000 }, (_, at) => (at * 7919 + (at >> 3) * 104_729) & 0xff));
    const payload = Object.fromEntries([0, 1, 511, 512, 513, 16_384, 70_000].map((size) => [`data/images/ä${long}/${'1'.repeat(60)}/${'2'.repeat(60)}/${size}.dcm`, noise.subarray(0, size)]));
    const root = temporaryFolder();
    const report = await packRelease(await makeRelease(root, payload), packOptions(join(root, 'out'), { format, deflate: true, shardBytes: 1e9 }), defaultEffects);
    const bound = Object.entries(payload).reduce((sum, [path, bytes]) => sum + entryBound(format, path, bytes.length), END_BYTES);
    expect(statSync(join(root, 'out', report.shards[1]?.name ?? '')).size).toBeLessThanOrEqual(bound);
  });
});
