import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { equalDistance, OrderedDistance } from '../../../src/checks/disclosure/distance.js';
import { caseTable, findingsOf, judge } from './gate.js';

/** The least work of moving one distribution into the other by hand: from the left, each share to the nearest need. */
function transport(from: readonly number[], to: readonly number[]): number {
  const [supply, demand] = [[...from], [...to]];
  let [work, left, right] = [0, 0, 0];
  while (left < supply.length && right < demand.length) {
    const moved = Math.min(supply[left]!, demand[right]!);
    work += moved * Math.abs(left - right);
    supply[left]! -= moved;
    demand[right]! -= moved;
    if (supply[left]! <= 1e-12) left++;
    else right++;
  }
  return work / (from.length - 1);
}

function sharesOf(counts: readonly number[]): number[] {
  const sum = counts.reduce((all, count) => all + count, 0);
  return counts.map((count) => count / sum);
}

const held = (counts: readonly number[]): [number, number][] => counts.flatMap((count, value): [number, number][] => (count > 0 ? [[value, count]] : []));

describe('earth mover\'s distance', () => {
  test('the published example of salaries: {3k,4k,5k} and {6k,8k,11k} of nine, 0.375 and 0.167', () => {
    const whole = [1, 1, 1, 1, 1, 1, 1, 1, 1];
    const distance = new OrderedDistance(whole);
    expect(distance.of([[0, 1], [1, 1], [2, 1]])).toBeCloseTo(0.375, 12);
    expect(distance.of([[3, 1], [5, 1], [8, 1]])).toBeCloseTo(1 / 6, 12);
  });

  test('equal distances: half the differences', () => {
    expect(equalDistance([[0, 10]], [90, 10])).toBeCloseTo(0.1, 12);
    expect(equalDistance([[1, 3]], [90, 10])).toBeCloseTo(0.9, 12);
    expect(equalDistance([[0, 9], [1, 1]], [90, 10])).toBeCloseTo(0, 12);
  });

  test('for random distributions both are the work of moving one into the other', () => {
    const pair = fc.integer({ min: 2, max: 8 }).chain((length) => {
      const counts = fc.array(fc.nat(9), { minLength: length, maxLength: length });
      return fc.tuple(counts.filter((all) => all.some((count) => count > 0)), counts.map((all) => all.map((count) => count + 1)));
    });
    fc.assert(
      fc.property(pair, ([own, whole]) => {
        const [p, q] = [sharesOf(own), sharesOf(whole)];
        expect(new OrderedDistance(whole).of(held(own))).toBeCloseTo(transport(p, q), 9);
        expect(equalDistance(held(own), whole)).toBeCloseTo(p.reduce((sum, share, at) => sum + Math.max(0, share - q[at]!), 0), 9);
      }),
      { numRuns: 300, seed: 5 },
    );
  });

  test('one value has no distance, and a class without values neither', () => {
    expect(new OrderedDistance([5]).of([[0, 5]])).toBe(0);
    expect(new OrderedDistance([5, 5]).of([])).toBe(0);
    expect(equalDistance([], [5, 5])).toBe(0);
  });
});

const HEADER = ['sex', 'covid19_positive'];
const L = { gate: { k_anonymity: 3, l_diversity: 2, quasi_identifiers: ['sex'] } };

describe('DSC-004', () => {
  test('a class in which all have one value is found, one with two is not', async () => {
    const table = caseTable(HEADER, [[4, 'Male', 'Yes'], [3, 'Female', 'Yes'], [1, 'Female', 'No']]);
    expect(await findingsOf('DSC-004', { case: table }, L)).toMatchObject([
      { level: 'error', location: { table: 'case', column: 'covid19_positive', key: 'sex=Male' }, expected: 'at least 2 values in each class', found: '1 value in 4 cases' },
    ]);
  });

  test('a missing value is no second value, and a class without values tells nothing', async () => {
    const table = caseTable(HEADER, [[4, 'Male', 'Yes'], [1, 'Male', ''], [5, 'Female', '']]);
    expect(await findingsOf('DSC-004', { case: table }, L)).toMatchObject([{ location: { key: 'sex=Male' }, found: '1 value in 5 cases' }]);
  });

  test('classes that are too small to hold l values are told together', async () => {
    const table = caseTable(['race', 'covid19_positive'], [[1, 'Asian', 'Yes'], [1, 'White', 'No'], [2, 'Other', 'Yes'], [2, 'Other', 'No']]);
    expect(await findingsOf('DSC-004', { case: table }, { gate: { ...L.gate, quasi_identifiers: ['race'] } })).toMatchObject([
      { message: 'The sensitive column takes too few values in classes that are too small to hold more.', found: '2 classes with 2 cases' },
    ]);
  });

  test('l of 3 asks for three', async () => {
    const table = caseTable(HEADER, [[4, 'Male', 'Yes'], [4, 'Male', 'No'], [1, 'Female', 'Yes'], [1, 'Female', 'No'], [1, 'Female', 'Indeterminate']]);
    expect(await findingsOf('DSC-004', { case: table }, { gate: { ...L.gate, l_diversity: 3 } })).toMatchObject([{ location: { key: 'sex=Male' }, found: '2 values in 8 cases' }]);
  });

  test('without sensitive columns it does not apply', async () => {
    const report = await judge({ case: caseTable(['sex'], [[4, 'Male']]) }, { ...L, only: ['DSC-004', 'DSC-005'] });
    expect(report.checks.map(({ status, reason }) => [status, reason])).toEqual(Array(2).fill(['not-applicable', 'no sensitive column of the policy is in the public view']));
  });
});

describe('DSC-005', () => {
  test('a class that is far from the whole is found with its distance', async () => {
    // Whole: 10 Yes of 20; males 8 of 10: |0.8 - 0.5| = 0.3.
    const table = caseTable(HEADER, [[8, 'Male', 'Yes'], [2, 'Male', 'No'], [2, 'Female', 'Yes'], [8, 'Female', 'No']]);
    expect(await findingsOf('DSC-005', { case: table }, L)).toMatchObject([
      { level: 'warning', location: { key: 'sex=Female' }, expected: 'a distance of at most 0.2', found: '0.300 in 10 cases' },
      { location: { key: 'sex=Male' }, found: '0.300 in 10 cases' },
    ]);
    expect(await findingsOf('DSC-005', { case: table }, { gate: { ...L.gate, t_closeness: 0.3 } })).toEqual([]);
  });

  test('classes below k are left to DSC-001', async () => {
    const table = caseTable(HEADER, [[10, 'Male', 'Yes'], [10, 'Male', 'No'], [2, 'Female', 'Yes']]);
    expect(await findingsOf('DSC-005', { case: table }, L)).toEqual([]);
  });

  test('numbers are compared by their order, the least before the greatest whatever their texts', async () => {
    // Ages 9, 10, 100 of the whole in thirds; females hold 9 only: (1/3*1 + 1/3*2)/2 = 0.5.
    const rows: [number, string, string][] = [[4, 'Female', '9'], [4, 'Male', '10'], [4, 'Male', '100']];
    const findings = await findingsOf('DSC-005', { case: caseTable(['sex', 'weight'], rows) }, { gate: { ...L.gate, sensitive: ['weight'] }, pack: null });
    expect(findings.map(({ location, found }) => [location.key, found])).toEqual([['sex=Female', '0.500 in 4 cases'], ['sex=Male', '0.250 in 8 cases']]);
  });
});
