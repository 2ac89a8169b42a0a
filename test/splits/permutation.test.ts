import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { measureBalance } from '../../src/splits/report/balance.js';
import { affordableRuns, permuteParts, type PermutationInput } from '../../src/splits/report/measures/permutation.js';
import { permutationGroups } from '../../src/splits/report/permutation-groups.js';
import { splitInput } from '../support/split-input.js';

/** Groups of one case each with one category. */
function singles(parts: number[], categories: number[], stays: number[] = []): PermutationInput {
  const start = Uint32Array.from({ length: categories.length + 1 }, (_, at) => at);
  return {
    parts: new Set(parts).size,
    partOf: Int16Array.from(parts),
    size: new Uint32Array(parts.length).fill(1),
    stays: Uint8Array.from({ length: parts.length }, (_, at) => (stays.includes(at) ? 1 : 0)),
    variables: [{ categories: new Set(categories).size, start, code: Uint32Array.from(categories) }],
  };
}

const repeat = (length: number, value: (at: number) => number) => Array.from({ length }, (_, at) => value(at));

describe('the permutation test', () => {
  test('gives the exact probability', () => {
    // 3 of 8 in part 1; 4 of 8 have the category. Balanced at best with 1 or 2 of it in part 1: (4·6 + 6·4) / 56
    const { variables } = permuteParts(singles([1, 1, 1, 0, 0, 0, 0, 0], [1, 0, 0, 1, 1, 1, 0, 0]), 'key', 20_000)!;
    expect(variables[0]!.p).toBeCloseTo(48 / 56, 1.7);
    expect(variables[0]!.p_worse).toBe(1);
    const worst = permuteParts(singles([1, 1, 1, 0, 0, 0, 0, 0], [1, 1, 1, 1, 0, 0, 0, 0]), 'key', 20_000)!.variables[0]!;
    expect(worst.p).toBe(1);
    expect(Math.abs(worst.p_worse - 8 / 56)).toBeLessThan(0.01);
  });

  test('is small for what no luck makes, on either side', () => {
    const half = repeat(400, (at) => at % 2);
    const balanced = permuteParts(singles(half, repeat(400, (at) => Math.floor(at / 2) % 10)), 'key', 999)!.variables[0]!;
    expect(balanced).toMatchObject({ p: 0.001, p_worse: 1, runs: 999 });
    const tied = permuteParts(singles(half, half), 'key', 999)!.variables[0]!;
    expect(tied).toMatchObject({ p: 1, p_worse: 0.001 });
  });

  test('is uniform over random splits: of 200, about a tenth are below 0.1', () => {
    const categories = repeat(60, (at) => at % 3);
    let low = 0;
    for (let seed = 0; seed < 200; seed++) {
      // a multiplicative order of the groups stands for a random split
      const parts = repeat(60, (at) => ((at * 7919 + seed * 104_729 + at * at * (seed + 3)) % 1009) % 2);
      if (permuteParts(singles(parts, categories), String(seed), 199)!.variables[0]!.p <= 0.1) low++;
    }
    expect(low).toBeGreaterThan(4);
    expect(low).toBeLessThan(45);
  });

  test('is the same for the same key, and another for another', () => {
    const input = singles(repeat(50, (at) => (at * 7) % 3), repeat(50, (at) => (at * 11) % 4));
    expect(permuteParts(input, 'a', 300)).toEqual(permuteParts(input, 'a', 300));
    expect(permuteParts(input, 'a', 300)!.variables[0]!.median).toBeGreaterThan(0);
    expect(permuteParts(input, 'b', 300)).not.toEqual(permuteParts(input, 'a', 300));
  });

  test('says nothing when no group can change places, or nothing is measured', () => {
    expect(permuteParts(singles([0, 0, 0], [0, 1, 0]), 'key')).toBeNull();
    expect(permuteParts(singles([0, 1], [0, 1], [0, 1]), 'key')).toBeNull();
    expect(permuteParts({ ...singles([0, 1], [0, 1]), size: Uint32Array.of(1, 2) }, 'key')).toBeNull();
    expect(permuteParts({ ...singles([0, 1], [0, 1]), variables: [] }, 'key')).toBeNull();
    expect(permuteParts(singles([0, 1], [0, 1]), 'key', 0)).toBeNull();
  });

  test('leaves what a rule placed where it is', () => {
    // the two that stay make all the imbalance: every allocation is as balanced as this one
    const { groups, variables } = permuteParts(singles([1, 1, 0, 1, 0], [1, 1, 0, 0, 0], [0, 1]), 'key', 99)!;
    expect(groups).toBe(3);
    expect(variables[0]).toMatchObject({ p: 1, p_worse: 1 });
  });

  test('runs fewer for large collections, but never too few to tell', () => {
    expect([1e3, 2e5, 4e6, 1e9].map((steps) => affordableRuns(2000, steps))).toEqual([2000, 2000, 125, 99]);
    expect(affordableRuns(10, 1e9)).toBe(10);
  });
});

describe('the groups of a split', () => {
  const values = fc.array(fc.tuple(fc.subarray(['a', 'b', 'c']), fc.integer({ min: 0, max: 4 }), fc.integer({ min: -1, max: 2 })), { minLength: 2, maxLength: 25 });

  test('count what the balance counts: the split itself is one of its permutations', () => {
    fc.assert(
      fc.property(values, (cases) => {
        const ids = cases.map((_, at) => `c${String(at).padStart(2, '0')}`);
        const ties = cases.map(([, group], at) => ({ kind: 'g', key: String(group), case_id: ids[at]! }));
        const input = splitInput({ cases: ids, ties, variables: [{ name: 'v', values: cases.map(([found]) => found) }] });
        const partOf = Int16Array.from(cases, ([, , part]) => part);
        const groups = permutationGroups(input, partOf, 3);
        expect(groups.size.reduce((sum, size) => sum + size, 0)).toBe(partOf.filter((part) => part >= 0).length);
        const report = measureBalance(input.variables, input.studyStart, partOf, ['a', 'b', 'c']).variables.v!;
        const found = permuteParts(groups, 'key', 99);
        if (found === null) return;
        expect(found.variables[0]!.least).toBeGreaterThanOrEqual(0);
        // with one run that happens to be the split itself both shares would be 1; their sum is always above 1
        expect(found.variables[0]!.p + found.variables[0]!.p_worse).toBeGreaterThan(1);
        expect(report.total_variation).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  test('linked cases move together and keep the sizes of the parts', () => {
    const ids = repeat(40, (at) => at).map((at) => `c${String(at).padStart(2, '0')}`);
    const ties = ids.slice(0, 20).map((case_id, at) => ({ kind: 'p', key: String(at >> 1), case_id }));
    const input = splitInput({ cases: ids, ties, variables: [{ name: 'v', values: ids.map((_, at) => String(at % 3)) }] });
    const groups = permutationGroups(input, Int16Array.from(ids, (_, at) => (at % 4 < 2 ? 0 : 1)), 2);
    expect([...groups.size].sort()).toEqual([...repeat(20, () => 1), ...repeat(10, () => 2)]);
    expect(permuteParts(groups, 'key', 50)!.groups).toBe(30);
  });

  test('a case that a file placed stays', () => {
    const input = splitInput({ cases: ['a', 'b', 'c'], variables: [{ name: 'v', values: ['x', 'y', 'x'] }], forced: [{ case_id: 'b', part: 'test' }] });
    expect([...permutationGroups(input, Int16Array.of(0, 1, 0), 2).stays]).toEqual([0, 1, 0]);
  });
});
