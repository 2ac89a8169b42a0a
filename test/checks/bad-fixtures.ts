import type { Code } from '../../src/checks/codes.js';
import type { SchemaPack } from '../../src/model/clinical.js';
import { cleanFixture, midrcPack, type Fixture } from './catalog-fixture.js';

/** One way to break a rule: a clean catalog with one thing wrong. */
export interface BadFixture {
  code: Code;
  what: string;
  fixture: Fixture;
  /** Findings of the rule that must come, no more and no fewer. */
  findings: { message: RegExp; column?: string; key?: string; line?: number; path?: string; found?: RegExp; hint?: RegExp; level?: string }[];
  pack?: SchemaPack;
}

/** Sets one cell of the clean fixture. */
function withCell(table: string, key: string, column: string, value: string): Fixture {
  const fixture = cleanFixture();
  const [header = [], ...rows] = fixture.tables[table] ?? [];
  const row = rows.find((cells) => cells[header.indexOf('submitter_id')] === key);
  if (row === undefined || !header.includes(column)) throw new Error(`no cell ${table} ${key} ${column}`);
  row[header.indexOf(column)] = value;
  return fixture;
}

function changed(change: (fixture: Fixture) => void): Fixture {
  const fixture = cleanFixture();
  change(fixture);
  return fixture;
}

function withColumn(table: string, column: string, values: string[]): Fixture {
  return changed(({ tables }) => tables[table]?.forEach((row, index) => row.push(index === 0 ? column : (values[index - 1] ?? ''))));
}

function withoutColumn(table: string, column: string): Fixture {
  return changed(({ tables }) => {
    const at = tables[table]?.[0]?.indexOf(column) ?? -1;
    tables[table]?.forEach((row) => row.splice(at, 1));
  });
}

function withImage(change: (images: Fixture['images']) => void): Fixture {
  return changed(({ images }) => change(images));
}

function withDefect(code: string): Fixture {
  return changed((fixture) => {
    fixture.defects = [{ code, table: 'measurement', line: 3, message: `Broken by ${code}.` }];
  });
}

function packWithPattern(pattern: string): SchemaPack {
  const pack = midrcPack();
  const table = pack.tables.get('dataset');
  if (table === undefined) throw new Error('no dataset');
  const json = structuredClone(table.json);
  (json['properties'] as Record<string, Record<string, unknown>>)['data_description'] = { type: 'string', pattern };
  return { ...pack, tables: new Map([...pack.tables, ['dataset', { ...table, json }]]) };
}

