import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { largestDrift } from '../../src/checks/drift.js';
import { plausibilityCheck } from '../../src/checks/plausibility.js';
import { cleanFixture, type Fixture } from './catalog-fixture.js';
import { runChecks, told, type RunOptions } from './run-checks.js';

/** Cases with this sex each, and ages and offsets that vary. */
function withCases(sexes: string[], age: (index: number) => string = (index) => String(20 + (index % 60))): Fixture {
  const fixture = cleanFixture();
  const [header = []] = fixture.tables['case'] ?? [];
  fixture.tables['case'] = [header, ...sexes.map((sex, index) => ['case', `P${index}`, 'Open-A1', sex, age(index), 'No', index % 3 === 0 ? 'Yes' : 'No', '036', index % 2 === 0 ? 'true' : 'false', 'S1'])];
  fixture.tables['measurement'] = [fixture.tables['measurement']?.[0] ?? [], ...sexes.map((_, index) => ['measurement', `M${index}`, `P${index}`, String(index % 7), 'RT-PCR', 'x', 'Positive'])];
  return fixture;
}

/** `women` of `n` are female. */
const sexes = (n: number, women: number): string[] => Array.from({ length: n }, (_, index) => (index < women ? 'Female' : 'Male'));

/** The release before, with these cases. */
function after(women: number, n: number): RunOptions {
  return {
    releases: [{ version: '1.0.0', tables: new Map([['clinical_case', 'old_case']]) }],
    prepare: async (catalog) => void (await catalog.run(`CREATE TABLE old_case AS SELECT CASE WHEN i < ${women} THEN 'Female' ELSE 'Male' END AS sex, i % 2 = 0 AS icu_indicator, CASE WHEN i % 3 = 0 THEN 'Yes' ELSE 'No' END AS covid19_positive FROM range(${n}) AS r(i)`)),
  };
}

describe('SCH-019 numbers', () => {
  test('that vary are fine, and few rows say nothing', async () => {
    expect(told(await runChecks([plausibilityCheck], withCases(sexes(120, 60))))).toEqual([]);
    const small = await runChecks([plausibilityCheck], withCases(sexes(42, 20), () => '40'));
    expect(small.checks.find(({ code }) => code === 'SCH-019')).toMatchObject({ status: 'not-applicable', findings: 0 });
  });

  test('the same in every row, or in none', async () => {
    const constant = await runChecks([plausibilityCheck], withCases(sexes(120, 60), () => '40'));
    expect(constant.findings).toMatchObject([{ code: 'SCH-019', level: 'warning', location: { table: 'case', column: 'age_at_index' }, found: '40 in 120 rows' }]);
    const empty = await runChecks([plausibilityCheck], withCases(sexes(120, 60), () => ''));
    expect(empty.findings).toMatchObject([{ message: 'The column of numbers is empty in every row.', found: '120 rows without' }]);
    const series = cleanFixture();
    const header = [...(series.tables['cr_series_file']?.[0] ?? []), 'number_of_instances'];
    series.tables['cr_series_file'] = [header, ...Array.from({ length: 120 }, (_, index) => ['cr_series_file', `1.2.1.${index}`, '1.2.1', `1.2.1.${index}`, 'a', String(1000 + index), 'd41d8cd98f00b204e9800998ecf8427e', 'DCM', 'DICOM', 'CR', '00', '1'])];
    expect(told(await runChecks([plausibilityCheck], series))).toEqual([]);
  });

  test('of a size that their unit does not have', async () => {
    const fixture = cleanFixture();
    const [header = []] = fixture.tables['cr_series_file'] ?? [];
    fixture.tables['cr_series_file'] = [header, ...Array.from({ length: 120 }, (_, index) => ['cr_series_file', `1.2.1.${index}`, '1.2.1', `1.2.1.${index}`, 'a', String(1 + (index % 9)), 'd41d8cd98f00b204e9800998ecf8427e', 'DCM', 'DICOM', 'CR', '00'])];
    expect((await runChecks([plausibilityCheck], fixture)).findings).toMatchObject([{ location: { column: 'file_size' }, message: 'Half of the numbers are of a size that nothing has in bytes.', found: '5' }]);
  });
});

describe('SCH-019 shares', () => {
  test('as before, within chance, or of few rows', async () => {
    expect(told(await runChecks([plausibilityCheck], withCases(sexes(90, 45)), after(45, 90)))).toEqual([]);
    expect(told(await runChecks([plausibilityCheck], withCases(sexes(60, 33)), after(24, 60)))).toEqual([]);
    expect(told(await runChecks([plausibilityCheck], withCases(sexes(20, 20)), after(0, 20)))).toEqual([]);
  });

  test('that are others than before, with the value that changed most', async () => {
    const report = await runChecks([plausibilityCheck], withCases(sexes(90, 80)), after(40, 90));
    expect(report.findings).toMatchObject([{ code: 'SCH-019', level: 'warning', location: { table: 'case', column: 'sex' }, expected: 'about the shares of release 1.0.0', found: 'Female: 44 % before, 89 % now' }]);
  });
});

test('law: what is multiplied does not drift, what is tiny does not count', () => {
  const counts = fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 2, maxLength: 8 });
  fc.assert(
    fc.property(counts, fc.integer({ min: 1, max: 9 }), (before, times) => largestDrift(before.map((n, index) => ({ value: `${index}`, before: n, now: n * times }))) === null),
  );
  fc.assert(
    fc.property(counts, counts, (before, now) => {
      const drift = largestDrift(before.map((n, index) => ({ value: `${index}`, before: n, now: now[index] ?? 0 })));
      return drift === null || Math.abs(drift.now - drift.before) > 0.01;
    }),
  );
  // 2 by 2, chi-square 10.9 by hand: beyond one chance in a thousand.
  expect(largestDrift([{ value: 'a', before: 50, now: 73 }, { value: 'b', before: 50, now: 27 }])?.value).toBe('a');
  expect(largestDrift([{ value: 'a', before: 50, now: 70 }, { value: 'b', before: 50, now: 30 }])).toBeNull();
});
