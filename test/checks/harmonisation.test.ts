import { describe, expect, test } from '@jest/globals';
import { harmonisationCheck } from '../../src/checks/harmonisation.js';
import { studyMappings } from '../../src/facts/study-descriptions.js';
import { cleanFixture, type Fixture } from './catalog-fixture.js';
import { runChecks, told } from './run-checks.js';

type Study = [description: string, modality: string, code: string, name: string];

/** The clean fixture with these studies of C1. */
function withStudies(...studies: Study[]): Fixture {
  const fixture = cleanFixture();
  studies.forEach(([description, modality, code, name], index) => fixture.tables['imaging_study']?.push(['imaging_study', `9.${index}`, 'C1', 'Open-A1', `9.${index}`, '1', '2021', code, description, modality, name]));
  return fixture;
}

const run = (...studies: Study[]) => runChecks([harmonisationCheck], withStudies(...studies));

test('each code of the table has one name, and every line of it passes', async () => {
  const names = new Map<string, string>();
  for (const { code, name } of studyMappings()) {
    expect(names.get(code) ?? name).toBe(name);
    names.set(code, name);
  }
  expect(names.size).toBeGreaterThan(100);
  const report = await run(...studyMappings().map(({ description, modalities, code, name }): Study => [description.toLowerCase(), modalities.join(','), code, name]));
  expect(told(report)).toEqual([]);
  expect(report.checks.find(({ code }) => code === 'SCH-016')?.checked).toBe(studyMappings().length + 1);
});

describe('SCH-016', () => {
  test('another code than that of the table, told with its own and without the description', async () => {
    const report = await run(['XR  chest 2 views', 'CR', '24627-2', 'CT Chest']);
    expect(report.findings).toMatchObject([{ code: 'SCH-016', level: 'warning', location: { column: 'loinc_code', line: 4 }, expected: '36643-5 or 42272-5', found: '24627-2 in 1 row, first 9.0' }]);
    expect(JSON.stringify(report)).not.toMatch(/chest 2 views/i);
  });

  test('a description that the table knows for other modalities only, or not at all, says nothing', async () => {
    expect(told(await run(['XR CHEST 2 VIEWS', 'MR', '99999-9', 'x'], ['OUR OWN WORDS', 'CR', '99999-9', 'x'], ['XR CHEST 2 VIEWS', 'CR', '', '']))).toEqual([]);
  });

  test('another long name than that of the code', async () => {
    const report = await run(['', '', '36643-5', 'Chest of John Doe']);
    expect(report.findings).toMatchObject([{ location: { column: 'loinc_long_common_name' }, message: 'The long name is not that of the code.', expected: 'XR Chest 2 Views' }]);
    expect(JSON.stringify(report)).not.toContain('John');
  });

  test('one code with two names, of a code that the table does not know', async () => {
    const report = await run(['', '', '99999-9', 'One'], ['', '', '99999-9', 'Two'], ['', '', '99998-1', 'One']);
    expect(report.findings).toMatchObject([{ message: 'One code has several long names.' }]);
  });

  test('no table with codes, no code: not applicable', async () => {
    const fixture = cleanFixture();
    (fixture.tables['imaging_study']?.[1] ?? [])[7] = '';
    expect((await runChecks([harmonisationCheck], fixture)).checks.find(({ code }) => code === 'SCH-016')).toMatchObject({ status: 'not-applicable', reason: 'no study has a LOINC code' });
    delete fixture.tables['imaging_study'];
    expect((await runChecks([harmonisationCheck], fixture)).checks.find(({ code }) => code === 'SCH-016')).toMatchObject({ status: 'not-applicable', reason: 'no table has LOINC codes of studies' });
  });
});
