import type { DicomElement } from '../dicom-writer.js';
import type { Patient, StudyPlan } from './cohort.js';
import type { Picture, PictureKind } from './picture.js';
import { SeededDraw } from './seeded-draw.js';

/** What one instance is written from. */
export interface InstancePlan {
  patient: Patient;
  study: StudyPlan;
  kind: PictureKind;
  picture: Picture;
  studyUid: string;
  seriesUid: string;
  instanceUid: string;
  frameOfReferenceUid: string;
  seriesNumber: number;
  /** From 1, in the order of the slices from the feet upwards. */
  instanceNumber: number;
  transferSyntax: string;
  /** 8: the picture's twelve bits were cut to eight. */
  bitsAllocated: 8 | 16;
  /** Stored values are turned round: brighter is less dense (MONOCHROME1). */
  inverted: boolean;
}

const SLICE_SPACING_MM = 5;

const SOP_CLASS = { CR: '1.2.840.10008.5.1.4.1.1.1', DX: '1.2.840.10008.5.1.4.1.1.1.1', CT: '1.2.840.10008.5.1.4.1.1.2' } as const;

/** Code meanings of the options that the sample follows (PS3.16 CID 7050). */
const DEIDENTIFICATION = [
  ['113100', 'Basic Application Confidentiality Profile'],
  ['113105', 'Clean Descriptors Option'],
  ['113107', 'Retain Longitudinal Temporal Information Modified Dates Option'],
  ['113108', 'Retain Patient Characteristics Option'],
] as const;

/** Descriptions as they occur in the harmonisation table, so that each has a LOINC code. */
export const STUDY_DESCRIPTION: Record<string, string> = {
  'CR pa': 'X-RAY CHEST SINGLE VIEW',
  'CR ap': 'XR PORTABLE CHEST 1 VIEW',
  'DX pa': 'DX CHEST 1 VIEW',
  'DX ap': 'DX CHEST PORTABLE 1 VIEW',
  CT: 'CT CHEST WO CONTRAST',
};

/** Key into the tables of study descriptions and LOINC codes. */
export function examinationOf(study: StudyPlan): string {
  return study.modality === 'CT' ? 'CT' : `${study.modality} ${study.kinds[0]}`;
}

/** Device and technique as the source image states them. */
const DEVICE: Record<PictureKind, { manufacturer: string; model: string; kvp: string }> = {
  pa: { manufacturer: 'Philips Medical Systems', model: 'Cassette Holder Type 9840', kvp: '150' },
  ap: { manufacturer: 'GE MEDICAL SYSTEMS', model: 'HiSpeed', kvp: '120' },
  'mid-chest': { manufacturer: 'GE MEDICAL SYSTEMS', model: 'RHAPSODE', kvp: '120' },
  inlet: { manufacturer: 'GE MEDICAL SYSTEMS', model: 'HiSpeed CT/i', kvp: '120' },
  localizer: { manufacturer: 'GE MEDICAL SYSTEMS', model: 'HiSpeed', kvp: '120' },
};

const SERIES_DESCRIPTION: Record<PictureKind, string> = { pa: 'CHEST PA', ap: 'CHEST AP', 'mid-chest': 'HELICAL CHEST', inlet: 'HELICAL CHEST', localizer: 'SCOUT' };

/** All elements of the instance but the pixels, in the order of their tags. */
export function describeInstance(plan: InstancePlan): DicomElement[] {
  const elements = [
    ...commonElements(plan),
    ...pixelElements(plan),
    ...(plan.study.modality === 'CT' ? tomographyElements(plan) : radiographElements(plan)),
    ...(plan.study.modality === 'DX' ? digitalElements(plan) : []),
  ];
  return elements.toSorted((a, b) => (a.tag < b.tag ? -1 : 1));
}

