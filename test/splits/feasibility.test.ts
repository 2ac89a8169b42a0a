import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { CurationError } from '../../src/errors.js';
import { combinations, findSmallestConflict } from '../../src/splits/rules/conflict-set.js';
import { assertFeasible } from '../../src/splits/rules/feasibility.js';
import type { CaseLimit } from '../../src/splits/input/problem.js';
import { splitInput, type TextInput } from '../support/split-input.js';

const PARTS = [{ name: 'test', target: 0.2 }, { name: 'train', target: 0.8 }];

function cases(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `c${String(index).padStart(3, '0')}`);
}

function limit(rule: string, part: string, indices: number[], min: number, max = Infinity): CaseLimit {
  return { rule, part, cases: Uint32Array.from(indices), min, max };
}

function judge(input: Partial<TextInput>): Promise<void> {
  return assertFeasible(splitInput({ parts: PARTS, variables: [], cases: cases(100), ...input }));
}

async function refusal(input: Partial<TextInput>): Promise<CurationError> {
  const error = await judge(input).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(CurationError);
  return error as CurationError;
}

describe('the smallest conflict', () => {
  test('is found, and is the smallest, whatever the rules', async () => {
    const sets = fc.uniqueArray(fc.uniqueArray(fc.nat(7), { minLength: 1, maxLength: 4 }), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(sets, async (conflicts) => {
        const oracle = (rules: readonly number[]) => Promise.resolve(!conflicts.some((conflict) => conflict.every((rule) => rules.includes(rule))));
        const found = await findSmallestConflict([0, 1, 2, 3, 4, 5, 6, 7], oracle, 1000);
        if (conflicts.length === 0) expect(found).toEqual([]);
        else {
          expect(await oracle(found)).toBe(false);
          expect(found.length).toBe(Math.min(...conflicts.map((conflict) => conflict.length)));
        }
      }),
    );
  });

  test('combinations are all there are, in order', () => {
    expect([...combinations([1, 2, 3, 4], 2)]).toEqual([[1, 2], [1, 3], [1, 4], [2, 3], [2, 4], [3, 4]]);
    expect([...combinations([1], 2)]).toEqual([]);
  });
});

describe('wishes are judged before anything is drawn', () => {
  test('what can be met passes', async () => {
    await judge({});
    await judge({ limits: [limit('limits.0: at least 20 cases in test', 'test', [...cases(100).keys()], 20)] });
    await judge({ forced: cases(5).map((case_id) => ({ case_id, part: 'test' })), limits: [limit('few', 'test', [0, 1, 2, 3, 4, 5], 5, 5)] });
  });

  test('a limit that asks for more cases than there are names itself and what can be had', async () => {
    const error = await refusal({ limits: [limit('limits.0: at least 30 cases with x in test', 'test', [0, 1, 2], 30)] });
    expect(error.code).toBe('SPLIT_INFEASIBLE');
    expect(error.message).toContain('this rule cannot be met');
    expect(error.message).toContain('limits.0: at least 30 cases with x in test (3 such cases)');
    expect(error.suggestions.join()).toContain('min: 3');
  });

  test('a limit and a share that contradict each other are both named, and nothing else', async () => {
    const all = [...cases(100).keys()];
    const error = await refusal({ limits: [limit('limits.0: at least 50 cases in test', 'test', all, 50), limit('limits.1: at most 90 cases in train', 'train', all, 0, 90)] });
    expect(error.message).toContain('these 2 rules contradict each other');
    expect(error.message).toContain('limits.0: at least 50 cases in test');
    expect(error.message).toContain('parts.test: 0.2');
    expect(error.message).not.toContain('limits.1');
  });

  test('two limits that contradict each other', async () => {
    const some = [0, 1, 2, 3, 4, 5];
    const error = await refusal({ limits: [limit('limits.0: at least 4 in test', 'test', some, 4), limit('limits.1: at least 4 in train', 'train', some, 4)] });
    expect(error.message).toContain('these 2 rules contradict each other');
  });

  test('forced cases against a limit', async () => {
    const forced = cases(4).map((case_id) => ({ case_id, part: 'train', rule: 'assign: forced.csv' }));
    const error = await refusal({ forced, limits: [limit('limits.0: at least 2 in test', 'test', [0, 1, 2, 3], 2)] });
    expect(error.message).toContain('assign: forced.csv (4 cases)');
    expect(error.message).toContain('limits.0: at least 2 in test (4 such cases, 4 of them bound to other parts)');
  });

  test('linked cases against a limit', async () => {
    const ties = [0, 1, 2].map((index) => ({ kind: 'patient', key: 'p', case_id: cases(3)[index]! }));
    const error = await refusal({ ties, limits: [limit('limits.0: 1 to 1 in test', 'test', [0, 1, 2], 1, 1)] });
    expect(error.message).toContain('linked cases stay together');
  });

  test('the file must not contradict a hold-out rule about a linked case', async () => {
    const ties = [0, 1].map((index) => ({ kind: 'patient', key: 'p', case_id: cases(2)[index]! }));
    const error = await refusal({ ties, forced: [{ case_id: 'c000', part: 'test', line: 2 }], holdOuts: [{ case_id: 'c001', part: 'train', rule: "hold_out.train: site = 'S'" }] });
    expect(error.message).toMatch(/c000.*test.*line 2.*c001.*train.*hold_out\.train/);
  });

  test('a group of half of all cases is told with what ties it', async () => {
    const ties = cases(60).map((case_id) => ({ kind: 'referral', key: 'UNKNOWN', case_id }));
    const error = await refusal({ ties });
    expect(error.message).toContain('one group of linked cases holds 60 of 100 cases');
    expect(error.found).toContain('referral');
    expect(error.suggestions.join(' ')).toContain('placeholder');
  });
});
