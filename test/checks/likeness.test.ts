import { describe, expect, test } from '@jest/globals';
import type { Catalog } from '../../src/catalog/catalog.js';
import { LIKENESS_CHECKS } from '../../src/checks/likeness.js';
import { caseLinks } from '../../src/checks/likeness/case-links.js';
import { fillLikeness } from '../../src/checks/likeness/near-hashes.js';
import type { Finding } from '../../src/model/finding.js';
import { cleanFixture } from './catalog-fixture.js';
import { runChecks, type RunOptions } from './run-checks.js';

/** Findings of one rule over the clean fixture after `prepare` changed what is known of its four pictures. */
async function likeness(code: string, prepare: (catalog: Catalog) => Promise<unknown>, options: RunOptions = {}): Promise<Finding[]> {
  const report = await runChecks(LIKENESS_CHECKS, cleanFixture(), { ...options, prepare: async (catalog) => void (await prepare(catalog)) });
  return report.findings.filter((finding) => finding.code === code);
}

const digest = (path: string, value: string) => `UPDATE pixel_facts SET pixel_digest = '${value}' WHERE path = '${path}'`;

test('pictures that differ are alike in nothing', async () => {
  const { findings } = await runChecks(LIKENESS_CHECKS, cleanFixture());
  expect(findings).toEqual([]);
});

describe('DUP-003', () => {
  test('the same pixels under another case are an error', async () => {
    const found = await likeness('DUP-003', (catalog) => catalog.run(`${digest('C1/1.dcm', 'same')}; ${digest('C2/1.dcm', 'same')}`));
    expect(found.map(({ level, location }) => [level, location.path])).toContainEqual(['error', 'images/C2/1.dcm']);
  });

  test('the same pixels twice in a case are a warning', async () => {
    const found = await likeness('DUP-003', (catalog) => catalog.run(`${digest('C1/1.dcm', 'same')}; ${digest('C1/2.dcm', 'same')}`));
    expect(found.map(({ level, location }) => [level, location.path])).toEqual([['warning', 'images/C1/2.dcm']]);
  });
});

describe('DUP-004', () => {
  test('pictures of two cases that look the same are a warning, a few bits apart or none', async () => {
    const hash = (path: string, value: string): string => `UPDATE pixel_facts SET perceptual_hash = '${value}', perceptual_detail = '${'3c'.repeat(32)}' WHERE path = '${path}'`;
    const found = await likeness('DUP-004', (catalog) => catalog.run(`${hash('C1/1.dcm', '00ff00ff00ff00ff')}; ${hash('C2/1.dcm', '00ff00ff00ff00fe')}`));
    expect(found.map(({ level }) => level)).toContain('warning');
    expect(found.some(({ location }) => location.path === 'images/C2/1.dcm' || location.path === 'images/C1/1.dcm')).toBe(true);
    const far = await likeness('DUP-004', (catalog) => catalog.run(`${hash('C1/1.dcm', '00ff00ff00ff00ff')}; ${hash('C2/1.dcm', 'ff00ff00ff00ff00')}`));
    expect(far).toEqual([]);
  });
});

describe('DUP-006', () => {
  test('two cases with a picture in common may be one person', async () => {
    const found = await likeness('DUP-006', (catalog) => catalog.run(`UPDATE instance SET PatientSex = 'F'; ${digest('C1/1.dcm', 'same')}; ${digest('C2/1.dcm', 'same')}`));
    expect(found.map(({ level }) => level)).toEqual(['warning']);
  });
});

describe('DUP-008', () => {
  test('an image that an earlier release holds under another case is an error', async () => {
    const relation = `(SELECT 'C9' AS case_id, '9.9' AS SOPInstanceUID, rpad('c11', 64, '0') AS sha256)`;
    const found = await likeness('DUP-008', async () => undefined, { releases: [{ version: '1.0.0', tables: new Map([['instances', relation]]) }] });
    expect(found.map(({ level, location }) => [level, location.path])).toEqual([['error', 'images/C1/1.dcm']]);
  });
});

test('cases that share pixels are linked, so that splits keep them together', async () => {
  let links: unknown[] = [];
  await likeness('DUP-003', async (catalog) => {
    await catalog.run(`${digest('C1/1.dcm', 'same')}; ${digest('C2/1.dcm', 'same')}`);
    await fillLikeness(catalog, 4);
    links = await catalog.all(caseLinks(4));
  });
  expect(links).toEqual([{ case_a: 'C1', case_b: 'C2', why: 'pixels' }]);
});

describe('DUP-009', () => {
  const config = { splits: { open: { parts: { train: 0.5, test: 0.5 }, seed: 1 } } };
  const apart = "INSERT INTO assignment VALUES ('open', 1, 'C1', 'C1', 'train', true, NULL), ('open', 2, 'C2', 'C2', 'test', true, NULL)";

  test.each([
    ['a patient', "UPDATE instance SET PatientID = 'P'"],
    ['a study', "UPDATE instance SET StudyInstanceUID = '1.2.1'"],
    ['an image', "UPDATE instance SET SOPInstanceUID = '1.1' WHERE path IN ('C1/1.dcm', 'C2/1.dcm')"],
    ['the pixels of an image', `${digest('C1/1.dcm', 'same')}; ${digest('C2/1.dcm', 'same')}`],
    ['pictures that look the same', "INSERT INTO case_link VALUES ('C1', 'C2', 'likeness')"],
  ])('%s in two parts of a split', async (what, change) => {
    const found = await likeness('DUP-009', (catalog) => catalog.run(`${apart}; ${change}`), { config });
    expect(found).toMatchObject([{ level: 'error', location: { kind: 'case', table: 'splits', key: 'C2', column: 'open' }, found: 'test', expected: 'train, with C1' }]);
    expect(found[0]?.message).toContain(what);
    expect(await likeness('DUP-009', (catalog) => catalog.run(`${apart.replace('test', 'train')}; ${change}`), { config })).toEqual([]);
  });

  test('counts the sequestered cases that a release withholds, and no withdrawn one', async () => {
    const torn = (status: string) => (catalog: Catalog) => catalog.run(`${apart}; UPDATE instance SET PatientID = 'P'; UPDATE case_ SET status = '${status}' WHERE case_id = 'C2'`);
    expect(await likeness('DUP-009', torn('withheld'), { config })).toHaveLength(1);
    expect(await likeness('DUP-009', torn('withdrawn'), { config })).toEqual([]);
  });
});
