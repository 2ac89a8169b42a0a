import { Catalog, quoteIdentifier } from '../../../src/catalog/catalog.js';
import { refreshRowCases } from '../../../src/catalog/row-cases.js';
import { CROSS_CHECKS } from '../../../src/checks/cross.js';
import { referenceCheck } from '../../../src/checks/resolution.js';
import { checkCatalog } from '../../../src/checks/run.js';
import type { CheckReport } from '../../../src/model/check.js';
import type { SchemaPack } from '../../../src/model/clinical.js';
import { createRaw, midrcPack, OPTIONS } from '../catalog-fixture.js';

/** A row or a header by its columns; an absent column is empty, null is an absent attribute. */
export type Cells = Record<string, string | null>;

/** Tables and headers that meet. */
export interface CrossFixture {
  tables: Record<string, Cells[]>;
  images: Cells[];
  /** Files that refer to others: path to SOP Instance UIDs. */
  references?: Record<string, string[]>;
}

/** Two cases of the MIDRC pack, one of them with two studies; every cross rule has something to look at. */
export function midrcFixture(): CrossFixture {
  const study = (uid: string, person: string, days: string, more: Cells): Cells => ({
    submitter_id: uid, 'cases.submitter_id': person, study_uid: uid, days_to_study: days, study_modality: 'CT', body_part_examined: 'CHEST', study_description: 'CT CHEST', image_data_modified: 'false', ...more,
  });
  const series = (uid: string, parent: string, more: Cells): Cells => ({
    submitter_id: uid, 'imaging_studies.submitter_id': parent, series_uid: uid, modality: 'CT', data_category: 'CT', manufacturer: 'ACME', convolution_kernel: 'B30f', slice_thickness: '5,1.25',
    pixel_spacing: '0.7,0.7', image_type: 'ORIGINAL,PRIMARY', lossy_image_compression: '00', patient_position: 'HFS', number_of_instances: '2', image_data_modified: 'false', image_data_modification_method: '', ...more,
  });
  const image = (person: string, parent: string, number: string, more: Cells): Cells => ({
    path: `${person}/${parent}/${number}.dcm`, case_id: person, PatientID: person, StudyInstanceUID: parent, SeriesInstanceUID: `${parent}.1`, SOPInstanceUID: `${parent}.1.${number}`,
    SOPClassUID: '1.2.840.10008.5.1.4.1.1.2', Modality: 'CT', Manufacturer: 'ACME ', ConvolutionKernel: 'B30f', SliceThickness: number === '1' ? '5.0' : '1.250', PixelSpacing: '0.700\\0.700', ImageType: 'ORIGINAL\\PRIMARY',
    LossyImageCompression: null, PatientPosition: 'HFS', BodyPartExamined: 'CHEST', StudyDescription: 'CT CHEST', BurnedInAnnotation: 'NO', sha256: `${parent}${number}`.padEnd(64, '0'), md5: `${parent}${number}`.replaceAll('.', '').padEnd(32, '0'), ...more,
  });
  return {
    tables: {
      case: [
        { submitter_id: 'C1', sex: 'Female', age_at_index: '60', age_at_index_gt89: 'No', covid19_positive: 'Yes', icu_indicator: 'true', ventilator_indicator: 'true', index_event: 'COVID-19 Test' },
        { submitter_id: 'C2', sex: 'Male', age_at_index: '', age_at_index_gt89: 'Yes', covid19_positive: 'No', icu_indicator: 'false', ventilator_indicator: 'false', index_event: 'First Imaging Study' },
      ],
      imaging_study: [
        study('1.1', 'C1', '3', { study_year: '2020', study_year_shifted: 'false', age_at_imaging: '60', age_at_imaging_gt89: 'No', days_from_study_to_pos_covid_test: '-3,7', days_from_study_to_neg_covid_test: '1' }),
        study('1.2', 'C1', '403', { study_year: '2020', study_year_shifted: 'true', age_at_imaging: '61', age_at_imaging_gt89: 'No', days_from_study_to_pos_covid_test: '-403,-393', days_from_study_to_neg_covid_test: '-399' }),
        study('2.1', 'C2', '0', { study_year: '2021', study_year_shifted: '', age_at_imaging: '', age_at_imaging_gt89: 'Yes', days_from_study_to_pos_covid_test: '', days_from_study_to_neg_covid_test: '' }),
      ],
      ct_series_file: [
        series('1.1.1', '1.1', { file_name: 'C1/1.1/1.dcm', file_size: '100', md5sum: '111'.padEnd(32, '0') }),
        series('1.2.1', '1.2', { file_name: '1.2.1.zip', file_size: '9', md5sum: 'f'.repeat(32) }),
        series('2.1.1', '2.1', { file_name: '2.1.1.zip', file_size: '9', md5sum: 'e'.repeat(32), image_data_modification_method: 'Removal of alphanumeric characters', image_data_modified: 'true' }),
      ],
      measurement: [
        { submitter_id: 'M1', 'cases.submitter_id': 'C1', test_name: 'COVID-19', test_result_text: 'Positive', test_days_from_index: '0' },
        { submitter_id: 'M2', 'cases.submitter_id': 'C1', test_name: 'COVID-19', test_result_text: 'Positive', test_days_from_index: '10' },
        { submitter_id: 'M3', 'cases.submitter_id': 'C1', test_name: 'COVID-19', test_result_text: 'Negative', test_days_from_index: '4' },
        { submitter_id: 'M4', 'cases.submitter_id': 'C2', test_name: 'COVID-19', test_result_text: 'Negative', test_days_from_index: '' },
      ],
      visit: [
        { submitter_id: 'V1', 'cases.submitter_id': 'C1', days_to_hospital_admission: '0', days_to_icu_admission: '2' },
        { submitter_id: 'V2', 'cases.submitter_id': 'C2', days_to_hospital_admission: '0', days_to_icu_admission: '' },
      ],
      procedure: [
        { submitter_id: 'P1', 'cases.submitter_id': 'C1', procedure_name: 'Breathing Support', breathing_support_type: 'Invasive mechanical ventilation' },
        { submitter_id: 'P2', 'cases.submitter_id': 'C2', procedure_name: 'Breathing Support', breathing_support_type: 'Nasal cannula' },
      ],
      annotation: [{ submitter_id: 'A1', 'cases.submitter_id': 'C1', instance_uids: '1.1.1.1,1.1.1.2' }],
    },
    images: ['1', '2'].flatMap((number) => [
      image('C1', '1.1', number, { PatientSex: 'F', PatientAge: '060Y', StudyDate: '20200310' }),
      image('C1', '1.2', number, { PatientSex: 'F', PatientAge: '061Y', StudyDate: '20210414' }),
      image('C2', '2.1', number, { PatientSex: 'M', PatientAge: '', StudyDate: '20210101' }),
    ]),
    references: { 'C1/1.1/2.dcm': ['1.1.1.1'] },
  };
}