/** What is wrong and which finding says so, for every implemented rule. */
export const BAD_FIXTURES: BadFixture[] = [
  {
    code: 'GATE-INCOMPLETE',
    what: 'a file that cannot be read',
    fixture: withImage((images) => images.push({ path: 'text.dcm', status: 'unreadable', error_code: 'not-dicom', sha256: 'f'.repeat(64) })),
    findings: [{ message: /could not be read/, path: 'images/text.dcm', found: /^not-dicom$/ }],
  },
  {
    code: 'GATE-INCOMPLETE',
    what: 'a header that breaks off',
    fixture: withImage((images) => Object.assign(images[0] ?? {}, { status: 'partial', error_code: 'truncated' })),
    findings: [{ message: /breaks off/, path: 'images/C1/1.dcm' }],
  },
  {
    code: 'GATE-INCOMPLETE',
    what: 'a DICOMDIR, which is only told',
    fixture: withImage((images) => images.push({ path: 'DICOMDIR', status: 'unreadable', error_code: 'dicomdir' })),
    findings: [{ message: /DICOMDIR/, level: 'info' }],
  },
  {
    code: 'GATE-INCOMPLETE',
    what: 'a refused table that nothing explains',
    fixture: changed((fixture) => {
      fixture.refused = ['visit'];
    }),
    findings: [{ message: /refused/, path: 'tables/visit.tsv' }],
  },
  {
    code: 'GATE-INCOMPLETE',
    what: 'no accepted case',
    fixture: changed((fixture) => {
      fixture.cases = { C1: 'rejected', C2: 'withdrawn' };
    }),
    findings: [{ message: /No case is accepted/ }],
  },
  {
    code: 'GATE-COVERAGE',
    what: 'a check that looks at nothing',
    fixture: changed(({ tables }) => tables['measurement']?.splice(1)),
    findings: [],
  },
  { code: 'SCH-001', what: 'a table that is no UTF-8', fixture: withDefect('SCH-001'), findings: [{ message: /SCH-001/, line: 3, path: 'tables/measurement.tsv' }] },
  { code: 'SCH-002', what: 'a repeated column', fixture: withDefect('SCH-002'), findings: [{ message: /SCH-002/ }] },
  { code: 'SCH-003', what: 'a ragged row', fixture: withDefect('SCH-003'), findings: [{ message: /SCH-003/ }] },
  {
    code: 'SCH-004',
    what: 'a required cell that is empty',
    fixture: withCell('cr_series_file', '1.2.1.1', 'md5sum', ''),
    findings: [{ message: /required and empty/, column: 'md5sum', key: '1.2.1.1', line: 2, found: /^nothing$/ }],
  },
  {
    code: 'SCH-004',
    what: 'a required column that is missing, once and not in every row',
    fixture: withoutColumn('cr_series_file', 'md5sum'),
    findings: [{ message: /required/, column: 'md5sum' }],
  },
  {
    code: 'SCH-005',
    what: 'an unknown column',
    fixture: withColumn('case', 'mrn', ['12345', '']),
    findings: [{ message: /no column/, column: 'mrn', found: /1 of 2 rows/ }],
  },
  {
    code: 'SCH-005',
    what: 'an unknown table',
    fixture: changed(({ tables }) => {
      tables['patients'] = [['name'], ['x']];
    }),
    findings: [{ message: /does not know this table/, path: 'tables/patients.tsv' }],
  },
  { code: 'SCH-006', what: 'text in a number', fixture: withCell('imaging_study', '1.2.1', 'days_to_study', '3 days'), findings: [{ message: /not a number/, column: 'days_to_study', found: /^3 days$/ }] },
  { code: 'SCH-006', what: 'a float for an integer', fixture: withCell('measurement', 'M1', 'test_days_from_index', '1e5'), findings: [{ message: /not an integer/, found: /^1e5$/ }] },
  { code: 'SCH-006', what: 'yes for a boolean', fixture: withCell('case', 'C1', 'icu_indicator', 'yes'), findings: [{ message: /not true or false/ }] },
  {
    code: 'SCH-007',
    what: 'a zero-width space in a value',
    fixture: withCell('case', 'C1', 'sex', 'Fem\u200bale'),
    findings: [{ message: /not allowed/, column: 'sex', key: 'C1', found: /^Fem\\u\{200B\}ale$/, hint: /Female/ }],
  },
  { code: 'SCH-007', what: 'another case', fixture: withCell('case', 'C2', 'sex', 'male'), findings: [{ message: /not allowed/, hint: /Male/ }] },
  { code: 'SCH-008', what: 'an age over 89', fixture: withCell('case', 'C1', 'age_at_index', '93'), findings: [{ message: /too large/, found: /^93$/ }] },
  { code: 'SCH-008', what: 'a year to come', fixture: withCell('imaging_study', '1.2.1', 'study_year', '2027'), findings: [{ message: /future/ }] },
  { code: 'SCH-009', what: 'an age beside Yes', fixture: withCell('case', 'C2', 'age_at_index', '40'), findings: [{ message: /./, key: 'C2' }] },
  { code: 'SCH-009', what: 'no age beside No', fixture: withCell('case', 'C1', 'age_at_index', ''), findings: [{ message: /./, key: 'C1' }] },
  {
    code: 'SCH-010',
    what: 'a repeated key',
    fixture: changed(({ tables }) => tables['condition']?.push(['condition', 'K1', 'C2', 'J12.82', 'ICD-10-CM', 'Pneumonia', '1', '3'])),
    findings: [{ message: /more than once/, key: 'K1', line: 4, found: /2 rows.*row 2/ }],
  },
  { code: 'SCH-010', what: 'a blank around a key', fixture: withCell('measurement', 'M1', 'submitter_id', 'M1 '), findings: [{ message: /./, key: 'M1 ', found: /text of 3 characters.*blanks/ }] },
  { code: 'SCH-011', what: 'a UID that a spreadsheet wrote', fixture: withCell('imaging_study', '1.2.1', 'study_uid', '1.2E+45'), findings: [{ message: /./, column: 'study_uid' }] },
  { code: 'SCH-012', what: 'a zip that lost its zero', fixture: withCell('case', 'C1', 'zip', '36'), findings: [{ message: /./, column: 'zip', found: /text of 2 characters \(digits\)/ }] },
  { code: 'SCH-013', what: 'a short md5', fixture: withCell('cr_series_file', '1.2.1.1', 'md5sum', 'd41d8cd98f00b204e9800998ecf8427'), findings: [{ message: /./, column: 'md5sum' }] },
  { code: 'SCH-014', what: 'an end before its start', fixture: withCell('condition', 'K1', 'days_to_condition_end', '-3'), findings: [{ message: /ends before it starts/, found: /^-3$/ }] },
  { code: 'SCH-015', what: 'a wrong check digit', fixture: withCell('imaging_study', '1.2.1', 'loinc_code', '36643-6'), findings: [{ message: /check digit/, column: 'loinc_code' }] },
  { code: 'SCH-017', what: 'a malformed diagnosis code', fixture: withCell('condition', 'K1', 'condition_code', 'COVID'), findings: [{ message: /code system/, found: /text of 5 characters/ }] },
  { code: 'SCH-018', what: 'an unknown code system', fixture: withCell('condition', 'K1', 'condition_code_system', 'ICDX'), findings: [{ message: /known spelling/, level: 'warning' }] },
  { code: 'SCH-020', what: 'a pattern that can hang', fixture: cleanFixture(), pack: packWithPattern('^(a+)+$'), findings: [{ message: /dataset/ }] },
  { code: 'REF-001', what: 'a test without its case', fixture: withCell('measurement', 'M1', 'cases.submitter_id', 'C9'), findings: [{ message: /does not exist/, key: 'M1', column: 'cases.submitter_id', found: /^C9$/ }] },
  {
    code: 'REF-001',
    what: 'a table that was not delivered, once and not in every row',
    fixture: changed(({ tables }) => {
      delete tables['dataset'];
    }),
    findings: [
      { message: /no table dataset/, found: /2 links/ },
      { message: /no table dataset/, found: /2 links/ },
    ],
  },
  { code: 'REF-002', what: 'two cases of one study', fixture: withCell('imaging_study', '1.2.1', 'cases.submitter_id', 'C1,C2'), findings: [{ message: /one case, this one names 2/, key: '1.2.1' }] },
  { code: 'REF-002', what: 'two cases with one PatientID', fixture: withDefect('REF-002'), findings: [{ message: /REF-002/ }] },
  {
    code: 'REF-003',
    what: 'images without a row',
    fixture: withImage((images) => images.push({ path: 'C1/x.dcm', sha256: 'a'.repeat(64), case_id: 'C1', PatientID: 'C1', SOPInstanceUID: '1.2.1.9.1', SeriesInstanceUID: '1.2.1.9', StudyInstanceUID: '1.2.1' })),
    findings: [{ message: /no row of the series tables/, key: '1.2.1.9', found: /1 image/ }],
  },
  { code: 'REF-003', what: 'a row without images', fixture: withImage((images) => images.splice(0, 2)), findings: [{ message: /has no images/, key: '1.2.1.1' }] },
  {
    code: 'REF-003',
    what: 'a series in two rows',
    fixture: changed(({ tables }) => tables['cr_series_file']?.push(['cr_series_file', 'again', '1.2.1', '1.2.1.1', 'c.zip', '9', 'a'.repeat(32), 'DCM', 'DICOM', 'CR', '00'])),
    findings: [{ message: /more than one row/, key: 'again' }],
  },
  {
    code: 'REF-004',
    what: 'a case without images, and its study',
    fixture: withImage((images) => images.splice(0, 2)),
    findings: [
      { message: /case has no images/, key: 'C1', level: 'warning' },
      { message: /study has no series/, key: '1.2.1' },
    ],
  },
  {
    code: 'REF-004',
    what: 'images whose patient is no case, without telling the PatientID',
    fixture: withImage((images) => images.push({ path: 'z.dcm', sha256: 'b'.repeat(64), case_id: null, PatientID: 'MRN4711', SOPInstanceUID: '9.1', SeriesInstanceUID: '9.2', StudyInstanceUID: '9.3' })),
    findings: [{ message: /meets no case/, path: 'images/z.dcm', found: /1 image/ }],
  },
  {
    code: 'REF-005',
    what: 'a study of two patients',
    fixture: withImage((images) => Object.assign(images[2] ?? {}, { StudyInstanceUID: '1.2.1', SeriesInstanceUID: '1.2.1.7' })),
    findings: [{ message: /study is in 2 patients/, key: '1.2.1' }],
  },
  { code: 'REF-005', what: 'an image without a UID', fixture: withImage((images) => Object.assign(images[0] ?? {}, { SOPInstanceUID: '' })), findings: [{ message: /lacks its SOP/ }] },
  {
    code: 'REF-007',
    what: 'keys that are no UIDs',
    fixture: changed(({ tables }) => {
      tables['imaging_study']?.slice(1).forEach((row, index) => (row[1] = `study-${index}`));
      tables['cr_series_file']?.slice(1).forEach((row, index) => (row[2] = `study-${index}`));
    }),
    findings: [{ message: /No row of imaging_study/, level: 'warning' }],
  },
  {
    code: 'REF-007',
    what: 'one key that is no UID',
    fixture: changed(({ tables }) => {
      (tables['imaging_study']?.[1] ?? [])[1] = 'study-1';
      (tables['cr_series_file']?.[1] ?? [])[2] = 'study-1';
    }),
    findings: [{ message: /not its UID/, key: 'study-1' }],
  },
  { code: 'DUP-001', what: 'the same bytes twice', fixture: withImage((images) => Object.assign(images[1] ?? {}, { sha256: images[0]?.sha256 })), findings: [{ message: /same bytes/, path: 'images/C1/2.dcm', found: /C1\/1.dcm/ }] },
  { code: 'DUP-002', what: 'one SOPInstanceUID, two contents', fixture: withImage((images) => Object.assign(images[1] ?? {}, { SOPInstanceUID: images[0]?.SOPInstanceUID })), findings: [{ message: /SOPInstanceUID of another/, path: 'images/C1/2.dcm' }] },
  {
    code: 'DUP-005',
    what: 'a fact under two keys',
    fixture: changed(({ tables }) => tables['measurement']?.push(['measurement', 'M3', 'C1', '0', 'RT-PCR', 'COVID-19', 'Positive'])),
    findings: [{ message: /another key/, key: 'M3', line: 4, found: /row 2/ }],
  },
  {
    code: 'DUP-005',
    what: 'a case row twice',
    fixture: changed(({ tables }) => tables['case']?.push([...(tables['case'][1] ?? [])])),
    findings: [{ message: /there twice/, key: 'C1', line: 4 }],
  },
  {
    code: 'DUP-007',
    what: 'paths that differ in case only',
    fixture: withImage((images) => Object.assign(images[1] ?? {}, { path: 'c1/1.DCM' })),
    findings: [{ message: /case or Unicode form/, path: 'images/c1/1.DCM' }],
  },
];
