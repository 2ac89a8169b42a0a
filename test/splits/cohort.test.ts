import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { adviseCohort } from '../../src/splits/cohort/advice.js';
import { countBounds, type CohortGroup, type CohortMeasure, type CohortProblem } from '../../src/splits/cohort/problem.js';
import { boundCohort, solveCohort } from '../../src/splits/cohort/cohort.js';
import { keyedRandom } from '../../src/splits/search/random.js';

/** Counts of a choice of groups against every measure. */
function isAsWanted({ measures, size }: CohortProblem, groups: readonly CohortGroup[]): boolean {
  const cases = groups.reduce((sum, group) => sum + group.cases, 0);
  if (cases === 0 || (size !== null && cases !== size)) return false;
  return measures.every((measure, at) => {
    const count = groups.reduce((sum, { counts }) => sum + (counts.find(([counted]) => counted === at)?.[1] ?? 0), 0);
    const { low, high } = countBounds(measure, cases);
    return count >= low - 1e-6 && count <= high + 1e-6;
  });
}

/** The most cases of any subset that is as wanted, 0 when none is. */
function bruteForce(problem: CohortProblem): number {
  const { groups } = problem;
  let most = 0;
  for (let subset = 0; subset < 1 << groups.length; subset++) {
    const chosen = groups.filter(({ state }, at) => state === 'fixed' || (subset & (1 << at)) !== 0);
    if (isAsWanted(problem, chosen)) most = Math.max(most, chosen.reduce((sum, { cases }) => sum + cases, 0));
  }
  return most;
}

/** Two variables of two and three categories; groups of one to three cases; a few fixed. */
const problems = fc
  .record({
    groups: fc.array(fc.record({ members: fc.array(fc.tuple(fc.nat(1), fc.nat(2)), { minLength: 1, maxLength: 3 }), fixed: fc.integer({ min: 0, max: 9 }) }), { minLength: 1, maxLength: 9 }),
    sex: fc.constantFrom(0.5, 0.4, 0.25, 1),
    site: fc.constantFrom([0.5, 0.5, 0], [0.4, 0.3, 0.3], [1, 0, 0]),
    tolerance: fc.constantFrom(0, 0.05, 0.1, 0.2),
    size: fc.option(fc.integer({ min: 1, max: 8 }), { freq: 3 }),
    least: fc.option(fc.integer({ min: 0, max: 3 }), { freq: 2 }),
  })
  .map(({ groups, sex, site, tolerance, size, least }): CohortProblem => {
    const shares: CohortMeasure[] = [sex, 1 - sex, ...site].map((target, at) => ({ name: `m${at}`, wanted: { kind: 'share', target, tolerance } }));
    const limits: CohortMeasure[] = least === null ? [] : [{ name: 'limit', wanted: { kind: 'count', min: least, max: 6 } }];
    return {
      key: 'k',
      size,
      measures: [...shares, ...limits],
      groups: groups.map(({ members, fixed }, at): CohortGroup => {
        const counts = new Map<number, number>();
        for (const [a, b] of members) for (const measure of [a, 2 + b, ...(least !== null && b === 1 ? [5] : [])]) counts.set(measure, (counts.get(measure) ?? 0) + 1);
        return { id: `g${at}`, cases: members.length, counts: [...counts].sort(([a], [b]) => a - b), state: fixed === 0 ? 'fixed' : 'free' };
      }),
    };
  });

