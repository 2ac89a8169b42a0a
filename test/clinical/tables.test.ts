import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { describeSchemaColumn } from '../../src/clinical/dictionary.js';
import { tableDefect } from '../../src/clinical/document-rules.js';
import { checkHeader, columnName } from '../../src/clinical/header.js';
import { inferTable, inferType } from '../../src/clinical/infer.js';
import { ANNOTATIONS, ASSERTIONS } from '../../src/clinical/keywords.js';
import { builtInPackFolder, loadPack } from '../../src/clinical/pack.js';
import { compileRowValidator } from '../../src/clinical/row-validator.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';

const pack = loadPack(builtInPackFolder('midrc'));
const study = pack.tables.get('imaging_study')!;

test('the README names every keyword of ours, and its example is a table file', () => {
  const readme = readFileSync(join(PACKAGE_ROOT, 'schemas/README.md'), 'utf8');
  expect([...ANNOTATIONS, ...ASSERTIONS].filter((keyword) => !readme.includes(`| \`${keyword}\``) && !readme.includes(`, \`${keyword}\` |`))).toEqual([]);
  const example = JSON.parse(/```json\n([^`]+)```/.exec(readme)![1]!) as Record<string, unknown>;
  expect(tableDefect(example)).toBeNull();
});

test('columns carry type, SQL type, unit, range, enumeration and DICOM tag', () => {
  const columns = new Map(study.columns.map((column) => [column.name, column]));
  expect(columns.get('age_at_imaging')).toMatchObject({ type: 'number', sqlType: 'DOUBLE', unit: 'years', minimum: 0, maximum: 89 });
  expect(columns.get('study_year')).toMatchObject({ type: 'integer', sqlType: 'BIGINT', dicomTag: '00080020' });
  expect(columns.get('study_year_shifted')).toMatchObject({ type: 'boolean', sqlType: 'BOOLEAN' });
  expect(columns.get('study_uid')).toMatchObject({ type: 'string', sqlType: 'VARCHAR', dicomTag: '0020000d', required: false });
  expect(columns.get('days_from_study_to_pos_covid_test')).toMatchObject({ type: 'array', items: 'integer', sqlType: 'BIGINT[]', minimum: -36500 });
  expect(columns.get('created_datetime')).toMatchObject({ type: 'string', sqlType: 'VARCHAR', system: true });
  expect(columns.get('submitter_id')).toMatchObject({ required: true });
  expect(pack.tables.get('case')!.columns.find(({ name }) => name === 'race_ethnicity')!.enum).toContain('Asian');
});

test('a link is one TableLink for each column that may carry it', () => {
  expect(study.links.filter((link) => link.name === 'cases')).toEqual([
    { name: 'cases', column: 'cases.submitter_id', target: 'case', targetKey: 'submitter_id', multiplicity: 'many_to_one', required: true },
    { name: 'cases', column: 'cases', target: 'case', targetKey: 'submitter_id', multiplicity: 'many_to_one', required: true },
    { name: 'cases', column: 'cases.id', target: 'case', targetKey: 'id', multiplicity: 'many_to_one', required: true },
  ]);
});

test('links of a group share its name; a member that is required settles the group', () => {
  const measurement = pack.tables.get('measurement')!.links;
  expect(new Set(measurement.map((link) => link.group))).toEqual(new Set(['links-1']));
  expect(measurement.every((link) => link.required)).toBe(true);
  const procedure = pack.tables.get('procedure')!.links;
  expect(new Set(procedure.map((link) => `${link.name} ${link.required} ${link.group ?? '-'}`))).toEqual(new Set(['conditions false -', 'cases true -']));
});

test('a header is told once what it lacks and what nobody knows', () => {
  const { columns, defects } = checkHeader(study, ['*type', 'study_modalty', 'datasets.submitter_id#1', 'cases']);
  expect(columns.map((column) => column?.name ?? null)).toEqual(['type', null, null, 'cases']);
  expect(defects.map((defect) => [defect.code, defect.column])).toEqual([
    ['SCH-005', 'study_modalty'],
    ['SCH-005', 'datasets.submitter_id#1'],
    ['SCH-004', 'submitter_id'],
    ['SCH-004', 'datasets.submitter_id'],
  ]);
  expect(defects[0]!.hint).toBe('Did you mean study_modality?');
  expect(defects[1]!.hint).toMatch(/Join the numbered columns into one column datasets\.submitter_id/);
  expect(defects[3]!.expected).toBe('datasets.submitter_id, or datasets, or datasets.id');
});

test('the star of a template is no part of the name', () => {
  expect(columnName('*submitter_id')).toBe('submitter_id');
  expect(columnName('submitter_id')).toBe('submitter_id');
});

test('the dictionary says of a column what the schema says, and no more', () => {
  const schema = pack.tables.get('case')!;
  const describe = (name: string, sqlType: string, table = schema) => describeSchemaColumn({ name, sqlType }, table, 'submitter_id', new Set(['case']));
  expect(describe('submitter_id', 'VARCHAR')).toMatchObject({ key: true, required: true, missing: 'The schema asks for a value; NULL only where the gate accepted an empty cell.' });
  expect(describe('sex', 'VARCHAR')).toMatchObject({ type: 'string', enum: ['Female', 'Male', 'Not Reported'], link: null, unit: null, key: false, dicom_tag: '00100040' });
  expect(describe('sex', 'VARCHAR').values?.map(({ value, codes }) => [value, codes])).toEqual([
    ['Female', [{ system: 'DICOM (0010,0040)', code: 'F' }]],
    ['Male', [{ system: 'DICOM (0010,0040)', code: 'M' }]],
    ['Not Reported', [{ system: 'DICOM (0010,0040)', code: 'O' }]],
  ]);
  expect(describe('age_at_index', 'DOUBLE')).toMatchObject({ type: 'number', unit: 'years', minimum: 0, maximum: 89, sql_type: 'DOUBLE' });
  expect(describe('zip', 'VARCHAR').form).toBe('three digits, as text');
  expect(describe('cases.submitter_id', 'VARCHAR', pack.tables.get('visit')!).link).toEqual({ table: 'case', column: 'submitter_id', multiplicity: 'many_to_one', resource: 'clinical_case' });
  expect(describe('note', 'VARCHAR')).toMatchObject({ type: 'string', description: null, unit: null, enum: null, values: null, missing: 'NULL: an empty cell.' });
  expect(describe('steps', 'BIGINT[]')).toMatchObject({ type: 'array', items: 'integer', description: null });
});

test.each<[string, (string | null)[], string]>([
  ['integers', ['1', null, '-20', ''], 'integer'],
  ['numbers', ['1', '2.5'], 'number'],
  ['a leading zero', ['1', '036'], 'string'],
  ['words', ['1', 'x'], 'string'],
  ['booleans', ['true', 'false'], 'string'],
  ['nothing', [null, ''], 'string'],
  ['UIDs of digits only', ['12345678901234567890'], 'string'],
  ['more digits than a double holds', ['0.12345678901234567'], 'string'],
  ['a blank', ['1', ' 2'], 'string'],
])('%s are inferred', (_what, values, type) => expect(inferType(values)).toBe(type));

test('an inferred table keeps keys as text and refuses rows without key', () => {
  const table = inferTable('case', 'patient', [{ name: 'patient', type: 'integer' }, { name: 'age', type: 'integer' }, { name: 'case_id', type: 'integer' }], ['case_id']);
  expect(table.columns.map(({ name, sqlType }) => [name, sqlType])).toEqual([['patient', 'VARCHAR'], ['age', 'BIGINT'], ['case_id', 'VARCHAR']]);
  const validate = compileRowValidator(table);
  expect(validate({ patient: '7', age: 50 })).toEqual([]);
  expect(validate({ age: 50 }).map(({ code }) => code)).toEqual(['SCH-010']);
  expect(validate({ patient: ' 7' }).map(({ code }) => code)).toEqual(['SCH-010']);
  expect(validate({ patient: '7', age: 'x' }).map(({ code }) => code)).toEqual(['SCH-006']);
});

test('columns named like what every object inherits are columns like others', () => {
  const table = inferTable('t', 'id', ['id', 'constructor', 'toString', '__proto__'].map((name) => ({ name, type: 'integer' as const })));
  const validate = compileRowValidator(table);
  expect(validate({ id: 'a' })).toEqual([]);
  expect(validate({ id: 'a', constructor: 'x' }).map(({ column }) => column)).toEqual(['constructor']);
  expect(table.columns.map(({ name, type }) => [name, type])).toContainEqual(['__proto__', 'string']);
});
