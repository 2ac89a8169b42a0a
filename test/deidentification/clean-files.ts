import type { GateConfig } from '../../src/model/config.js';
import type { DicomFile, ElementValue } from '../support/dicom-writer.js';
import { code, element, options, type Changes } from './released-file.js';

/** A file that identifies nobody, though something in it looks as if. */
export interface CleanFile {
  what: string;
  changes?: Changes;
  file?: Partial<DicomFile>;
  policy?: GateConfig;
}

const UUID = '2.25.329800735698586629295641978511506172918';
const withSafe = options('113105', '113107', '113108', '113111');
const withContent = options('113104', '113105', '113107', '113108');
const withDevice = options('113105', '113107', '113108', '113109');
const withGraphics = options('113103', '113105', '113107', '113108');
const items = (...list: ReturnType<typeof element>[][]): ElementValue => list;
const study = (text: string): Changes => ({ '00081030': ['LO', text] });
const series = (text: string): Changes => ({ '0008103e': ['LO', text] });
const noDates: Changes = { '00120064': options('113105', '113108'), '00280303': ['CS', 'REMOVED'], '00080020': ['DA', ''], '00080021': null, '00080022': null, '00080023': ['DA', ''], '00080030': ['TM', ''] };

export const CLEAN: readonly CleanFile[] = [
  { what: 'the usual slice' },
  // descriptions
  { what: 'catheter of two names', changes: study('CT SWAN-GANZ PLACEMENT') },
  { what: 'eponym of a disease', changes: study('MR ENTEROGRAPHY CROHN DISEASE') },
  { what: 'eponym of a projection', changes: study('XR SINUS WATERS VIEW') },
  { what: 'digital radiography', changes: study('DR CHEST 2 VIEWS') },
  { what: 'sunrise view', changes: study('XR KNEE SUNRISE VIEW') },
  { what: 'port placement', changes: study('PORT PLACEMENT CHEST') },
  { what: 'wire of a surgeon', changes: study('XR WRIST KIRSCHNER WIRE') },
  { what: 'method with the version of a script', changes: { '00120063': ['LO', 'CTP: COVID: 20200626-02: user admin: 2.7.1'] } },
  { what: 'lung screening', changes: study('CT LUNG SCREENING LOW DOSE') },
  { what: 'circle of Willis', changes: study('CTA HEAD CIRCLE OF WILLIS') },
  { what: 'Foley catheter', changes: series('AP PELVIS FOLEY') },
  { what: 'counts of slices', changes: series('AX T2 12/24 SLICES') },
  { what: 'spacing', changes: series('THIN 1.0x1.2 500 600 1200') },
  { what: 'kernel', changes: series('B70f LUNG 0.625 iDose (3)') },
  { what: 'protocol with a year', changes: { '00181030': ['LO', '6.1 COVID CHEST 2020'] } },
  { what: 'Dixon technique', changes: series('AX T1 DIXON WATER') },
  { what: 'Stanford classification', changes: study('CTA AORTA STANFORD TYPE B') },
  { what: 'portable examination', changes: study('XR PORTABLE CHEST 1 VIEW') },
  { what: 'contrast agent under 113105', changes: { '00180010': ['LO', 'OMNIPAQUE 350'] } },
  { what: 'manufacturer with a title', changes: { '00080070': ['LO', 'Carl Zeiss Meditec'], '00081090': ['LO', 'CIRRUS HD-OCT 5000'] } },
  { what: 'software with a date', changes: { '00181020': ['LO', '20190312.1\\V2.1.1'] } },
  // patient
  { what: 'age of 89', changes: { '00101010': ['AS', '089Y'] } },
  { what: 'age in months', changes: { '00101010': ['AS', '018M'] } },
  { what: 'no name', changes: { '00100010': ['PN', ''] } },
  { what: 'dummy name', changes: { '00100010': ['PN', 'Anonymous'] } },
  { what: 'dummy name of two parts', changes: { '00100010': ['PN', 'ANON^PATIENT'] } },
  { what: 'dummy physicians', changes: { '00080090': ['PN', 'REMOVED'], '00081050': ['PN', 'Anonymous'] } },
  { what: 'pseudonym of another form', changes: { '00100020': ['LO', 'COVID-19-AR-16406488'], '00100010': ['PN', 'COVID-19-AR-16406488'] } },
  { what: 'pseudonym of the pattern', policy: { patient_id_pattern: 'SITE-[0-9]{6}' } },
  { what: 'characteristics under 113108', changes: { '00101020': ['DS', '1.72'], '00101030': ['DS', '81'], '00102160': ['SH', 'Asian'], '001021a0': ['CS', 'NO'] } },
  { what: 'sex that is a dummy', changes: { '00120064': options('113105', '113107'), '00101010': null, '00100040': ['CS', 'O'] } },
  { what: 'trial subject that is the pseudonym', changes: { '00120040': ['LO', 'SITE-000123'] } },
  // dates
  { what: 'dates removed', changes: noDates },
  { what: 'dummy dates', changes: { ...noDates, '00080020': ['DA', '19000101'], '00080030': ['TM', '000000'], '00080023': ['DA', '19000101'] } },
  { what: 'an examination past midnight', changes: { '00080023': ['DA', '20031119'], '0008002a': ['DT', '20031118001500.000000'] } },
  { what: 'dates of contrast and edition', changes: { '00080110': null, '00181078': ['DT', '20031112'], '00321064': ['SQ', items([...code('1', 'DCM', 'CT'), element('00080106', 'DT', '20020904')])] } },
  { what: 'dates in the window', policy: { date_window: { from: '20000101', to: '20091231' } } },
  { what: 'device under 113109', changes: { '00120064': withDevice, '00181000': ['LO', '0000000405128'], '00081010': ['SH', 'CT01'], '00181200': ['DA', '20031001'], '00181002': ['UI', '1.2.840.113619.6.80.114374075399123'] } },
  { what: 'time zone with shifted dates', changes: { '00080201': ['SH', '-0600'] } },
  // UIDs
  { what: 'UIDs made of UUIDs', changes: { '0020000d': ['UI', UUID], '0020000e': ['UI', `${UUID}1`.slice(0, 44)], '00080018': ['UI', '2.25.1'] } },
  { what: 'hashed UIDs', changes: { '0020000d': ['UI', '1.3.6.1.4.1.14519.5.2.1.9999.103.1974125041208912349087123'] } },
  { what: 'UIDs of the policy', policy: { uid_roots: ['1.2.826.0.1.3680043.10.474'] } },
  { what: 'reference with a new UID', changes: { '00081140': ['SQ', items([element('00081150', 'UI', '1.2.840.10008.5.1.4.1.1.2'), element('00081155', 'UI', '2.25.12')])] } },
  { what: 'private class of a vendor', changes: { '0008001a': ['UI', '1.2.840.113619.4.26'] } },
  // private elements
  { what: 'safe private element', changes: { '00120064': withSafe, '00190010': ['LO', 'GEMS_ACQU_01'], '00191023': ['DS', '39.375'] } },
  { what: 'private element of the policy', policy: { private_elements: [{ creator: 'ACME 1.0', element: '0099,01' }] }, changes: { '00120064': withSafe, '00990010': ['LO', 'ACME 1.0'], '00991001': ['LO', 'MODE 3'] } },
  { what: 'block of CTP', changes: { '00130010': ['LO', 'CTP'], '00131010': ['LO', 'COVID-19-AR'], '00131011': ['LO', 'RICORD-1A'], '00131012': ['LO', 'SITE 3'], '00131013': ['LO', '16406488'] } },
  { what: 'block of the RSNA anonymizer', changes: { '00130010': ['LO', 'RSNA'], '00131001': ['LO', 'MIDRC'], '00131003': ['LO', 'S07'] } },
  { what: 'private UID that was changed', changes: { '00120064': withSafe, '00090010': ['LO', 'GEMS_IDEN_01'], '000910e3': ['UI', '2.25.77'] } },
  { what: 'private date that was shifted', changes: { '00120064': withSafe, '00090010': ['LO', 'GEMS_PETD_01'], '0009100d': ['DT', '20031117101500.00'] } },
  // structured content and graphics
  { what: 'report with clean texts', changes: { '00120064': withContent, '0040a730': ['SQ', items([element('0040a040', 'CS', 'TEXT'), element('0040a043', 'SQ', [code('121071', 'DCM', 'Finding')]), element('0040a160', 'UT', 'Patchy ground glass opacities in both lower lobes, no effusion. Hodgkin lymphoma in remission.')], [element('0040a040', 'CS', 'UIDREF'), element('0040a124', 'UI', '2.25.31')])] } },
  { what: 'person in a report that is a dummy', changes: { '00120064': withContent, '0040a730': ['SQ', items([element('0040a040', 'CS', 'PNAME'), element('0040a123', 'PN', 'Anonymous^Observer')])] } },
  { what: 'cleaned graphics', changes: { '00120064': withGraphics, '60000022': ['LO', 'LEFT MARKER'], '60003000': ['OW', Buffer.from([7, 0])] } },
  { what: 'codes with long numbers', changes: { '00082218': ['SQ', [code('51185008', 'SCT', 'Chest')]], '00540220': ['SQ', [code('399348003', 'SCT', 'antero-posterior')]] } },
  { what: 'empty acquisition context', changes: { '00400555': ['SQ', ''] } },
  { what: 'empty attributes of the table', changes: { '00080080': ['LO', ''], '00102154': ['SH', ''], '00081120': ['SQ', ''] } },
  { what: 'dummies in attributes of the table', changes: { '00080080': ['LO', 'REMOVED'], '00181000': ['LO', 'ANONYMIZED'] } },
  // beside the data set
  { what: 'TIFF in the preamble', file: { preamble: Buffer.concat([Buffer.from([0x49, 0x49, 42, 0, 8, 0, 0, 0, 1, 0]), Buffer.alloc(118)]) } },
  { what: 'no preamble', file: { preamble: null } },
  { what: 'implicit encoding', file: { transferSyntax: '1.2.840.10008.1.2' } },
  { what: 'deflated', file: { transferSyntax: '1.2.840.10008.1.2.1.99' } },
  { what: 'kept dates in a controlled release', policy: { profile: 'controlled' }, changes: { '00120064': options('113105', '113106', '113108'), '00280303': ['CS', 'UNMODIFIED'] } },
];
