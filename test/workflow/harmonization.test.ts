import { describe, expect, test } from '@jest/globals';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Catalog } from '../../src/catalog/catalog.js';
import { quoteIdentifier } from '../../src/catalog/quoting.js';
import type { HarmonizeConfig } from '../../src/model/harmonization.js';
import type { PullReport } from '../../src/model/pull.js';
import { LOINC_TABLE_VERSION } from '../../src/facts/study-descriptions.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { refreshCaseTables, requirePull } from '../../src/workflow/session.js';
import { workspacePaths } from '../../src/workspace/workspace.js';
import { midrcPack } from '../checks/catalog-fixture.js';
import { useTemporaryFolders } from '../support/temporary-folder.js';
import { makeConfig, pullAt, slice, TABLES_ONLY, writeFiles } from './pull-workspace.js';

const newFolder = useTemporaryFolders();
const MIDRC_SET = readFileSync(join(PACKAGE_ROOT, 'schemas/packs/midrc/harmonize.json'), 'utf8');
const MIDRC = { ...TABLES_ONLY, schema: 'midrc', tables: {}, harmonize: { sets: ['midrc'] } };

/** Pulls tables (and images) with rules and looks at the catalog. */
function pulled<T>(files: Record<string, string | Uint8Array>, changes: Parameters<typeof makeConfig>[0], look: (catalog: Catalog, report: PullReport, root: string) => Promise<T>): Promise<T> {
  const root = newFolder();
    writeFiles(root, { ...files, ...(changes?.harmonize?.sets === undefined ? {} : { 'schemas/harmonize.json': MIDRC_SET, 'schemas/pack.json': '{"name": "midrc", "version": "1.0.0"}' }) });
    writeFileSync(join(root, 'colophon.yaml'), 'dataset: {}\n');
    return pullAt(root, makeConfig(changes), (catalog, report) => look(catalog, report, root), changes?.schema === 'midrc' ? { pack: midrcPack() } : {});
}

const own = (rules: NonNullable<HarmonizeConfig['rules']>) => ({ ...TABLES_ONLY, harmonize: { rules } });

/** Cells of a table that are not as they came, by column: what nobody may do in silence. */
async function changedCells(catalog: Catalog, table: string): Promise<Record<string, number>> {
  const columns = await catalog.all<{ name: string }>('SELECT column_name AS name FROM duckdb_columns() WHERE table_name = ? AND column_index > 2', [`raw_${table}`]);
  const changed: Record<string, number> = {};
  for (const { name } of columns) {
    const cell = quoteIdentifier(name);
    const [row] = await catalog.all<{ n: number }>(`SELECT count(*) AS n FROM ${quoteIdentifier(`raw_${table}`)} AS r JOIN ${quoteIdentifier(`mended_${table}`)} AS m USING (source, source_row) WHERE r.${cell} IS DISTINCT FROM m.${cell}`);
    if (row !== undefined && row.n > 0) changed[name] = row.n;
  }
  return changed;
}

async function countedCells(catalog: Catalog, table: string): Promise<Record<string, number>> {
  const rows = await catalog.all<{ column_name: string; n: number }>("SELECT column_name, sum(row_count)::BIGINT AS n FROM harmonization WHERE table_name = ? AND outcome = 'mended' GROUP BY ALL", [table]);
  return Object.fromEntries(rows.map(({ column_name, n }) => [column_name, n]));
}

