import { describe, expect, test } from '@jest/globals';
import { cells, clean, drop, findingsOf, type Bad } from './cross-fixture.js';

/** XCK-001 to XCK-008: who, when, what kind, how many. */
const BAD: Bad[] = [
  { what: 'a study row under another case than its images', change: cells('imaging_study', '2.1', { 'cases.submitter_id': 'C1', age_at_imaging_gt89: '' }), findings: ['XCK-001 error 2.1 -', 'XCK-001 error 2.1.1 -', 'XCK-007 error 2.1 days_to_study'] },
  { what: 'a folder of another case', change: cells('images', 'C1/1.1/2.dcm', { path: 'C2/1.1/2.dcm' }), findings: ['XCK-001 error images/C2/1.1/2.dcm -'] },
  { what: 'two PatientIDs of one case', change: cells('images', 'C1/1.1/2.dcm', { PatientID: 'P9' }), findings: ['XCK-001 error C1 -'] },
  { what: 'another sex', change: cells('images', 'C1', { PatientSex: 'M' }), findings: ['XCK-002 error C1 sex'] },
  { what: 'two sexes', change: cells('images', 'C1/1.1/2.dcm', { PatientSex: 'M' }), findings: ['XCK-002 error C1 sex'] },
  { what: 'a sex that is not reported', change: cells('case', 'C1', { sex: 'Not Reported' }), findings: ['XCK-002 warning C1 sex'] },
  { what: 'headers without a sex', change: cells('images', 'C1', { PatientSex: '' }), findings: ['XCK-002 warning C1 sex'] },
  { what: 'other against a sex', change: cells('images', 'C2', { PatientSex: 'O' }), findings: ['XCK-002 error C2 sex'] },
  { what: 'an age that is two years off', change: cells('images', 'C1/1.1', { PatientAge: '062Y' }), findings: ['XCK-003 error 1.1 age_at_imaging'] },
  { what: 'an age in months', change: cells('images', 'C1/1.1', { PatientAge: '060M' }), findings: ['XCK-003 error 1.1 age_at_imaging'] },
  { what: 'an age in the header that the table withholds', change: cells('images', 'C2', { PatientAge: '089Y' }), findings: ['XCK-003 error 2.1 age_at_imaging'] },
  { what: 'an age above 89 in one header', change: cells('images', 'C1/1.1/2.dcm', { PatientAge: '091Y' }), findings: ['XCK-003 error 1.1 age_at_imaging'] },
  { what: 'an age that does not follow from the index', change: cells('imaging_study', '1.2', { days_to_study: '1500', days_from_study_to_pos_covid_test: '', days_from_study_to_neg_covid_test: '' }), findings: ['XCK-004 error 1.2 age_at_imaging', 'XCK-007 error 1.2 days_to_study'] },
  { what: 'an age after an index above 89', change: cells('imaging_study', '2.1', { age_at_imaging: '88', age_at_imaging_gt89: 'No' }), findings: ['XCK-004 error 2.1 age_at_imaging'] },
  { what: 'a study of another modality', change: cells('imaging_study', '1.1', { study_modality: 'CT,MR' }), findings: ['XCK-005 error 1.1 study_modality'] },
  { what: 'a series in the table of another modality', change: cells('images', 'C1/1.1', { Modality: 'MR' }), findings: ['XCK-005 error 1.1 study_modality', 'XCK-005 error 1.1.1 data_category', 'XCK-005 error 1.1.1 modality'] },
  { what: 'a slice that was lost', change: drop('images', 'C1/1.2/2.dcm'), findings: ['XCK-006 error 1.2.1 number_of_instances', 'XCK-009 error 1.2.1 slice_thickness'] },
  { what: 'the size of another file', change: cells('ct_series_file', '1.1.1', { file_size: '101' }), findings: ['XCK-006 error 1.1.1 file_size'] },
  { what: 'the md5 of another file', change: cells('ct_series_file', '1.1.1', { md5sum: 'a'.repeat(32) }), findings: ['XCK-006 error 1.1.1 md5sum'] },
  { what: 'a date that was shifted by another amount', change: cells('images', 'C1/1.2', { StudyDate: '20210415' }), findings: ['XCK-007 error 1.2 days_to_study'] },
  { what: 'the year of another study', change: cells('imaging_study', '1.1', { study_year: '2019' }), findings: ['XCK-008 error 1.1 study_year'] },
  { what: 'a year that does not say that it was shifted', change: cells('imaging_study', '1.2', { study_year_shifted: '' }), findings: ['XCK-008 error 1.2 study_year'] },
];

describe('each rule names what breaks it, and nothing else', () => {
  test.each(BAD)('$what', async ({ change, findings }) => {
    const fixture = clean();
    change(fixture);
    expect(await findingsOf(fixture)).toEqual(findings);
  });
});
