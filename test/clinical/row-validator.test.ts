import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from '@jest/globals';
import { builtInPackFolder, loadPack } from '../../src/clinical/pack.js';
import { compileRowValidator, type RowValidator } from '../../src/clinical/row-validator.js';
import type { TableSchema } from '../../src/model/clinical.js';
import { BROKEN, GOOD, type Broken, type Row } from './rows.js';

const pack = loadPack(builtInPackFolder('midrc'));

function table(name: string): TableSchema {
  const schema = pack.tables.get(name);
  if (schema === undefined) throw new Error(`no table ${name}`);
  return schema;
}

const compiled = new Map<string, RowValidator>();

/** The validator of a table that knows the year 2026, compiled once. */
function full(name: string): RowValidator {
  const validate = compiled.get(name) ?? compileRowValidator(table(name), { latestYear: 2026 });
  compiled.set(name, validate);
  return validate;
}

function changed(name: string, change: Row): Row {
  return Object.fromEntries(Object.entries({ ...GOOD[name], ...change }).filter(([, value]) => value !== undefined));
}

test.each(Object.keys(GOOD))('a good row of %s has no defect', (name) => {
  expect(full(name)(GOOD[name]!)).toEqual([]);
  expect(compileRowValidator(table(name), { columns: Object.keys(GOOD[name]!) })(GOOD[name]!)).toEqual([]);
});

describe('a bad row is one defect, with code, column and hint', () => {
  // A rest parameter: jest would take a sixth one for its callback where a row has no hint.
  test.each(BROKEN)('%s', (...[_what, name, change, code, column, hint]: Broken) => {
    const row = changed(name, change);
    const defects = full(name)(row);
    expect(defects.map((defect) => [defect.code, defect.column])).toEqual([[code, column]]);
    if (hint !== undefined) expect(defects[0]!.hint).toMatch(hint);
    // No message repeats what is in the cell.
    const value = column === null ? undefined : row[column];
    if (typeof value === 'string' && value.trim().length > 3 && value !== 'case') expect(defects[0]!.message).not.toContain(value.trim());
  });

  test.each(BROKEN.filter(([, , , code]) => code !== 'SCH-005'))('%s, when the header is known', (_what, name, change, code, column) => {
    const columns = [...Object.keys(GOOD[name]!), ...Object.keys(change)];
    const defects = compileRowValidator(table(name), { columns, latestYear: 2026 })(changed(name, change));
    expect(defects.map((defect) => [defect.code, defect.column])).toEqual([[code, column]]);
  });
});

test('every rule that a row can break is broken by one of the rows here', () => {
  const codes = new Set(BROKEN.map(([, , , code]) => code));
  const named = [...pack.tables.values()].flatMap(({ json }) => JSON.stringify(json).match(/(?<="x-rule":")[^"]+/g) ?? []);
  expect([...new Set(named)].filter((code) => !codes.has(code))).toEqual([]);
  for (const code of ['SCH-004', 'SCH-005', 'SCH-006', 'SCH-007', 'SCH-008']) expect(codes).toContain(code);
});

test('the form that is wanted is told, whichever keyword refuses', () => {
  const forms = ['a..b', '1.02', 'x'].map((study_uid) => full('imaging_study')(changed('imaging_study', { study_uid }))[0]!.expected);
  expect(new Set(forms)).toEqual(new Set(['a DICOM UID: digits and single dots, at most 64 characters, no component with a leading zero']));
});

test('several defects of a row are all told, each once', () => {
  const row = changed('case', { sex: 'female', zip: '1234', age_at_index: 95, 'datasets.submitter_id': undefined });
  const codes = full('case')(row).map((defect) => `${defect.code} ${defect.column}`);
  expect(codes.toSorted()).toEqual(['SCH-004 datasets.submitter_id', 'SCH-007 sex', 'SCH-008 age_at_index', 'SCH-012 zip']);
});

test('a stay out of order names each pair that is', () => {
  const row = changed('visit', { days_to_hospital_discharge: 0 });
  const defects = full('visit')(row);
  expect(defects.map((defect) => defect.message)).toEqual([
    'Discharge from hospital comes before admission',
    'Discharge from hospital comes before admission to intensive care',
    'Discharge from hospital comes before discharge from intensive care',
  ]);
  expect(defects[0]).toMatchObject({ expected: 'at least 1 (days_to_hospital_admission)', found: '0' });
});

test('nothing known about an age is no defect: neither age nor flag', () => {
  expect(full('case')(changed('case', { age_at_index: undefined, age_at_index_gt89: undefined }))).toEqual([]);
  expect(full('case')(changed('case', { age_at_index: undefined, age_at_index_gt89: 'Yes' }))).toEqual([]);
});

test.each([
  ['cases.submitter_id', 'a'],
  ['cases', 'a'],
  ['cases.id', '3f2a9f0e-7c7f-4b52-9a1c-0d4b8a1f6e11'],
])('the link to the case may be written %s', (column, value) => {
  expect(full('visit')(changed('visit', { 'cases.submitter_id': undefined, [column]: value }))).toEqual([]);
});

test('values are shown with what is invisible made visible, and shortened', () => {
  const validate = compileRowValidator(table('case'));
  expect(validate(changed('case', { sex: 'Fem\u200Bale\u001B[31m' }))[0]!.found).toBe('Fem\\u{200b}ale\\u{1b}[31m');
  expect(validate(changed('case', { sex: 'x'.repeat(500) }))[0]!.found!.length).toBeLessThan(100);
});

test('a required column that the whole table lacks is no defect of its rows', () => {
  const { type: _type, 'datasets.submitter_id': _datasets, ...row } = GOOD['case']!;
  expect(compileRowValidator(table('case'), { columns: Object.keys(row) })(row)).toEqual([]);
  expect(full('case')(row)).toHaveLength(2);
});

describe('a validator that knows only the standard keywords', () => {
  const plain = (name: string): ((row: Row) => boolean) => new Ajv2020({ strict: false, validateFormats: false }).compile(table(name).json);

  /** What JSON Schema has no keyword for: comparing two columns, check digits, the present year; and what is a warning. */
  const OWN = /before|stay|check digit$|wrong check digit|in the future|system by|without zone/;

  test.each(Object.keys(GOOD))('accepts the good row of %s', (name) => expect(plain(name)(GOOD[name]!)).toBe(true));

  test.each(BROKEN.filter(([what]) => !OWN.test(what) || /year before|LOINC code without/.test(what)))('refuses %s', (_what, name, change) => {
    expect(plain(name)(changed(name, change))).toBe(false);
  });
});