const CASES = `type,submitter_id,sex,age_at_index,age_at_index_gt89,icu_indicator
case,Case_1,M,45,No,0
case,Case_2,female,999,,1
case,Case_3,Female,90,,false
case,4,F,89+,No,yes
case,Case_5,Male,90,Y,maybe
case,Case_Case_6,Male,067Y,No,
`;
const STUDIES = `type,submitter_id,cases.submitter_id,case_ids,study_modality,study_description,loinc_code,loinc_long_common_name
imaging_study,s1,Case_1,Case_1,"DX, CR",xr  chest 2 views,,
imaging_study,s2,2,2,CR\\CR,XR CHEST 2 VIEWS,,Another name
imaging_study,s3,Case_3,"Case_3,4",X-ray,XR CHEST 2 VIEWS,,
imaging_study,s4,4,,CT,SCAN OF JANE DOE,,
imaging_study,s5,Case_5,,CT,,30745-4,
imaging_study,s6,Case_5,,CR,XR PORT CHEST 1V,,
`;
const TABLES = { 'tables/case.csv': CASES, 'tables/imaging_study.csv': STUDIES };

describe("MIDRC's rules", () => {
  test('mend what they read, leave what they cannot, and type the mended cells', async () => {
    await pulled(TABLES, MIDRC, async (catalog) => {
      expect(await catalog.all('SELECT * EXCLUDE (source, source_row, type) FROM clinical_case ORDER BY source_row')).toEqual([
        { submitter_id: '1', sex: 'Male', age_at_index: 45, age_at_index_gt89: 'No', icu_indicator: false },
        { submitter_id: '2', sex: 'Female', age_at_index: null, age_at_index_gt89: null, icu_indicator: true },
        { submitter_id: '3', sex: 'Female', age_at_index: null, age_at_index_gt89: 'Yes', icu_indicator: false },
        { submitter_id: '4', sex: 'Female', age_at_index: null, age_at_index_gt89: 'No', icu_indicator: true },
        { submitter_id: '5', sex: 'Male', age_at_index: null, age_at_index_gt89: 'Yes', icu_indicator: null },
        { submitter_id: 'Case_Case_6', sex: 'Male', age_at_index: 67, age_at_index_gt89: 'No', icu_indicator: null },
      ]);
      // 89+ beside No is left, so the gate still sees it
      expect(await catalog.all("SELECT age_at_index FROM mended_case WHERE submitter_id = '4'")).toEqual([{ age_at_index: '89+' }]);
      expect(await catalog.all('SELECT "cases.submitter_id" AS owner, case_ids, study_modality, loinc_code FROM clinical_imaging_study ORDER BY source_row')).toMatchObject([
        { owner: '1', case_ids: ['1'], study_modality: ['CR', 'DX'] },
        { owner: '2', case_ids: ['2'], study_modality: ['CR'] },
        { owner: '3', case_ids: ['3', '4'], study_modality: ['X-ray'], loinc_code: null },
        { owner: '4', study_modality: ['CT'], loinc_code: null },
        { owner: '5', loinc_code: '30745-4' },
        { owner: '5', loinc_code: '36589-0' },
      ]);
    });
  });

  test('every changed cell is counted, column by column, and the cells as they came are still there', async () => {
    await pulled(TABLES, MIDRC, async (catalog, report) => {
      for (const table of ['case', 'imaging_study']) {
        const changed = await changedCells(catalog, table);
        expect(Object.keys(changed).length).toBeGreaterThan(3);
        expect(await countedCells(catalog, table)).toEqual(changed);
      }
      expect(await catalog.all('SELECT submitter_id, sex, age_at_index FROM raw_case WHERE source_row = 2')).toEqual([{ submitter_id: 'Case_2', sex: 'female', age_at_index: '999' }]);
      expect(report.harmonization).toMatchObject({ sets: [{ name: 'midrc', version: '1.0.0' }], loinc_table: LOINC_TABLE_VERSION, idle: [] });
      expect(report.harmonization?.rules.filter(({ outcome }) => outcome === 'left')).toEqual([
        { table: 'case', column: 'age_at_index', rule: 'midrc/age', outcome: 'left', cells: 1 },
        { table: 'case', column: 'submitter_id', rule: 'midrc/case-prefix', outcome: 'left', cells: 1 },
        { table: 'imaging_study', column: 'study_modality', rule: 'midrc/modalities', outcome: 'left', cells: 1 },
      ]);
    });
  });

  test('keys and left cells are counted and not listed', async () => {
    await pulled(TABLES, MIDRC, async (catalog) => {
      const listed = await catalog.all<{ from_text: string | null; to_text: string | null }>('SELECT from_text, to_text FROM harmonization');
      expect(listed.flatMap(({ from_text, to_text }) => [from_text, to_text]).filter((text) => text !== null && /Case_[^*]|X-ray|89\+/.test(text))).toEqual([]);
      expect(await catalog.all("SELECT from_text, to_text, row_count FROM harmonization WHERE table_name = 'case' AND column_name = 'submitter_id' AND outcome = 'mended'")).toEqual([{ from_text: 'Case_*', to_text: '*', row_count: 4 }]);
      expect(await catalog.all("SELECT from_text, to_text, reason FROM harmonization WHERE rule = 'midrc/missing'")).toEqual([{ from_text: '999', to_text: null, reason: 'unknown' }]);
    });
  });

  test('studies that the table does not map are listed by modality and description, with the number of codes', async () => {
    await pulled(TABLES, MIDRC, async (catalog, report) => {
      const rows = await catalog.all('SELECT * FROM unmapped ORDER BY ALL');
      expect(rows).toEqual([
        { table_name: 'imaging_study', modality: 'CR,DX', description: 'XR CHEST 2 VIEWS', codes: 2, row_count: 1 },
        { table_name: 'imaging_study', modality: 'CT', description: 'SCAN OF JANE DOE', codes: 0, row_count: 1 },
        { table_name: 'imaging_study', modality: 'CR', description: 'XR CHEST 2 VIEWS', codes: 2, row_count: 1 },
        { table_name: 'imaging_study', modality: 'X-ray', description: 'XR CHEST 2 VIEWS', codes: 0, row_count: 1 },
      ].sort((a, b) => (a.modality < b.modality ? -1 : 1)));
      expect(report.harmonization?.unmapped).toEqual({ descriptions: 4, rows: 4 });
      expect(JSON.stringify(report)).not.toContain('JANE');
    });
  });

  test('pulling again changes nothing, and pulling without rules brings the cells back', async () => {
      const root = newFolder();
      writeFiles(root, { ...TABLES, 'schemas/harmonize.json': MIDRC_SET, 'schemas/pack.json': '{"name": "midrc", "version": "1.0.0"}' });
      writeFileSync(join(root, 'colophon.yaml'), 'dataset: {}\n');
      const state = (catalog: Catalog) => catalog.all('SELECT * FROM harmonization ORDER BY ALL');
      const options = { pack: midrcPack() };
      const first = await pullAt(root, makeConfig(MIDRC), state, options);
      const again = await pullAt(root, makeConfig(MIDRC), async (catalog, report) => [report.tables[0]?.tables.map(({ status }) => status), await state(catalog)], options);
      expect(again).toEqual([['unchanged', 'unchanged'], first]);
      const { harmonize: _, ...without } = MIDRC;
      await pullAt(root, makeConfig(without), async (catalog, report) => {
        expect(report.harmonization).toBeUndefined();
        expect(await state(catalog)).toEqual([]);
        expect(await catalog.all('SELECT submitter_id FROM clinical_case WHERE source_row = 1')).toEqual([{ submitter_id: 'Case_1' }]);
        expect(await catalog.all("SELECT table_name FROM duckdb_tables() WHERE table_name LIKE 'mended\\_%' ESCAPE '\\' AND table_name <> 'mended_table'")).toEqual([]);
      }, options); // prettier-ignore
  });
});

