import { expect, test } from '@jest/globals';
import { Catalog } from '../../src/catalog/catalog.js';
import { checkCatalog } from '../../src/checks/run.js';
import { cleanFixture, loadFixture, midrcPack, OPTIONS } from './catalog-fixture.js';

test('a clean catalog passes, and every check says what it looked at', async () => {
  const catalog = await Catalog.open(':memory:');
  await loadFixture(catalog, cleanFixture());
  const report = await checkCatalog(catalog, { ...OPTIONS, pack: midrcPack() });
  expect(report.findings).toEqual([]);
  expect(report.verdict).toBe('pass');
  expect(report.checks.filter(({ status }) => status !== 'checked').map(({ code, status }) => [code, status])).toEqual([['GATE-WAIVER', 'not-applicable']]);
  expect(report.summary.checked).toMatchObject({ 'GATE-INCOMPLETE': 10, 'SCH-010': 11, 'SCH-009': 2, 'SCH-011': 4, 'REF-001': 12, 'DUP-001': 4 });
  catalog.close();
});
