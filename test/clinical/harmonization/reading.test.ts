import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cellRule, type SingleCellRule } from '../../../src/clinical/harmonization/cell-rules.js';
import { CONTRADICTION, mendCell } from '../../../src/clinical/harmonization/reading.js';
import type { HarmonizationSet } from '../../../src/model/harmonization.js';
import { PACKAGE_ROOT } from '../../../src/package-root.js';

const MIDRC = JSON.parse(readFileSync(join(PACKAGE_ROOT, 'schemas/packs/midrc/harmonize.json'), 'utf8')) as HarmonizationSet;

const rulesOf = (...rules: SingleCellRule[]) => rules.map((rule, index) => cellRule(`own/${rule.name ?? `${rule.kind}-${index}`}`, rule, ','));
const midrc = (place: string) => rulesOf(...(MIDRC.rules[place] as SingleCellRule[]));

/** The mended text; `left` with its reason; the text itself where no rule changes it. */
function mend(rules: ReturnType<typeof rulesOf>, text: string): string | null {
  const mending = mendCell(rules, text);
  if (mending === null) return text;
  return mending.outcome === 'left' ? `left: ${mending.reason}` : mending.read.to;
}

/**
 * Every way in which MIDRC's example cohort of 5,000 patients writes its sets of CR, CT, DX and MR (MIDRC/task-based-sampling,
 * Input_Data/Example_5000patients.csv, commit 8c29d3145f46): any order, with and without a blank behind the comma.
 */
function cohortSpellings(): [string, string][] {
  const orders = (terms: readonly string[]): string[][] => (terms.length === 0 ? [[]] : terms.flatMap((term) => orders(terms.filter((other) => other !== term)).map((rest) => [term, ...rest])));
  const sets = Array.from({ length: 15 }, (_, bits) => ['CR', 'CT', 'DX', 'MR'].filter((_, at) => (((bits + 1) >> at) & 1) === 1));
  return sets.flatMap((set) => orders(set).flatMap((order) => [order.join(','), order.join(', ')].map((text): [string, string] => [text, set.join(',')])));
}

describe('sets of modalities', () => {
  const rules = midrc('imaging_study.study_modality');

  test('every order and blank of the example cohort, more than the 41 ways that occur in it', () => {
    const spellings = new Map(cohortSpellings());
    expect(spellings.size).toBeGreaterThan(41);
    for (const [text, set] of spellings) expect([text, mend(rules, text)]).toEqual([text, set]);
  });

  test.each([
    ['CR\\DX', 'CR,DX'],
    ['DX\\CR\\DX', 'CR,DX'],
    ['cr; dx', 'CR,DX'],
    ['CT+PT', 'CT,PT'],
    ['PT / CT', 'CT,PT'],
    ['DX|CR', 'CR,DX'],
    ['CT, SR\\CT', 'CT,SR'],
    [' CT ', 'CT'],
    ['CT', 'CT'],
  ])('%s', (text, set) => expect(mend(rules, text)).toBe(set));

  test.each(['X-ray', 'CR,', 'CR,,DX', 'CRDX', 'CR DX', 'CTPT', 'ct and dx', "['CR', 'DX']"])('%s is left: a member is no known term', (text) => {
    expect(mend(rules, text)).toBe('left: a member is no known term');
  });
});

describe('ages', () => {
  const rules = midrc('case.age_at_index');

  test.each([['999'], ['890']])('%s holds no age, for a reason', (text) => {
    expect(mendCell(rules, text)).toMatchObject({ outcome: 'mended', read: { to: null, reason: 'unknown' } });
  });

  test.each(['90', '89+', '>89', '90+', 'over 89'])('%s is an age above 89, which the column beside says', (text) => {
    expect(mendCell(rules, text)).toMatchObject({ outcome: 'mended', read: { to: null, over: true } });
  });

  test('a DICOM age in years becomes the number, and is not listed', () => {
    expect(mendCell(rules, '045Y')).toEqual({ outcome: 'mended', rule: expect.any(String), read: { to: '45', masked: { from: 'nnnY', to: 'n' } } });
    expect(mend(rules, '000Y')).toBe('0');
    expect(mend(rules, '093Y')).toBe('left: an age above 89 years');
  });

  test.each(['0', '45', '89', '91', '045', '45.5', '018M', '9999', '-1', 'old'])('%s stays as it is: the gate judges it', (text) => expect(mendCell(rules, text)).toBeNull());
});

