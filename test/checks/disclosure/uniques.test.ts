import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { findUniqueSets } from '../../../src/checks/disclosure/minimal-unique.js';
import { classesOf } from './classes.js';
import { caseTable, findingsOf } from './gate.js';

/** For each record, the sets of columns by which it is unique and by no part of which it is. */
function bruteSets(records: readonly (string | null)[][]): { byColumns: Map<string, number>; deeper: number; unique: number } {
  const columns = records[0]!.length;
  const subsets = Array.from({ length: 2 ** columns }, (_, mask) => mask);
  const isUnique = (record: (string | null)[], mask: number): boolean =>
    records.filter((other) => other.every((cell, at) => (mask & (1 << at)) === 0 || cell === record[at])).length === 1;
  const byColumns = new Map<string, number>();
  let [deeper, unique] = [0, 0];
  for (const record of records) {
    if (!isUnique(record, 2 ** columns - 1)) continue;
    unique++;
    const own = subsets.filter((mask) => mask > 0 && isUnique(record, mask));
    const minimal = own.filter((mask) => !own.some((part) => part !== mask && (part & mask) === part)).map((mask) => [...Array(columns).keys()].filter((at) => mask & (1 << at)));
    const small = minimal.filter(({ length }) => length <= 3);
    for (const set of small) byColumns.set(set.join(), (byColumns.get(set.join()) ?? 0) + 1);
    if (small.length === 0) deeper++;
  }
  return { byColumns, deeper, unique };
}

test('for random tables the minimal unique sets are those of trying all', () => {
  const record = fc.array(fc.option(fc.constantFrom('a', 'b'), { freq: 4 }), { minLength: 5, maxLength: 5 });
  fc.assert(
    fc.property(fc.array(record, { minLength: 1, maxLength: 25 }), (records) => {
      const found = findUniqueSets(classesOf(records).classes);
      const brute = bruteSets(records);
      expect(new Map(found.sets.map(({ columns, cases }) => [columns.join(), cases]))).toEqual(brute.byColumns);
      expect([found.unique, found.deeper]).toEqual([brute.unique, brute.deeper]);
    }),
    { numRuns: 200, seed: 9 },
  );
});

describe('DSC-006', () => {
  test('the smallest sets of columns that make cases unique', async () => {
    const rows: [number, ...string[]][] = [[5, 'Male', 'White', '036'], [5, 'Female', 'Asian', '036'], [1, 'Male', 'Asian', '036'], [1, 'Male', 'White', '606']];
    expect(await findingsOf('DSC-006', { case: caseTable(['sex', 'race', 'zip'], rows) })).toMatchObject([
      { level: 'warning', location: { table: 'case', column: 'sex, race' }, found: '1 case (8.3%)' },
      { location: { table: 'case', column: 'zip' }, found: '1 case (8.3%)' },
    ]);
  });

  test('cases that only more than three columns make unique are told too', async () => {
    const quasi = ['a', 'b', 'c', 'd'];
    // All sixteen combinations are there twice, but one: any three of its values are those of another one too.
    const bits = Array.from({ length: 16 }, (_, at) => quasi.map((_name, bit) => String((at >> bit) & 1)));
    const rows = bits.map((row, at): [number, ...string[]] => [at === 5 ? 1 : 2, ...row]);
    expect(await findingsOf('DSC-006', { case: caseTable(quasi, rows) }, { gate: { quasi_identifiers: quasi }, pack: null })).toMatchObject([
      { message: 'Cases are unique by more than 3 columns together only.', found: '1 case (3.2%), of 1 unique ones' },
    ]);
  });
});