function commonElements(plan: InstancePlan): DicomElement[] {
  const { patient, study, kind } = plan;
  const date = dicomDate(patient.indexDay + study.dayFromIndex);
  const draw = new SeededDraw(`${plan.studyUid}|time`);
  const time = [draw.integer(7, 19), draw.integer(0, 59), draw.integer(0, 59)].map((part) => String(part).padStart(2, '0')).join('');
  return [
    text('00080005', 'CS', 'ISO_IR 100'),
    text('00080008', 'CS', imageType(plan)),
    text('00080016', 'UI', SOP_CLASS[study.modality]),
    text('00080018', 'UI', plan.instanceUid),
    ...['00080020', '00080021', '00080022', '00080023'].map((tag) => text(tag, 'DA', date)),
    ...['00080030', '00080031', '00080032', '00080033'].map((tag) => text(tag, 'TM', time)),
    text('00080050', 'SH', ''),
    text('00080060', 'CS', study.modality),
    text('00080070', 'LO', DEVICE[kind].manufacturer),
    text('00080090', 'PN', ''),
    text('00081030', 'LO', STUDY_DESCRIPTION[examinationOf(study)]!),
    text('0008103e', 'LO', SERIES_DESCRIPTION[kind]),
    text('00081090', 'LO', DEVICE[kind].model),
    text('00082111', 'ST', 'Resampled and deformed for a software demonstration; the patient is invented.'),
    ...patientElements(patient),
    text('00180015', 'CS', 'CHEST'),
    text('00180060', 'DS', DEVICE[kind].kvp),
    text('0020000d', 'UI', plan.studyUid),
    text('0020000e', 'UI', plan.seriesUid),
    text('00200010', 'SH', ''),
    text('00200011', 'IS', String(plan.seriesNumber)),
    text('00200012', 'IS', '1'),
    text('00200013', 'IS', String(plan.instanceNumber)),
  ];
}

function patientElements(patient: Patient): DicomElement[] {
  const codes = DEIDENTIFICATION.map(([code, meaning]) => coded(code, 'DCM', meaning));
  const age = patient.age > 89 ? [] : [text('00101010', 'AS', `${String(patient.age).padStart(3, '0')}Y`)];
  return [
    text('00100010', 'PN', ''),
    text('00100020', 'LO', patient.caseId),
    text('00100030', 'DA', ''),
    text('00100040', 'CS', { Female: 'F', Male: 'M', 'Not Reported': '' }[patient.sex]),
    ...age,
    text('00120062', 'CS', 'YES'),
    text('00120063', 'LO', 'Invented patient, no source header kept'),
    { tag: '00120064', vr: 'SQ', value: codes },
    text('00280301', 'CS', 'NO'),
    text('00280303', 'CS', 'MODIFIED'),
  ];
}

function pixelElements({ picture, bitsAllocated, inverted }: InstancePlan): DicomElement[] {
  const bitsStored = bitsAllocated === 8 ? 8 : 12;
  return [
    numeric('00280002', 1),
    text('00280004', 'CS', inverted ? 'MONOCHROME1' : 'MONOCHROME2'),
    numeric('00280010', picture.frame.rows),
    numeric('00280011', picture.frame.columns),
    numeric('00280100', bitsAllocated),
    numeric('00280101', bitsStored),
    numeric('00280102', bitsStored - 1),
    numeric('00280103', 0),
  ];
}

function radiographElements(plan: InstancePlan): DicomElement[] {
  const { kind, picture, bitsAllocated } = plan;
  // The source of the PA views was compressed with loss, and what is derived from it stays marked (PS3.3 C.7.6.1.1.5).
  const lossy = kind === 'pa' ? [text('00282112', 'DS', '10'), text('00282114', 'CS', 'ISO_15444_1')] : [];
  const levels = bitsAllocated === 8 ? 256 : 4096;
  const spacing = decimal(picture.spacingMm);
  return [
    text('00185101', 'CS', kind === 'pa' ? 'PA' : 'AP'),
    text('00181164', 'DS', `${spacing}\\${spacing}`),
    text('00200020', 'CS', picture.mirrored ? 'R\\F' : 'L\\F'),
    text('00281050', 'DS', String(levels / 2)),
    text('00281051', 'DS', String(levels)),
    text('00282110', 'CS', kind === 'pa' ? '01' : '00'),
    ...lossy,
  ];
}