describe('prefixes', () => {
  const one = rulesOf({ kind: 'prefix', prefix: 'Case_' });
  const many = rulesOf({ kind: 'prefix', prefix: 'Case_', members: true });

  test('the prefix goes, exactly as it is written, and the key is not listed', () => {
    expect(mendCell(one, 'Case_419639-000025')).toMatchObject({ read: { to: '419639-000025', masked: { from: 'Case_*', to: '*' } } });
    for (const text of ['case_1', 'CASE_1', ' Case_1', '419639-000025']) expect(mend(one, text)).toBe(text);
  });

  test('not where nothing would be left, nor where it stands twice', () => {
    expect(mend(one, 'Case_')).toMatch(/^left: nothing/);
    expect(mend(one, 'Case_ 1')).toMatch(/^left: nothing but blanks/);
    expect(mend(one, 'Case_Case_1')).toBe('left: the prefix stands there twice');
  });

  test('each member of a list by itself, or none', () => {
    expect(mend(many, 'Case_1,2,Case_3')).toBe('1,2,3');
    expect(mend(many, 'Case_1,Case_Case_2')).toMatch(/^left/);
    expect(mend(many, '1,2')).toBe('1,2');
  });
});

describe('lists whose order counts, lossy 0 and 1, booleans, sex', () => {
  test('backslashes become the list separator', () => {
    const rules = midrc('*.image_type');
    expect(mend(rules, 'ORIGINAL\\PRIMARY\\AXIAL')).toBe('ORIGINAL,PRIMARY,AXIAL');
    expect(mend(rules, '0.5\\ 0.5')).toBe('0.5,0.5');
    expect(mend(rules, 'A,B\\C')).toBe('left: two separators');
    expect(mend(rules, 'A\\\\C')).toBe('left: an empty member');
  });

  test('LossyImageCompression gets its leading zero back', () => {
    const rules = midrc('*.lossy_image_compression');
    expect(['0', '1', '00', '01', '2', ''].map((text) => mend(rules, text))).toEqual(['00', '01', '00', '01', '2', '']);
  });

  test('booleans and sex, as they are written in tables', () => {
    expect(['1', '0', 'Yes', 'n', 'true', 'maybe'].map((text) => mend(midrc('*.icu_indicator'), text))).toEqual(['true', 'false', 'true', 'false', 'true', 'maybe']);
    expect(['F', 'm', 'FEMALE', 'Male', 'O', 'U', 'Unknown'].map((text) => mend(midrc('case.sex'), text))).toEqual(['Female', 'Male', 'Female', 'Male', 'O', 'U', 'Unknown']);
  });
});

describe('dates', () => {
  const all = rulesOf({ kind: 'date' });

  test.each([
    ['20200131', '2020-01-31'],
    ['2020/1/31', '2020-01-31'],
    ['1/31/2020', '2020-01-31'],
    ['31/01/2020', '2020-01-31'],
    ['31.1.2020', '2020-01-31'],
    // as in the table of covid-chestxray-dataset (CC BY-NC-SA 4.0), which also has `2017`
    ['January 22, 2020', '2020-01-22'],
    ['22 Jan 2020', '2020-01-22'],
    ['22-Jan-2020', '2020-01-22'],
    ['Sept 3, 2020', '2020-09-03'],
    ['29/2/2020', '2020-02-29'],
    ['4/4/2020', '2020-04-04'],
  ])('%s is %s', (text, day) => expect(mend(all, text)).toBe(day));

  test('day and month that could be either way round are left, unless one form is named', () => {
    expect(mend(all, '03/04/2020')).toBe('left: day and month could be either way round');
    expect(mend(rulesOf({ kind: 'date', forms: ['M/D/YYYY'] }), '03/04/2020')).toBe('2020-03-04');
    expect(mend(rulesOf({ kind: 'date', forms: ['D/M/YYYY'] }), '03/04/2020')).toBe('2020-04-03');
  });

  test('two rules with one form each contradict each other', () => {
    const both = rulesOf({ kind: 'date', forms: ['M/D/YYYY'] }, { kind: 'date', forms: ['D/M/YYYY'] });
    expect(mend(both, '03/04/2020')).toBe(`left: ${CONTRADICTION}`);
  });

  test.each(['30.2.2020', '2020/13/1', '20200230', '31-Feb-2020'])('%s is no day of the calendar', (text) => expect(mend(all, text)).toBe('left: no day of the calendar'));

  test.each(['2017', '2020-01-31', '1/2/20', 'Winter 2020', 'Foo 3, 2020', '43831'])('%s stays as it is', (text) => {
    expect(mendCell(all, text)?.outcome).not.toBe('mended');
  });
});

