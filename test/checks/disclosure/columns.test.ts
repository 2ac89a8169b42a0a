import { describe, expect, test } from '@jest/globals';
import { caseTable, findingsOf, judge } from './gate.js';

describe('DSC-009', () => {
  const write = (rows: [number, string][]) => ({ case: caseTable(['race_ethnicity_write_in'], rows) });

  test('a text that fewer than k cases share is found, and none of it is told', async () => {
    const findings = await findingsOf('DSC-009', write([[20, 'Irish'], [2, 'from Little Snoring'], [5, '']]));
    expect(findings).toMatchObject([
      {
        level: 'error',
        message: 'The column holds values that too few cases share.',
        location: { table: 'case', column: 'race_ethnicity_write_in' },
        expected: 'each value held by at least 11 cases',
        found: '1 rare value of 2, in 2 of 22 cases',
      },
    ]);
    expect(JSON.stringify(findings)).not.toContain('Snoring');
    expect(await findingsOf('DSC-009', write([[11, 'Irish'], [5, '']]))).toEqual([]);
  });

  test('a column of values that nobody shares is told as one', async () => {
    const rows = Array.from({ length: 15 }, (_, at): [number, string] => [1, `note ${at}`]);
    expect(await findingsOf('DSC-009', write(rows))).toMatchObject([{ hint: 'Leave the column out.', found: '15 rare values of 15, in 15 of 15 cases' }]);
  });

  test('members of lists are values of their own, also of the fine closed list', async () => {
    const rows: [number, string][] = [[20, 'Chinese'], [2, 'Chinese,Maya']];
    expect(await findingsOf('DSC-009', { case: caseTable(['race_ethnicity_detail'], rows) })).toMatchObject([{ found: '1 rare value of 2, in 2 of 22 cases' }]);
  });

  test('keys, links, quasi-identifiers, closed lists, numbers and codes are none of it', async () => {
    const header = ['datasets.submitter_id', 'zip', 'covid19_positive', 'age_at_index', 'icu_indicator'];
    const report = await judge({ case: caseTable(header, [[1, 'A', '036', 'Yes', '31', 'true']]) }, { only: ['DSC-009'] });
    expect(report.findings).toEqual([]);
    expect(report.checks).toMatchObject([{ status: 'not-applicable', reason: 'the case table has no column of open text' }]);
    const bare = { case: caseTable(['weight', 'icd_code'], [[1, '70.5', 'A01'], [1, '80', 'B02']]) };
    expect(await findingsOf('DSC-009', bare, { pack: null })).toEqual([]);
  });
});

describe('DSC-010', () => {
  const tests = (offsets: [string, string][]) => [['submitter_id', 'cases.submitter_id', 'test_days_from_index'], ...offsets.map(([id, days], at) => [`M${at}`, id, days])];
  const cases = { case: caseTable(['sex'], [[10, 'Male']]) };

  test('the share of cases that their bag of offsets makes unique, whatever the order of rows', async () => {
    // C1 and C2 hold {0, 7}; C3 holds {0, 8}, C4 {0}: two of ten are unique. In weeks {0, 8} is {0, 7}: one is.
    const measurement = tests([['C1', '0'], ['C1', '7'], ['C2', '7'], ['C2', '0'], ['C3', '0'], ['C3', '8'], ['C4', '0']]);
    expect(await findingsOf('DSC-010', { ...cases, measurement })).toMatchObject([
      {
        level: 'warning',
        location: { kind: 'dataset', column: 'measurement.test_days_from_index' },
        hint: 'Unique if offsets were in weeks: 10%; in months of 30 days: 10%.',
        expected: 'at most 5% of the cases',
        found: '20% (2 of 10 cases)',
      },
    ]);
    expect(await findingsOf('DSC-010', { ...cases, measurement }, { gate: { unique_trajectories: 0.2 } })).toEqual([]);
  });

  test('the same number of days in two columns, and twice against once, are not the same', async () => {
    const condition = [
      ['submitter_id', 'cases.submitter_id', 'days_to_condition_start', 'days_to_condition_end'],
      ['K1', 'C1', '5', ''], ['K2', 'C2', '', '5'], ['K3', 'C3', '5', '5'],
    ];
    expect(await findingsOf('DSC-010', { ...cases, condition })).toMatchObject([{ found: '30% (3 of 10 cases)' }]);
  });

  test('members of lists count', async () => {
    const study = [['submitter_id', 'cases.submitter_id', 'days_from_study_to_pos_covid_test'], ['S1', 'C1', '1,2'], ['S2', 'C2', '1'], ['S3', 'C3', '2,1']];
    expect(await findingsOf('DSC-010', { ...cases, imaging_study: study })).toMatchObject([{ found: '10% (1 of 10 cases)' }]);
  });

  test('without offsets, and where the policy allows any, it does not apply', async () => {
    expect((await judge(cases, { only: ['DSC-010'] })).checks).toMatchObject([{ status: 'not-applicable', reason: 'no table has day offsets' }]);
    const allowed = await judge({ ...cases, measurement: tests([['C1', '0']]) }, { only: ['DSC-010'], gate: { profile: 'controlled' } });
    expect(allowed.checks).toMatchObject([{ status: 'not-applicable', reason: 'the policy allows any (unique_trajectories is 1)' }]);
  });
});

describe('DSC-011', () => {
  const weights = (more: [number, string][]) => ({ case: caseTable(['weight_kg'], [...Array.from({ length: 50 }, (_, at): [number, string] => [1, String(50 + at)]), ...more]) });

  test('an extreme that fewer than k cases hold is found at either end, with a bound that k reach', async () => {
    expect(await findingsOf('DSC-011', weights([[1, '400'], [1, '-900']]), { pack: null })).toMatchObject([
      { message: 'Few cases hold an extreme number at the bottom of the column.', found: '1 case far outside of the others', hint: 'Publish the values beyond as "59 or less": 11 cases reach it.' },
      { level: 'warning', message: 'Few cases hold an extreme number at the top of the column.', location: { table: 'case', column: 'weight_kg' }, hint: 'Publish the values beyond as "90 or more": 11 cases reach it.' },
    ]);
  });

  test('a column without outliers, and one that is coded at the top, are not found', async () => {
    expect(await findingsOf('DSC-011', weights([]), { pack: null })).toEqual([]);
    expect(await findingsOf('DSC-011', weights([[11, '400']]), { pack: null })).toEqual([]);
  });

  test('offsets, quasi-identifiers and keys are none of it', async () => {
    const table = caseTable(['age_at_index', 'days_to_death', 'external_id'], [...Array.from({ length: 30 }, (): [number, ...string[]] => [1, '30', '10', '7']), [1, '89', '5000', '99999']]);
    const report = await judge({ case: table }, { pack: null, only: ['DSC-011'] });
    expect(report.findings).toEqual([]);
    expect(report.checks).toMatchObject([{ status: 'not-applicable', reason: 'no table holds numbers that describe a person' }]);
  });
});

describe('DSC-012', () => {
  test('a token is found; an empty column is not', async () => {
    expect(await findingsOf('DSC-012', { case: caseTable(['token_record_id', 'linked_external_data'], [[2, 'T1', ''], [1, '', '']]) })).toMatchObject([
      { level: 'error', location: { table: 'case', column: 'token_record_id' }, expected: 'no value', found: 'filled in 2 of 3 rows' },
    ]);
  });
});
