import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Catalog } from '../../src/catalog/catalog.js';
import { defaultEffects } from '../../src/effects.js';
import { cutRelease, type CutOptions } from '../../src/release/cut.js';
import { publishedLeakSources } from '../../src/release/candidate/leak-sources.js';
import { planRelease } from '../../src/release/plan.js';
import { describeLeaks, findLeaks } from '../../src/release/candidate/split-leakage.js';
import { cutOptions, fillCatalog, openStoreCatalog, smallStore } from '../support/release-store.js';
import { useTemporaryFolders } from '../support/temporary-folder.js';

const temporaryFolder = useTemporaryFolders();
let root: string;
let catalog: Catalog;
beforeEach(async () => {
  root = temporaryFolder();
  catalog = await openStoreCatalog(root);
  await fillCatalog(catalog, smallStore(), root);
});
afterEach(() => catalog.close());

const plan = (changes: Partial<CutOptions> = {}) => planRelease(catalog, cutOptions(root, changes));
const cut = (changes: Partial<CutOptions> = {}) => cutRelease(catalog, cutOptions(root, changes), defaultEffects);

describe('a release is looked at once more before it is published', () => {
  test.each([
    ['a patient', "UPDATE instance SET PatientID = 'P'"],
    ['a study', "UPDATE instance SET StudyInstanceUID = '1.2.1'"],
    ['an image file', 'UPDATE instance SET sha256 = (SELECT min(sha256) FROM instance)'],
    ['the pixels of an image', "INSERT INTO header_facts SELECT source, path, [], [], false FROM instance; INSERT INTO pixel_facts SELECT source, path, 'same', NULL, NULL, NULL FROM instance"],
    ['pictures that look the same', "INSERT INTO case_link VALUES ('case-a', 'case-b', 'likeness')"],
  ])('%s in two parts stops it', async (what, change) => {
    await catalog.run(change);
    const sentence = `In the split fold, case-b (test) shares ${what} with case-a (train).`;
    expect((await plan()).plan.blocked).toEqual([expect.stringContaining(sentence)]);
    await expect(cut()).rejects.toMatchObject({ code: 'SPLIT_CONFLICT', exitCode: 1, message: expect.stringContaining(sentence) });
    expect(await catalog.all("SELECT table_name FROM duckdb_tables() WHERE table_name LIKE 'candidate%'")).toEqual([]);
  });

  test('two cases with one value in the column that PatientID meets are one patient', async () => {
    const patient = { table: 'case', column: 'sex' };
    await catalog.run("UPDATE clinical_case SET sex = 'Female'");
    expect((await plan({ patient })).plan.blocked).toEqual([expect.stringContaining('case-b (test) shares a patient with case-a (train)')]);
    expect((await plan()).plan.blocked).toEqual([]);
  });

  test('a patient of a case that the release withholds counts', async () => {
    await catalog.run("UPDATE case_ SET status = 'withheld' WHERE case_id = 'case-b'; UPDATE instance SET PatientID = 'P'");
    const release = { within: { fold: 'train' } };
    expect((await plan({ release, splits: [] })).plan.blocked).toEqual([expect.stringContaining('In the split fold, case-b (test) shares a patient')]);
    await catalog.run("UPDATE case_ SET status = 'withdrawn' WHERE case_id = 'case-b'");
    expect((await plan({ release, splits: [] })).plan.blocked).toEqual([]);
  });

  test('a leak that a waiver of the gate accepts passes, and no other', async () => {
    await catalog.run("UPDATE instance SET PatientID = 'P'");
    const finding = (waived: boolean) =>
      catalog.run(
        `DELETE FROM finding; INSERT INTO finding VALUES ('DUP-009', 'error', '', '{"kind":"case","table":"splits","key":"case-b","column":"fold"}', NULL, NULL, NULL, '0123456789abcdef', ${waived})`,
      );
    await finding(false);
    expect((await plan()).leak).not.toBeNull();
    await finding(true);
    expect((await plan()).leak).toBeNull();
    await catalog.run("INSERT INTO assignment VALUES ('other', 9, 'case-b', 'case-b', 'sequestered', true, NULL)");
    expect((await plan()).leak).toContain('In the split other');
  });
});

describe('the tables of a published release', () => {
  test('say what was compared and what could not be', async () => {
    await cut();
    const relation = (table: string) => `'${root}/releases/1.0.0/data/tables/${table}.parquet'`;
    const report = await findLeaks(catalog, publishedLeakSources({ own: relation, draws: null }));
    expect(report).toMatchObject({ total: 0, leaks: [] });
    expect(report.checked).toEqual(expect.arrayContaining(['assignment', 'study', 'instance', 'bytes']));
    expect(report.not_checked).toEqual(expect.arrayContaining(['patient', 'pixels', 'likeness']));
    expect(describeLeaks(report)).toBeNull();
  });

  test('are not trusted: a case with two parts, and a group in two parts of its own split only', async () => {
    await catalog.run(`
      CREATE TABLE s (split VARCHAR, case_id VARCHAR, part VARCHAR, group_id VARCHAR);
      CREATE TABLE i (case_id VARCHAR, StudyInstanceUID VARCHAR, SOPInstanceUID VARCHAR, sha256 VARCHAR);
      INSERT INTO s VALUES ('x', 'a', 'train', 'g'), ('x', 'a', 'test', 'g'), ('x', 'b', 'train', 'h'), ('x', 'c', 'test', 'h'), ('y', 'a', 'train', 'a'), ('y', 'b', 'train', 'k'), ('y', 'c', 'test', 'c')`);
    const report = await findLeaks(catalog, publishedLeakSources({ own: (table) => (table === 'splits' ? 's' : 'i'), draws: 's' }));
    expect(report.leaks).toEqual([
      { split: 'x', kind: 'assignment', case_id: 'a', part: 'train', other_case: 'a', other_part: 'test' },
      { split: 'x', kind: 'group', case_id: 'c', part: 'test', other_case: 'b', other_part: 'train' },
    ]);
  });
});
