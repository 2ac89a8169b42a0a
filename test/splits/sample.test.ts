import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Catalog } from '../../src/catalog/catalog.js';
import type { Effects } from '../../src/effects.js';
import type { SampleConfig, SplitConfig } from '../../src/model/config.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { matchCategories } from '../../src/splits/reference/match.js';
import { readReference } from '../../src/splits/reference/reference.js';
import { assignSplit, freezeSplit, reportSplit, type SplitOptions } from '../../src/splits/run.js';
import { drawSample } from '../../src/splits/cohort/sample.js';
import { sampleAsMidrc } from '../support/midrc-task-sample.js';
import { fillSplitCatalog, makeSplitCatalog, type CatalogCase } from '../support/split-catalog.js';
import { splitInput } from '../support/split-input.js';
import { TASK_COLUMNS, taskCohort } from '../support/task-cohort.js';

const FIXTURES = join(PACKAGE_ROOT, 'test/fixtures/midrc-representativeness');

describe("MIDRC's demonstration", () => {
  /** Names of the variables in the target specification. */
  const NAMES = { age_at_index: 'Age Group', race: 'Race', sex: 'Sex at birth', ethnicity: 'Ethnicity', covid19_positive: 'COVID Status' };

  test.each([
    [0.1, 'a'],
    [0.05, 'a'],
    [0.05, 'b'],
    [0.03, 'a'],
  ])('within %d of its targets (%s), no smaller than by its own procedure, and the largest there is', async (tolerance, seed) => {
    const { source, sha256, variables, dates } = await readReference(join(FIXTURES, 'tbs_target_specification_demo.xlsx'));
    const rows = taskCohort(seed);
    const reference = { source, sha256, dates, variables: new Map(TASK_COLUMNS.map((column) => [column, variables.get(NAMES[column])!])) };
    const input = splitInput({
      cases: rows.map((_, row) => `c${String(row).padStart(4, '0')}`),
      // the last is looked at only, and no target
      variables: [...TASK_COLUMNS.map((name) => ({ name, values: rows.map((row) => row[name]) })), { name: 'row', values: rows.map((_, row) => String(row)) }],
    });
    const { sample, assigned, unassigned } = await drawSample(input, { sample: { tolerance }, reference, balance: TASK_COLUMNS });

    const peer = sampleAsMidrc(
      rows.length,
      TASK_COLUMNS.map((column) => {
        const labels = [...reference.variables.get(column)!.keys()];
        const values = [...reference.variables.get(column)!.values()];
        const sum = values.reduce((total, value) => total + value, 0);
        return { targets: values.map((value) => value / sum), categoryOf: rows.map((row) => labels.indexOf(row[column])) };
      }),
      tolerance,
    );
    expect(peer.length).toBeGreaterThan(0);
    expect(sample.size).toBeGreaterThan(peer.length);
    expect(sample.largest).toBe(sample.size);
    expect(assigned).toHaveLength(sample.size);
    expect(unassigned).toHaveLength(rows.length - sample.size);
    for (const column of TASK_COLUMNS) {
      expect(sample.variables[column]!.max_deviation).toBeLessThanOrEqual(tolerance + 1e-9);
      for (const { category, cases, share } of sample.variables[column]!.categories) {
        const counted = assigned.filter(({ case_id }) => rows[Number(case_id.slice(1))]![column] === category).length;
        expect([category, cases, share]).toEqual([category, counted, Number((counted / sample.size).toFixed(9))]);
      }
    }
  });
});

