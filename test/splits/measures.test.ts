import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { uniteDistributions, type CountTable } from '../../src/splits/report/measures/count-table.js';
import { jensenShannonDistance, totalVariation } from '../../src/splits/report/measures/distances.js';
import { parseInterval, parseScale } from '../../src/splits/report/measures/interval-label.js';
import { isNotReported } from '../../src/splits/report/measures/not-reported.js';
import { compareNumbers, momentsOf, quantileOf, shareUpTo } from '../../src/splits/report/measures/numbers.js';
import { categoryDifference, meanDifference, multinomialDifference } from '../../src/splits/report/measures/standardized-difference.js';
import { countCategories, countPairs, partUnits } from '../../src/splits/report/measures/tally.js';
import { measureBalance } from '../../src/splits/report/balance.js';
import { encodeVariable } from '../../src/splits/input/variable.js';

const counts = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd', 'e'), fc.nat(50), { minKeys: 1 }).filter((found) => Object.values(found).some((count) => count > 0));
const table = (one: Record<string, number>, other: Record<string, number>): CountTable => uniteDistributions(new Map(Object.entries(one)), new Map(Object.entries(other))).table;
const jsd = (one: Record<string, number>, other: Record<string, number>) => jensenShannonDistance(table(one, other), 0, 1)!;

describe('distances of counts', () => {
  test('are metrics between 0 and 1 that forget the scale', () => {
    fc.assert(
      fc.property(counts, counts, counts, fc.integer({ min: 1, max: 9 }), (one, other, third, factor) => {
        const scaled = Object.fromEntries(Object.entries(one).map(([category, count]) => [category, count * factor]));
        expect(jsd(one, scaled)).toBeCloseTo(0, 6);
        expect(jsd(one, other)).toBeCloseTo(jsd(other, one), 12);
        expect(jsd(one, other)).toBeLessThanOrEqual(jsd(one, third) + jsd(third, other) + 1e-9);
        const variation = totalVariation(table(one, other), 0, 1)!;
        // Lin 1991: divergence (bits) is at most the total variation
        expect(jsd(one, other) ** 2).toBeLessThanOrEqual(variation + 1e-9);
        expect(variation).toBeLessThanOrEqual(1 + 1e-12);
      }),
    );
  });

  test('have the values that a hand computes', () => {
    expect(jsd({ a: 1 }, { b: 1 })).toBe(1);
    expect(totalVariation(table({ a: 3, b: 1 }, { a: 1, b: 1 }), 0, 1)).toBe(0.25);
    // m = (5/8, 3/8): (3/4 log2 6/5 + 1/4 log2 2/3 + 1/2 log2 4/5 + 1/2 log2 4/3) / 2
    expect(jsd({ a: 3, b: 1 }, { a: 1, b: 1 })).toBeCloseTo(0.220896, 6);
    expect(jensenShannonDistance(table({ a: 1 }, { '': 1 }), 0, 1, new Set([0]))).toBeNull();
  });
});

describe('standardized differences', () => {
  test('of a category and of means are those of Austin 2009', () => {
    const found = table({ yes: 50, no: 50 }, { yes: 60, no: 40 });
    const yes = found.codes.findIndex((_, row) => found.counts[row * 2 + 1] === 60);
    expect(categoryDifference(found, yes, 0, 1)).toBeCloseTo(-0.1 / Math.sqrt((0.25 + 0.24) / 2), 12);
    expect(categoryDifference(table({ a: 1 }, { b: 1 }), 0, 0, 1)).toBeNull();
    expect(meanDifference({ count: 9, mean: 60, variance: 100 }, { count: 9, mean: 55, variance: 44 })).toBeCloseTo(5 / Math.sqrt(72), 12);
    expect(meanDifference({ count: 2, mean: 1, variance: 0 }, { count: 2, mean: 2, variance: 0 })).toBeNull();
  });

  test('over all categories are that of the one category of two, grow by none, and do not depend on names', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 99 }), fc.integer({ min: 1, max: 99 }), (p, q) => {
        const two = table({ a: p, b: 100 - p }, { a: q, b: 100 - q });
        expect(multinomialDifference(two, 0, 1)).toBeCloseTo(Math.abs(categoryDifference(two, 0, 0, 1)!), 9);
      }),
    );
    const one = multinomialDifference(table({ a: 20, b: 30, c: 50 }, { a: 30, b: 30, c: 40 }), 0, 1)!;
    expect(multinomialDifference(table({ z: 20, y: 30, x: 50 }, { z: 30, y: 30, x: 40 }), 0, 1)).toBeCloseTo(one, 12);
    expect(multinomialDifference(table({ a: 1 }, { b: 1 }), 0, 1)).toBeNull();
  });
});

