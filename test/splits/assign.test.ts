import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { assignCases, type SplitOutcome } from '../../src/splits/assign.js';
import { linkGroups, type Tie } from '../../src/splits/input/groups.js';
import { digestInput } from '../../src/splits/input/input-digest.js';
import { measureLeakage } from '../../src/splits/report/leakage.js';
import { byCodeUnit, type SplitInput } from '../../src/splits/input/problem.js';
import type { CellValue } from '../../src/splits/input/variable.js';
import { splitInput, type TextInput } from '../support/split-input.js';
import { syntheticCases } from '../support/synthetic-cases.js';

type WholeInput = TextInput & Required<Pick<TextInput, 'rows' | 'ties' | 'parts'>>;

function assign(input: TextInput): Promise<SplitOutcome> {
  return assignCases(splitInput(input));
}

const RUNS = { numRuns: 30 };

/** Ids that sort differently by locale and by code unit, and hold what breaks files. */
const caseId = fc.oneof(fc.stringMatching(/^[A-Za-zÄé,"' .-]{1,6}$/), fc.nat(99).map((number) => `case ${number}`));
const cell: fc.Arbitrary<CellValue> = fc.oneof(fc.constantFrom('', 'F', 'M', 'Not Reported'), fc.uniqueArray(fc.constantFrom('CT', 'DX', 'MR'), { minLength: 1 }));

/** Targets of two to four parts: whole shares out of their sum, none of them 0. */
const parts = fc
  .array(fc.integer({ min: 1, max: 8 }), { minLength: 2, maxLength: 4 })
  .map((shares) => shares.map((share, index) => ({ name: `p${index}`, target: share / shares.reduce((a, b) => a + b) })));

const inputs: fc.Arbitrary<WholeInput> = fc.uniqueArray(caseId, { minLength: 1, maxLength: 16 }).chain((cases) =>
  fc.record({
    split: fc.constant('s'),
    seed: fc.string(),
    config_digest: fc.constant('c'),
    parts,
    cases: fc.constant(cases),
    rows: fc.array(fc.nat(4), { minLength: cases.length, maxLength: cases.length }),
    variables: fc.array(fc.array(cell, { minLength: cases.length, maxLength: cases.length }), { maxLength: 3 }).map((columns) =>
      columns.map((values, index) => ({ name: `v${index}`, weight: 1 + index, values })),
    ),
    ties: fc.array(fc.record({ kind: fc.constantFrom('patient', 'study'), key: fc.constantFrom('1', '2', '3'), case_id: fc.constantFrom(...cases, 'stranger') }), {
      maxLength: 8,
    }),
    frozen: fc.constant([]),
    holdOuts: fc.constant([]),
  }),
);

function partsOf(outcome: SplitOutcome): Map<string, string> {
  return new Map(outcome.assigned.map(({ case_id, part }) => [case_id, part]));
}

/** Members of every group, by union-find over the ties alone. */
function groupsOf(input: WholeInput): string[][] {
  const ids = [...input.cases].sort(byCodeUnit);
  const { count, groupOf } = linkGroups(ids, input.ties);
  return Array.from({ length: count }, (_, group) => ids.filter((_id, index) => groupOf[index] === group));
}

function freeze(outcome: SplitOutcome): SplitInput['frozen'] {
  return outcome.assigned.map(({ case_id, group_id, part }) => ({ case_id, group_id, part }));
}

function shuffled<T>(items: readonly T[], keys: readonly number[]): T[] {
  return items.map((item, index) => ({ item, key: keys[index % keys.length]! * ((index % 7) + 1) })).sort((a, b) => a.key - b.key).map(({ item }) => item);
}

/** The first `count` cases of an input, and what concerns them. */
function firstCases(input: WholeInput, count: number): WholeInput {
  const kept = new Set(input.cases.slice(0, count));
  return {
    ...input,
    cases: input.cases.slice(0, count),
    rows: Array.from(input.rows).slice(0, count),
    variables: input.variables.map((variable) => ({ ...variable, values: variable.values.slice(0, count) })),
    ties: input.ties.filter(({ case_id }) => kept.has(case_id) || case_id === 'stranger'),
  };
}

describe('laws of every draw', () => {
  test('every case has one stated outcome, and no group is in two parts', async () => {
    await fc.assert(
      fc.asyncProperty(inputs, async (input) => {
        const outcome = await assign(input);
        const stated = [...outcome.assigned, ...outcome.unassigned].map(({ case_id }) => case_id).sort(byCodeUnit);
        expect(stated).toEqual([...input.cases].sort(byCodeUnit));
        expect(outcome.unassigned).toEqual([]);
        const placed = partsOf(outcome);
        for (const members of groupsOf(input)) expect(new Set(members.map((id) => placed.get(id))).size).toBe(1);
        expect(measureLeakage(placed, input.ties)).toEqual({ groups: 0, patients: 0, studies: 0, instances: 0 });
        for (const { case_id, group_id } of outcome.assigned) expect(groupsOf(input).find((members) => members.includes(case_id))![0]).toBe(group_id);
      }),
      RUNS,
    );
  });

  // one case more than the largest group: where a part wants less than a case or two, its size itself is rounded at random, without bias
  test('sizes are off their targets by less than the largest group and a case', async () => {
    await fc.assert(
      fc.asyncProperty(inputs, async (input) => {
        const placed = [...partsOf(await assign(input)).values()];
        const largest = Math.max(...groupsOf(input).map(({ length }) => length));
        for (const { name, target } of input.parts)
          expect(Math.abs(placed.filter((part) => part === name).length - target * input.cases.length)).toBeLessThan(largest + 1);
      }),
      RUNS,
    );
  });

  test('the order of cases, ties, variables and parts changes nothing', async () => {
    await fc.assert(
      fc.asyncProperty(inputs, fc.array(fc.nat(1000), { minLength: 16, maxLength: 16 }), async (input, keys) => {
        const order = shuffled([...input.cases.keys()], keys);
        const other: WholeInput = {
          ...input,
          cases: order.map((at) => input.cases[at]!),
          rows: order.map((at) => input.rows[at]!),
          variables: shuffled(input.variables, keys).map((variable) => ({
            ...variable,
            values: order.map((at) => variable.values[at]!).map((value) => (typeof value === 'string' ? value : value.toReversed())),
          })),
          ties: shuffled(input.ties, keys),
          parts: shuffled(input.parts, keys),
        };
        expect(await assign(other)).toEqual(await assign(input));
        expect(digestInput(splitInput(other))).toBe(digestInput(splitInput(input)));
      }),
      RUNS,
    );
  });
});

describe('laws of an extension', () => {
  test('a frozen case never moves, newcomers follow the frozen case they are linked to, and the whole is on target', async () => {
    await fc.assert(
      fc.asyncProperty(inputs, fc.nat(15), fc.integer({ min: 0, max: 3 }), async (input, count, withdrawn) => {
        const first = firstCases(input, 1 + (count % input.cases.length));
        const before = await assign(first);
        const extended = { ...input, frozen: freeze(before) };
        const after = await assign(extended);
        for (const [id, part] of partsOf(before)) expect(partsOf(after).get(id)).toBe(part);
        for (const { case_id, frozen } of after.assigned) expect(frozen).toBe(partsOf(before).has(case_id));
        if (after.conflicts.length === 0) {
          for (const members of groupsOf(input)) expect(new Set(members.map((id) => partsOf(after).get(id))).size).toBe(1);
        }
        // cases that are accepted no more still bind those who come after them
        const gone = new Set(first.cases.slice(0, withdrawn));
        const kept = [...input.cases.keys()].filter((at) => !gone.has(input.cases[at]!));
        const smaller: TextInput = {
          ...extended,
          cases: kept.map((at) => input.cases[at]!),
          rows: kept.map((at) => input.rows[at]!),
          variables: input.variables.map((variable) => ({ ...variable, values: kept.map((at) => variable.values[at]!) })),
        };
        const later = await assign(smaller);
        expect([...later.assigned, ...later.unassigned]).toHaveLength(kept.length);
        for (const members of groupsOf(input)) {
          const bound = new Set(members.map((id) => partsOf(before).get(id)).filter((part) => part !== undefined));
          if (bound.size !== 1) continue;
          for (const id of members) if (!gone.has(id)) expect(partsOf(later).get(id)).toBe([...bound][0]);
        }
      }),
      RUNS,
    );
  });

  test('linked cases that are frozen apart are reported with both ids, stay, and keep newcomers out', async () => {
    await fc.assert(
      fc.asyncProperty(inputs, fc.array(fc.nat(3), { minLength: 16, maxLength: 16 }), async (input, draws) => {
        const frozen = input.cases.flatMap((case_id, index) => {
          const part = input.parts[draws[index]!];
          return part === undefined ? [] : [{ case_id, group_id: case_id, part: part.name }];
        });
        const outcome = await assign({ ...input, frozen });
        const frozenPart = new Map(frozen.map(({ case_id, part }) => [case_id, part]));
        for (const [id, part] of frozenPart) expect(partsOf(outcome).get(id)).toBe(part);
        const torn = groupsOf(input).filter((members) => new Set(members.map((id) => frozenPart.get(id)).filter(Boolean)).size > 1);
        expect(outcome.conflicts).toHaveLength(torn.length);
        for (const members of torn) {
          const conflict = outcome.conflicts.find(({ cases }) => members.includes(cases[0]!.case_id))!;
          expect(conflict.kind).toBe('frozen-apart');
          expect(new Set(conflict.cases.map(({ part }) => part)).size).toBeGreaterThan(1);
          expect(conflict.withheld).toEqual(members.filter((id) => !frozenPart.has(id)));
          for (const id of conflict.withheld) expect(outcome.unassigned.map(({ case_id }) => case_id)).toContain(id);
        }
        expect(outcome.unassigned).toHaveLength(outcome.conflicts.reduce((sum, { withheld }) => sum + withheld.length, 0));
      }),
      RUNS,
    );
  });

  test('many small extensions stay on target as a whole, in size and in every category', async () => {
    const synthetic = syntheticCases(300);
    const parts = [{ name: 'open', target: 0.8 }, { name: 'sequestered', target: 0.2 }];
    const whole: WholeInput = { ...synthetic, split: 's', seed: '1', config_digest: '', parts, frozen: [], holdOuts: [], ties: [] };
    const sex = new Map(whole.cases.map((id, at) => [id, whole.variables[0]!.values[at]]));
    let frozen: SplitInput['frozen'] = [];
    for (let count = 15; count <= 300; count += 15) {
      const input: TextInput = { ...firstCases(whole, count), frozen };
      const outcome = await assign(input);
      const open = outcome.assigned.filter(({ part }) => part === 'open');
      expect(Math.abs(open.length - 0.8 * count)).toBeLessThan(1);
      const women = outcome.assigned.filter(({ case_id }) => sex.get(case_id) === 'Female').length;
      const openWomen = open.filter(({ case_id }) => sex.get(case_id) === 'Female').length;
      // chance alone would have a standard deviation of 4.8 at the end
      expect(Math.abs(openWomen - 0.8 * women)).toBeLessThan(3);
      frozen = freeze(outcome);
    }
  }, 120_000);
});

describe('hold-out rules', () => {
  test('force a whole group, leave the quotas, and are reported where they contradict each other or the record', async () => {
    const synthetic = syntheticCases(40);
    const parts = [{ name: 'test', target: 0.25 }, { name: 'train', target: 0.75 }];
    const [a, b, c, d, e, f] = synthetic.cases as [string, string, string, string, string, string];
    const tie = (key: string, case_id: string): Tie => ({ kind: 'patient', key, case_id });
    const outcome = await assign({
      ...synthetic,
      split: 's',
      seed: '1',
      config_digest: '',
      parts,
      ties: [tie('1', a), tie('1', b), tie('2', c), tie('2', d), tie('3', e), tie('3', f)],
      frozen: [{ case_id: e, group_id: e, part: 'train' }],
      holdOuts: [
        { case_id: a, part: 'test' },
        { case_id: c, part: 'test' },
        { case_id: d, part: 'train' },
        { case_id: f, part: 'test' },
      ],
    });
    const placed = partsOf(outcome);
    expect([placed.get(a), placed.get(b), placed.get(e)]).toEqual(['test', 'test', 'train']);
    expect(outcome.unassigned.map(({ case_id }) => case_id)).toEqual([c, d, f].sort(byCodeUnit));
    expect(outcome.conflicts.map(({ kind, withheld }) => [kind, withheld])).toEqual([
      ['hold-out', [c, d]],
      ['hold-out', [f]],
    ]);
    // 35 cases are left to the quotas, e among them: 8.75 in test, and the two that are forced
    expect([8 + 2, 9 + 2]).toContain([...placed.values()].filter((part) => part === 'test').length);
  });

  test('a part with no target is filled by its rule only', async () => {
    const synthetic = syntheticCases(30);
    const parts = [{ name: 'external', target: 0 }, { name: 'test', target: 0.5 }, { name: 'train', target: 0.5 }];
    const holdOuts = synthetic.cases.slice(0, 5).map((case_id) => ({ case_id, part: 'external' }));
    const outcome = await assign({ ...synthetic, split: 's', seed: '1', config_digest: '', parts, ties: [], frozen: [], holdOuts });
    const count = (name: string) => outcome.assigned.filter(({ part }) => part === name).length;
    expect(count('external')).toBe(5);
    expect([12, 13]).toContain(count('test'));
  });
});

describe('chance', () => {
  const parts = [{ name: 'test', target: 0.3 }, { name: 'train', target: 0.7 }];
  const draw = (input: Partial<TextInput>, cases = 50) =>
    assign({ ...syntheticCases(cases), split: 's', seed: '1', config_digest: '', parts, frozen: [], holdOuts: [], ...input });

  test('another seed or another configuration is another draw', async () => {
    const drawn = await Promise.all([{}, { seed: '2' }, { seed: '3' }, { config_digest: 'x' }].map(async (input) => JSON.stringify([...partsOf(await draw(input))])));
    expect(new Set(drawn).size).toBe(4);
  });

  test('rare categories get into every part as often as its target says', async () => {
    // every case has a value that one other case shares: nearest rounding would never send such a pair to test
    const cases = Array.from({ length: 20 }, (_, index) => `c${index}`);
    const rare = { name: 'rare', weight: 1, values: cases.map((_, index) => (index < 4 ? `rare ${index >> 1}` : 'common')) };
    const seeds = 100;
    let inTest = 0;
    for (let seed = 0; seed < seeds; seed++) {
      const placed = partsOf(await draw({ cases, rows: cases.map(() => 1), variables: [rare], ties: [], seed: String(seed), parts: [{ name: 'test', target: 0.1 }, { name: 'train', target: 0.9 }] }));
      inTest += cases.slice(0, 4).filter((id) => placed.get(id) === 'test').length;
    }
    // the standard error of a share of 0.1 over 200 pairs is 0.0212 even if a pair always stayed together
    expect(Math.abs(inTest / (4 * seeds) - 0.1)).toBeLessThan(3 * 0.0212);
  }, 60_000);

  test('another process draws the same', async () => {
    const script = `
      const { assignCases } = await import(${JSON.stringify(join(PACKAGE_ROOT, 'dist/src/splits/assign.js'))});
      const { splitInput } = await import(${JSON.stringify(join(PACKAGE_ROOT, 'dist/test/support/split-input.js'))});
      const { syntheticCases } = await import(${JSON.stringify(join(PACKAGE_ROOT, 'dist/test/support/synthetic-cases.js'))});
      const parts = ${JSON.stringify(parts)};
      console.log(JSON.stringify(await assignCases(splitInput({ ...syntheticCases(80), parts }))));`;
    const printed = execFileSync(process.execPath, ['--input-type=module', '--eval', script], { encoding: 'utf8', env: { ...process.env, LC_ALL: 'tr_TR.UTF-8' } });
    expect(JSON.parse(printed)).toEqual(JSON.parse(JSON.stringify(await draw({}, 80))));
  });

  test('the draw of this input is this one, on every machine and for ever', async () => {
    const drawn = (await draw({}, 24)).assigned.filter(({ part }) => part === 'test').map(({ case_id }) => case_id.slice(-3));
    expect(drawn).toEqual(['002', '005', '010', '014', '020', '021', '023']);
  });
});

test('nothing at all is a valid collection', async () => {
  const empty = { cases: [], rows: [], variables: [], ties: [], frozen: [], holdOuts: [] };
  expect(await assign({ ...empty, split: 's', seed: '1', config_digest: '', parts: [{ name: 'a', target: 1 }] })).toMatchObject({ assigned: [], unassigned: [], conflicts: [] });
});
