import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ClassTableBuilder } from '../../../src/checks/disclosure/class-table.js';
import { wildcardSizes } from '../../../src/checks/disclosure/wildcard.js';
import { classesOf } from './classes.js';
import { caseTable, findingsOf, judge } from './gate.js';

describe('classes with both readings of missing values', () => {
  test('the frequencies of records with missing values are those of the definition', () => {
    const records = [['1', '1', '1'], ['1', null, '1'], ['1', '1', null], [null, '2', '1'], ['2', '2', '1'], ['2', '2', '2']];
    const { classes, distinct } = classesOf(records);
    expect(distinct).toEqual(records);
    expect([...classes.sizes]).toEqual([1, 1, 1, 1, 1, 1]);
    // (1,?,1) meets the first, itself, (1,1,?), and (?,2,1); (?,2,1) meets itself, (1,?,1) and (2,2,1).
    expect([...wildcardSizes(classes)]).toEqual([3, 4, 3, 3, 2, 1]);
  });

  test('for random tables both readings are those of comparing every pair', () => {
    const record = fc.array(fc.option(fc.constantFrom('a', 'b', 'c'), { freq: 3 }), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(fc.array(record, { minLength: 1, maxLength: 40 }), (records) => {
        const { classes, distinct } = classesOf(records);
        const agree = (a: (string | null)[], b: (string | null)[]): boolean => a.every((cell, at) => cell === null || b[at] === null || cell === b[at]);
        expect([...wildcardSizes(classes)]).toEqual(distinct.map((own) => records.filter((other) => agree(own, other)).length));
        expect([...classes.sizes]).toEqual(distinct.map((own) => records.filter((other) => JSON.stringify(own) === JSON.stringify(other)).length));
      }),
      { numRuns: 300, seed: 11 },
    );
  });

  test('where there are too many patterns of missing values, the stricter reading stands for both', () => {
    const builder = new ClassTableBuilder(13);
    for (let at = 0; at < 8192; at++) builder.add(Array.from({ length: 13 }, (_, bit) => ((at >> bit) & 1 ? 'x' : null)), 1);
    const classes = builder.build();
    expect(wildcardSizes(classes)).toEqual(classes.sizes);
  });

  test('values are numbered in their order, whatever order they came in', () => {
    const [one, two] = [new ClassTableBuilder(1), new ClassTableBuilder(1)];
    for (const value of ['b', 'a', null]) one.add([value], 1);
    for (const value of [null, 'a', 'b']) two.add([value], 1);
    expect(one.build().values).toEqual([['', 'a', 'b']]);
    expect([...one.build().codes[0]!]).toEqual([2, 1, 0]);
    expect([...two.build().codes[0]!]).toEqual([0, 1, 2]);
  });
});

const HEADER = ['sex', 'race', 'zip', 'age_at_index'];
const K3 = { gate: { k_anonymity: 3 } };

