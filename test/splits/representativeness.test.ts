import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { binOf } from '../../src/splits/input/bins.js';
import { compareWithReference, type Reference, type ReferredVariable } from '../../src/splits/report/measures/reference-report.js';
import { readReference } from '../../src/splits/reference/reference.js';

const FOLDER = join(PACKAGE_ROOT, 'test/fixtures/midrc-representativeness');

let midrc: Reference;
let census: Reference;
let cdc: Reference;
beforeAll(async () => {
  midrc = await readReference(join(FOLDER, 'midrc_open_a1_and_r1_cumulative_by_batch.xlsx'));
  census = await readReference(join(FOLDER, 'census_all.xlsx'));
  cdc = await readReference(join(FOLDER, 'cdc_covidpos_cumulative_by_month.xlsx'));
});

const LOWS = [0, 5, 12, 16, 18, 30, 40, 50, 65, 75, 85];

/** A variable of the MIDRC open commons of 2024-03-04 as a split with one part would hold it. */
function variable(name: string): ReferredVariable {
  return { name: name.toLowerCase().replaceAll(' ', '_'), parts: new Map([['open', midrc.variables.get(name)!]]), binBy: null };
}

/** Its ages in the bins of a configuration: 0-17, 18-49, 50-64, 65 and more. */
function binnedAges(): ReferredVariable {
  const labels = ['<18', '18-49', '50-64', '>=65'];
  const counts = new Map(labels.map((label) => [label, 0]));
  for (const [at, count] of [...midrc.variables.get('Age at Index')!.values()].entries()) {
    const label = labels[binOf([18, 50, 65], LOWS[at]!)]!;
    counts.set(label, counts.get(label)! + count);
  }
  return { name: 'age_at_index', parts: new Map([['open', counts]]), binBy: null };
}

/** Its ages as numbers. */
function ages(): ReferredVariable {
  const counts = [...midrc.variables.get('Age at Index')!.values()];
  const binBy: ReferredVariable['binBy'] = (edges) => {
    const binned = new Array<number>(edges.length + 1).fill(0);
    for (const [at, count] of counts.entries()) binned[binOf(edges, LOWS[at]!)]! += count;
    return new Map([['open', new Map([...binned.map((count, bin): [string, number] => [`bin ${bin}`, count]), ['', 0]])]]);
  };
  return { name: 'age_at_index', parts: new Map([['open', new Map()]]), binBy };
}

const compare = (split: ReferredVariable, reference: Reference) => Object.values(compareWithReference([split], reference).variables)[0]!;

describe('MIDRC open commons of 2024-03-04, N = 70,261 (Jensen-Shannon distance)', () => {
  test.each([
    ['Sex', 0.014696, 0.006722],
    ['Race', 0.337258, 0.277754],
    ['Ethnicity', 0.229134, 0.115766],
    ['Race and Ethnicity', 0.313375, 0.207012],
  ])('%s against Census', (name, jsd, jsd_reported) => {
    expect(compare(variable(name), census)).toMatchObject({ reference: name, count: 70_261, jsd, jsd_reported, only_in_split: [], only_in_reference: [] });
  });

  test.each([
    ['Sex', 0.143519],
    ['Race', 0.347434],
    ['Ethnicity', 0.358851],
    ['Race and Ethnicity', 0.357019],
  ])('%s against CDC', (name, jsd) => {
    expect(compare(variable(name), cdc)).toMatchObject({ date: '2023-03-31', jsd });
  });

  test('age in 11 bins, and in the 4 of a configuration, against Census', () => {
    expect(compare(variable('Age at Index'), census)).toMatchObject({ count: 70_141, jsd: 0.365342 });
    const four = compare(binnedAges(), census);
    expect(four).toMatchObject({ count: 70_141, jsd: 0.350374, only_in_split: [], only_in_reference: [] });
    expect(four.categories.map(({ reference_share }) => reference_share)).toEqual([0.223, 0.422, 0.192, 0.165].map((share) => Number((share / 1.002).toFixed(6))));
  });

  test('numbers are counted by the bins of the reference', () => {
    const found = compare(ages(), census);
    expect(found).toMatchObject({ count: 70_141, jsd: 0.365342 });
    expect(found.categories[0]).toMatchObject({ category: '0-4 Years' });
  });
});

describe('a comparison', () => {
  const reference = (variables: Record<string, Record<string, number>>): Reference => ({
    source: 'r.csv', sha256: 'x', dates: new Map(), variables: new Map(Object.entries(variables).map(([name, counts]) => [name, new Map(Object.entries(counts))])),
  });
  const split = (name: string, parts: Record<string, Record<string, number>>): ReferredVariable => ({
    name, parts: new Map(Object.entries(parts).map(([part, counts]) => [part, new Map(Object.entries(counts))])), binBy: null,
  });

  test('takes counts, percentages and shares alike, and names as they are written', () => {
    const of = (factor: number) => compare(split('case.SEX', { a: { male: 3, ' Female ': 1 } }), reference({ sex: { Male: 49 * factor, Female: 51 * factor } }));
    expect(of(1)).toEqual(of(0.01));
    expect(of(1)).toEqual(of(12_345));
    expect(of(1)).toMatchObject({ only_in_split: [], max_difference: 0.26 });
  });

  test('states what one side lacks, and counts it as a difference', () => {
    const found = compare(split('race', { a: { 'Black or African American': 5, White: 5 } }), reference({ race: { Black: 50, White: 50 } }));
    expect(found).toMatchObject({ only_in_split: ['Black or African American'], only_in_reference: ['Black'], jsd: 0.707107 });
  });

  test('puts all spellings of "not reported" together, and gives the distance with and without', () => {
    const found = compare(split('sex', { a: { F: 40, M: 40, '': 10, Unknown: 10 } }), reference({ sex: { F: 50, M: 50, 'Not reported': 0 } }));
    expect(found.jsd_reported).toBe(0);
    expect(found.jsd).toBeGreaterThan(0.3);
    expect(found.categories.map(({ category }) => category)).toEqual(['F', 'M', 'Not Reported']);
  });

  test('says what it could not compare, and what it did not need', () => {
    const report = compareWithReference([split('stage', { a: { I: 1 } }), split('age', { a: { '<40': 1, '>=40': 2 } })], reference({ age: { '0-17': 1, '18-64': 2, '65+': 1 }, region: { N: 1 } }));
    expect(report.variables).toEqual({});
    expect(report.not_compared).toEqual([
      { variable: 'stage', reason: 'the reference does not have it' },
      { variable: 'age', reason: 'its bins share no edge with those of the reference' },
    ]);
    expect(report.unused).toEqual(['region']);
  });

  test('of a part without cases has no distance', () => {
    const found = compare(split('sex', { a: { F: 1, M: 1 }, empty: {} }), reference({ sex: { F: 1, M: 1 } }));
    expect(found.parts).toEqual({ a: { count: 2, max_difference: 0, jsd: 0, jsd_reported: 0 }, empty: { count: 0, max_difference: null, jsd: null, jsd_reported: null } });
  });
});
