import { expect, test } from '@jest/globals';
import { Catalog } from '../../src/catalog/catalog.js';
import { mendedCellsCheck } from '../../src/checks/mended-cells.js';
import { checkCatalog } from '../../src/checks/run.js';
import type { CheckReport } from '../../src/model/check.js';
import { cleanFixture, loadFixture, midrcPack, OPTIONS } from './catalog-fixture.js';

async function judge(...statements: string[]): Promise<CheckReport> {
  const catalog = await Catalog.open(':memory:');
  try {
    await loadFixture(catalog, cleanFixture());
    for (const sql of statements) await catalog.run(sql);
    return await checkCatalog(catalog, { ...OPTIONS, pack: midrcPack(), programme: [mendedCellsCheck] });
  } finally {
    catalog.close();
  }
}

const MENDED = "INSERT INTO mended_table VALUES ('case', 'digest', false), ('imaging_study', 'digest', false)";

test('without rules there is nothing to judge', async () => {
  const { checks, findings } = await judge();
  expect(findings).toEqual([]);
  expect(checks.filter(({ code }) => code.startsWith('SCH')).map(({ code, status }) => [code, status])).toEqual([['SCH-022', 'not-applicable'], ['SCH-023', 'not-applicable'], ['SCH-024', 'not-applicable']]);
});

test('SCH-022 tells by rule and column how many cells were mended, and how many merged', async () => {
  const { findings } = await judge(MENDED, "INSERT INTO harmonization VALUES ('case', 'sex', 'midrc/sex', 'mended', 'M', 'Male', '', true, 3), ('case', 'sex', 'midrc/sex', 'mended', 'm', 'Male', '', true, 1), ('case', 'zip', 'own/zip', 'mended', NULL, '036', '', false, 1)");
  expect(findings).toMatchObject([
    { code: 'SCH-022', level: 'info', location: { table: 'case', column: 'sex' }, message: 'The rule midrc/sex mended 4 cells: what is released is not what was delivered.', found: '2 changes, 4 cells to a term that other spellings became too' },
    { code: 'SCH-022', level: 'info', location: { table: 'case', column: 'zip' }, found: '1 change' },
  ]);
});

test('SCH-023 warns of cells that were left, with the reason', async () => {
  const { findings } = await judge(MENDED, "INSERT INTO harmonization VALUES ('case', 'age_at_index', 'midrc/age', 'left', NULL, NULL, 'rules read it in different ways', false, 2)");
  expect(findings).toMatchObject([{ code: 'SCH-023', level: 'warning', message: '2 cells are left as delivered by the rule midrc/age: rules read it in different ways.' }]);
});

test('SCH-024 counts studies without a code by modality, and repeats no description', async () => {
  const { findings } = await judge(MENDED, "INSERT INTO unmapped VALUES ('imaging_study', 'CR', 'SCAN OF JANE DOE', 0, 2), ('imaging_study', 'CR', 'ANOTHER', 0, 1), ('imaging_study', 'JANE', 'XR CHEST', 2, 1)");
  expect(findings).toMatchObject([
    { code: 'SCH-024', level: 'info', found: 'modality CR', message: '3 studies have no LOINC code: the table of study descriptions does not know 2 descriptions.' },
    { code: 'SCH-024', found: 'another modality', message: 'A study has no LOINC code: it gives several codes for its description.' },
  ]);
  expect(JSON.stringify(findings)).not.toContain('JANE');
});
