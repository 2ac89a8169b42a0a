import { describe, expect, test } from '@jest/globals';
import { cells, checkCross, clean, findingsOf, midrcFixture, type Bad } from './cross-fixture.js';

const FIRST = 'images/C1/1.1/1.dcm';

/** XCK-009 to XCK-015 and REF-006: copied attributes, clinical logic, references. */
const BAD: Bad[] = [
  { what: 'another kernel', change: cells('ct_series_file', '1.1.1', { convolution_kernel: 'B70f' }), findings: ['XCK-009 error 1.1.1 convolution_kernel'] },
  { what: 'a kernel in lower case', change: cells('ct_series_file', '1.1.1', { convolution_kernel: 'b30F' }), findings: ['XCK-009 warning 1.1.1 convolution_kernel'] },
  { what: 'a thickness that only some images have', change: cells('ct_series_file', '1.1.1', { slice_thickness: '5' }), findings: ['XCK-009 warning 1.1.1 slice_thickness'] },
  { what: 'a thickness that no image has', change: cells('ct_series_file', '1.1.1', { slice_thickness: '5,1.3' }), findings: ['XCK-009 error 1.1.1 slice_thickness'] },
  { what: 'spacing in another order', change: cells('ct_series_file', '1.1.1', { pixel_spacing: '0.8,0.7' }), findings: ['XCK-009 error 1.1.1 pixel_spacing'] },
  { what: 'lossy images that the table calls lossless', change: cells('images', 'C1/1.1', { LossyImageCompression: '01' }), findings: ['XCK-009 error 1.1.1 lossy_image_compression'] },
  { what: 'a manufacturer that the headers do not hold', change: cells('images', 'C1/1.1', { Manufacturer: null }), findings: ['XCK-009 warning 1.1.1 manufacturer'] },
  { what: 'another body part and description', change: cells('imaging_study', '1.1', { body_part_examined: 'HEAD', study_description: 'ct chest' }), findings: ['XCK-010 info 1.1 study_description', 'XCK-010 warning 1.1 body_part_examined'] },
  { what: 'a test that lost its day and its result', change: cells('measurement', 'M1', { test_result_text: 'Negative', test_days_from_index: '' }), findings: ['XCK-012 error 1.1 days_from_study_to_pos_covid_test', 'XCK-012 error 1.2 days_from_study_to_pos_covid_test', 'XCK-015 warning C1 index_event'] },
  { what: 'no positive test at all', change: (f) => ['M1', 'M2'].forEach((key) => cells('measurement', key, { test_result_text: 'Indeterminate' })(f)), findings: ['XCK-011 error C1 covid19_positive', 'XCK-012 error 1.1 days_from_study_to_pos_covid_test', 'XCK-012 error 1.2 days_from_study_to_pos_covid_test'] },
  { what: 'a negative case with a positive test', change: cells('measurement', 'M4', { test_result_text: 'positive' }), findings: ['XCK-011 error C2 covid19_positive'] },
  { what: 'days to a test that are not the difference', change: cells('imaging_study', '1.1', { days_from_study_to_neg_covid_test: '2' }), findings: ['XCK-012 error 1.1 days_from_study_to_neg_covid_test'] },
  { what: 'a test that the days leave out', change: cells('imaging_study', '1.1', { days_from_study_to_pos_covid_test: '7' }), findings: ['XCK-012 error 1.1 days_from_study_to_pos_covid_test'] },
  { what: 'intensive care without a visit', change: cells('visit', 'V1', { days_to_icu_admission: '' }), findings: ['XCK-013 warning C1 icu_indicator'] },
  { what: 'a ventilator that the flag denies', change: cells('case', 'C1', { ventilator_indicator: 'false' }), findings: ['XCK-013 warning C1 ventilator_indicator'] },
  { what: 'removed text that the header calls burned in', change: cells('images', 'C2/2.1/2.dcm', { BurnedInAnnotation: 'YES' }), findings: ['XCK-014 error 2.1.1 image_data_modification_method'] },
  { what: 'a method without a modification', change: cells('ct_series_file', '2.1.1', { image_data_modified: 'false' }), findings: ['XCK-014 error 2.1.1 image_data_modified'] },
  { what: 'a first study before day 0', change: cells('imaging_study', '2.1', { days_to_study: '-4' }), findings: ['XCK-015 error C2 index_event'] },
  { what: 'no test on day 0', change: cells('case', 'C2', { index_event: 'COVID-19 Test' }), findings: [] },
  { what: 'a first study after day 0', change: cells('imaging_study', '2.1', { days_to_study: '4' }), findings: ['XCK-015 warning C2 index_event'] },
  { what: 'an annotation of images that are not there', change: cells('annotation', 'A1', { instance_uids: '1.1.1.1,1.9.9' }), findings: ['REF-006 error A1 instance_uids'] },
  { what: 'an image that refers to one that is not there', change: (f) => Object.assign(f, { references: { 'C1/1.1/1.dcm': ['1.9.9'], 'C1/1.1/2.dcm': ['1.9.9'] } }), findings: [`REF-006 warning ${FIRST} -`] },
  {
    what: 'a segmentation of images that are not there',
    change: (f) => {
      cells('images', 'C1/1.1/2.dcm', { SOPClassUID: '1.2.840.10008.5.1.4.1.1.66.4' })(f);
      f.references = { 'C1/1.1/2.dcm': ['1.1.1.1', '1.9.9'] };
    },
    findings: ['REF-006 error images/C1/1.1/2.dcm -'],
  },
];

test('where tables and headers agree nothing is found, and every rule looked', async () => {
  const report = await checkCross(clean());
  expect(report.findings).toEqual([]);
  const codes = report.checks.filter(({ code, status }) => /^(XCK|REF)/.test(code) && status === 'checked').map(({ code }) => code);
  expect(codes).toEqual(['REF-006', ...Array.from({ length: 15 }, (_, at) => `XCK-${String(at + 1).padStart(3, '0')}`)]);
});

test('a study that says nothing was altered, with a series that was', async () => {
  expect(await findingsOf(midrcFixture())).toEqual(['XCK-014 error 2.1 image_data_modified']);
});

describe('each rule names what breaks it, and nothing else', () => {
  test.each(BAD)('$what', async ({ change, findings }) => {
    const fixture = clean();
    change(fixture);
    expect(await findingsOf(fixture)).toEqual(findings);
  });
});

test('no finding repeats a text of a header or of a free column', async () => {
  const fixture = clean();
  cells('images', 'C1/1.1', { StudyDescription: 'DOE JANE', Manufacturer: 'SECRETCO', ConvolutionKernel: 'HIDDEN' })(fixture);
  const { findings } = await checkCross(fixture);
  expect(findings.map(({ code }) => code).toSorted()).toEqual(['XCK-009', 'XCK-009', 'XCK-010']);
  expect(JSON.stringify(findings)).not.toMatch(/DOE|SECRETCO|HIDDEN|ACME|B30f/);
});

test('without images or tables the rules do not apply, and say so', async () => {
  const report = await checkCross({ tables: {}, images: [] });
  expect(report.checks.filter(({ code }) => code.startsWith('XCK')).map(({ status }) => status)).toEqual(Array.from({ length: 15 }, () => 'not-applicable'));
});
