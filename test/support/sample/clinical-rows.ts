import { indexEvent, inventCourse, type ClinicalCourse } from './clinical-course.js';
import { PROJECT, type CovidStatus, type Patient, type StudyPlan } from './cohort.js';
import { dicomDate, examinationOf } from './dicom-header.js';
import { headerValue, seriesFixity, type ImageSeries } from './image-files.js';

/** A cell: null and the empty list are empty cells. */
export type Cell = string | number | boolean | null | readonly (string | number)[];
export type Row = Record<string, Cell>;
/** Table name to rows; every row of a table has the same columns. */
export type Tables = Record<string, Row[]>;

/** A patient as the tables of one state tell it. */
export interface CaseRecord {
  patient: Patient;
  /** Project in this state: the curators may have accepted the case since. */
  project: string;
  /** Status in this state: the laboratory may have corrected it since. */
  covid: CovidStatus;
  series: ImageSeries[];
}

/** LOINC codes of the examinations, from MIDRC's harmonisation table. */
const LOINC: Record<string, { code: string; name: string; method: string; contrast: string | null }> = {
  'CR pa': { code: '36554-4', name: 'XR Chest Single view', method: 'XR', contrast: null },
  'CR ap': { code: '36589-0', name: 'Portable XR Chest AP single view', method: 'XR.portable', contrast: null },
  'DX pa': { code: '36554-4', name: 'XR Chest Single view', method: 'XR', contrast: null },
  'DX ap': { code: '36589-0', name: 'Portable XR Chest AP single view', method: 'XR.portable', contrast: null },
  CT: { code: '29252-4', name: 'CT Chest WO contrast', method: 'CT', contrast: 'WO' },
};

/** All clinical tables of one state, rows in order of arrival. */
export function clinicalTables(records: readonly CaseRecord[]): Tables {
  const courses = records.map((record) => ({ record, course: inventCourse(record.patient, record.covid) }));
  const rowsOf = (describe: (record: CaseRecord, course: ClinicalCourse) => Row[]): Row[] =>
    courses.flatMap(({ record, course }) => describe(record, course));
  const seriesOf = (modality: StudyPlan['modality'], describe: (series: ImageSeries) => Row): Row[] =>
    records.flatMap(({ series, project }) =>
      series.filter(({ study }) => study.modality === modality).map((one) => ({ ...seriesRow(one, project), ...describe(one) })),
    );
  return {
    dataset: datasetRows(),
    case: rowsOf((record, course) => [caseRow(record, course)]),
    imaging_study: rowsOf(studyRows),
    cr_series_file: seriesOf('CR', projectionColumns),
    dx_series_file: seriesOf('DX', (series) => ({ ...projectionColumns(series), detector_type: headerValue(series.header, '00187004') })),
    ct_series_file: seriesOf('CT', sectionColumns),
    measurement: rowsOf(measurementRows),
    condition: rowsOf(conditionRows),
    visit: rowsOf(visitRows),
    procedure: rowsOf(procedureRows),
    medication: rowsOf(medicationRows),
  };
}

function datasetRows(): Row[] {
  const describe = (submitterId: string, fullName: string, description: string): Row => ({
    type: 'dataset',
    project_id: submitterId,
    submitter_id: submitterId,
    'projects.code': submitterId.replace('Demo-', ''),
    full_name: fullName,
    data_description: description,
    disease_type: 'COVID-19',
    primary_site: 'Chest',
    longitudinal: false,
    license: 'CC-BY-4.0',
  });
  const fixity = 'file_size and md5sum of a series of several files are the sum of the sizes and the md5 over the sorted md5s of the files.';
  return [
    describe(PROJECT.acr, 'Demonstration cases, first group of sites', `Invented patients with resampled chest images. ${fixity}`),
    describe(PROJECT.rsna, 'Demonstration cases, second group of sites', `Invented patients with resampled chest images. ${fixity}`),
    describe(PROJECT.hold, 'Demonstration cases that wait for curation', `Received, not yet accepted. ${fixity}`),
  ];
}

function head(type: string, project: string, submitterId: string): Row {
  return { type, project_id: project, submitter_id: submitterId };
}

function caseRow({ patient, project }: CaseRecord, { covid, stay, medications }: ClinicalCourse): Row {
  return {
    ...head('case', project, patient.caseId),
    'datasets.submitter_id': [project],
    site_id: patient.siteId,
    sex: patient.sex,
    race: patient.race,
    ethnicity: patient.ethnicity,
    age_at_index: patient.age > 89 ? null : patient.age,
    age_at_index_gt89: patient.age > 89 ? 'Yes' : 'No',
    zip: patient.zip,
    index_event: indexEvent(covid),
    covid19_positive: covid,
    icu_indicator: (stay?.icu ?? null) !== null,
    ventilator_indicator: (stay?.ventilator ?? null) !== null,
    treatment_info: medications.length > 0,
  };
}