describe('numbers', () => {
  const numbers = fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 1, maxLength: 30 }).map((found) => Float64Array.from(found).sort());

  test('distances are what the definitions say', () => {
    fc.assert(
      fc.property(numbers, numbers, (one, other) => {
        const { ks, wasserstein } = compareNumbers(one, other)!;
        const places = Array.from({ length: 42 }, (_, at) => at - 21);
        const gaps = places.map((place) => Math.abs(shareUpTo(one, place) - shareUpTo(other, place)));
        expect(ks).toBeCloseTo(Math.max(...gaps), 12);
        expect(wasserstein).toBeCloseTo(gaps.reduce((sum, gap) => sum + gap, 0), 9);
      }),
    );
    expect(compareNumbers(new Float64Array(0), Float64Array.of(1))).toBeNull();
    expect(compareNumbers(Float64Array.of(1, 2, 3), Float64Array.of(11, 12, 13))).toEqual({ ks: 1, wasserstein: 10 });
  });

  test('moments and quantiles', () => {
    expect(momentsOf(Float64Array.of(2, 4, 4, 4, 5, 5, 7, 9))).toEqual({ count: 8, mean: 5, variance: 32 / 7 });
    expect([0, 0.25, 0.5, 1].map((share) => quantileOf(Float64Array.of(1, 2, 3, 4), share))).toEqual([1, 1.75, 2.5, 4]);
  });

  test('behind bins are measured as numbers; those that are none are missing', () => {
    const values = Float64Array.of(10, 20, 30, NaN, 40, 50, 999, -Infinity);
    const age = encodeVariable({ name: 'age', values: [...values].map((value) => (Number.isFinite(value) ? '>=0' : '')), numbers: values });
    const report = measureBalance([age], new Uint32Array(9), [0, 0, 0, 0, 1, 1, -1, 1], ['a', 'b']).variables.age!;
    expect(report).toMatchObject({ ks: 1, wasserstein: 25, smd_category: null, not_reported: 0.285714 });
    expect(report.smd).toBeCloseTo(25 / Math.sqrt((100 + 50) / 2), 6);
    expect(report.continuous!.parts.a).toEqual({ count: 3, missing: 1, mean: 20, sd: 10, q25: 15, median: 20, q75: 25 });
    expect(report.continuous!.parts.b).toMatchObject({ count: 2, missing: 1, mean: 45 });
    expect(report.continuous!.curve.parts.a!.at(-1)).toBe(1);
  });
});

