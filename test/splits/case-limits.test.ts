import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { assignCases, type SplitOutcome } from '../../src/splits/assign.js';
import type { CaseLimit } from '../../src/splits/input/problem.js';
import { splitInput, type TextInput } from '../support/split-input.js';
import { syntheticCases } from '../support/synthetic-cases.js';

const PARTS = [{ name: 'test', target: 0.2 }, { name: 'train', target: 0.8 }];

function countIn({ assigned }: SplitOutcome, part: string, ids: ReadonlySet<string>): number {
  return assigned.filter((each) => each.part === part && ids.has(each.case_id)).length;
}

/** Cases of a table for which a value holds, as a limit counts them. */
function casesWith(table: TextInput, name: string, value: string): Uint32Array {
  const { values } = table.variables.find((variable) => variable.name === name)!;
  return Uint32Array.from(values.flatMap((each, index) => ([each].flat().includes(value) ? [index] : [])));
}

function namesOf(table: TextInput, limit: CaseLimit): Set<string> {
  return new Set(Array.from(limit.cases, (index) => table.cases[index]!));
}

describe('limits', () => {
  test('are met whenever they can be, whatever else is wished for, with frozen and held-out cases counted', async () => {
    const table: TextInput = { ...syntheticCases(60, 'limits'), parts: PARTS };
    await fc.assert(
      fc.asyncProperty(fc.subarray([...table.cases.keys()], { minLength: 1 }), fc.subarray([...table.cases.keys()], { minLength: 1 }), fc.nat(30), fc.nat(20), fc.nat(8), async (one, two, least, most, bound) => {
        const frozen = table.cases.slice(0, bound).map((case_id) => ({ case_id, group_id: case_id, part: 'train' }));
        const holdOuts = [{ case_id: table.cases[20]!, part: 'test' }];
        // wishes that the free cases alone can meet, if only just
        const open = new Set([...table.cases.keys()].filter((index) => index >= bound && index !== 20 && !table.ties!.some(({ case_id }) => case_id === table.cases[index])));
        const min = Math.min(least, one.filter((index) => open.has(index)).length);
        const bindable = two.filter((index) => !open.has(index)).length;
        const limits: CaseLimit[] = [
          { rule: 'at least', part: 'test', cases: Uint32Array.from(one), min, max: Infinity },
          { rule: 'at most', part: 'train', cases: Uint32Array.from(two), min: 0, max: two.length - Math.min(most, two.filter((index) => open.has(index)).length) },
        ];
        expect(limits[1]!.max).toBeGreaterThanOrEqual(bindable);
        const outcome = await assignCases(splitInput({ ...table, frozen, holdOuts, limits }));
        expect(countIn(outcome, 'test', namesOf(table, limits[0]!))).toBeGreaterThanOrEqual(limits[0]!.min);
        expect(countIn(outcome, 'train', namesOf(table, limits[1]!))).toBeLessThanOrEqual(limits[1]!.max);
        for (const { case_id, part } of frozen) expect(outcome.assigned.find((each) => each.case_id === case_id)!.part).toBe(part);
      }),
      { numRuns: 20 },
    );
  }, 60_000);

  test('cost no more than they must: sizes stay exact and other cases balanced', async () => {
    const table: TextInput = { ...syntheticCases(500, 'limits'), parts: PARTS };
    const positive = casesWith(table, 'covid19_positive', 'Yes');
    const limits: CaseLimit[] = [{ rule: 'at least 75 positive in test', part: 'test', cases: positive, min: 75, max: Infinity }];
    const without = await assignCases(splitInput({ ...table }));
    expect(countIn(without, 'test', namesOf(table, limits[0]!))).toBeLessThan(75);
    const outcome = await assignCases(splitInput({ ...table, limits }));
    expect(countIn(outcome, 'test', namesOf(table, limits[0]!))).toBe(75);
    expect(outcome.assigned.filter(({ part }) => part === 'test')).toHaveLength(100);
    const women = new Set(Array.from(casesWith(table, 'sex', 'Female'), (index) => table.cases[index]!));
    expect(Math.abs(countIn(outcome, 'test', women) - women.size / 5)).toBeLessThan(4);
  }, 60_000);

  test('that cannot be met are named, never missed in silence', async () => {
    const table: TextInput = { ...syntheticCases(40, 'limits'), parts: PARTS };
    const all = Uint32Array.from(table.cases.keys());
    const impossible: CaseLimit[] = [
      { rule: 'at most 10 in test', part: 'test', cases: all, min: 0, max: 10 },
      { rule: 'at least 11 in test', part: 'test', cases: all, min: 11, max: Infinity },
    ];
    await expect(assignCases(splitInput({ ...table, limits: impossible }))).rejects.toMatchObject({ code: 'SPLIT_INFEASIBLE', message: expect.stringContaining('at least 11 in test') as unknown} );
    const [a, b, c] = table.cases as [string, string, string];
    const ties = [a, b, c].map((case_id) => ({ kind: 'patient', key: 'one', case_id }));
    const torn: CaseLimit[] = [{ rule: 'one or two of three that are linked', part: 'test', cases: Uint32Array.of(0, 1, 2), min: 1, max: 2 }];
    await expect(assignCases(splitInput({ ...table, ties, limits: torn }))).rejects.toMatchObject({ code: 'SPLIT_INFEASIBLE', message: expect.stringContaining('one or two of three') as unknown} );
    const unfilled: CaseLimit[] = [{ rule: 'at least 1 outside', part: 'outside', cases: all, min: 1, max: Infinity }];
    await expect(assignCases(splitInput({ ...table, parts: [...PARTS, { name: 'outside', target: 0 }], limits: unfilled }))).rejects.toMatchObject({ code: 'SPLIT_INFEASIBLE' });
  });
});