function studyRows({ patient, project, series }: CaseRecord, { tests }: ClinicalCourse): Row[] {
  return patient.studies.map((study) => {
    const { studyUid, header } = series.find((one) => one.study === study)!;
    const age = patient.age + Math.floor(study.dayFromIndex / 365.25);
    const loinc = LOINC[examinationOf(study)]!;
    const daysTo = (result: string): number[] => tests.filter((test) => test.result === result).map(({ day }) => day - study.dayFromIndex);
    return {
      ...head('imaging_study', project, studyUid),
      'cases.submitter_id': patient.caseId,
      'datasets.submitter_id': [project],
      study_uid: studyUid,
      study_description: headerValue(header, '00081030'),
      study_modality: [study.modality],
      body_part_examined: [headerValue(header, '00180015')],
      days_to_study: study.dayFromIndex,
      study_year: Number(dicomDate(patient.indexDay + study.dayFromIndex).slice(0, 4)),
      study_year_shifted: true,
      age_at_imaging: age > 89 ? null : age,
      age_at_imaging_gt89: age > 89 ? 'Yes' : 'No',
      days_from_study_to_pos_covid_test: daysTo('Positive'),
      days_from_study_to_neg_covid_test: daysTo('Negative'),
      loinc_code: loinc.code,
      loinc_long_common_name: loinc.name,
      loinc_method: loinc.method,
      loinc_system: 'Chest',
      loinc_contrast: loinc.contrast,
    };
  });
}

function seriesRow({ study, studyUid, seriesUid, files, header }: ImageSeries, project: string): Row {
  const { size, md5 } = seriesFixity(files);
  const paths = [...files.keys()];
  return {
    ...head(`${study.modality.toLowerCase()}_series_file`, project, seriesUid),
    'imaging_studies.submitter_id': studyUid,
    series_uid: seriesUid,
    series_description: headerValue(header, '0008103e'),
    data_category: study.modality,
    data_format: 'DCM',
    data_type: 'DICOM',
    file_name: paths.length === 1 ? paths[0]! : paths[0]!.slice(0, paths[0]!.lastIndexOf('/')),
    file_size: size,
    md5sum: md5,
    number_of_instances: files.size,
    modality: headerValue(header, '00080060'),
    image_type: headerValue(header, '00080008').split('\\'),
    lossy_image_compression: headerValue(header, '00282110'),
    manufacturer: headerValue(header, '00080070'),
    manufacturer_model_name: headerValue(header, '00081090'),
  };
}

function projectionColumns({ header }: ImageSeries): Row {
  return { imager_pixel_spacing: numbers(headerValue(header, '00181164')), view_position: [headerValue(header, '00185101')] };
}

function sectionColumns({ header }: ImageSeries): Row {
  return {
    patient_position: headerValue(header, '00185100'),
    convolution_kernel: headerValue(header, '00181210') === '' ? [] : [headerValue(header, '00181210')],
    pixel_spacing: numbers(headerValue(header, '00280030')),
    slice_thickness: numbers(headerValue(header, '00180050')),
    spacing_between_slices: numbers(headerValue(header, '00180088')),
  };
}

function measurementRows({ patient, project }: CaseRecord, { tests }: ClinicalCourse): Row[] {
  return tests.map(({ day, method, result }, index) => ({
    ...head('measurement', project, `${patient.caseId}-test-${index + 1}`),
    'cases.submitter_id': patient.caseId,
    test_name: 'COVID-19',
    test_method: method,
    test_days_from_index: day,
    test_result_text: result,
  }));
}

function conditionRows({ patient, project }: CaseRecord, { conditions }: ClinicalCourse): Row[] {
  return conditions.map(({ name, code, startDay, endDay }) => ({
    ...head('condition', project, `${patient.caseId}-${code}`),
    'cases.submitter_id': patient.caseId,
    condition_name: name,
    condition_code: code,
    condition_code_system: 'ICD-10-CM',
    days_to_condition_start: startDay,
    days_to_condition_end: endDay,
  }));
}

function visitRows({ patient, project }: CaseRecord, { stay }: ClinicalCourse): Row[] {
  if (stay === null) return [];
  return [
    {
      ...head('visit', project, `${patient.caseId}-visit-1`),
      'cases.submitter_id': patient.caseId,
      days_to_hospital_admission: stay.admission,
      days_to_hospital_discharge: stay.discharge,
      days_to_icu_admission: stay.icu?.[0] ?? null,
      days_to_icu_discharge: stay.icu?.[1] ?? null,
      discharge_type: 'Home',
    },
  ];
}

function procedureRows({ patient, project }: CaseRecord, { stay }: ClinicalCourse): Row[] {
  if (stay === null || stay.ventilator === null) return [];
  return [
    {
      ...head('procedure', project, `${patient.caseId}-procedure-1`),
      'cases.submitter_id': patient.caseId,
      procedure_name: 'Breathing Support',
      breathing_support_type: 'Invasive mechanical ventilation',
      days_to_procedure_start: stay.ventilator[0],
      days_to_procedure_end: stay.ventilator[1],
    },
  ];
}

function medicationRows({ patient, project }: CaseRecord, { medications }: ClinicalCourse): Row[] {
  return medications.map(({ name, rxnorm, type, startDay, endDay }) => ({
    ...head('medication', project, `${patient.caseId}-${name}`),
    'cases.submitter_id': patient.caseId,
    medication_name: name,
    medication_type: type,
    medication_code: rxnorm,
    medication_code_system: 'RXNORM',
    days_to_medication_start: startDay,
    days_to_medication_end: endDay,
  }));
}

function numbers(value: string): number[] {
  return value === '' ? [] : value.split('\\').map(Number);
}