describe('counts', () => {
  const unitSets = fc.array(fc.tuple(fc.subarray(['a', 'b', 'c']), fc.subarray(['x', 'y']), fc.integer({ min: -1, max: 2 })), { minLength: 1, maxLength: 40 });

  test('of categories and of pairs are those of one look at every unit', () => {
    fc.assert(
      fc.property(unitSets, (units) => {
        const one = encodeVariable({ name: 'one', values: units.map(([values]) => values) });
        const other = encodeVariable({ name: 'other', values: units.map(([, values]) => values) });
        const parted = partUnits(Int16Array.from(units, ([, , part]) => part), 3);
        const naive = new Map<string, number>();
        for (const [first, second, part] of units) {
          if (part < 0) continue;
          for (const a of first.length === 0 ? [''] : first) {
            naive.set(`${a} ${part}`, (naive.get(`${a} ${part}`) ?? 0) + 1);
            for (const b of second.length === 0 ? [''] : second) naive.set(`${a},${b} ${part}`, (naive.get(`${a},${b} ${part}`) ?? 0) + 1);
          }
        }
        const found = new Map<string, number>();
        const read = ({ codes, counts: cells }: CountTable, name: (code: number) => string) => {
          for (const [row, code] of codes.entries()) for (let part = 0; part < 3; part++) if (cells[row * 3 + part]! > 0) found.set(`${name(code)} ${part}`, cells[row * 3 + part]!);
        };
        read(countCategories(one, parted), (code) => one.categories[code]!);
        read(countPairs(one, other, parted), (code) => `${one.categories[Math.floor(code / other.categories.length)]!},${other.categories[code % other.categories.length]!}`);
        expect(found).toEqual(naive);
      }),
    );
  });

  test('of pairs of many categories, which no array could hold, are the same', () => {
    const many = 3000;
    const one = encodeVariable({ name: 'one', values: Array.from({ length: many }, (_, at) => `a${at}`) });
    const other = encodeVariable({ name: 'other', values: Array.from({ length: many }, (_, at) => `b${at}`) });
    const { codes, counts: cells } = countPairs(one, other, partUnits(new Int16Array(many), 1));
    expect(codes).toHaveLength(many);
    expect(codes.every((code, at) => at === 0 || code > codes[at - 1]!)).toBe(true);
    expect(cells.every((count) => count === 1)).toBe(true);
  });
});

describe('what is not reported', () => {
  test('has many spellings, and is no category that means something', () => {
    for (const category of ['', 'Not Reported', 'Not reported', 'not_reported', 'Unknown', 'N/A', 'UNKNOWN ', 'Not Allowed to Collect', 'Missing']) expect([category, isNotReported(category)]).toEqual([category, true]);
    for (const category of ['No', 'Other', 'None', 'Indeterminate', 'Not Hispanic or Latino', 'Unknown primary']) expect([category, isNotReported(category)]).toEqual([category, false]);
  });

  test('is left out of the second distance, by name', () => {
    const race = encodeVariable({ name: 'race', values: ['A', 'B', 'Not Reported', '', 'A', 'B'] });
    const report = measureBalance([race], new Uint32Array(7), [0, 0, 0, 0, 1, 1], ['a', 'b']).variables.race!;
    expect(report).toMatchObject({ jsd_reported: 0, not_reported: 0.333333, not_reported_categories: ['', 'Not Reported'] });
    expect(report.jsd).toBeGreaterThan(0.4);
  });
});

test.each([
  ['<18', -Infinity, 18],
  ['0-17', 0, 18],
  ['0 - 17 years', 0, 18],
  ['18 to 49 years', 18, 50],
  ['65+ Years', 65, Infinity],
  ['>=65', 65, Infinity],
  ['85 and over', 85, Infinity],
  ['[18.5,50)', 18.5, 50],
  ['[18, 30)', 18, 30],
  ['90', 90, 91],
])('the range %s', (label, low, high) => expect(parseInterval(label)).toEqual({ low, high }));

test('what is no range, and ranges with a gap, make no scale', () => {
  for (const label of ['', 'young', '2020-03-01', '9-3', 'S7', `${'9'.repeat(70)}`]) expect([label, parseInterval(label)]).toEqual([label, null]);
  expect(parseScale(['0-17', '19-49'])).toBeNull();
  expect(parseScale(['18-49', '<18', '>=50'])!.map(({ label }) => label)).toEqual(['<18', '18-49', '>=50']);
});
