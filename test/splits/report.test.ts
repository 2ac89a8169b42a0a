import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Catalog } from '../../src/catalog/catalog.js';
import { parseReference } from '../../src/splits/reference/reference.js';
import { assignSplit, reportSplit, type SplitOptions } from '../../src/splits/run.js';
import { makeSplitCatalog } from '../support/split-catalog.js';

let folder: string;
let catalog: Catalog;
const effects = { now: () => new Date('2026-03-04T05:06:07Z'), warn: () => {}, progress: () => {} };

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'colophon-report-'));
  const cases = Array.from({ length: 90 }, (_, at) => ({
    case_id: `c${String(at).padStart(3, '0')}`,
    cells: { sex: ['Female', 'Male', null][at % 3]!, age: at % 10 === 0 ? null : String((at * 7) % 90), site_id: `S${at % 4}`, race: at % 2 === 0 ? 'White' : 'Black' },
  }));
  catalog = await makeSplitCatalog(cases, { age: 'BIGINT' });
});

afterEach(() => {
  catalog.close();
  rmSync(folder, { recursive: true, force: true });
});

const options = (): SplitOptions => ({
  name: 's', recordPath: join(folder, 's.csv'), caseTable: 'case', patientLink: null,
  config: { parts: { train: 0.7, test: 0.3 }, balance: ['sex', { column: 'age', bins: [18, 65] }], hold_out: { test: "site_id = 'S3'" }, seed: 7 },
});

test('a report holds the split against a reference, by its own bins, and looks at what is not balanced', async () => {
  await assignSplit(catalog, options(), effects);
  const reference = await parseReference(Buffer.from('variable,category,value\nSex,female,51\nSex,male,49\nAge,0-17,20\nAge,18-49,45\nAge,50+,35\n'), 'census.csv');
  const report = await reportSplit(catalog, options(), { reference, observe: { asked: ['race'], telling: true }, permutations: 99 });
  const base = Object.values(report.parts).reduce((sum, { cases, held_out }) => sum + cases - held_out, 0);
  // 22 cases of S3 are held out: they count neither in the balance nor against the reference
  expect(base).toBe(68);
  expect(Object.keys(report.variables)).toEqual(['age', 'sex']);
  expect(Object.keys(report.observed)).toEqual(['race', 'site_id']);
  expect(report.variables.sex!.categories.reduce((sum, { total }) => sum + total, 0)).toBe(base);
  expect(report.variables.sex!.permutation!.runs).toBe(99);
  expect(report.reference!.variables.sex).toMatchObject({ reference: 'Sex', count: base, only_in_split: [] });
  expect(report.reference!.variables.age!.categories.map(({ category }) => category)).toEqual(['0-17', '18-49', '50+', 'Not Reported']);
  expect(Object.values(report.reference!.variables.age!.parts).reduce((sum, { count }) => sum + count, 0)).toBe(base);
  expect(report.variables.age!.continuous!.parts.train!.count + report.variables.age!.continuous!.parts.train!.missing).toBe(report.parts.train!.cases);
});

test('the same split gives the same report, and no permutations when none are asked for', async () => {
  const drawn = await assignSplit(catalog, options(), effects);
  expect(drawn.permutation).toBeNull();
  expect(await reportSplit(catalog, options())).toEqual(await reportSplit(catalog, options()));
  expect(await reportSplit(catalog, options(), { permutations: 0 })).toEqual(drawn);
});