describe('a target meets the values of a variable', () => {
  const match = (wanted: Record<string, number>, own: string[]) => {
    const { categories, unnamed } = matchCategories(new Map(Object.entries(wanted)), own);
    return [Object.fromEntries(categories.map(({ label, value, own: places }) => [`${label} ${value}`, places.map((place) => own[place])])), unnamed.map((place) => own[place])];
  };

  test('by text, whatever its case and punctuation; "not reported" by any of its words', () => {
    expect(match({ 'Not Hispanic or Latino': 1, 'Not reported': 0 }, ['', 'NOT HISPANIC OR LATINO', 'other'])).toEqual([
      { 'Not Hispanic or Latino 1': ['NOT HISPANIC OR LATINO'], 'Not reported 0': [''] },
      ['other'],
    ]);
    expect(match({ F: 1, f: 2 }, ['F', 'f'])).toEqual([{ 'F 1': ['F'], 'f 2': ['f'] }, []]);
    expect(match({ '1': 1, '2': 2 }, ['1', '2', '3'])).toEqual([{ '1 1': ['1'], '2 2': ['2'] }, ['3']]);
  });

  test('by the range that holds a number or a range', () => {
    expect(match({ '0-17 Years': 1, '18 to 49': 2, '50+ Years': 3 }, ['', '-1', '0', '17', '17.5', '18', '49', '50', '102'])).toEqual([
      { '0-17 Years 1': ['0', '17', '17.5'], '18 to 49 2': ['18', '49'], '50+ Years 3': ['50', '102'] },
      ['', '-1'],
    ]);
    expect(match({ '[0, 18)': 1, '[18, 85)': 2, '[85, 140]': 3 }, ['<18', '18-49', '50-84', '>=85'])).toEqual([
      { '[0, 18) 1': ['<18'], '[18, 85) 2': ['18-49', '50-84'], '[85, 140] 3': ['>=85'] },
      [],
    ]);
  });

  test('by adding up ranges within one of its bins; a bin that crosses a range is refused', () => {
    expect(match({ '0-4': 1, '5-17': 2, '18-64': 3, '65+': 4 }, ['<18', '18-64', '>=65'])).toEqual([{ '18-64 3': ['18-64'], '65+ 4': ['>=65'], '<18 3': ['<18'] }, []]);
    expect(() => match({ '0-17': 1, '18-64': 2 }, ['<20', '>=20'])).toThrow(/<20 crosses/);
    expect(() => match({ '18-49': 1, '50+': 2 }, ['<30', '>=30'])).toThrow(/crosses/);
  });
});

let folder: string;
let catalog: Catalog;
let warnings: string[];
const effects: Effects = { now: () => new Date('2026-03-04T05:06:07Z'), warn: (message) => warnings.push(message), progress: () => {} };

