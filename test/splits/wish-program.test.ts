import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { assertFeasible } from '../../src/splits/rules/feasibility.js';
import type { SplitInput } from '../../src/splits/input/problem.js';
import { judgeGroups } from '../../src/splits/input/verdict.js';
import { buildWishProgram, partBounds } from '../../src/splits/rules/wish-program.js';
import { gatherWishes } from '../../src/splits/rules/wishes.js';
import { splitInput } from '../support/split-input.js';

/** Up to seven groups of one to three cases, two or three parts, some cases forced or held out, and some limits. */
const inputs: fc.Arbitrary<SplitInput> = fc
  .record({ sizes: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 2, maxLength: 7 }), shares: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 2, maxLength: 3 }) })
  .chain(({ sizes, shares }) => {
    const cases = sizes.flatMap((size, group) => Array.from({ length: size }, (_, at) => `g${group}-${at}`));
    const parts = shares.map((share, index) => ({ name: `p${index}`, target: share / shares.reduce((a, b) => a + b) }));
    const part = fc.constantFrom(...parts.map(({ name }) => name));
    const bound = fc.uniqueArray(fc.record({ case_id: fc.constantFrom(...sizes.map((_, group) => `g${group}-0`)), part }), { selector: ({ case_id }) => case_id, maxLength: 2 });
    const limit = fc.record({ part, min: fc.nat(4), max: fc.integer({ min: 0, max: 6 }), counted: fc.uniqueArray(fc.nat(cases.length - 1), { minLength: 1 }) });
    return fc.record({ bound, limits: fc.array(limit, { maxLength: 3 }), held: fc.boolean() }).map(({ bound: rows, limits, held }) =>
      splitInput({
        cases,
        parts,
        variables: [],
        ties: cases.map((case_id) => ({ kind: 'patient', key: case_id.split('-')[0]!, case_id })),
        ...(held ? { holdOuts: rows } : { forced: rows }),
        limits: limits.map(({ counted, ...each }, at) => ({ rule: `limits.${at}`, ...each, cases: Uint32Array.from(counted).sort() })),
      }),
    );
  });

/** Whether some way of placing the groups meets every rule: all ways are tried. */
function someWay(input: SplitInput): boolean {
  const verdicts = judgeGroups(input);
  const parts = input.parts.map(({ name }) => name);
  const counted = verdicts.filter(({ heldOut }) => !heldOut);
  const fixed = parts.map((part) => counted.filter((verdict) => verdict.part === part).reduce((sum, { members }) => sum + members.length, 0));
  const free = counted.filter(({ part }) => part === null);
  const largest = free.reduce((most, { members }) => Math.max(most, members.length), 1);
  const bounds = partBounds(input.parts.map(({ target }) => target), fixed, parts.map(() => 0), free.reduce((sum, { members }) => sum + members.length, 0), largest);
  for (let way = 0; way < parts.length ** free.length; way++) {
    let rest = way;
    const places = new Map<string, string>();
    const sizes = [...fixed];
    for (const { members, part } of verdicts) for (const id of members) if (part !== null) places.set(id, part);
    for (const { members } of free) {
      const part = rest % parts.length;
      rest = Math.floor(rest / parts.length);
      sizes[part] = sizes[part]! + members.length;
      for (const id of members) places.set(id, parts[part]!);
    }
    const fits = sizes.every((size, part) => size >= bounds[part]!.low && size <= bounds[part]!.high);
    const meets = input.limits.every(({ part, min, max, cases }) => {
      const held = [...cases].filter((index) => places.get(input.cases[index]!) === part).length;
      return held >= min && held <= max;
    });
    if (fits && meets) return true;
  }
  return false;
}

describe('the program of a draw', () => {
  test('can be met just when some way of placing the groups meets every rule', async () => {
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(inputs, async (input) => {
        const passed = await assertFeasible(input).then(
          () => true,
          (error: { code: string }) => {
            expect(error.code).toBe('SPLIT_INFEASIBLE');
            return false;
          },
        );
        refused += passed ? 0 : 1;
        // without limits and forced cases nothing is asked of sizes: the draw comes as near as groups allow
        if (input.limits.length > 0 || input.forced.length > 0) expect(passed).toBe(someWay(input));
      }),
      { numRuns: 150 },
    );
    expect(refused).toBeGreaterThan(20);
  });

  test('is not larger for a million groups that count alike', () => {
    const cases = Array.from({ length: 20_000 }, (_, number) => `c${String(number).padStart(6, '0')}`);
    const input = splitInput({ cases, parts: [{ name: 'a', target: 0.5 }, { name: 'b', target: 0.5 }], variables: [], limits: [{ rule: 'limits.0', part: 'a', cases: Uint32Array.from({ length: 100 }, (_, at) => at), min: 10, max: Infinity }] });
    const wishes = gatherWishes(input, judgeGroups(input));
    expect(wishes.groups.map(({ count }) => count).sort((a, b) => a - b)).toEqual([100, 19_900]);
    const built = buildWishProgram(wishes, [...wishes.rules.keys()]);
    expect(typeof built === 'string' ? built : built.program.columns.length).toBe(4);
  });
});

describe('what a part may hold', () => {
  test('is within less than one group of its share', () => {
    expect(partBounds([0.7, 0.3], [0, 0], [0, 0], 100, 1)).toMatchObject([{ low: 70, high: 70 }, { low: 30, high: 30 }]);
    expect(partBounds([0.7, 0.3], [0, 0], [0, 0], 101, 1)).toMatchObject([{ low: 70, high: 71 }, { low: 30, high: 31 }]);
    expect(partBounds([0.5, 0.5], [0, 0], [0, 0], 10, 3)).toMatchObject([{ low: 3, high: 7 }, { low: 3, high: 7 }]);
  });

  test('follows what is frozen: the others share the rest', () => {
    expect(partBounds([0.5, 0.3, 0.2], [0, 0, 60], [0, 0, 60], 40, 1).map(({ ideal }) => ideal)).toEqual([25, 15, 60]);
    expect(partBounds([0.5, 0.5, 0], [0, 0, 0], [0, 0, 0], 10, 1)[2]).toMatchObject({ ideal: 0 });
  });
});
