import type { GateConfig } from '../../src/model/config.js';
import type { DicomFile, ElementValue } from '../support/dicom-writer.js';
import { code, element, options, type Changes } from './released-file.js';

/** A file with one leak, and the rule that has to find it. */
export interface PlantedLeak {
  what: string;
  code: string;
  changes?: Changes;
  file?: Partial<DicomFile>;
  policy?: GateConfig;
  /** Bytes behind the file. */
  appended?: string;
}

const OLD_UID = '1.2.840.113619.2.55.3.604688119.971.1268062600.485';
const CREATOR = 'GEMS_PARM_01';
const withSafe = options('113105', '113107', '113108', '113111');
const withContent = options('113104', '113105', '113107', '113108');
const withGraphics = options('113103', '113105', '113107', '113108');
const withDevice = options('113105', '113107', '113108', '113109');
const items = (...list: ReturnType<typeof element>[][]): ElementValue => list;

/** JPEG: start, segments, start of scan, a byte, end. */
export function jpeg(...segments: [marker: number, content: Buffer | string][]): Buffer {
  const parts = segments.map(([marker, content]) => {
    const bytes = Buffer.from(content);
    const head = Buffer.from([0xff, marker, 0, 0]);
    head.writeUInt16BE(bytes.length + 2, 2);
    return Buffer.concat([head, bytes]);
  });
  return Buffer.concat([Buffer.from([0xff, 0xd8]), ...parts, Buffer.from([0xff, 0xda, 0, 2, 0x11, 0xff, 0xd9])]);
}

/** Encapsulated frames: an empty offset table and these fragments. */
export function fragments(...frames: Buffer[]): Buffer {
  const item = (bytes: Buffer): Buffer => {
    const padded = bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Buffer.from([0])]);
    const head = Buffer.from([0xfe, 0xff, 0x00, 0xe0, 0, 0, 0, 0]);
    head.writeUInt32LE(padded.length, 4);
    return Buffer.concat([head, padded]);
  };
  return Buffer.concat([item(Buffer.alloc(0)), ...frames.map(item)]);
}

export const JPEG_BASELINE = '1.2.840.10008.1.2.4.50';

function utf16(text: string): Buffer {
  return Buffer.from(text, 'utf16le');
}