/** Runs the cross rules and REF-006 over a fixture, which every change may first spoil. */
export async function checkCross(fixture: CrossFixture, pack: SchemaPack = midrcPack()): Promise<CheckReport> {
  const catalog = await Catalog.open(':memory:');
  try {
    await loadCross(catalog, fixture, pack);
    return await checkCatalog(catalog, { ...OPTIONS, pack, programme: [...CROSS_CHECKS, referenceCheck] });
  } finally {
    catalog.close();
  }
}

/** Loads a fixture as pull and inspection would leave it. */
export async function loadCross(catalog: Catalog, { tables, images, references = {} }: CrossFixture, pack: SchemaPack): Promise<void> {
  for (const [name, rows] of Object.entries(tables)) {
    const header = [...new Set(rows.flatMap((row) => Object.keys(row)))];
    await createRaw(catalog, name, header, rows.map((row, index) => ['tables', index + 2, ...header.map((column) => (row[column] ?? '') || null)]));
    await catalog.run('INSERT INTO clinical_table VALUES (?, ?, ?)', [name, header, pack.tables.get(name)?.key ?? null]);
  }
  for (const row of images) await insert(catalog, { source: 'images', status: 'ok', size_bytes: '100', mtime_ns: '0', ...row });
  for (const [path, uids] of Object.entries(references)) await catalog.run("INSERT INTO header_facts VALUES ('images', ?, ?, [], false)", [path, uids]);
  const key = pack.tables.get('case')?.key ?? '';
  for (const row of tables['case'] ?? []) await catalog.run("INSERT INTO case_ VALUES (?, 'accepted', '')", [row[key] ?? '']);
  const lineage = [...pack.tables.values()].map(({ table, key: own, links }) => ({
    table,
    key: own,
    links: links.filter(({ target, targetKey, column }) => targetKey === pack.tables.get(target)?.key && (tables[table] ?? []).some((row) => column in row)),
  }));
  await refreshRowCases(catalog, 'case', lineage);
}

async function insert(catalog: Catalog, row: Cells): Promise<void> {
  const columns = Object.keys(row);
  await catalog.run(`INSERT INTO instance (${columns.map(quoteIdentifier).join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`, columns.map((column) => row[column] ?? null));
}

/** Changes the cells of the row with this key, or the headers whose path begins with it. */
export function cells(table: string, key: string, change: Cells): (fixture: CrossFixture) => void {
  return ({ tables, images }) => {
    const rows = table === 'images' ? images.filter(({ path }) => path?.startsWith(key)) : (tables[table] ?? []).filter(({ submitter_id }) => submitter_id === key);
    if (rows.length === 0) throw new Error(`no ${table} ${key}`);
    for (const row of rows) Object.assign(row, change);
  };
}

/** Takes a row, or the image of a path, away. */
export const drop = (table: string, key: string) => (fixture: CrossFixture): void => {
  const rows = table === 'images' ? fixture.images : (fixture.tables[table] ?? []);
  const at = rows.findIndex(({ submitter_id, path }) => (submitter_id ?? path) === key);
  if (at < 0) throw new Error(`no ${table} ${key}`);
  rows.splice(at, 1);
};

/** One way to break a rule. */
export interface Bad {
  what: string;
  change: (fixture: CrossFixture) => void;
  /** `CODE level key-or-path column`; all findings, no more. */
  findings: string[];
}

/** The study row of the second case says that nothing was altered, its series that text was removed. */
export function clean(): CrossFixture {
  const fixture = midrcFixture();
  cells('imaging_study', '2.1', { image_data_modified: 'true' })(fixture);
  return fixture;
}

/** What a run finds, as `CODE level key-or-path column`. */
export async function findingsOf(fixture: CrossFixture): Promise<string[]> {
  const { findings } = await checkCross(fixture);
  return findings.filter(({ code }) => code !== 'GATE-COVERAGE').map(({ code, level, location }) => [code, level, location.key ?? location.path ?? '-', location.column ?? '-'].join(' ')).toSorted();
}
