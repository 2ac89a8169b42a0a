import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { refreshCases, type CaseRules } from '../../src/catalog/cases.js';
import { Catalog } from '../../src/catalog/catalog.js';

let catalog: Catalog;
beforeEach(async () => {
  catalog = await Catalog.open(':memory:');
});
afterEach(() => catalog.close());

const none: CaseRules = { cases: null, link: null, accept: null, withdrawals: [] };
const byKey: CaseRules = { ...none, cases: { table: 'case', key: 'submitter_id' } };

async function addImages(...patients: (string | null)[]): Promise<void> {
  for (const [index, patient] of patients.entries())
    await catalog.run("INSERT INTO instance (source, path, status, PatientID) VALUES ('images', ?, 'ok', ?)", [`${index}.dcm`, patient]);
}

async function addTable(table: string, columns: string, rows: string): Promise<void> {
  for (const prefix of ['raw', 'clinical'])
    await catalog.run(`CREATE TABLE "${prefix}_${table}" AS
      SELECT 'tables' AS source, row_number() OVER ()::BIGINT AS source_row, * FROM (VALUES ${rows}) AS cells(${columns})`);
}

const cases = () => catalog.all('SELECT * FROM case_');
const linked = async () => (await catalog.all<{ case_id: string | null }>('SELECT case_id FROM instance ORDER BY path')).map((row) => row.case_id);

describe('without tables', () => {
  test('every PatientID is an accepted case, images without one belong to none', async () => {
    await addImages('b', 'a', 'b', null, '');
    await refreshCases(catalog, none);
    expect(await cases()).toEqual([
      { case_id: 'a', status: 'accepted', reason: '' },
      { case_id: 'b', status: 'accepted', reason: '' },
    ]);
    expect(await linked()).toEqual(['b', 'a', 'b', null, null]);
  });
});

describe('with a case table', () => {
  test('rows are accepted, images without a row are unknown, a second run gives the same', async () => {
    await addTable('case', 'submitter_id', "('c1'), ('c2'), (NULL)");
    await addImages('c1', 'stranger', 'c1', null);
    for (let run = 0; run < 2; run++) {
      await refreshCases(catalog, byKey);
      expect(await cases()).toEqual([
        { case_id: 'c1', status: 'accepted', reason: '' },
        { case_id: 'c2', status: 'accepted', reason: '' },
        { case_id: 'stranger', status: 'unknown', reason: 'images only, no row in the case table' },
      ]);
      expect(await linked()).toEqual(['c1', null, 'c1', null]);
    }
  });

  test('the acceptance rule decides, an unknown condition is not met, withdrawal wins', async () => {
    await addTable('case', 'submitter_id, curation_status', "('c1', 'accepted'), ('c2', 'pending'), ('c3', NULL), ('c4', 'accepted')");
    await refreshCases(catalog, {
      ...byKey,
      accept: { table: 'case', key: 'submitter_id', where: "curation_status = 'accepted' -- as decided" },
      withdrawals: [
        { case_id: 'c4', reason: 'consent', date: '2026-01-01' },
        { case_id: 'gone', reason: 'legal', date: '2026-01-01' },
      ],
    });
    expect(await cases()).toEqual([
      { case_id: 'c1', status: 'accepted', reason: '' },
      { case_id: 'c2', status: 'rejected', reason: 'does not meet the acceptance rule' },
      { case_id: 'c3', status: 'rejected', reason: 'does not meet the acceptance rule' },
      { case_id: 'c4', status: 'withdrawn', reason: 'consent' },
      { case_id: 'gone', status: 'withdrawn', reason: 'legal' },
    ]);
  });

  test('the rule may stand on another table', async () => {
    await addTable('case', 'submitter_id', "('c1'), ('c2'), ('c3')");
    await addTable('study', 'owner, quality', "('c1', 'bad'), ('c1', 'good'), ('c2', 'bad')");
    await refreshCases(catalog, { ...byKey, accept: { table: 'study', key: 'owner', where: "quality = 'good'" } });
    expect((await cases()).map((row) => [row.status, row.reason])).toEqual([
      ['accepted', ''],
      ['rejected', 'does not meet the acceptance rule'],
      ['rejected', 'no row in the table of the acceptance rule'],
    ]);
  });

  test('a PatientID that two cases claim is linked to neither and is a defect; a later repair clears it', async () => {
    await addTable('case', 'submitter_id, pseudonym', "('c1', 'p1'), ('c2', 'p1'), ('c3', 'p3')");
    await addImages('p1', 'p3', 'c1');
    const rules: CaseRules = { ...byKey, link: { table: 'case', column: 'pseudonym', key: 'submitter_id' } };
    await refreshCases(catalog, rules);
    expect(await linked()).toEqual([null, 'c3', null]);
    const defects = await catalog.all('SELECT code, column_name, message, expected, found FROM source_defect');
    expect(defects).toEqual(
      [1, 2].map((row) => ({
        code: 'REF-002', column_name: 'pseudonym', message: `A PatientID is claimed by 2 cases (data row ${row}).`,
        expected: 'one case', found: '2 cases',
      })), // prettier-ignore
    );
    expect((await cases()).map((row) => row.case_id)).toEqual(['c1', 'c2', 'c3']);
    await catalog.run("UPDATE raw_case SET pseudonym = 'p2' WHERE submitter_id = 'c2'");
    await refreshCases(catalog, rules);
    expect(await linked()).toEqual(['c1', 'c3', null]);
    expect(await catalog.all('SELECT * FROM source_defect')).toEqual([]);
  });

  test('one case may have several PatientIDs', async () => {
    await addTable('case', 'submitter_id', "('c1')");
    await addTable('alias', 'patient, owner', "('p1', 'c1'), ('p2', 'c1'), ('p3', 'no such case')");
    await addImages('p1', 'p2', 'p3');
    await refreshCases(catalog, { ...byKey, link: { table: 'alias', column: 'patient', key: 'owner' } });
    expect(await linked()).toEqual(['c1', 'c1', null]);
    expect((await cases()).map((row) => [row.case_id, row.status])).toEqual([
      ['c1', 'accepted'],
      ['p3', 'unknown'],
    ]);
  });

  test.each([
    ["true); DROP TABLE instance; SELECT (true", /Expected one statement/],
    ['no_such_column = 1', /no_such_column/],
    ["submitter_id IN (SELECT content FROM read_text('/etc/passwd'))", /no other file/],
    ['', /./],
  ])('the condition %j is refused', async (where, message) => {
    await addTable('case', 'submitter_id', "('c1')");
    const refused = refreshCases(catalog, { ...byKey, accept: { table: 'case', key: 'submitter_id', where } });
    await expect(refused).rejects.toMatchObject({ code: 'CONFIG_INVALID', message: expect.stringMatching(message) });
    expect(await catalog.all('SELECT count(*) AS n FROM instance')).toEqual([{ n: 0 }]);
  });

  test('a missing table or column is named, with what is there', async () => {
    await expect(refreshCases(catalog, byKey)).rejects.toMatchObject({ code: 'CONFIG_INVALID', message: expect.stringMatching(/table case/) });
    await addTable('case', 'case_id', "('c1')");
    await expect(refreshCases(catalog, byKey)).rejects.toMatchObject({ code: 'CONFIG_INVALID', expected: 'submitter_id', found: 'case_id' });
  });
});
