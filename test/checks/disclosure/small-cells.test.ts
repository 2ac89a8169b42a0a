import { describe, expect, test } from '@jest/globals';
import { caseTable, findingsOf, judge, type Gate } from './gate.js';

/** Cases `C1` to `Cn`, assigned in turn to the parts of splits: split to part to cases. */
function drawn(splits: Record<string, Record<string, number>>, more: Partial<Gate> = {}): Gate {
  const config = { splits: Object.fromEntries(Object.entries(splits).map(([name, parts]) => [name, { seed: 1, parts: Object.fromEntries(Object.keys(parts).map((part) => [part, 1 / Object.keys(parts).length])) }])) };
  return {
    config,
    ...more,
    prepare: async (catalog) => {
      for (const [split, parts] of Object.entries(splits)) {
        let number = 0;
        for (const [part, cases] of Object.entries(parts))
          for (let at = 0; at < cases; at++) await catalog.run('INSERT INTO assignment VALUES (?, ?, ?, ?, ?, true, NULL)', [split, ++number, `C${number}`, `C${number}`, part]);
      }
    },
  };
}

const CASES = { case: caseTable(['sex'], [[40, 'Male']]) };

describe('DSC-007 in the counts of release.json', () => {
  test('parts of enough cases are no finding, a small one is', async () => {
    expect(await findingsOf('DSC-007', CASES, drawn({ bench: { train: 29, test: 11 } }))).toEqual([]);
    expect(await findingsOf('DSC-007', CASES, drawn({ bench: { train: 30, test: 10 } }))).toMatchObject([
      { level: 'error', message: 'The release gives a small count of cases.', location: { kind: 'dataset', key: 'bench test' }, expected: 'none, or at least 11', found: '1 to 10' },
    ]);
  });

  test('a small rest that is in no part follows from the counts', async () => {
    expect(await findingsOf('DSC-007', CASES, drawn({ bench: { train: 20, test: 15 } }))).toMatchObject([
      { message: 'A small count of cases follows from those that the release gives.', location: { key: 'bench in no part' } },
    ]);
  });

  test('the split that decides what is released is not published', async () => {
    const gate = drawn({ outer: { open: 35, sequestered: 5 } });
    expect(await findingsOf('DSC-007', CASES, { ...gate, config: { ...gate.config, release: { within: { outer: 'open' } } } })).toEqual([]);
  });

  test('a release of few cases is itself a small cell; the policy says how few', async () => {
    const few = { case: caseTable(['sex'], [[5, 'Male']]) };
    expect(await findingsOf('DSC-007', few)).toMatchObject([{ location: { key: 'cases' } }]);
    expect(await findingsOf('DSC-007', few, { gate: { small_cell: 5 } })).toEqual([]);
    const report = await judge(few, { gate: { small_cell: 1 }, only: ['DSC-007'] });
    expect(report.checks).toMatchObject([{ status: 'not-applicable', reason: 'the policy knows no small cells (small_cell is 1)' }]);
  });
});

/** A table that belongs to no case, as no schema knows it. */
function counts(rows: string[][]): Promise<{ message: string; line: number | undefined; column: string | undefined; found: string | undefined; level: string }[]> {
  return findingsOf('DSC-007', { ...CASES, summary: rows }, { pack: null }).then((findings) =>
    findings.map(({ message, location, found, level }) => ({ message, line: location.line, column: location.column, found, level })),
  );
}

describe('DSC-007 in tables of counts', () => {
  test('a small count is found, zero and a suppressed one are not', async () => {
    expect(await counts([['sex', 'cases'], ['Female', '20'], ['Male', '7'], ['Other', '0'], ['Not Reported', '<11'], ['Unknown', '*']])).toEqual([
      { message: 'A published count is small.', line: 3, column: 'cases', found: '1 to 10', level: 'error' },
    ]);
  });

  test('a suppressed count that its total gives is found, with how nearly, and its value is not told', async () => {
    const findings = await counts([['sex', 'cases'], ['Female', '2034'], ['Male', '<11'], ['Total', '2041']]);
    expect(findings).toEqual([{ message: 'A suppressed count can be derived from the others.', line: 3, column: 'cases', found: 'exactly', level: 'error' }]);
    expect(JSON.stringify(findings)).not.toContain('7');
  });

  test('two suppressed counts are safe when together they are more than ten, and not when they are less', async () => {
    expect(await counts([['sex', 'cases'], ['Female', '2034'], ['Male', '<11'], ['Other', '*'], ['Total', '2060']])).toEqual([]);
    expect((await counts([['sex', 'cases'], ['Female', '2034'], ['Male', '<11'], ['Other', '*'], ['Total', '2043']])).map(({ line, found }) => [line, found])).toEqual([
      [3, 'to within 9'],
      [4, 'to within 9'],
    ]);
  });

  test('in two dimensions a cell that rows hide is found through its column', async () => {
    const cross = (hidden: string[]): string[][] => {
      const rows = [['A', 'x', '50'], ['A', 'y', '5'], ['A', 'z', '60'], ['A', 'Total', '115'], ['B', 'x', '70'], ['B', 'y', '90'], ['B', 'z', '80'], ['B', 'Total', '240']];
      const totals = [['Total', 'x', '120'], ['Total', 'y', '95'], ['Total', 'z', '140'], ['Total', 'Total', '355']];
      return [['race', 'finding', 'n'], ...[...rows, ...totals].map(([race, finding, n]) => [race!, finding!, hidden.includes(`${race}${finding}`) ? 's' : n!])];
    };
    expect((await counts(cross(['Ay', 'Az']))).map(({ line }) => line)).toEqual([3]);
    expect(await counts(cross(['Ay', 'Az', 'By', 'Bz']))).toEqual([]);
  });

  test('a column that adds up the others is a total too', async () => {
    expect(await counts([['site', 'male_cases', 'female_cases', 'all_cases'], ['a', '100', '90', '190'], ['b', '100', '<11', '104']])).toMatchObject([
      { line: 3, column: 'female_cases', found: 'exactly' },
    ]);
  });

  test('a share beside a suppressed count gives it', async () => {
    expect(await counts([['sex', 'cases', 'percent'], ['Female', '2034', '99.7'], ['Male', '<11', '0.3']])).toMatchObject([
      { message: 'A suppressed count stands beside its share, which gives it.', line: 3 },
    ]);
  });

  test('the number of released cases is a total that another table gives: a warning', async () => {
    expect(await counts([['sex', 'cases'], ['Female', '34'], ['Male', '<11']])).toMatchObject([{ line: 3, found: 'exactly', level: 'warning' }]);
  });

  test('counts that contradict their total are told when something is suppressed', async () => {
    expect(await counts([['sex', 'cases'], ['Female', '2034'], ['Male', '20'], ['Total', '2041']])).toEqual([]);
    expect(await counts([['sex', 'cases'], ['Female', '2050'], ['Male', '<11'], ['Total', '2041']])).toMatchObject([
      { message: 'The counts of the table do not add up, so it is not known what can be derived from them.', level: 'error' },
    ]);
  });

  test('numbers that count no people are none of it', async () => {
    expect(await counts([['scanner', 'number_of_images', 'year'], ['a', '3', '5'], ['b', '4', '6']])).toEqual([]);
  });
});
