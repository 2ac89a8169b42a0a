import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { countValues, type ClassTable } from '../../../src/checks/disclosure/class-table.js';
import { costOf, findGeneralizations } from '../../../src/checks/disclosure/generalization.js';
import { hierarchyOf, type HierarchyColumn, type Level } from '../../../src/checks/disclosure/hierarchy.js';
import { classesOf } from './classes.js';
import { caseTable, findingsOf } from './gate.js';

function column(kind: HierarchyColumn['kind'], values: string[], counts: number[]): HierarchyColumn {
  return { name: 'x', values: ['', ...values], counts: Uint32Array.from([0, ...counts]), kind };
}

describe('hierarchies', () => {
  test('exact ages go to classes of 2, 5, 10, 20 and 50 years, then out', () => {
    const ages = Array.from({ length: 90 }, (_, age) => String(age));
    const levels = hierarchyOf(column({ of: 'numbers', width: 0 }, ages, ages.map(() => 1)), 11);
    expect(levels.map(({ words }) => words)).toEqual(['', 'x in classes of 2', 'x in classes of 5', 'x in classes of 10', 'x in classes of 20', 'x in classes of 50', 'x left out']);
    const decades = levels[3]!;
    expect(decades.size).toBe(10);
    expect(decades.map[30 + 1]).toBe(decades.map[39 + 1]);
    expect(decades.map[29 + 1]).not.toBe(decades.map[30 + 1]);
    expect(decades.map[0]).toBe(0);
  });

  test('decades go to multiples of ten only', () => {
    const decades = ['0', '10', '20', '30', '40', '50', '60', '70', '80'].map((age) => `${age}.0`);
    expect(hierarchyOf(column({ of: 'numbers', width: 10 }, decades, decades.map(() => 1)), 11).map(({ words }) => words)).toEqual(['', 'x in classes of 20', 'x in classes of 50', 'x left out']);
  });

  test('codes lose their last digits one by one', () => {
    const levels = hierarchyOf(column({ of: 'digits' }, ['036', '037', '100', '606'], [1, 1, 1, 1]), 11);
    expect(levels.map(({ words, size }) => [words, size])).toEqual([['', 5], ['x by its first 2 digits', 4], ['x left out', 1]]);
  });

  test('rare words are merged, with the next rarest while they are too few together', () => {
    const [, merged] = hierarchyOf(column({ of: 'words' }, ['a', 'b', 'c', 'd'], [100, 3, 2, 20]), 11);
    expect(merged).toMatchObject({ words: 'x with its 3 rarest values merged', size: 3 });
    expect([...merged!.map]).toEqual([0, 1, 2, 2, 2]);
  });

  test('losses rise from nothing to all', () => {
    const values = Array.from({ length: 100 }, (_, at) => String(at));
    const losses = hierarchyOf(column({ of: 'numbers', width: 0 }, values, values.map(() => 7)), 11).map(({ loss }) => loss);
    expect(losses[0]).toBe(0);
    expect(losses.at(-1)).toBe(1);
    expect(losses).toEqual(losses.toSorted((a, b) => a - b));
    // Decades keep log2(10) of log2(100) bits.
    expect(losses[3]).toBeCloseTo(0.5, 10);
  });
});

/** Cases of classes below k when each column is at a level, by the definition. */
function countBelow({ codes, sizes }: ClassTable, hierarchies: Level[][], levels: readonly number[], k: number): number {
  const counts = new Map<string, number>();
  for (const [at, size] of sizes.entries()) {
    const key = codes.map((column, index) => hierarchies[index]![levels[index]!]!.map[column[at]!]).join();
    counts.set(key, (counts.get(key) ?? 0) + size);
  }
  return [...counts.values()].reduce((sum, count) => sum + (count < k ? count : 0), 0);
}

function allLevels(hierarchies: Level[][]): number[][] {
  return hierarchies.reduce<number[][]>((all, hierarchy) => all.flatMap((levels) => hierarchy.map((_, level) => [...levels, level])), [[]]);
}

