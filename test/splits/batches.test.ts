import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { assignCases } from '../../src/splits/assign.js';
import { measureBalance } from '../../src/splits/report/balance.js';
import type { SplitInput } from '../../src/splits/input/problem.js';
import { appendRecord, readRecord } from '../../src/splits/record/record.js';
import { splitInput } from '../support/split-input.js';
import { syntheticCases } from '../support/synthetic-cases.js';

const CASES = 3700;
const BATCHES = 26;
const IDENTITY = { split: 's', seed: '7' };
const ALL = syntheticCases(CASES, 'batches');

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'colophon-batches-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The first `count` of the synthetic cases, without those withdrawn; rows in another order when `reversed`. */
function inputOf(count: number, path: string, { withdrawn = new Set<string>(), reversed = false } = {}): SplitInput {
  const kept = [...Array(count).keys()].filter((at) => !withdrawn.has(ALL.cases[at]!));
  if (reversed) kept.reverse();
  const known = new Set(kept.map((at) => ALL.cases[at]!));
  const ties = ALL.ties.filter(({ case_id }) => known.has(case_id));
  return splitInput({
    seed: IDENTITY.seed,
    config_digest: 'c',
    parts: [
      { name: 'open', target: 0.8 },
      { name: 'sequestered', target: 0.2 },
    ],
    cases: kept.map((at) => ALL.cases[at]!),
    rows: kept.map((at) => ALL.rows[at]!),
    variables: ALL.variables.map((variable) => ({ ...variable, values: kept.map((at) => variable.values[at]!) })),
    ties: reversed ? ties.toReversed() : ties,
    frozen: readRecord(path, IDENTITY).rows,
  });
}

/** Draws over the cases so far and freezes the draw; returns the outcome. */
async function extend(count: number, path: string, since: string, options: { withdrawn?: Set<string>; reversed?: boolean } = {}) {
  const input = inputOf(count, path, options);
  const outcome = await assignCases(input);
  const rows = outcome.assigned.filter(({ frozen }) => !frozen).map(({ case_id, group_id, part }) => ({ case_id, group_id, part, since }));
  appendRecord(path, readRecord(path, IDENTITY), IDENTITY, rows);
  return { input, outcome };
}

/** How many cases have come with batch 1, 2, ...: small ones and large ones. */
const arrived = (batch: number): number => Math.round((CASES * (batch * 3 + (batch % 4))) / (BATCHES * 3 + (BATCHES % 4)));

/** Largest difference of a proportion in a part from that of the whole. */
function largestDifference({ input, outcome }: Awaited<ReturnType<typeof extend>>): number {
  const partOf = new Map(outcome.assigned.map(({ case_id, part }) => [case_id, input.parts.findIndex(({ name }) => name === part)]));
  const names = input.parts.map(({ name }) => name);
  const { variables } = measureBalance(input.variables, input.studyStart, input.cases.map((id) => partOf.get(id) ?? -1), names);
  return Math.max(...Object.values(variables).map(({ max_difference }) => max_difference));
}

describe('26 batches, each frozen before the next one comes', () => {
  test('nothing moves, old rows keep their bytes, and the whole ends in balance', async () => {
    const path = join(folder, 'cumulative.csv');
    let bytes = Buffer.alloc(0);
    let last: Awaited<ReturnType<typeof extend>> | null = null;
    for (let batch = 1; batch <= BATCHES; batch++) {
      last = await extend(arrived(batch), path, `2026-01-${String(batch).padStart(2, '0')}`);
      const after = readFileSync(path);
      expect(after.subarray(0, bytes.length).equals(bytes)).toBe(true);
      bytes = after;
    }
    const { outcome, input } = last!;
    expect(outcome.assigned).toHaveLength(CASES);
    const recorded = new Map(readRecord(path, IDENTITY).rows.map(({ case_id, part }) => [case_id, part]));
    expect(outcome.assigned.filter(({ case_id, part }) => recorded.get(case_id) !== part)).toEqual([]);
    // one and a half of the 740 cases of the small part
    expect(largestDifference(last!)).toBeLessThanOrEqual(0.002);
    const open = outcome.assigned.filter(({ part }) => part === 'open').length;
    expect(Math.abs(open - 0.8 * input.cases.length)).toBeLessThan(2);
  });

  test('rows and links in another order give the same bytes', async () => {
    const [one, other] = [join(folder, 'one.csv'), join(folder, 'other.csv')];
    for (const count of [30, 70, 100]) {
      await extend(count, one, '2026-02-01');
      await extend(count, other, '2026-02-01', { reversed: true });
    }
    expect(readFileSync(other).equals(readFileSync(one))).toBe(true);
  });
});

test('the holes that withdrawn cases leave are filled by those who come later', async () => {
  const path = join(folder, 'holes.csv');
  await extend(100, path, '2026-03-01');
  const before = readFileSync(path);
  // half of the sequestered cases leave
  const sequestered = readRecord(path, IDENTITY).rows.filter(({ part }) => part === 'sequestered').map(({ case_id }) => case_id);
  const withdrawn = new Set(sequestered.slice(0, 10));
  const { outcome, ...rest } = await extend(200, path, '2026-03-02', { withdrawn });
  expect(readFileSync(path).subarray(0, before.length).equals(before)).toBe(true);
  expect(outcome.assigned.some(({ case_id }) => withdrawn.has(case_id))).toBe(false);
  const share = outcome.assigned.filter(({ part }) => part === 'sequestered').length / outcome.assigned.length;
  expect(Math.abs(share - 0.2)).toBeLessThan(2 / outcome.assigned.length);
  // the small part has 38 cases: two of them are 5 points
  expect(largestDifference({ outcome, ...rest })).toBeLessThanOrEqual(0.05);
});