describe('what shares count', () => {
  const table = syntheticCases(300, 'units');
  const images = Uint32Array.from(table.cases, (_, index) => (index * 7919) % 40);

  test.each(['cases', 'studies', 'images'] as const)('%s: every part is on target by less than one group', async (unit) => {
    const counts = unit === 'cases' ? table.cases.map(() => 1) : unit === 'studies' ? [...table.rows as Uint8Array] : [...images];
    const parts = [{ name: 'a', target: 0.5 }, { name: 'b', target: 0.3 }, { name: 'c', target: 0.2 }];
    const outcome = await assignCases(splitInput({ ...table, images, unit, parts }));
    const of = new Map(table.cases.map((id, index) => [id, counts[index]!]));
    const total = counts.reduce((a, b) => a + b, 0);
    const largest = Math.max(...counts) * 3;
    for (const { name, target } of parts) {
      const held = outcome.assigned.filter(({ part }) => part === name).reduce((sum, { case_id }) => sum + of.get(case_id)!, 0);
      expect(Math.abs(held - target * total)).toBeLessThan(unit === 'images' ? Math.min(largest, 2) : 1.5);
    }
  }, 60_000);

  test('cases forced by a file stay there and count in the shares', async () => {
    const forced = table.cases.slice(0, 50).map((case_id) => ({ case_id, part: 'test' }));
    const { assigned, conflicts } = await assignCases(splitInput({ ...table, ties: [], forced, parts: PARTS }));
    expect(conflicts).toEqual([]);
    const placed = new Map(assigned.map(({ case_id, part }) => [case_id, part]));
    for (const { case_id } of forced) expect(placed.get(case_id)).toBe('test');
    expect([...placed.values()].filter((part) => part === 'test')).toHaveLength(60);
  }, 60_000);

  test('a pair of more weight is balanced better, one of none is left to chance', async () => {
    const between = async (pairs: TextInput['pairs']) => {
      const { assigned } = await assignCases(splitInput({ ...table, ties: [], variables: table.variables.slice(0, 4), parts: PARTS, ...(pairs === undefined ? {} : { pairs }) }));
      const inTest = new Set(assigned.filter(({ part }) => part === 'test').map(({ case_id }) => case_id));
      const counts = new Map<string, [number, number]>();
      for (const [index, id] of table.cases.entries()) {
        const key = `${String(table.variables[1]!.values[index])} ${String(table.variables[3]!.values[index])}`;
        const row = counts.get(key) ?? [0, 0];
        counts.set(key, [row[0] + 1, row[1] + (inTest.has(id) ? 1 : 0)]);
      }
      return [...counts.values()].reduce((sum, [all, test]) => sum + (test - all / 5) ** 2 / all, 0);
    };
    const [heavy, plain, none] = [await between([{ a: 'age', b: 'race', weight: 20 }]), await between([]), await between('none')];
    expect(heavy).toBeLessThan(plain);
    expect(plain).toBeLessThan(none);
  }, 60_000);
});
