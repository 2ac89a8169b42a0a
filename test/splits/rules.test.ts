import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Catalog } from '../../src/catalog/catalog.js';
import type { Effects } from '../../src/effects.js';
import type { SplitConfig } from '../../src/model/config.js';
import type { SplitReport } from '../../src/model/split.js';
import { assignSplit, freezeSplit } from '../../src/splits/run.js';
import { makeSplitCatalog, type CatalogCase } from '../support/split-catalog.js';

let folder: string;
let catalog: Catalog;
let warnings: string[];
const effects: Effects = { now: () => new Date('2026-03-04T05:06:07Z'), warn: (message) => warnings.push(message), progress: () => {} };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'colophon-rules-'));
  warnings = [];
});

afterEach(() => {
  catalog.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A hundred cases: 20 of five sites each, a quarter positive, sex missing in every tenth. */
function makeCases(more: (number: number) => Record<string, string | null> = () => ({})): CatalogCase[] {
  return Array.from({ length: 100 }, (_, number) => ({
    case_id: `c${String(number).padStart(3, '0')}`,
    cells: { sex: number % 10 === 9 ? null : number % 2 === 0 ? 'F' : 'M', site: `S${number % 5}`, positive: number % 4 === 0 ? 'Yes' : 'No', ...more(number) },
  }));
}

function draw(config: Partial<SplitConfig>): Promise<SplitReport> {
  const whole: SplitConfig = { parts: { train: 0.7, validation: 0.1, test: 0.2 }, balance: ['sex'], seed: 1, ...config };
  return assignSplit(catalog, { name: 's', config: whole, folder, recordPath: join(folder, 's.csv'), caseTable: 'case', patientLink: null }, effects);
}

function writeForced(lines: readonly string[]): void {
  writeFileSync(join(folder, 'forced.csv'), ['case_id,part', ...lines, ''].join('\n'));
}

async function partsOf(ids: readonly string[]): Promise<string[]> {
  const rows = await catalog.all<{ case_id: string; part: string }>("SELECT case_id, part FROM assignments WHERE split = 's'");
  const parts = new Map(rows.map(({ case_id, part }) => [case_id, part]));
  return ids.map((id) => parts.get(id) ?? 'none');
}

describe('forced assignments', () => {
  test('go where the file says, count in the shares, and take linked cases with them', async () => {
    catalog = await makeSplitCatalog(makeCases((number) => ({ family: number < 2 ? 'f' : null })));
    writeForced(['c000,validation', 'c002,validation', 'c003,test']);
    const report = await draw({ assign: 'forced.csv', group_by: ['family'] });
    expect(await partsOf(['c000', 'c001', 'c002', 'c003'])).toEqual(['validation', 'validation', 'validation', 'test']);
    expect(report.parts).toMatchObject({ train: { cases: 70 }, validation: { cases: 10, held_out: 0 }, test: { cases: 20 } });
    expect(report.unassigned).toEqual([]);
    expect(warnings).toEqual(['s: 98 of 100 cases have no value of family (group_by): it ties them to no other case.']);
  });

  test('a changed file makes the draw out of date; the order of its lines does not', async () => {
    catalog = await makeSplitCatalog(makeCases());
    writeForced(['c000,test', 'c001,test']);
    const before = await draw({ assign: 'forced.csv' });
    writeForced(['c001,test', 'c000,test']);
    expect((await draw({ assign: 'forced.csv' })).input_digest).toBe(before.input_digest);
    writeForced(['c000,test']);
    const config: SplitConfig = { parts: { train: 0.7, validation: 0.1, test: 0.2 }, balance: ['sex'], seed: 1, assign: 'forced.csv' };
    const frozen = freezeSplit(catalog, { name: 's', config, folder, recordPath: join(folder, 's.csv'), caseTable: 'case', patientLink: null }, effects);
    await expect(frozen).rejects.toMatchObject({ code: 'SPLIT_STALE' });
  });

  test('of withdrawn cases are passed over, with a warning; of unknown ones they are an error', async () => {
    catalog = await makeSplitCatalog([...makeCases(), { case_id: 'gone', status: 'withdrawn' }]);
    writeForced(['gone,test']);
    await draw({ assign: 'forced.csv' });
    expect(warnings).toEqual(['s: forced.csv names 1 cases that were rejected or withdrawn; their lines are passed over.']);
    writeForced(['gnoe,test']);
    await expect(draw({ assign: 'forced.csv' })).rejects.toMatchObject({ code: 'CONFIG_INVALID', message: expect.stringContaining('line 2: there is no case "gnoe"') });
  });

  test('of linked cases that contradict each other, a hold-out rule or the record are an error', async () => {
    catalog = await makeSplitCatalog(makeCases((number) => ({ family: number < 2 ? 'f' : null })));
    writeForced(['c000,test', 'c001,train']);
    await expect(draw({ assign: 'forced.csv', group_by: ['family'] })).rejects.toMatchObject({
      code: 'SPLIT_INFEASIBLE',
      message: 's cannot be drawn. The assign file puts c000 into test (line 2), but c001 is bound to train (line 3), and the two are linked.',
    });
    writeForced(['c000,test']);
    await expect(draw({ assign: 'forced.csv', hold_out: { train: "site = 'S0'" } })).rejects.toThrow("c000 is bound to train (hold_out.train: site = 'S0')");
  });

  test('that fill a part beyond its share are told before the draw', async () => {
    catalog = await makeSplitCatalog(makeCases());
    writeForced(Array.from({ length: 30 }, (_, number) => `c0${number + 10},validation`));
    const drawn = draw({ assign: 'forced.csv' });
    await expect(drawn).rejects.toMatchObject({ code: 'SPLIT_INFEASIBLE', message: 's cannot be drawn: these 2 rules contradict each other.\n  - parts.validation: 0.1 (10 of 100 cases)\n  - assign: forced.csv (30 cases)' });
    expect(await partsOf(['c010'])).toEqual(['none']);
  });
});

describe('limits', () => {
  const count = async (part: string, condition: string) => {
    const [row] = await catalog.all<{ n: number }>(`SELECT count(*)::INTEGER AS n FROM assignments AS a JOIN clinical_case AS c ON c.submitter_id = a.case_id WHERE split = 's' AND part = '${part}' AND ${condition}`);
    return row!.n;
  };

  test('are met, each of them, and the sizes stay on target', async () => {
    catalog = await makeSplitCatalog(makeCases((number) => ({ family: number < 30 ? `f${number % 10}` : null })));
    const limits = [
      { part: 'test', where: "positive = 'Yes'", each: 'sex', min: 1 },
      { part: 'test', where: "positive = 'Yes'", min: 12 },
      { part: 'validation', where: "site = 'S1'", max: 0 },
      { part: 'train', each: 'site', max: 15 },
    ];
    const report = await draw({ balance: ['sex', 'site'], group_by: ['family'], limits });
    expect(await count('test', "positive = 'Yes'")).toBeGreaterThanOrEqual(12);
    expect(await count('test', "positive = 'Yes' AND sex = 'F'")).toBeGreaterThanOrEqual(1);
    expect(await count('validation', "site = 'S1'")).toBe(0);
    for (let site = 0; site < 5; site++) expect(await count('train', `site = 'S${site}'`)).toBeLessThanOrEqual(15);
    for (const { cases, target } of Object.values(report.parts)) expect(Math.abs(cases - 100 * target)).toBeLessThan(3);
  });

  test('count held-out cases too', async () => {
    catalog = await makeSplitCatalog(makeCases());
    await draw({ hold_out: { test: "site = 'S1'" }, limits: [{ part: 'test', where: "site = 'S1'", min: 20, max: 20 }, { part: 'test', max: 36 }] });
    expect(await count('test', "site = 'S1'")).toBe(20);
    expect(await count('test', 'TRUE')).toBe(36);
  });

  test('over a binned variable hold for its bins', async () => {
    catalog = await makeSplitCatalog(makeCases((number) => ({ age: String(number) })));
    await draw({ balance: [{ column: 'age', bins: [50] }], limits: [{ part: 'validation', each: 'age', min: 5, max: 5 }] });
    expect([await count('validation', 'age::INT < 50'), await count('validation', 'age::INT >= 50')]).toEqual([5, 5]);
  });
});

describe('limits that cannot be met', () => {
  test.each<[string, Partial<SplitConfig>, string[]]>([
    ['more than there are', { limits: [{ part: 'test', where: "positive = 'Yes'", min: 26 }] }, ["limits.0: at least 26 cases with positive = 'Yes' in test (25 such cases)"]],
    ['of one value; missing is none', { limits: [{ part: 'test', where: "site IN ('S1', 'S3') OR sex = 'F'", each: 'site', min: 11 }] }, ['limits.0: at least 11 cases with (site IN (\'S1\', \'S3\') OR sex = \'F\') and site = "S0" in test (10 such cases)']],
    ['against a share', { limits: [{ part: 'test', max: 5 }] }, ['parts.test: 0.2 (20 of 100 cases)', 'limits.0: at most 5 cases in test (100 such cases)']],
    ['against a hold-out', { hold_out: { train: "positive = 'Yes'" }, limits: [{ part: 'test', where: "positive = 'Yes'", min: 1 }] }, ["limits.0: at least 1 cases with positive = 'Yes' in test (25 such cases, 25 of them bound to other parts)", "hold_out.train: positive = 'Yes' (25 cases)"]],
    ['against each other', { limits: [{ part: 'test', where: "site = 'S1'", min: 15 }, { part: 'train', where: "site = 'S1'", min: 6 }, { part: 'train', min: 1 }] }, ["limits.0: at least 15 cases with site = 'S1' in test (20 such cases)", "limits.1: at least 6 cases with site = 'S1' in train (20 such cases)"]],
    ['against the links', { group_by: ['site'], balance: [], parts: { train: 0.8, test: 0.2 }, limits: [{ part: 'test', where: "site = 'S1'", min: 1, max: 9 }] }, ["limits.0: at least 1 cases with site = 'S1' in test (20 such cases)", "limits.0: at most 9 cases with site = 'S1' in test (20 such cases)", 'linked cases stay together (5 groups of more than one case, the largest of 20)']],
  ])('%s', async (_what, config, rules) => {
    catalog = await makeSplitCatalog(makeCases());
    const error: unknown = await draw(config).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'SPLIT_INFEASIBLE' });
    const lines = (error as Error).message.split('\n').slice(1).map((line) => line.replace('  - ', ''));
    expect(lines.toSorted()).toEqual(rules.toSorted());
  });

  test('say what can be had instead', async () => {
    catalog = await makeSplitCatalog(makeCases());
    await expect(draw({ limits: [{ part: 'validation', where: "positive = 'Yes'", min: 12 }] })).rejects.toMatchObject({ found: 'at most 10, while all other rules hold', suggestions: expect.arrayContaining(['Write `min: 10` in limits.0, or less.']) });
  });

  test('a value that no counted case has is warned of', async () => {
    catalog = await makeSplitCatalog(makeCases());
    await draw({ limits: [{ part: 'train', where: "site = 'S1' AND sex = 'F'", each: 'sex', min: 1 }] });
    expect(warnings).toEqual(['s: limits.0 says nothing of 1 of the 2 values of sex: no case that it counts has them.']);
  });

  test('a condition or column that is none', async () => {
    catalog = await makeSplitCatalog(makeCases());
    await expect(draw({ limits: [{ part: 'test', where: 'random() < 1', min: 1 }] })).rejects.toThrow('splits.s.limits.0.where is no condition');
    await expect(draw({ limits: [{ part: 'test', each: 'sexx', min: 1 }] })).rejects.toMatchObject({ code: 'CONFIG_INVALID', suggestions: ['Did you mean sex?'] });
  });
});

