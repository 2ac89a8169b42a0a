import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Catalog } from '../../src/catalog/catalog.js';
import type { Effects } from '../../src/effects.js';
import type { SplitConfig } from '../../src/model/config.js';
import { assignSplit, freezeSplit, loadRecord, reportSplit, type SplitOptions } from '../../src/splits/run.js';
import { addClinicalTable, fillSplitCatalog, makeSplitCatalog, type CatalogCase } from '../support/split-catalog.js';

let folder: string;
let catalog: Catalog;
let warnings: string[];
const effects: Effects = { now: () => new Date('2026-03-04T05:06:07Z'), warn: (message) => warnings.push(message), progress: () => {} };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'colophon-splits-'));
  warnings = [];
});

afterEach(() => {
  catalog.close();
  rmSync(folder, { recursive: true, force: true });
});

const CONFIG: SplitConfig = {
  parts: { open: 0.8, sequestered: 0.2 },
  balance: ['sex', { column: 'age', bins: [18, 65] }, 'modality'],
  seed: 2026,
};

function options(config: Partial<SplitConfig> = {}, name = 'open-sequestered'): SplitOptions {
  return { name, config: { ...CONFIG, ...config }, recordPath: join(folder, `${name}.csv`), caseTable: 'case', patientLink: null };
}

/** Cases c00, c01, ...: sex and age in all combinations, one study each. */
function makeCases(count: number, from = 0): CatalogCase[] {
  return Array.from({ length: count }, (_, index) => {
    const number = from + index;
    const id = `c${String(number).padStart(3, '0')}`;
    const cells = { sex: ['F', 'M', null][number % 3]!, age: String((number * 7) % 90), site_id: `S${number % 5}` };
    return { case_id: id, cells, instances: [{ StudyInstanceUID: `1.2.${number}`, sha256: `h${number}`, Modality: number % 4 === 0 ? 'CT' : 'DX' }] };
  });
}

const TYPES = { age: 'BIGINT' };

async function partsNow(name = 'open-sequestered'): Promise<Map<string, string>> {
  const rows = await catalog.all<{ case_id: string; part: string }>('SELECT case_id, part FROM assignments WHERE split = ? ORDER BY case_id', [name]);
  return new Map(rows.map(({ case_id, part }) => [case_id, part]));
}