describe('in a workspace', () => {
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'colophon-sample-'));
    warnings = [];
  });

  afterEach(() => {
    catalog.close();
    rmSync(folder, { recursive: true, force: true });
  });

  function options(sample: SampleConfig, config: Partial<SplitConfig> = {}): SplitOptions {
    return { name: 'task', config: { kind: 'sample', seed: 2026, sample, ...config }, folder, recordPath: join(folder, 'task.csv'), caseTable: 'case', patientLink: null };
  }

  /** Two thirds women, ages 0 to 89, every seventh without an age. */
  function makeCases(count: number, from = 0): CatalogCase[] {
    return Array.from({ length: count }, (_, index) => {
      const number = from + index;
      return { case_id: `c${String(number).padStart(3, '0')}`, cells: { sex: number % 3 === 0 ? 'M' : 'F', age: number % 7 === 0 ? null : String((number * 7) % 90), site: `S${number % 2}` } };
    });
  }

  const TYPES = { age: 'BIGINT' };
  const HALVES: SampleConfig = { tolerance: 0, targets: { sex: { F: 0.5, M: 0.5 } } };

  test('the largest sample: who is in it, who is not and why; the report says the same', async () => {
    catalog = await makeSplitCatalog(makeCases(90), TYPES);
    const given = options({ ...HALVES, targets: { ...HALVES.targets, age: { '0-44': 0.5, '45+': 0.5 } } });
    const report = await assignSplit(catalog, given, effects);
    const { sample } = report;
    expect(sample).toMatchObject({ excluded: 13, tolerance: 0, reference: null, variables: { age: { unnamed: 13, max_deviation: 0 }, sex: { unnamed: 0, max_deviation: 0 } } });
    expect(sample!.size).toBe(sample!.largest);
    expect(sample!.size).toBe(report.parts.sample!.cases);
    expect(sample!.unused).toBe(90 - 13 - sample!.size);
    const reasons = new Map<string, number>();
    for (const { reason } of report.unassigned) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    expect([...reasons].sort()).toEqual([['not in the sample', sample!.unused], ['not in the sample: no target names the age of this case', 13]]);
    expect(warnings).toEqual([]);
    expect(await reportSplit(catalog, given)).toEqual(report);
  });

  test('linked cases are in it together or not at all', async () => {
    const cases = makeCases(60).map((one, at) => ({ ...one, cells: { ...one.cells, family: at < 20 ? `f${Math.floor(at / 2)}` : null } }));
    catalog = await makeSplitCatalog(cases, TYPES);
    await assignSplit(catalog, options({ ...HALVES, size: 30 }, { group_by: ['family'] }), effects);
    const rows = await catalog.all<{ case_id: string }>("SELECT case_id FROM assignments WHERE split = 'task'");
    const inside = new Set(rows.map(({ case_id }) => case_id));
    expect(inside.size).toBe(30);
    for (let pair = 0; pair < 10; pair++) expect(inside.has(`c${String(2 * pair).padStart(3, '0')}`)).toBe(inside.has(`c${String(2 * pair + 1).padStart(3, '0')}`));
  });

  test('frozen cases stay when the sample grows, whatever else comes', async () => {
    catalog = await makeSplitCatalog(makeCases(30), TYPES);
    await assignSplit(catalog, options(HALVES), effects);
    expect(await freezeSplit(catalog, options(HALVES), effects)).toMatchObject({ frozen: 20, added: 20 });
    const before = await catalog.all("SELECT case_id FROM assignments WHERE split = 'task' ORDER BY case_id");
    await fillSplitCatalog(catalog, makeCases(90), TYPES);
    const report = await assignSplit(catalog, options(HALVES), effects);
    expect(report.frozen).toBe(20);
    expect(report.sample).toMatchObject({ size: 60, largest: 60 });
    expect(await catalog.all("SELECT case_id FROM assignments WHERE split = 'task' AND frozen ORDER BY case_id")).toEqual(before);
    await expect(assignSplit(catalog, options({ ...HALVES, size: 10 }), effects)).rejects.toThrow(/10 cases, and 20 are in it already/);
  });

  test('another reference makes a draw out of date', async () => {
    catalog = await makeSplitCatalog(makeCases(30), TYPES);
    const path = join(folder, 'population.csv');
    const given = options({ reference: 'population.csv', tolerance: 0.05 }, { balance: ['sex'] });
    writeFileSync(path, 'variable,category,percent\nSex,f,50\nSex,m,50\n');
    const report = await assignSplit(catalog, given, effects);
    expect(report.sample).toMatchObject({ size: 22, reference: { source: 'population.csv' }, variables: { sex: { categories: [{ category: 'f', target: 0.5, cases: 12 }, { category: 'm', cases: 10 }] } } });
    writeFileSync(path, 'variable,category,percent\nSex,f,60\nSex,m,40\n');
    await expect(freezeSplit(catalog, given, effects)).rejects.toMatchObject({ code: 'SPLIT_STALE' });
  });

  test('combinations of variables, and the shares of all cases where nothing else is said', async () => {
    catalog = await makeSplitCatalog(makeCases(60), TYPES);
    const both = await assignSplit(catalog, options({ tolerance: 0, targets: { 'sex × site': { 'F × S0': 0.5, 'M × S1': 0.5 } } }), effects);
    expect(both.sample).toMatchObject({ size: 20, excluded: 30 });
    const alike = await assignSplit(catalog, options({ size: 30, tolerance: 0.02 }, { balance: ['sex', 'site'] }), effects);
    expect(alike.sample).toMatchObject({ size: 30, largest: null, variables: { sex: { max_deviation: 0 }, site: { max_deviation: 0 } } });
  });

  test.each<[SampleConfig, Partial<SplitConfig>, RegExp, string]>([
    [{ targets: { sex: { F: 0.5, M: 0.6 } } }, {}, /do not sum to 1/, 'CONFIG_INVALID'],
    [{ targets: { sex: { F: 0.5, X: 0.5 } } }, {}, /sex = X: 50 % ± 1 %; no case has it/, 'SPLIT_INFEASIBLE'],
    [{ targets: { sx: { F: 0.5, M: 0.5 } } }, {}, /splits.task.sample.targets names sx/, 'CONFIG_INVALID'],
    [{ size: 50, targets: { sex: { F: 0.1, M: 0.9 } } }, {}, /a sample of 50 cases, of 60 that can be in one\n {2}sex = M: 90 % ± 1 %; 20 cases have it, enough for a sample of 22/, 'SPLIT_INFEASIBLE'],
    [{ targets: { sex: { Y: 1 } } }, {}, /No case can be in the sample/, 'SPLIT_INFEASIBLE'],
    [{ targets: { age: { '0-39': 0.5, '40+': 0.5 } } }, { balance: [{ column: 'age', bins: [18, 50] }] }, /its bin 18-49 crosses 0-39/, 'CONFIG_INVALID'],
    [{ targets: { 'sex × site': { F: 1 } } }, {}, /needs categories of 2 variables/, 'CONFIG_INVALID'],
    [{ reference: 'none.csv' }, { balance: ['sex'] }, /no reference population/, 'SOURCE_MISSING'],
    [{}, {}, /neither targets/, 'CONFIG_INVALID'],
  ])('%j is refused with what to change', async (sample, config, reason, code) => {
    catalog = await makeSplitCatalog(makeCases(60), TYPES);
    const refused = assignSplit(catalog, options(sample, config), effects);
    await expect(refused).rejects.toThrow(reason);
    await expect(refused).rejects.toMatchObject({ code });
    expect(await catalog.all("SELECT * FROM assignments WHERE split = 'task'")).toEqual([]);
  });
});