describe('a cohort', () => {
  test('is the largest that brute force finds, is as wanted, and holds what is fixed', async () => {
    await fc.assert(
      fc.asyncProperty(problems, async (problem) => {
        const most = bruteForce(problem);
        const outcome = await solveCohort(problem);
        if (most === 0) return expect(outcome).toEqual({ kind: 'infeasible' });
        if (outcome.kind !== 'chosen') return expect(outcome.kind).toBe('chosen');
        const chosen = problem.groups.filter(({ id }) => outcome.groups.includes(id));
        expect(isAsWanted(problem, chosen)).toBe(true);
        expect(outcome.size).toBe(most);
        expect(chosen.reduce((sum, { cases }) => sum + cases, 0)).toBe(most);
        expect(outcome.bound).toBe(problem.size === null ? most : null);
        expect(problem.groups.filter(({ id, state }) => state === 'fixed' && !outcome.groups.includes(id))).toEqual([]);
        if (problem.size === null) expect(await boundCohort(problem)).toBe(most);
      }),
      { numRuns: 150, seed: 4 },
    );
  });

  test('is the same for groups in any order', async () => {
    await fc.assert(
      fc.asyncProperty(problems, fc.infiniteStream(fc.nat(8)), async (problem, swaps) => {
        const groups = [...problem.groups];
        for (let at = groups.length - 1; at > 0; at--) {
          const other = swaps.next().value! % (at + 1);
          [groups[at], groups[other]] = [groups[other]!, groups[at]!];
        }
        expect(await solveCohort({ ...problem, groups })).toEqual(await solveCohort(problem));
      }),
      { numRuns: 40, seed: 5 },
    );
  });

  test('that cannot be is explained by rules none of which is idle, and the advice helps', async () => {
    let explained = 0;
    await fc.assert(
      fc.asyncProperty(problems, async (problem) => {
        if (bruteForce(problem) > 0) return;
        explained++;
        const advice = await adviseCohort(problem);
        const only = (places: readonly number[]) => ({ ...problem, size: advice.size ? problem.size : null, measures: problem.measures.map((measure, at) => (places.includes(at) ? measure : ANY)) });
        expect(bruteForce(only(advice.contradiction))).toBe(0);
        for (const left of advice.contradiction) expect(bruteForce(only(advice.contradiction.filter((at) => at !== left)))).toBeGreaterThan(0);
        if (advice.size) expect(bruteForce({ ...only(advice.contradiction), size: null })).toBeGreaterThan(0);
        if (advice.tolerance !== null) expect(bruteForce(withTolerance(problem, advice.tolerance))).toBeGreaterThan(0);
        if (advice.largest !== null) expect(advice.largest).toBe(bruteForce({ ...problem, size: null }));
      }),
      { numRuns: 60, seed: 6 },
    );
    expect(explained).toBeGreaterThan(10);
  });

  test('chooses among equal groups by the key: every one has its chance, and others do not change it', async () => {
    const groups = Array.from({ length: 8 }, (_, at): CohortGroup => ({ id: `c${at}`, cases: 1, counts: [[at % 2, 1]], state: 'free' }));
    const measures = [0, 1].map((at): CohortMeasure => ({ name: `m${at}`, wanted: { kind: 'share', target: 0.5, tolerance: 0 } }));
    const taken = new Map<string, number>();
    for (let seed = 0; seed < 200; seed++) {
      const outcome = await solveCohort({ key: `k${seed}`, size: 4, measures, groups });
      if (outcome.kind !== 'chosen') throw new Error(outcome.kind);
      for (const id of outcome.groups) taken.set(id, (taken.get(id) ?? 0) + 1);
    }
    // 100 expected of each, standard deviation 7
    for (const { id } of groups) expect(Math.abs(taken.get(id)! - 100)).toBeLessThan(25);
  });

  test('is like the supply in what the targets leave open', async () => {
    // two variables that nothing ties in the supply; the targets ask for other shares of both
    const groups = Array.from({ length: 400 }, (_, at): CohortGroup => ({ id: `c${at}`, cases: 1, counts: [[at % 2, 1], [2 + (Math.floor(at / 2) % 2), 1]], state: 'free' }));
    const measures = [0.7, 0.3, 0.7, 0.3].map((target, at): CohortMeasure => ({ name: `m${at}`, wanted: { kind: 'share', target, tolerance: 0 } }));
    const outcome = await solveCohort({ key: 'k', size: 100, measures, groups });
    if (outcome.kind !== 'chosen') throw new Error(outcome.kind);
    const both = outcome.groups.filter((id) => Number(id.slice(1)) % 4 === 0).length;
    expect(Math.abs(both - 49)).toBeLessThanOrEqual(2);
  });
});

test('of cases that are each unlike the others is as wanted, and within a few percent of what divisible cases would give', async () => {
  const random = keyedRandom('many', 'strata');
  const groups = Array.from({ length: 3000 }, (_, at): CohortGroup => ({
    id: `c${at}`,
    cases: 1,
    counts: Array.from({ length: 6 }, (__, variable): [number, number] => [variable * 6 + Math.floor(6 * random.unit() * random.unit()), 1]),
    state: at < 20 ? 'fixed' : 'free',
  }));
  const measures = Array.from({ length: 36 }, (_, at): CohortMeasure => ({ name: `m${at}`, wanted: { kind: 'share', target: [0.3, 0.2, 0.2, 0.1, 0.1, 0.1][at % 6]!, tolerance: 0.02 } }));
  const problem: CohortProblem = { key: 'k', size: null, measures, groups };
  const outcome = await solveCohort(problem);
  if (outcome.kind !== 'chosen') throw new Error(outcome.kind);
  expect(isAsWanted(problem, groups.filter(({ id }) => outcome.groups.includes(id)))).toBe(true);
  expect(groups.filter(({ id, state }) => state === 'fixed' && !outcome.groups.includes(id))).toEqual([]);
  expect(outcome.size).toBeGreaterThan(outcome.bound! * 0.97);
  expect(await solveCohort({ ...problem, groups: groups.toReversed() })).toEqual(outcome);
});

const ANY: CohortMeasure = { name: 'any', wanted: { kind: 'count', min: 0, max: Infinity } };

function withTolerance(problem: CohortProblem, tolerance: number): CohortProblem {
  return { ...problem, measures: problem.measures.map((measure): CohortMeasure => (measure.wanted.kind === 'share' ? { ...measure, wanted: { ...measure.wanted, tolerance } } : measure)) };
}