describe('the search for what mends', () => {
  test('each proposal keeps its word, and none of its kind loses less', () => {
    const record = fc.tuple(fc.option(fc.constantFrom('a', 'b', 'c', 'd')), fc.constantFrom('036', '037', '100', '200'), fc.integer({ min: 0, max: 40 }).map(String));
    const property = fc.property(fc.array(record, { minLength: 1, maxLength: 80 }), fc.integer({ min: 2, max: 6 }), (records, k) => {
      const { classes } = classesOf(records);
      const kinds: HierarchyColumn['kind'][] = [{ of: 'words' }, { of: 'digits' }, { of: 'numbers', width: 0 }];
      const hierarchies = kinds.map((kind, at) => hierarchyOf({ name: 'x', values: classes.values[at]!, counts: countValues(classes, at), kind }, k));
      const found = findGeneralizations(classes, hierarchies, k);
      if (records.length < k) return expect(found).toEqual([]);
      expect(found.every(({ withheld }) => withheld < records.length)).toBe(true);
      for (const { levels, withheld } of found) expect(withheld).toBe(countBelow(classes, hierarchies, levels, k));
      const lossOf = (levels: number[]): number => levels.reduce((sum, level, at) => sum + hierarchies[at]![level]!.loss / 3, 0);
      const all = allLevels(hierarchies).map((levels) => ({ levels, loss: lossOf(levels), withheld: countBelow(classes, hierarchies, levels, k) }));
      const whole = Math.min(...all.filter(({ withheld }) => withheld === 0).map(({ loss }) => loss));
      expect(Math.min(...found.filter(({ withheld }) => withheld === 0).map(({ loss }) => loss))).toBeCloseTo(whole, 10);
      const cheapest = Math.min(...all.filter(({ withheld }) => withheld <= Math.floor(records.length * 0.05)).map((each) => costOf(each, records.length)));
      expect(costOf(found[0]!, records.length)).toBeCloseTo(cheapest, 10);
    });
    fc.assert(property, { numRuns: 100, seed: 3 });
  });
});

test('many columns and more combinations than a double can number are searched within bounds', () => {
  const records = Array.from({ length: 300 }, (_, at) => Array.from({ length: 20 }, (_column, column) => String((at * (column + 3) * 7919) % 97)));
  const { classes } = classesOf(records);
  const hierarchies = classes.values.map((values, at) => hierarchyOf({ name: 'x', values, counts: countValues(classes, at), kind: { of: 'numbers', width: 0 } }, 5));
  const found = findGeneralizations(classes, hierarchies, 5);
  expect(found.length).toBeGreaterThan(0);
  for (const { levels, withheld } of found) expect(withheld).toBe(countBelow(classes, hierarchies, levels, 5));
  expect(found.at(-1)!.withheld).toBe(0);
});

const PROPOSALS = { gate: { k_anonymity: 5, quasi_identifiers: ['sex', 'age_at_index'] } };

describe('proposals of DSC-001', () => {
  test('ages in decades mend what exact ages break, and the cost is shown', async () => {
    const ages = Array.from({ length: 20 }, (_, at) => [1, 'Male', String(30 + at)] as [number, string, string]);
    const findings = await findingsOf('DSC-001', { case: caseTable(['sex', 'age_at_index'], ages) }, PROPOSALS);
    expect(findings.filter(({ level }) => level === 'error')).toHaveLength(20);
    const [best] = findings.filter(({ level }) => level === 'info');
    // Twenty ages are log2(20) bits, four classes of five years are 2: of both columns half that is lost.
    expect(best).toMatchObject({
      location: { key: 'proposal 1' },
      hint: 'Publish age_at_index in classes of 5 (loses 53.7%).',
      found: '0 of 20 cases withheld, 26.9% of the information in these columns lost',
    });
    expect(findings[0]!.hint).toBe(`${best!.hint} Cost: ${best!.found}.`);
  });

  test('few stray cases are better withheld', async () => {
    const findings = await findingsOf('DSC-001', { case: caseTable(['sex', 'age_at_index'], [[100, 'Male', '30'], [100, 'Female', '40'], [1, 'Female', '30']]) }, PROPOSALS);
    expect(findings.filter(({ level }) => level === 'info')[0]).toMatchObject({ hint: 'Withhold 1 case.', found: '1 of 201 cases withheld, none of the information in these columns lost' });
  });

  test('fewer than k cases are beyond mending', async () => {
    const findings = await findingsOf('DSC-001', { case: caseTable(['sex', 'age_at_index'], [[4, 'Male', '30']]) }, PROPOSALS);
    expect(findings).toMatchObject([{ level: 'error', hint: 'No generalization mends it: the release has fewer than 5 cases.' }]);
  });
});