describe('keys of cases', () => {
  const rules = own({ 'case.case_id': [{ kind: 'prefix', prefix: 'Case_' }] });
  const keyed = { ...rules, tables: { case: { key: 'case_id' }, visit: { key: 'nr', case: 'owner' } } };
  const files = { 'tables/case.csv': 'case_id,sex\nCase_1,M\n2,F\n', 'tables/visit.csv': 'nr,owner\nv1,1\nv2,Case_2\nv3,Case_3\n' };

  test('meet in every table and in PatientID, which itself stays as it is', async () => {
    const images = { 'dicom/a.dcm': slice('1', 1), 'dicom/b.dcm': slice('Case_1', 2), 'dicom/c.dcm': slice('Case_2', 3), 'dicom/d.dcm': slice('Case_9', 4) };
    await pulled({ ...files, ...images }, { tables: keyed.tables, harmonize: keyed.harmonize }, async (catalog, report) => {
      expect(await catalog.all('SELECT path, PatientID, case_id FROM instance ORDER BY path')).toEqual([
        { path: 'a.dcm', PatientID: '1', case_id: '1' },
        { path: 'b.dcm', PatientID: 'Case_1', case_id: '1' },
        { path: 'c.dcm', PatientID: 'Case_2', case_id: '2' },
        { path: 'd.dcm', PatientID: 'Case_9', case_id: null },
      ]);
      expect(await catalog.all("SELECT source_row, case_id FROM row_case WHERE table_name = 'visit' ORDER BY ALL")).toEqual([{ source_row: 1, case_id: '1' }, { source_row: 2, case_id: '2' }, { source_row: 3, case_id: '3' }]);
      expect(report.harmonization?.rules).toContainEqual({ table: 'instance', column: 'PatientID', rule: 'own/prefix', outcome: 'mended', cells: 3 });
      expect(report.cases).toMatchObject({ accepted: 2, unknown: 1 });
    });
  });

  test('two spellings of one key are told to have become one', async () => {
    await pulled({ 'tables/case.csv': 'case_id,sex\nCase_1,M\n1,F\nCase_2,M\n' }, { ...keyed, tables: { case: { key: 'case_id' } } }, async (catalog) => {
      expect(await catalog.all('SELECT merges, row_count FROM harmonization ORDER BY ALL')).toEqual([{ merges: false, row_count: 1 }, { merges: true, row_count: 1 }]);
    });
  });

  test('a withdrawal by the old spelling is refused: it would withdraw nobody', async () => {
    await pulled(files, keyed, async (catalog, _report, root) => {
      const session = { workspace: { root, config: makeConfig(keyed), paths: workspacePaths(root) }, catalog, pack: null };
      writeFileSync(join(root, 'withdrawals.yaml'), 'withdrawals:\n  - {case_id: Case_1, reason: consent, date: "2026-01-01"}\n');
      await expect(refreshCaseTables(session)).rejects.toMatchObject({ code: 'CONFIG_INVALID', message: expect.stringContaining('it would withdraw nobody') });
      writeFileSync(join(root, 'withdrawals.yaml'), 'withdrawals:\n  - {case_id: "1", reason: consent, date: "2026-01-01"}\n');
      await refreshCaseTables(session);
      expect(await catalog.all("SELECT case_id FROM case_ WHERE status = 'withdrawn'")).toEqual([{ case_id: '1' }]);
    });
  });
});

