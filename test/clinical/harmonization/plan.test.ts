import { describe, expect, test } from '@jest/globals';
import { keyLinks, patientColumn } from '../../../src/clinical/harmonization/key-links.js';
import { planDefects } from '../../../src/clinical/harmonization/plan-defects.js';
import { planHarmonization, rulesOf, tableMending } from '../../../src/clinical/harmonization/plan.js';
import type { Config } from '../../../src/model/config.js';
import type { HarmonizeRule } from '../../../src/model/harmonization.js';
import { midrcPack } from '../../checks/catalog-fixture.js';

type Rules = Record<string, HarmonizeRule[]>;

const PREFIX: HarmonizeRule = { kind: 'prefix', prefix: 'Case_' };

function planOf(rules: Rules, config: Pick<Config, 'link' | 'tables'> = {}, pack: ReturnType<typeof midrcPack> | null = midrcPack()) {
  const plan = planHarmonization([], rules, { links: keyLinks(config, pack), patient: patientColumn(config, pack) });
  if (plan === null) throw new Error('no rules');
  return { plan, defects: [...planDefects(plan, pack)].map(({ message, suggestions = [] }) => [message, ...suggestions].join(' ')) };
}

describe('keys', () => {
  test('a rule on a key goes for every column that links to it, in every table, by itself or in a list', () => {
    const { plan, defects } = planOf({ 'case.submitter_id': [PREFIX] });
    expect(defects).toEqual([]);
    for (const column of ['cases.submitter_id', 'cases']) {
      expect(rulesOf(plan, { table: 'imaging_study', column })).toHaveLength(1);
      expect(tableMending(plan, 'imaging_study', [column], ',')?.columns).toMatchObject([{ column, isKey: true }]);
    }
    expect(rulesOf(plan, { table: 'imaging_study', column: 'submitter_id' })).toEqual([]);
    expect(plan.patient).toEqual({ table: 'case', column: 'submitter_id' });
  });

  test('without a pack: the columns that `tables` names', () => {
    const { plan } = planOf({ 'patients.id': [PREFIX] }, { link: { patient_id: 'patients.id' }, tables: { patients: { key: 'id' }, visit: { key: 'nr', case: 'patient' } } }, null);
    expect(rulesOf(plan, { table: 'visit', column: 'patient' })).toHaveLength(1);
    expect(rulesOf(plan, { table: 'visit', column: 'nr' })).toEqual([]);
  });

  test('a rule on a link alone would tear keys apart and is refused, with where it belongs', () => {
    expect(planOf({ 'imaging_study.cases.submitter_id': [PREFIX] }).defects).toEqual([expect.stringMatching(/keys of case\.submitter_id, .*one of the two tables only Declare the rule for case\.submitter_id/)]);
    expect(planOf({ 'visit.patient': [PREFIX] }, { tables: { case: { key: 'id' }, visit: { key: 'nr', case: 'patient' } } }, null).defects).toHaveLength(1);
    expect(planOf({ '*.patient': [PREFIX] }, { tables: { case: { key: 'patient' }, visit: { key: 'nr', case: 'patient' } } }, null).defects).toEqual([]);
  });

  test('keys take no other rule than a prefix', () => {
    expect(planOf({ 'case.submitter_id': [{ kind: 'values', values: { A: 'B' } }] }).defects).toEqual([expect.stringContaining('a rule of the kind values is for no key')]);
  });
});

describe('rules that are refused before a cell is read', () => {
  test.each<[string, Rules, RegExp]>([
    ['a column that the schema does not have', { 'case.sexx': [{ kind: 'values', values: { M: 'Male' } }] }, /no column sexx Did you mean sex\?/],
    ['a column that no table has', { '*.nonsense_column': [{ kind: 'boolean' }] }, /no table/],
    ['no table', { sex: [{ kind: 'boolean' }] }, /not `table.column`/],
    ['a chain of values', { 'case.race': [{ kind: 'values', values: { B: 'Black', Black: 'Black or African American' } }] }, /"B" becomes "Black", which the rules of the column would mend again/],
    ['two terms for one spelling', { 'case.race': [{ kind: 'values', name: 'a', values: { B: 'Black' } }, { kind: 'values', name: 'b', values: { B: 'Brown' } }] }, /something else by own\/b/],
    ['one name twice', { 'case.race': [{ kind: 'values', values: {} }, { kind: 'values', values: {} }] }, /two rules of the column are called own\/values/],
    ['a control character', { 'case.race': [{ kind: 'values', values: { 'a\0b': 'c' } }] }, /control character/],
    ['an empty term', { 'case.race': [{ kind: 'values', values: { a: '' } }] }, /empty/],
    ['a separator of two signs', { 'case.race': [{ kind: 'list', separators: ['::'], terms: ['CR'] }] }, /one sign/],
    ['a letter as separator', { 'case.race': [{ kind: 'list', separators: ['x'], terms: ['CR'] }] }, /one sign/],
    ['a blank as separator', { 'case.race': [{ kind: 'separator', separator: ' ' }] }, /one sign/],
    ['a term that is no code string', { 'case.race': [{ kind: 'list', separators: [','], terms: ['cr,dx'] }] }, /upper-case/],
    ['a spelling of true and false', { 'case.race': [{ kind: 'boolean', true: ['1'], false: ['1'] }] }, /true and for false/],
  ])('%s', (_name, rules, message) => expect(planOf(rules).defects.join('\n')).toMatch(message));
});

test('the digest names the rules, not their order of reading', () => {
  const digest = (rules: Rules) => planOf(rules).plan.digest;
  expect(digest({ 'case.sex': [{ kind: 'values', values: { M: 'Male' } }] })).toBe(digest({ 'case.sex': [{ values: { M: 'Male' }, kind: 'values' }] }));
  expect(digest({ 'case.sex': [{ kind: 'values', values: { M: 'Male' } }] })).not.toBe(digest({ 'case.sex': [{ kind: 'values', values: { M: 'Female' } }] }));
});
