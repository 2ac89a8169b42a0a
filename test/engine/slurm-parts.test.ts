import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { cutArrays, writeRanges } from '../../src/engine/slurm/array-ranges.js';
import { checkSlurmOptions } from '../../src/engine/slurm/slurm-options.js';

test('arrays hold every shard once, below the greatest index that Slurm takes', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(5000)), fc.integer({ min: 1, max: 1001 }), (given, most) => {
      const shards = given.toSorted((a, b) => a - b);
      const parts = cutArrays(shards, most);
      expect(parts.flatMap(({ offset, places }) => places.map((place) => offset + place))).toEqual(shards);
      for (const { places } of parts) {
        expect(Math.max(...places)).toBeLessThan(most);
        const read = writeRanges(places).split(',').flatMap((range) => {
          const [first = 0, last = first] = range.split('-').map(Number);
          return Array.from({ length: last - first + 1 }, (_, at) => first + at);
        });
        expect(read).toEqual(places);
      }
    }),
  );
  expect(writeRanges([0, 1, 2, 7])).toBe('0-2,7');
});

test.each(['--partition=long', '--time=1:00:00', '--exclusive', '--constraint=ib&gpu', '--comment=$(touch x)'])('%s is taken, since no shell sees it', (option) => {
  expect(checkSlurmOptions([option])).toEqual([option]);
});

test.each(['--array=0-3', '--arr=0-3', '--wrap=id', '--chdir=/', '--output=x', '-p', '--partition', '--partition=a\nb', 'x', '--export=ALL'].filter((option) => option !== '--partition'))('%j is refused', (option) => {
  expect(() => checkSlurmOptions([option])).toThrow(expect.objectContaining({ code: 'USAGE' }));
});