describe('rules of colophon.yaml', () => {
  const table = { 'tables/case.csv': 'case_id,seen,age\na,"January 22, 2020",90\nb,03/04/2020,89+\nc,2017,5\n' };

  test('are told when no loaded table has their column', async () => {
    await pulled(table, own({ 'case.sen': [{ kind: 'date' }] }), async (_catalog, report) => expect(report.harmonization).toMatchObject({ idle: ['case.sen: own/date'], rules: [] }));
  });

  test('dates that could be either way round stay, the others become days and are not listed', async () => {
    await pulled(table, own({ 'case.seen': [{ kind: 'date' }] }), async (catalog) => {
      expect(await catalog.all('SELECT seen FROM clinical_case ORDER BY source_row')).toEqual([{ seen: '2020-01-22' }, { seen: '03/04/2020' }, { seen: '2017' }]);
      expect(await catalog.all('SELECT outcome, from_text, to_text, reason FROM harmonization ORDER BY ALL')).toEqual([
        { outcome: 'left', from_text: null, to_text: null, reason: 'day and month could be either way round' },
        { outcome: 'mended', from_text: 'Month D, YYYY', to_text: 'YYYY-MM-DD', reason: '' },
      ]);
    });
  });

  test('types are inferred from the mended cells', async () => {
    await pulled({ 'tables/case.csv': 'case_id,age\na,5\nb,n/a\n' }, own({ 'case.age': [{ kind: 'missing', missing: { 'n/a': 'not recorded' } }] }), async (catalog) => {
      expect(await catalog.all('SELECT age FROM clinical_case ORDER BY source_row')).toEqual([{ age: 5 }, { age: null }]);
    });
  });

  test('an age above 89 without a column that says so is left', async () => {
    await pulled(table, own({ 'case.age': [{ kind: 'age', over: 'age_over', over_term: 'Yes', spellings: ['90', '89+'] }] }), async (catalog) => {
      expect(await catalog.all('SELECT age FROM clinical_case ORDER BY source_row')).toEqual([{ age: '90' }, { age: '89+' }, { age: '5' }]);
      expect(await catalog.all('SELECT outcome, reason, row_count FROM harmonization')).toEqual([{ outcome: 'left', reason: 'no column beside it can say that the age is above 89', row_count: 2 }]);
    });
  });

  test('after a change nothing goes on before the tables are pulled again', async () => {
    await pulled(table, own({ 'case.seen': [{ kind: 'date' }] }), async (catalog, _report, root) => {
      const session = (config: ReturnType<typeof makeConfig>) => ({ workspace: { root, config, paths: workspacePaths(root) }, catalog, pack: null });
      await requirePull(session(makeConfig(own({ 'case.seen': [{ kind: 'date' }] }))));
      for (const changed of [own({ 'case.seen': [{ kind: 'date', forms: ['M/D/YYYY'] }] }), TABLES_ONLY])
        await expect(requirePull(session(makeConfig(changed)))).rejects.toMatchObject({ code: 'CATALOG_STALE', suggestions: ['Run: colophon pull'] });
    });
  });

  test.each<[string, HarmonizeConfig, RegExp]>([
    ['a set that is not there', { sets: ['midrc'] }, /colophon\.yaml:\d+:\d+: there is no rule set midrc/],
    ['a chain', { rules: { 'case.age': [{ kind: 'values', values: { a: 'b', b: 'c' } }] } }, /"a" becomes "b", which the rules of the column would mend again/],
  ])('%s is refused before anything is read', async (_name, harmonize, message) => {
      const root = newFolder();
      writeFiles(root, { ...table, 'colophon.yaml': 'harmonize:\n  sets: [midrc]\n' });
      await expect(pullAt(root, makeConfig({ ...TABLES_ONLY, harmonize }), async () => {})).rejects.toMatchObject({ code: 'CONFIG_INVALID', message: expect.stringMatching(message) });
  });
});

test('images have LOINC codes by modality and description in the view study_loinc', async () => {
  const described = (description: string) => [{ tag: '00081030', vr: 'LO', value: description }] as const;
  await pulled({ 'dicom/a.dcm': slice('1', 1, described('ct chest  wo contrast')) }, { sources: [{ name: 'images', kind: 'dicom-folder', path: 'dicom' }] }, async (catalog) => {
    expect(await catalog.all('SELECT study_uid, modalities, study_description, loinc_code, codes, loinc_table FROM study_loinc')).toMatchObject([{ study_uid: '2.25.2', modalities: ['CT'], study_description: 'CT CHEST WO CONTRAST', codes: expect.any(Number) }]);
  });
});