describe('bad input', () => {
  test('a constant column is left out, and told', async () => {
    catalog = await makeSplitCatalog(makeCases(() => ({ fixed: 'x', none: null })));
    const report = await draw({ balance: ['sex', 'fixed', 'none'] });
    expect(warnings).toEqual([
      's: fixed is the same in all 100 cases: there is nothing to balance, and it is left out; take it out of balance, or give it other bins.',
      's: none is missing in all 100 cases: there is nothing to balance, and it is left out; take it out of balance, or give it other bins.',
    ]);
    expect(report.parts.train!.cases).toBe(70);
  });

  test('NaN, infinities and words in a column of numbers are a category of their own, counted', async () => {
    const odd = ['NaN', 'inf', '-Infinity', 'unknown', ''];
    catalog = await makeSplitCatalog(makeCases((number) => ({ age: odd[number] ?? String(number) })));
    for (const age of [{ column: 'age', bins: [30, 60] }, { column: 'age', quantiles: 3 }]) {
      warnings.length = 0;
      const report = await draw({ balance: ['sex', age] });
      expect(report.parts.train!.cases).toBe(70);
      expect(warnings).toEqual(['s: age is no finite number in 4 of 100 cases; they are balanced as a category of their own, `not a number`. Correct them at their source.']);
    }
  });

  test('a column of ids is warned of, one of thousands of names refused', async () => {
    catalog = await makeSplitCatalog(makeCases((number) => ({ id: `x${number}` })));
    await draw({ balance: ['id'] });
    expect(warnings).toEqual(['s: id has 100 different values among 100 cases, too many to balance; give it bins or quantiles, or leave it out.']);
    await catalog.run("CREATE OR REPLACE TABLE case_ AS SELECT 'n' || i AS case_id, 'accepted' AS status, '' AS reason FROM range(60000) AS t(i)");
    await catalog.run(`CREATE OR REPLACE TABLE clinical_case AS SELECT 'clinical' AS source, i + 1 AS source_row, 'n' || i AS submitter_id, 'F' AS sex, 'v' || (i % 50000) AS id FROM range(60000) AS t(i)`);
    await catalog.run('CREATE OR REPLACE TABLE raw_case AS SELECT * FROM clinical_case');
    await catalog.run("DELETE FROM row_case; INSERT INTO row_case SELECT 'case', 'clinical', i + 1, 'n' || i FROM range(60000) AS t(i)");
    await expect(draw({ balance: ['id'] })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: 'splits.s.balance names id, which has 50000 different values among 60000 cases: too many to balance.',
      suggestions: expect.arrayContaining(['Take id out of balance.']),
    });
  });

  test('a group of half of all cases has to be decided by a person', async () => {
    catalog = await makeSplitCatalog(makeCases((number) => ({ mrn: number < 50 ? 'UNKNOWN' : null })));
    await expect(draw({ group_by: ['mrn'] })).rejects.toMatchObject({
      code: 'SPLIT_INFEASIBLE',
      message: 's cannot be drawn: one group of linked cases holds 50 of 100 cases, and it has to stay whole.',
      found: '50 cases around c000, tied by mrn (50 cases with one value)',
    });
    writeForced(['c000,train']);
    expect((await draw({ group_by: ['mrn'], assign: 'forced.csv' })).parts.train!.cases).toBe(70);
    expect((await draw({ group_by: ['mrn'], hold_out: { train: "mrn = 'UNKNOWN'" } })).parts.train).toMatchObject({ cases: 85, held_out: 50 });
  });

  test('a part that may stay empty, and shares of what is not there', async () => {
    catalog = await makeSplitCatalog(makeCases().slice(0, 4));
    await draw({ balance: [] });
    expect(warnings).toEqual(['s: validation may stay empty: its share of 4 cases is less than half a case; raise splits.s.parts.validation, or wait for more cases.']);
    await expect(draw({ unit: 'images' })).rejects.toMatchObject({ code: 'SPLIT_INFEASIBLE', suggestions: expect.arrayContaining(['Write `unit: cases` in splits.s.']) });
  });
});