describe('DSC-001', () => {
  test('a class of fewer than k is found, with its values; ages are compared in decades', async () => {
    const table = caseTable(HEADER, [[2, 'Male', 'White', '036', '31'], [1, 'Male', 'White', '036', '39'], [2, 'Female', 'White', '036', '31']]);
    const findings = await findingsOf('DSC-001', { case: table }, K3);
    expect(findings.filter(({ level }) => level === 'error')).toMatchObject([
      {
        message: 'Too few cases share these quasi-identifiers.',
        location: { kind: 'table', table: 'case', column: 'sex, race, zip, age_at_index', key: 'sex=Female, race=White, zip=036, age_at_index=30-39' },
        expected: 'at least 3 cases',
        found: '2 cases',
      },
    ]);
  });

  test('k cases are enough, k - 1 are not', async () => {
    const errors = async (times: number): Promise<number> =>
      (await findingsOf('DSC-001', { case: caseTable(HEADER, [[11, 'Male', 'White', '036', '31'], [times, 'Female', 'White', '036', '31']]) })).filter(({ level }) => level === 'error').length;
    expect(await errors(11)).toBe(0);
    expect(await errors(10)).toBe(1);
  });

  test('a person with all values is not hidden by the gaps of others', async () => {
    const table = caseTable(HEADER, [[3, 'Male', 'White', '036', '31'], [1, 'Female', 'White', '036', '31'], [3, '', '', '', '']]);
    const report = await judge({ case: table }, K3);
    expect(report.findings.filter(({ code, level }) => /DSC-00[12]/.test(code) && level === 'error')).toMatchObject([
      { code: 'DSC-001', found: '1 case, 4 if missing values match everything' },
    ]);
  });

  test('only accepted cases are counted', async () => {
    const table = caseTable(HEADER, [[4, 'Male', 'White', '036', '31']]);
    const cases = { C1: 'accepted', C2: 'accepted', C3: 'withdrawn', C4: 'withheld' };
    expect((await findingsOf('DSC-001', { case: table }, { ...K3, cases }))[0]).toMatchObject({ found: '2 cases' });
  });

  test('values that single out a person are masked, common ones and closed lists are not', async () => {
    const table = caseTable(['sex', 'village'], [[3, 'Male', 'Oxford'], [1, 'Male', 'Little Snoring'], [1, 'Female', 'Oxford']]);
    const findings = await findingsOf('DSC-001', { case: table }, { gate: { k_anonymity: 3, quasi_identifiers: ['sex', 'village'] } });
    expect(findings.flatMap(({ level, location }) => (level === 'error' ? [location.key] : []))).toEqual([
      'sex=Female, village=Oxford',
      'sex=Male, village=****** *******',
    ]);
    expect(JSON.stringify(findings)).not.toContain('Snoring');
  });

  test('a class keeps its fingerprint when rows are re-sorted, and loses it when it changes', async () => {
    const rows: [number, ...string[]][] = [[5, 'Male', 'White', '036', '31'], [2, 'Female', 'White', '036', '31']];
    const of = async (table: string[][]): Promise<string[]> => (await findingsOf('DSC-001', { case: table }, K3)).flatMap(({ level, fingerprint }) => (level === 'error' ? [fingerprint] : []));
    const [before] = await of(caseTable(HEADER, rows));
    expect(await of(caseTable(HEADER, rows.toReversed()))).toEqual([before]);
    expect(await of(caseTable(HEADER, [rows[0]!, [1, ...rows[1]!.slice(1) as string[]]]))).not.toEqual([before]);
  });

  test('a column of another table gives the set of its values', async () => {
    const cases = caseTable(['sex'], [[4, 'Male']]);
    const condition = [
      ['submitter_id', 'cases.submitter_id', 'condition_code'],
      ...['C1', 'C2', 'C3'].flatMap((id) => [[`${id}b`, id, 'B'], [`${id}a`, id, 'A']]),
      ['C4a', 'C4', 'A'],
    ];
    const findings = await findingsOf('DSC-001', { case: cases, condition }, { gate: { k_anonymity: 3, quasi_identifiers: ['sex', 'condition.condition_code'] } });
    expect(findings.filter(({ level }) => level === 'error')).toMatchObject([{ location: { kind: 'dataset', key: 'sex=Male, condition.condition_code=*' }, found: '1 case' }]);
  });

  test('a table that has a column case_id of its own is read by the cases that its rows belong to', async () => {
    const condition = [['submitter_id', 'cases.submitter_id', 'case_id', 'condition_code'], ...['C1', 'C2', 'C3'].map((id) => [`${id}a`, id, 'X', id === 'C3' ? 'B' : 'A'])];
    const gate = { k_anonymity: 2, quasi_identifiers: ['condition.condition_code'] };
    const findings = await findingsOf('DSC-001', { case: caseTable(['sex'], [[3, 'Male']]), condition }, { gate });
    expect(findings.filter(({ level }) => level === 'error')).toMatchObject([{ found: '1 case', location: { key: 'condition.condition_code=*' } }]);
  });

  test('names of columns from the data are no SQL', async () => {
    const name = `a"b'; DROP TABLE case_; --`;
    const table = caseTable([name], [[3, 'x'], [1, 'y']]);
    expect(await findingsOf('DSC-001', { case: table }, { gate: { k_anonymity: 3, quasi_identifiers: [name] }, pack: null })).toMatchObject([{ found: '1 case' }, { level: 'info' }, { level: 'info' }]);
    expect((await judge({ case: table }, { gate: { k_anonymity: 3, quasi_identifiers: [name], sensitive: [name] }, pack: null })).findings.map(({ code }) => code)).not.toContain('GATE-INCOMPLETE');
  });

  test('a quasi-identifier that somebody wrote down and that is not there is an error; one of the profile is not', async () => {
    const table = caseTable(['sex'], [[3, 'Male']]);
    const findings = await findingsOf('DSC-001', { case: table }, { gate: { k_anonymity: 3, quasi_identifiers: ['sex', 'zip', 'villlage'] } });
    expect(findings).toMatchObject([{ level: 'error', location: { kind: 'dataset', key: 'villlage' } }]);
  });

  test('the profile internal and a dataset without quasi-identifiers are not judged, and say so', async () => {
    const internal = await judge({ case: caseTable(HEADER, [[1, 'Male', 'White', '036', '31']]) }, { gate: { profile: 'internal', off: {} } });
    expect(internal.findings).toEqual([]);
    expect(internal.checks.find(({ code }) => code === 'DSC-001')).toMatchObject({ status: 'not-applicable', reason: 'the policy asks for no k-anonymity (k_anonymity is 1)' });
    const bare = await judge({ case: caseTable([], [[20]]) }, { only: ['DSC-001'] });
    expect(bare.checks.find(({ code }) => code === 'DSC-001')).toMatchObject({ status: 'not-applicable', reason: 'no quasi-identifier of the policy is in the public view' });
  });

  test('without a schema too', async () => {
    const table = caseTable(HEADER, [[3, 'Male', 'White', '036', '31'], [2, 'Female', 'White', '036', '31']]);
    expect(await findingsOf('DSC-001', { case: table }, { ...K3, pack: null })).toMatchObject([{ found: '2 cases' }, { level: 'info' }, { level: 'info' }]);
  });
});