/** What DX (For Presentation) asks beyond CR: the DX series, detector, anatomy, image and acquisition context modules. */
function digitalElements({ kind, inverted }: InstancePlan): DicomElement[] {
  const view = kind === 'pa' ? coded('272479007', 'SCT', 'postero-anterior') : coded('399348003', 'SCT', 'antero-posterior');
  return [
    text('00080068', 'CS', 'FOR PRESENTATION'),
    { tag: '00082218', vr: 'SQ', value: [coded('51185008', 'SCT', 'Chest')] },
    text('00181508', 'CS', ''),
    text('00187004', 'CS', 'STORAGE'),
    text('00200062', 'CS', 'U'),
    text('00281040', 'CS', 'LOG'),
    { tag: '00281041', vr: 'SS', value: [inverted ? 1 : -1] },
    text('00281052', 'DS', '0'),
    text('00281053', 'DS', '1'),
    text('00281054', 'LO', 'US'),
    text('20500020', 'CS', inverted ? 'INVERSE' : 'IDENTITY'),
    text('00400555', 'SQ', ''),
    { tag: '00540220', vr: 'SQ', value: [view] },
  ];
}

function tomographyElements(plan: InstancePlan): DicomElement[] {
  const { kind, picture, instanceNumber } = plan;
  const spacing = decimal(picture.spacingMm);
  const isLocalizer = kind === 'localizer';
  const kernel = isLocalizer ? [] : [text('00181210', 'SH', 'STANDARD'), text('00180088', 'DS', String(SLICE_SPACING_MM))];
  return [
    text('00180022', 'CS', isLocalizer ? 'SCOUT MODE' : 'HELICAL MODE'),
    text('00180050', 'DS', String(isLocalizer ? 1 : SLICE_SPACING_MM)),
    ...kernel,
    text('00185100', 'CS', 'HFS'),
    text('00200032', 'DS', imagePosition(picture, isLocalizer, (instanceNumber - 1) * SLICE_SPACING_MM)),
    text('00200037', 'DS', [picture.mirrored ? -1 : 1, 0, 0, ...(isLocalizer ? [0, 0, -1] : [0, 1, 0])].join('\\')),
    text('00200052', 'UI', plan.frameOfReferenceUid),
    text('00201040', 'LO', ''),
    text('00280030', 'DS', `${spacing}\\${spacing}`),
    text('00281050', 'DS', isLocalizer ? '100' : '-600'),
    text('00281051', 'DS', isLocalizer ? '600' : '1500'),
    text('00281052', 'DS', '-1024'),
    text('00281053', 'DS', '1'),
    ...(isLocalizer ? [] : [text('00281054', 'LO', 'HU')]),
    text('00282110', 'CS', '00'),
  ];
}

/** The first pixel's centre, with the middle of the picture at the origin of the table plane. */
function imagePosition({ frame, spacingMm, mirrored }: Picture, isLocalizer: boolean, height: number): string {
  const across = ((frame.columns - 1) / 2) * spacingMm * (mirrored ? 1 : -1);
  const down = ((frame.rows - 1) / 2) * spacingMm;
  const position = isLocalizer ? [across, 0, down] : [across, -down, height];
  return position.map(decimal).join('\\');
}

function imageType({ study, kind }: InstancePlan): string {
  if (study.modality !== 'CT') return 'DERIVED\\PRIMARY';
  return `DERIVED\\PRIMARY\\${kind === 'localizer' ? 'LOCALIZER' : 'AXIAL'}`;
}

function text(tag: string, vr: string, value: string): DicomElement {
  return { tag, vr, value };
}

function coded(value: string, scheme: string, meaning: string): DicomElement[] {
  return [text('00080100', 'SH', value), text('00080102', 'SH', scheme), text('00080104', 'LO', meaning)];
}

function numeric(tag: string, value: number): DicomElement {
  return { tag, vr: 'US', value: [value] };
}

/** A decimal string of at most 16 characters (VR DS), to a thousandth of a millimetre. */
function decimal(value: number): string {
  return String(Math.round(value * 1000) / 1000);
}

/** YYYYMMDD of a day counted from 1970-01-01. */
export function dicomDate(day: number): string {
  return new Date(day * 86_400_000).toISOString().slice(0, 10).replaceAll('-', '');
}