describe('several rules of one column', () => {
  test('read the cell as it came, and agree or leave it', () => {
    const rules = rulesOf({ kind: 'values', values: { M: 'Male' } }, { kind: 'missing', missing: { M: 'missing' } }, { kind: 'values', name: 'same', values: { M: 'Male', F: 'Female' } });
    expect(mend(rules, 'M')).toBe(`left: ${CONTRADICTION}`);
    expect(mend(rules, 'F')).toBe('Female');
  });

  test('a result that another rule would read on is none', () => {
    const rules = rulesOf({ kind: 'prefix', prefix: 'Case_' }, { kind: 'missing', missing: { '999': 'unknown' } });
    expect(mend(rules, 'Case_999')).toBe(`left: ${CONTRADICTION}`);
  });

  test('a rule that cannot read a cell does not forbid another that can', () => {
    const rules = [...midrc('imaging_study.study_modality'), ...rulesOf({ kind: 'values', values: { 'X-ray': 'CR' } })];
    expect(mend(rules, 'X-ray')).toBe('CR');
  });

  const spelling = fc.constantFrom('M', 'F', 'Male', '1', '999', 'Case_1', 'Case_999', 'CR\\DX', 'CR,DX', 'dx', '090Y', '1/2/2020', '3/3/2020', '');
  const rule = fc.oneof(
    fc.dictionary(spelling, spelling.filter((text) => text !== '')).map((values): SingleCellRule => ({ kind: 'values', values })),
    fc.constantFrom<SingleCellRule>(
      { kind: 'missing', missing: { '999': 'unknown' } },
      { kind: 'prefix', prefix: 'Case_' },
      { kind: 'list', separators: ['\\', ','], terms: ['CR', 'DX'] },
      { kind: 'date' },
      { kind: 'boolean' },
      { kind: 'separator', separator: '\\' },
      { kind: 'age', over: 'over', over_term: 'Yes', spellings: ['90', '999'] },
    ),
  );

  test('mending the mended changes nothing, whatever the rules', () => {
    fc.assert(
      fc.property(fc.array(rule, { maxLength: 5 }), fc.oneof(spelling, fc.string()), (list, text) => {
        const rules = rulesOf(...list);
        const mending = mendCell(rules, text);
        if (mending?.outcome !== 'mended' || mending.read.to === null) return;
        expect(mendCell(rules, mending.read.to)?.outcome).not.toBe('mended');
      }),
    );
  });

  test('the order of the rules, and of the spellings in them, does not matter', () => {
    fc.assert(
      fc.property(fc.array(rule, { maxLength: 5 }), spelling, (list, text) => {
        const turned = list.map((each): SingleCellRule => (each.kind === 'values' ? { ...each, values: Object.fromEntries(Object.entries(each.values).reverse()) } : each));
        const named = (rules: SingleCellRule[]) => rules.map((each) => ({ ...each, name: `r${list.length}-${(rules === turned ? turned : list).indexOf(each)}` }));
        expect(mendCell(rulesOf(...named(turned)).reverse(), text)).toEqual(mendCell(rulesOf(...named(list)), text));
      }),
    );
  });
});