describe('a draw', () => {
  test('gives every accepted case a part, on target, and says how alike the parts are', async () => {
    catalog = await makeSplitCatalog([...makeCases(50), { case_id: 'r', status: 'rejected' }, { case_id: 'w', status: 'withdrawn' }], TYPES);
    const report = await assignSplit(catalog, options(), effects);
    expect(report.parts).toEqual({
      open: { cases: 40, held_out: 0, share: 0.8, target: 0.8 },
      sequestered: { cases: 10, held_out: 0, share: 0.2, target: 0.2 },
    });
    expect(Object.keys(report.variables)).toEqual(['age', 'modality', 'sex']);
    expect(Object.keys(report.joint)).toEqual(['age × modality', 'age × sex', 'modality × sex']);
    expect(report.variables.sex!.max_difference).toBeLessThan(0.08);
    expect(report.leakage).toEqual({ groups: 0, patients: 0, studies: 0, instances: 0 });
    expect(report.unassigned).toEqual([]);
    expect((await partsNow()).size).toBe(50);
    expect(await reportSplit(catalog, options(), { permutations: 0 })).toEqual(report);
    expect(warnings).toEqual([]);
  });

  test('keeps together what shares a patient, a study, an image or a column of group_by', async () => {
    const cases = makeCases(40);
    cases[0]!.instances!.push({ StudyInstanceUID: '1.2.1' });
    cases[2]!.instances!.push({ sha256: 'h3' });
    cases[4]!.instances!.push({ PatientID: 'P' });
    cases[5]!.instances!.push({ PatientID: 'P' });
    cases[6]!.cells!.family = 'f';
    cases[7]!.cells!.family = 'f';
    cases[8]!.cells!.mrn = 'm';
    cases[9]!.cells!.mrn = 'm';
    catalog = await makeSplitCatalog(cases, TYPES);
    const linked = { ...options({ group_by: ['family', 'case_id'] }), patientLink: { table: 'case', column: 'mrn' } };
    for (let seed = 0; seed < 6; seed++) {
      await assignSplit(catalog, { ...linked, config: { ...linked.config, seed } }, effects);
      const parts = await partsNow();
      for (let at = 0; at < 10; at += 2) expect(parts.get(cases[at]!.case_id)).toBe(parts.get(cases[at + 1]!.case_id));
    }
  });

  test('reads list columns, separated cells, columns of other tables and modalities of studies', async () => {
    const cases = makeCases(30).map((one, index) => ({
      ...one,
      cells: { ...one.cells, finding: index % 2 === 0 ? 'COVID-19, ARDS' : 'COVID-19', drugs: index % 3 === 0 ? '[a, b]' : null },
      instances: [],
    }));
    catalog = await makeSplitCatalog(cases, { ...TYPES, drugs: 'VARCHAR[]' });
    await addClinicalTable(catalog, 'imaging_study', ['submitter_id', 'study_uid', 'study_modality', 'cases.submitter_id'], cases.map(({ case_id }, index) => [`s${index}`, `1.2.${index}`, index < 6 ? 'CT' : 'DX', case_id]));
    for (const [index, { case_id }] of cases.entries()) await catalog.run("INSERT INTO row_case VALUES ('imaging_study', 'clinical', ?, ?)", [index + 1, case_id]);
    const balance = ['drugs', { column: 'finding', separator: ',' }, 'imaging_study.study_modality', 'modality'];
    const report = await assignSplit(catalog, options({ balance }), effects);
    expect(Object.keys(report.variables)).toEqual(['drugs', 'finding', 'imaging_study.study_modality', 'modality']);
    // 30 cases, 15 with ARDS, 10 with drugs, 6 with CT: 6 in the small part hold 3, 2 and 1
    expect(report.variables.finding!.max_difference).toBeLessThan(0.01);
    expect(report.variables.drugs!.max_difference).toBeLessThan(0.01);
    expect(report.variables.modality).toEqual(report.variables['imaging_study.study_modality']);
    expect(report.variables.modality!.max_difference).toBeLessThan(0.05);
  });

  test('does not depend on the order of rows', async () => {
    const cases = makeCases(60);
    catalog = await makeSplitCatalog(cases, TYPES);
    const report = await assignSplit(catalog, options(), effects);
    const parts = await partsNow();
    await fillSplitCatalog(catalog, cases.toReversed(), TYPES);
    expect(await assignSplit(catalog, options(), effects)).toEqual(report);
    expect(await partsNow()).toEqual(parts);
  });

  test('names an unknown column and the one that was meant', async () => {
    catalog = await makeSplitCatalog(makeCases(5), TYPES);
    await expect(assignSplit(catalog, options({ balance: ['sxe'] }), effects)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('splits.open-sequestered.balance names sxe'),
      suggestions: ['Did you mean sex?'],
    });
    await expect(assignSplit(catalog, options({ group_by: ['case.familly'] }), effects)).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });
});

describe('hold-out rules', () => {
  test('force their cases into a part and leave the quotas', async () => {
    catalog = await makeSplitCatalog(makeCases(50), TYPES);
    const report = await assignSplit(catalog, options({ hold_out: { sequestered: "site_id = 'S3'" } }), effects);
    expect(report.parts.sequestered).toEqual({ cases: 18, held_out: 10, share: 0.2, target: 0.2 });
    const parts = await partsNow();
    for (const { case_id, cells } of makeCases(50)) if (cells!.site_id === 'S3') expect(parts.get(case_id)).toBe('sequestered');
  });

  test.each([
    ['1=1) UNION SELECT (2', 'not a single expression'],
    ["site_id = 'S1') FROM case_rows; DROP TABLE case_; SELECT (1", ''],
    ['EXISTS (SELECT 1 FROM finding)', 'subquery'],
    ['random() < 0.5', 'same answer'],
    ["current_date > DATE '2020-01-01'", 'current_date'],
    ["nextval('s') > 0", 'same answer'],
    ['rowid < 10', 'no column rowid'],
    ['source_row < 10', 'no column source_row'],
    ["site = 'S1'", 'no column site'],
    ['site_id', ''],
    ['row_number() OVER () < 3', 'window function'],
    ['count(*) > 1', ''],
    ['', ''],
  ])('refuse %s', async (condition, reason) => {
    catalog = await makeSplitCatalog(makeCases(5), TYPES);
    const drawn = assignSplit(catalog, options({ hold_out: { open: condition } }), effects);
    await expect(drawn).rejects.toMatchObject({ code: 'CONFIG_INVALID', message: expect.stringContaining(reason) });
    expect(await catalog.all('SELECT count(*) AS n FROM case_')).toEqual([{ n: 5 }]);
  });

  test('do not hold out where they are NULL', async () => {
    catalog = await makeSplitCatalog(makeCases(30), TYPES);
    const report = await assignSplit(catalog, options({ hold_out: { open: "sex <> 'F'" } }), effects);
    expect(report.parts.open!.held_out).toBe(10);
  });
});