describe('DSC-002', () => {
  test('a class that its own gaps would bring to k is told apart', async () => {
    const table = caseTable(HEADER, [[3, 'Male', 'White', '036', '31'], [1, 'Male', '', '036', '31']]);
    const report = await judge({ case: table }, K3);
    expect(report.findings.filter(({ code, level }) => /DSC-00[12]/.test(code) && level === 'error')).toMatchObject([
      { code: 'DSC-002', location: { key: 'sex=Male, race=(none), zip=036, age_at_index=30-39' }, found: '1 case, 4 if missing values match everything' },
    ]);
  });

  test('a class that is too small in both readings is DSC-001', async () => {
    const table = caseTable(HEADER, [[3, 'Male', 'White', '036', '31'], [1, 'Female', '', '036', '31']]);
    const report = await judge({ case: table }, K3);
    expect(report.findings.filter(({ level }) => level === 'error').map(({ code }) => code)).toContain('DSC-001');
    expect(report.findings.map(({ code }) => code)).not.toContain('DSC-002');
  });
});

describe('DSC-003', () => {
  test('the figures are those of the definition', async () => {
    // Four cases of 1/4, two of 1/2: max 1/2, mean (4/4 + 2/2)/6 = 2 classes/6 cases, 2 of 6 above 1/3.
    const table = caseTable(HEADER, [[4, 'Male', 'White', '036', '31'], [2, 'Female', 'White', '036', '31']]);
    expect(await findingsOf('DSC-003', { case: table }, K3)).toMatchObject([{ level: 'warning', found: 'max 0.5, mean 0.333; 33.3% of 6 cases above 0.333', expected: 'at most 0.333 for each case' }]);
    const safe = caseTable(HEADER, [[4, 'Male', 'White', '036', '31']]);
    expect(await findingsOf('DSC-003', { case: safe }, K3)).toMatchObject([{ level: 'info', found: 'max 0.25, mean 0.25; 0% of 4 cases above 0.333' }]);
  });
});
