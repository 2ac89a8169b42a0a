import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { quoteLiteral, type Catalog } from '../../../src/catalog/catalog.js';

const PROJECT = 'Scale-A1';

/** The clinical tables of a plan: name of the file, and its rows. */
const TABLES: [file: string, query: string][] = [
  [
    'case.csv',
    `SELECT 'case' AS type, '${PROJECT}' AS project_id, case_id AS submitter_id, '${PROJECT}' AS "datasets.submitter_id", site_id, sex, race, 'Not Hispanic or Latino' AS ethnicity, age AS age_at_index,
      'No' AS age_at_index_gt89, 'COVID-19 Test' AS index_event, covid AS covid19_positive, 'false' AS icu_indicator, 'false' AS ventilator_indicator, 'false' AS treatment_info FROM plan_case ORDER BY number`,
  ],
  [
    'imaging_study.csv',
    `SELECT 'imaging_study' AS type, '${PROJECT}' AS project_id, study_uid AS submitter_id, case_id AS "cases.submitter_id", '${PROJECT}' AS "datasets.submitter_id", study_uid,
      CASE WHEN ct THEN 'CT CHEST' ELSE 'DX CHEST 1 VIEW' END AS study_description, CASE WHEN ct THEN 'CT' ELSE 'DX' END AS study_modality, 'CHEST' AS body_part_examined, day AS days_to_study,
      year(index_day + day::INTEGER) AS study_year, 'true' AS study_year_shifted, age + day // 366 AS age_at_imaging, 'No' AS age_at_imaging_gt89 FROM plan_study ORDER BY study`,
  ],
  ['ct_series_file.csv', seriesRows('ct', 'CT', ", 'HFS' AS patient_position, 'STANDARD' AS convolution_kernel, '2.5' AS slice_thickness, '2.5' AS spacing_between_slices")],
  ['dx_series_file.csv', seriesRows('NOT ct', 'DX', ", 'PA' AS view_position")],
  [
    'measurement.csv',
    `SELECT 'measurement' AS type, '${PROJECT}' AS project_id, case_id || '-test-1' AS submitter_id, case_id AS "cases.submitter_id", 'COVID-19' AS test_name, 'RT-PCR' AS test_method,
      0 AS test_days_from_index, CASE covid WHEN 'Yes' THEN 'Positive' ELSE 'Negative' END AS test_result_text FROM plan_case ORDER BY number`,
  ],
];

function seriesRows(which: string, modality: string, more: string): string {
  return `SELECT '${modality.toLowerCase()}_series_file' AS type, '${PROJECT}' AS project_id, series_uid AS submitter_id, study_uid AS "imaging_studies.submitter_id", series_uid,
      '${modality}' AS data_category, 'DCM' AS data_format, 'DICOM' AS data_type,
      case_id || '/' || study % 3 + 1 || '/' || series % 4 + 1 AS file_name, images * 250000 AS file_size, md5(series_uid) AS md5sum, images AS number_of_instances, '${modality}' AS modality, '00' AS lossy_image_compression${more}
    FROM plan_series JOIN plan_case USING (number) WHERE ${which} ORDER BY series`;
}

/** Writes the clinical tables of the plan into a folder that the catalog may write to, as a data commons delivers them. */
export async function writeTables(catalog: Catalog, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const dataset = {
    type: 'dataset', project_id: PROJECT, submitter_id: PROJECT, 'projects.code': 'A1', full_name: 'Cases that a query made', data_description: 'Rows without images, to measure with.',
    disease_type: 'COVID-19', primary_site: 'Chest', longitudinal: false, license: 'CC-BY-4.0',
  }; // prettier-ignore
  writeFileSync(join(folder, 'dataset.json'), `${JSON.stringify([dataset], null, 2)}\n`);
  for (const [file, query] of TABLES) await catalog.run(`COPY (${query}) TO ${quoteLiteral(join(folder, file))} (HEADER true)`);
}