export const PLANTED: readonly PlantedLeak[] = [
  // what the file declares
  { what: 'identity not removed', code: 'DID-001', changes: { '00120062': ['CS', 'NO'] } },
  { what: 'no marker at all', code: 'DID-001', changes: { '00120062': null } },
  { what: 'no method', code: 'DID-001', changes: { '00120063': null, '00120064': null, '00280303': ['CS', 'REMOVED'] } },
  { what: 'method of an unknown code', code: 'DID-002', changes: { '00120064': options('113105', '113107', '113108', '113199') } },
  { what: 'method of another scheme', code: 'DID-002', changes: { '00120064': ['SQ', [code('113100', '99LOCAL', 'Basic'), code('113107', 'DCM', 'Dates'), code('113105', 'DCM', 'Descriptors'), code('113108', 'DCM', 'Patient')]] } },
  { what: 'options without the basic profile', code: 'DID-002', changes: { '00120064': ['SQ', [code('113105', 'DCM', 'Descriptors'), code('113107', 'DCM', 'Dates'), code('113108', 'DCM', 'Patient')]] } },
  { what: 'kept dates in a public release', code: 'DID-002', changes: { '00120064': options('113105', '113106', '113108'), '00280303': ['CS', 'UNMODIFIED'] } },
  { what: 'kept UIDs in a public release', code: 'DID-002', changes: { '00120064': options('113105', '113107', '113108', '113110') } },
  { what: 'kept and modified dates', code: 'DID-002', changes: { '00120064': options('113105', '113106', '113107', '113108') } },
  { what: 'shifted dates without the marker', code: 'DID-003', changes: { '00280303': null } },
  { what: 'marker of kept dates', code: 'DID-003', changes: { '00280303': ['CS', 'UNMODIFIED'] } },
  { what: 'clean pixels without the marker', code: 'DID-003', changes: { '00120064': options('113101', '113105', '113107', '113108'), '00280301': null } },
  { what: 'clean faces without the marker', code: 'DID-003', changes: { '00120064': options('113102', '113105', '113107', '113108') } },
  // the table
  { what: 'name of the institution', code: 'DID-010', changes: { '00080080': ['LO', 'St. Agnes Hospital'] } },
  { what: 'address of the institution', code: 'DID-010', changes: { '00080081': ['ST', '12 Oak Street, Springfield'] } },
  { what: 'telephone number of the patient', code: 'DID-010', changes: { '00102154': ['SH', '555-201-4477'] } },
  { what: 'address of the patient', code: 'DID-010', changes: { '00101040': ['LO', '77 Elm Street'] } },
  { what: 'other patient ids', code: 'DID-010', changes: { '00101000': ['LO', 'MRN0048812'] } },
  { what: 'other patient ids as a sequence', code: 'DID-010', changes: { '00101002': ['SQ', items([element('00100020', 'LO', '0048812'), element('00100022', 'CS', 'TEXT')])] } },
  { what: 'performed procedure step id', code: 'DID-010', changes: { '00400253': ['SH', 'PPS-11827'] } },
  { what: 'station name without 113109', code: 'DID-010', changes: { '00081010': ['SH', 'CTROOM2'] } },
  { what: 'serial number without 113109', code: 'DID-010', changes: { '00181000': ['LO', '000000SN40512'] } },
  { what: 'age without 113108', code: 'DID-010', changes: { '00120064': options('113105', '113107'), '00100040': ['CS', ''] } },
  { what: 'description without 113105', code: 'DID-010', changes: { '00120064': options('113107', '113108') } },
  { what: 'request attributes without 113105', code: 'DID-010', changes: { '00120064': options('113107', '113108'), '00081030': null, '0008103e': null, '00181030': null, '00400275': ['SQ', items([element('00401001', 'SH', 'RP-77123')])] } },
  { what: 'requested procedure id in a sequence that may stay', code: 'DID-010', changes: { '00400275': ['SQ', items([element('00401001', 'SH', 'RP-77123')])] } },
  { what: 'date without 113107', code: 'DID-010', changes: { '00120064': options('113105', '113108'), '00280303': ['CS', 'REMOVED'], '00080020': ['DA', ''], '00080022': null, '00080023': null, '00080030': ['TM', ''] } },
  { what: 'accession number', code: 'DID-011', changes: { '00080050': ['SH', 'A10048812'] } },
  { what: 'study id', code: 'DID-011', changes: { '00200010': ['SH', '48812'] } },
  { what: 'referring physician', code: 'DID-011', changes: { '00080090': ['PN', 'Okonkwo^Adaeze'] } },
  { what: 'sex without 113108', code: 'DID-011', changes: { '00120064': options('113105', '113107'), '00101010': null } },
  { what: 'protocol id of a trial', code: 'DID-012', changes: { '00120020': ['LO', 'NCT-LOCAL-9'] } },
  { what: 'verifying organization', code: 'DID-012', changes: { '0040a027': ['LO', 'Radiology North'] } },
  { what: 'study UID of a vendor', code: 'DID-013', changes: { '0020000d': ['UI', OLD_UID] } },
  { what: 'reference with the UID of a vendor', code: 'DID-013', changes: { '00081140': ['SQ', items([element('00081150', 'UI', '1.2.840.10008.5.1.4.1.1.2'), element('00081155', 'UI', OLD_UID)])] } },
  { what: 'UID outside the roots of the policy', code: 'DID-013', policy: { uid_roots: ['1.2.826.0.1.3680043.10.474'] }, changes: { '0020000e': ['UI', '1.2.3.4.5.6'] } },
  { what: 'UID with a date', code: 'DID-014', changes: { '0020000d': ['UI', '1.2.826.0.1.3680043.10.474.20210314101559.2'] } },
  { what: 'UID with a time in seconds', code: 'DID-014', changes: { '0020000e': ['UI', '1.2.276.0.7230010.3.1.4.8323329.1234.1583941122.7'] } },
  { what: 'UID with the serial number', code: 'DID-014', changes: { '00120064': withDevice, '00181000': ['LO', '40512'], '00080018': ['UI', '1.2.826.0.1.3680043.9.7.40512.1'] } },
  // names
  { what: 'name of the patient', code: 'DID-020', changes: { '00100010': ['PN', 'Bellweather^Ann'] } },
  { what: 'PatientID against the pattern', code: 'DID-020', policy: { patient_id_pattern: 'SITE-[0-9]{6}' }, changes: { '00100020': ['LO', 'MRN0048812'] } },
  { what: 'PatientID that is a record number', code: 'DID-020', changes: { '00100020': ['LO', '00488127'], '00100010': ['PN', ''] } },
  { what: 'ideographic group', code: 'DID-021', changes: { '00100010': ['PN', 'SITE-000123=山田^太郎'] } },
  { what: 'phonetic group alone', code: 'DID-021', changes: { '00100010': ['PN', '==やまだ^たろう'] } },
  { what: 'second value of a name', code: 'DID-022', changes: { '00081070': ['PN', 'Anonymous\\Novak^Petra'] } },
  { what: 'performing physician', code: 'DID-022', changes: { '00081050': ['PN', 'Novak^Petra'] } },
  { what: 'name at depth', code: 'DID-022', changes: { '00081111': ['SQ', items([element('00081155', 'UI', '2.25.7'), element('00081199', 'SQ', items([element('0040a123', 'PN', 'Novak^Petra')]))])] } },
  { what: 'name in an unlisted sequence', code: 'DID-022', changes: { '00189445': ['SQ', items([element('00142006', 'PN', 'Novak^Petra')])] } },
  // private elements
  { what: 'private block without 113111', code: 'DID-030', changes: { '00430010': ['LO', CREATOR], '00431010': ['US', [1]] } },
  { what: 'private element that is not known', code: 'DID-030', changes: { '00120064': withSafe, '00990010': ['LO', 'ACME 1.0'], '00991001': ['LO', 'x'] } },
  { what: 'private element known to leak', code: 'DID-030', changes: { '00120064': withSafe, '00290010': ['LO', 'SIEMENS CSA HEADER'], '00291020': ['OB', Buffer.from('SV10 tPatientName Bellweather')] } },
  { what: 'private UID that was not changed', code: 'DID-030', changes: { '00120064': withSafe, '00090010': ['LO', 'GEMS_IDEN_01'], '000910e3': ['UI', OLD_UID] } },
  { what: 'private date that was not shifted', code: 'DID-030', changes: { '00120064': withSafe, '00090010': ['LO', 'GEMS_PETD_01'], '0009100d': ['DT', '20210314101500.00'] } },
  { what: 'name in a private text', code: 'DID-031', policy: { private_elements: [{ creator: 'ACME 1.0', element: '0099,01' }] }, changes: { '00120064': withSafe, '00990010': ['LO', 'ACME 1.0'], '00991001': ['LO', 'Dr. Petra Novak'] } },
  { what: 'name in private bytes', code: 'DID-031', policy: { private_elements: [{ creator: 'ACME 1.0', element: '0099,01' }] }, changes: { '00120064': withSafe, '00990010': ['LO', 'ACME 1.0'], '00991001': ['OB', Buffer.concat([Buffer.from([1, 2, 3, 255]), Buffer.from('Patient: SMITH^JOHN'), Buffer.from([0, 9])])] } },
  { what: 'name in private UTF-16', code: 'DID-031', policy: { private_elements: [{ creator: 'ACME 1.0', element: '0099,01' }] }, changes: { '00120064': withSafe, '00990010': ['LO', 'ACME 1.0'], '00991001': ['UN', utf16('Patient: SMITH^JOHN')] } },
  { what: 'private element without creator', code: 'DID-032', changes: { '00120064': withSafe, '00991001': ['LO', 'x'] } },
  { what: 'creator twice', code: 'DID-032', changes: { '00120064': withSafe, '00430010': ['LO', CREATOR], '00430011': ['LO', CREATOR] } },
  { what: 'group that may not be private', code: 'DID-032', changes: { '00120064': withSafe, '00070010': ['LO', 'X'] } },
  { what: 'own block with more than a code', code: 'DID-033', changes: { '00130010': ['LO', 'CTP'], '00131012': ['LO', 'collected, at, the, site (see notes) "A" & others'] } },
  // texts
  { what: 'name in a description', code: 'DID-040', changes: { '00081030': ['LO', 'CT CHEST SMITH^JOHN'] } },
  { what: 'name in an unlisted text', code: 'DID-040', changes: { '00204000': ['LT', 'Discussed with Dr. Petra Novak'] } },
  { what: 'name in a code meaning', code: 'DID-040', changes: { '00321064': ['SQ', items(code('X1', '99LOCAL', 'CT for Dr. John Smith'))] } },
  { what: 'name in a coded value of the wrong form', code: 'DID-040', changes: { '00180015': ['CS', 'SMITH^JOHN'] } },
  { what: 'record number in a description', code: 'DID-041', changes: { '0008103e': ['LO', 'LUNG MRN 0048812'] } },
  { what: 'telephone number in a comment', code: 'DID-042', changes: { '00204000': ['LT', 'call (312) 555-0142'] } },
  { what: 'date in a description', code: 'DID-043', changes: { '00081030': ['LO', 'CT CHEST 03/14/2021'] } },
  { what: 'institution of the policy in a description', code: 'DID-044', policy: { institutions: ['Lakeshore General'] }, changes: { '00081030': ['LO', 'CT CHEST LAKESHORE GENERAL'] } },
  { what: 'age in a description', code: 'DID-045', changes: { '00081030': ['LO', 'CT CHEST 94 Y/O'] } },
  { what: 'network path in a comment', code: 'DID-046', changes: { '00204000': ['LT', '\\\\radsrv01\\export\\jsmith'] } },
  // ages and dates
  { what: 'age of 90', code: 'DID-050', changes: { '00101010': ['AS', '090Y'] } },
  { what: 'age in months', code: 'DID-050', changes: { '00101010': ['AS', '1092M'] } },
  { what: 'birth date', code: 'DID-051', changes: { '00100030': ['DA', '19560704'] } },
  { what: 'birth date in a sequence', code: 'DID-051', changes: { '00400275': ['SQ', items([element('00100030', 'DA', '19560704')])] } },
  { what: 'acquisition date that was forgotten', code: 'DID-060', changes: { '00080022': ['DA', '20210314'] } },
  { what: 'nested date that was forgotten', code: 'DID-060', changes: { '00400275': ['SQ', items([element('00400002', 'DA', '20210314')])] } },
  { what: 'date outside the window', code: 'DID-062', policy: { date_window: { from: '19600101', to: '19701231' } } },
  { what: 'time zone without 113107', code: 'DID-064', changes: { '00120064': options('113105', '113108'), '00280303': ['CS', 'REMOVED'], '00080020': ['DA', ''], '00080021': null, '00080022': null, '00080023': ['DA', ''], '00080030': ['TM', ''], '00080201': ['SH', '-0600'] } },
  { what: 'calibration after the examination', code: 'DID-064', changes: { '00120064': withDevice, '00181200': ['DA', '20210301'] } },
  // pixels and what lies beside them
  { what: 'burned-in text', code: 'DID-070', changes: { '00280301': ['CS', 'YES'] } },
  { what: 'overlay', code: 'DID-080', changes: { '60000010': ['US', [2]], '60000011': ['US', [2]], '60003000': ['OW', Buffer.from([7, 0])] } },
  { what: 'overlay in a later group', code: 'DID-080', changes: { '601e3000': ['OW', Buffer.from([7, 0])] } },
  { what: 'overlay in the bits of the pixels', code: 'DID-080', changes: { '60000100': ['US', [16]], '60000102': ['US', [15]] } },
  { what: 'curve', code: 'DID-080', changes: { '50003000': ['OW', Buffer.from([1, 2])] } },
  { what: 'graphic annotation', code: 'DID-080', changes: { '00700001': ['SQ', items([element('00700002', 'CS', 'TEXT')])] } },
  { what: 'name in a cleaned annotation', code: 'DID-040', changes: { '00120064': withGraphics, '00700001': ['SQ', items([element('00700008', 'SQ', items([element('00700006', 'ST', 'SMITH^JOHN')]))])] } },
  { what: 'icon', code: 'DID-081', changes: { '00880200': ['SQ', items([element('00280010', 'US', [8])])] } },
  { what: 'document', code: 'DID-082', changes: { '00420011': ['OB', Buffer.from('%PDF-1.4 (Patient: SMITH^JOHN) Tj')], '00420012': ['LO', 'application/pdf'] } },
  { what: 'content of a report', code: 'DID-083', changes: { '0040a730': ['SQ', items([element('0040a040', 'CS', 'TEXT'), element('0040a160', 'UT', 'No nodule.')])] } },
  { what: 'name in a cleaned report', code: 'DID-022', changes: { '00120064': withContent, '0040a730': ['SQ', items([element('0040a040', 'CS', 'PNAME'), element('0040a123', 'PN', 'Novak^Petra')])] } },
  { what: 'sentence in a cleaned report', code: 'DID-040', changes: { '00120064': withContent, '0040a730': ['SQ', items([element('0040a160', 'UT', 'Findings were discussed with Dr. Petra Novak.')])] } },
  { what: 'UID reference in a cleaned report', code: 'DID-013', changes: { '00120064': withContent, '0040a730': ['SQ', items([element('0040a124', 'UI', OLD_UID)])] } },
  { what: 'date in a report with removed dates', code: 'DID-083', changes: { '00120064': options('113104', '113105', '113108'), '00280303': ['CS', 'REMOVED'], '00080020': ['DA', ''], '00080021': null, '00080022': null, '00080023': ['DA', ''], '00080030': ['TM', ''], '0040a730': ['SQ', items([element('0040a121', 'DA', '20210314')])] } },
  { what: 'original attributes', code: 'DID-084', changes: { '04000561': ['SQ', items([element('04000550', 'SQ', items([element('00100010', 'PN', 'Bellweather^Ann')]))])] } },
  { what: 'referenced patient', code: 'DID-084', changes: { '00081120': ['SQ', items([element('00081155', 'UI', '2.25.9')])] } },
  { what: 'digital signature', code: 'DID-084', changes: { 'fffafffa': ['SQ', items([element('04000005', 'US', [1])])] } },
  { what: 'photograph of the patient', code: 'DID-085', changes: { '00101100': ['SQ', items([element('00081155', 'UI', '2.25.9')])] } },
  { what: 'position of the camera', code: 'DID-085', changes: { '00160072': ['DS', '41.8\\52\\12'] } },
  { what: 'sound', code: 'DID-085', changes: { '00080016': ['UI', '1.2.840.10008.5.1.4.1.1.9.4.1'], '00080060': ['CS', 'AU'] } },
  { what: 'program in the preamble', code: 'DID-090', file: { preamble: Buffer.concat([Buffer.from('MZ'), Buffer.alloc(126)]) } },
  { what: 'text in the preamble', code: 'DID-090', file: { preamble: Buffer.from('Bellweather Ann 1956-07-04'.padEnd(128)) } },
  { what: 'TIFF header that leads nowhere', code: 'DID-090', file: { preamble: Buffer.concat([Buffer.from([0x49, 0x49, 42, 0, 0xff, 0xff, 0xff, 0x7f]), Buffer.alloc(120)]) } },
  { what: 'bytes behind the data set', code: 'DID-091', appended: 'Bellweather Ann' },
  { what: 'trailing padding', code: 'DID-091', changes: { 'fffcfffc': ['OB', Buffer.from('Bellweather')] } },
  { what: 'title of an archive in the file meta information', code: 'DID-093', file: { meta: [element('00020010', 'UI', '1.2.840.10008.1.2.1'), element('00020016', 'AE', 'LAKESHORE_PACS')] } },
  { what: 'private information in the file meta information', code: 'DID-093', file: { meta: [element('00020010', 'UI', '1.2.840.10008.1.2.1'), element('00020100', 'UI', '1.2.3'), element('00020102', 'OB', Buffer.from('x1'))] } },
  { what: 'title in the name of the program that wrote the file', code: 'DID-093', file: { meta: [element('00020010', 'UI', '1.2.840.10008.1.2.1'), element('00020013', 'SH', 'NOVAK^PETRA')] } },
  { what: 'unknown element of the file meta information', code: 'DID-093', file: { meta: [element('00020010', 'UI', '1.2.840.10008.1.2.1'), element('00020150', 'LO', 'Bellweather^Ann')] } },
  // values that look like none
  { what: 'number zero that the table removes', code: 'DID-010', changes: { '00120064': options('113105', '113107'), '00100040': ['CS', ''], '00101010': null, '001021c0': ['US', [0]] } },
  { what: 'padding of zeros at the end', code: 'DID-091', changes: { 'fffcfffc': ['OB', Buffer.alloc(20)] } },
  { what: 'overlay of zeros', code: 'DID-080', changes: { '60003000': ['OW', Buffer.alloc(32)] } },
  { what: 'private number zero', code: 'DID-030', changes: { '00190010': ['LO', 'ACME 1.0'], '00191001': ['US', [0]] } },
  { what: 'encrypted attributes', code: 'DID-084', changes: { '04000500': ['SQ', items([element('04000520', 'OB', Buffer.from('abcd'))])] } },
  { what: 'document in an item', code: 'DID-082', changes: { '00081140': ['SQ', items([element('00420011', 'OB', Buffer.from('<name>Novak</name>'))])] } },
  // bytes and names of makers
  { what: 'name in bytes of an element nobody knows', code: 'DID-040', changes: { '00189ffc': ['OB', Buffer.from('\u0001\u0002SMITH^JOHN\0')] } },
  { what: 'name in UTF-16 in words of an element nobody knows', code: 'DID-040', changes: { '00189ffc': ['OW', utf16('SMITH^JOHN')] } },
  { what: 'telephone number beside the manufacturer', code: 'DID-042', changes: { '00080070': ['LO', 'ACME tel 312-555-0188'] } },
  { what: 'hospital in the model', code: 'DID-044', changes: { '00081090': ['LO', 'Scanner of St. Agnes Hospital'] } },
  { what: 'record number in the kernel', code: 'DID-041', changes: { '00181210': ['SH', 'B31 MRN0048812'] } },
  { what: 'name in a code string', code: 'DID-040', changes: { '00180022': ['CS', 'SMITH_JOHN'] } },
  { what: 'UTF-8 under another character set', code: 'DID-047', changes: { '00080005': ['CS', 'ISO_IR 100'], '00204000': ['LT', Buffer.from('Aufnahme für später')] } },
  { what: 'name in UTF-8 under another character set', code: 'DID-040', changes: { '00080005': ['CS', 'ISO_IR 100'], '00204000': ['LT', Buffer.from('Müller, Jörg')] } },
  { what: 'text in a colour profile that is none', code: 'DID-092', changes: { '00282000': ['OB', Buffer.from('Patient: SMITH^JOHN')] } },
  // reports
  { what: 'birth date of the subject of a report', code: 'DID-051', changes: { '00120064': withContent, '0040a730': ['SQ', items([element('0040a040', 'CS', 'DATE'), element('0040a043', 'SQ', items(code('121031', 'DCM', 'Subject Birth Date'))), element('0040a121', 'DA', '20031117')])] } },
  { what: 'age of the subject of a report', code: 'DID-050', changes: { '00120064': withContent, '0040a730': ['SQ', items([element('0040a040', 'CS', 'NUM'), element('0040a043', 'SQ', items(code('121033', 'DCM', 'Subject Age'))), element('0040a300', 'SQ', items([element('0040a30a', 'DS', '1092'), element('004008ea', 'SQ', items(code('mo', 'UCUM', 'month')))]))])] } },
];