describe('freezing', () => {
  test('writes the record once, keeps it across extensions and says when it happened', async () => {
    const first = makeCases(40);
    catalog = await makeSplitCatalog(first, TYPES);
    await assignSplit(catalog, options(), effects);
    const before = await partsNow();
    expect(await freezeSplit(catalog, options(), effects)).toMatchObject({ split: 'open-sequestered', frozen: 40, added: 40 });
    const bytes = readFileSync(options().recordPath, 'utf8');
    expect(await freezeSplit(catalog, options(), effects)).toMatchObject({ frozen: 40, added: 0 });
    expect(readFileSync(options().recordPath, 'utf8')).toBe(bytes);

    await fillSplitCatalog(catalog, [...makeCases(23, 40), ...first.slice(1), { ...first[0]!, status: 'withdrawn' }], TYPES);
    const extended = await assignSplit(catalog, options(), effects);
    expect(extended.frozen).toBe(39);
    expect(Object.values(extended.parts).reduce((sum, { cases }) => sum + cases, 0)).toBe(62);
    expect(Math.abs(extended.parts.open!.cases - 0.8 * 62)).toBeLessThan(1);
    const after = await partsNow();
    for (const [id, part] of before) expect(after.get(id)).toBe(part);
    expect(await freezeSplit(catalog, { ...options(), since: '2026-05-06' }, effects)).toMatchObject({ frozen: 63, added: 23 });
    expect(readFileSync(options().recordPath, 'utf8').startsWith(bytes)).toBe(true);
    const since = await catalog.all("SELECT since, count(*) AS n FROM assignments WHERE frozen GROUP BY since ORDER BY since");
    expect(since).toEqual([
      { since: '2026-03-04', n: 40 },
      { since: '2026-05-06', n: 23 },
    ]);
  });

  test('restores a lost catalog from the record', async () => {
    catalog = await makeSplitCatalog(makeCases(20), TYPES);
    await assignSplit(catalog, options(), effects);
    await freezeSplit(catalog, options(), effects);
    const parts = await partsNow();
    catalog.close();
    catalog = await makeSplitCatalog(makeCases(20), TYPES);
    expect((await loadRecord(catalog, options())).rows).toHaveLength(20);
    expect(await partsNow()).toEqual(parts);
  });

  test('refuses a draw that is out of date', async () => {
    const cases = makeCases(20);
    catalog = await makeSplitCatalog(cases, TYPES);
    await expect(freezeSplit(catalog, options(), effects)).rejects.toMatchObject({ code: 'SPLIT_NOT_ASSIGNED' });
    await assignSplit(catalog, options(), effects);
    cases[3]!.instances!.push({ StudyInstanceUID: '1.2.4' });
    await fillSplitCatalog(catalog, cases, TYPES);
    await expect(freezeSplit(catalog, options(), effects)).rejects.toMatchObject({ code: 'SPLIT_STALE' });
  });

  test('notices that the last rows of the record were cut off, or that it is gone', async () => {
    catalog = await makeSplitCatalog(makeCases(20), TYPES);
    await assignSplit(catalog, options(), effects);
    await freezeSplit(catalog, options(), effects);
    const lines = readFileSync(options().recordPath, 'utf8').split('\n');
    writeFileSync(options().recordPath, `${lines.slice(0, -2).join('\n')}\n`);
    await expect(assignSplit(catalog, options(), effects)).rejects.toMatchObject({ code: 'SPLIT_RECORD_TAMPERED', found: '19 rows' });
    rmSync(options().recordPath);
    await expect(reportSplit(catalog, options())).rejects.toMatchObject({ code: 'SPLIT_RECORD_TAMPERED', found: '0 rows' });
  });

  test('a crash after the record was written and before the catalog loses nothing', async () => {
    catalog = await makeSplitCatalog(makeCases(20), TYPES);
    await assignSplit(catalog, options(), effects);
    const parts = await partsNow();
    await catalog.run('CREATE TABLE before_freeze AS SELECT * FROM assignment');
    await freezeSplit(catalog, options(), effects);
    await catalog.run('DELETE FROM assignment; INSERT INTO assignment SELECT * FROM before_freeze');
    expect(await freezeSplit(catalog, options(), effects)).toMatchObject({ frozen: 20, added: 0 });
    expect(await partsNow()).toEqual(parts);
    expect(await catalog.all('SELECT count(*) AS n FROM assignment WHERE frozen')).toEqual([{ n: 20 }]);
  });

  test('never moves a case that a new link ties to another part: it reports both and withholds the newcomer', async () => {
    const cases = makeCases(20);
    catalog = await makeSplitCatalog(cases, TYPES);
    await assignSplit(catalog, options(), effects);
    await freezeSplit(catalog, options(), effects);
    const parts = await partsNow();
    const open = cases.find(({ case_id }) => parts.get(case_id) === 'open')!;
    const sequestered = cases.find(({ case_id }) => parts.get(case_id) === 'sequestered')!;
    open.instances!.push({ StudyInstanceUID: '9.9' });
    sequestered.instances!.push({ StudyInstanceUID: '9.9' });
    const newcomer: CatalogCase = { case_id: 'new', cells: { sex: 'F' }, instances: [{ StudyInstanceUID: '9.9' }] };
    await fillSplitCatalog(catalog, [...cases, newcomer], TYPES);
    const report = await assignSplit(catalog, options(), effects);
    expect(report.conflicts).toMatchObject([
      { kind: 'frozen-apart', cases: [{ case_id: open.case_id, part: 'open' }, { case_id: sequestered.case_id, part: 'sequestered' }], withheld: ['new'] },
    ]);
    expect(report.unassigned).toMatchObject([{ case_id: 'new' }]);
    expect(report.leakage).toEqual({ groups: 1, patients: 0, studies: 1, instances: 0 });
    expect(warnings).toHaveLength(2);
    expect(await partsNow()).toEqual(parts);

    sequestered.status = 'withdrawn';
    await fillSplitCatalog(catalog, [...cases, newcomer], TYPES);
    const solved = await assignSplit(catalog, options(), effects);
    expect(solved.conflicts).toEqual([]);
    expect((await partsNow()).get('new')).toBe('open');
  });
});

describe('a split within a part of another', () => {
  const inner = () => options({ parts: { train: 0.7, test: 0.3 }, within: { 'open-sequestered': 'open' } }, 'benchmark');

  test('takes that part only, states where the others are, and is frozen after it', async () => {
    catalog = await makeSplitCatalog(makeCases(50), TYPES);
    await expect(assignSplit(catalog, inner(), effects)).rejects.toMatchObject({
      code: 'SPLIT_NOT_ASSIGNED',
      suggestions: ['Run: colophon split assign open-sequestered'],
    });
    await assignSplit(catalog, options(), effects);
    const report = await assignSplit(catalog, inner(), effects);
    expect(report.parts.train!.cases + report.parts.test!.cases).toBe(40);
    expect(report.unassigned).toHaveLength(10);
    expect(report.unassigned[0]!.reason).toBe('in part sequestered of open-sequestered');
    expect(warnings).toEqual([]);
    const outer = await partsNow();
    for (const id of (await partsNow('benchmark')).keys()) expect(outer.get(id)).toBe('open');
    await expect(freezeSplit(catalog, inner(), effects)).rejects.toMatchObject({ code: 'SPLIT_INFEASIBLE' });
    await freezeSplit(catalog, options(), effects);
    expect(await freezeSplit(catalog, inner(), effects)).toMatchObject({ added: 40 });
  });
});
