import { createHash } from 'node:crypto';
import { EXPLICIT_BIG_ENDIAN, EXPLICIT_LITTLE_ENDIAN, IMPLICIT_LITTLE_ENDIAN, writeDicom, writeElements, type DicomElement } from '../dicom-writer.js';
import type { Patient, StudyPlan } from './cohort.js';
import { describeInstance, type InstancePlan } from './dicom-header.js';
import type { Picture, PictureKind, PictureMaker } from './picture.js';
import { encodePixels, RLE_LOSSLESS } from './pixel-data.js';
import { deriveUid, SeededDraw } from './seeded-draw.js';

/** A series with its files, path to bytes; paths are relative to the folder of images. */
export interface ImageSeries {
  patient: Patient;
  study: StudyPlan;
  kind: PictureKind;
  studyUid: string;
  seriesUid: string;
  files: Map<string, Buffer>;
  /** The elements of the first instance: what tables repeat. */
  header: DicomElement[];
}

type Encoding = Pick<InstancePlan, 'transferSyntax' | 'bitsAllocated' | 'inverted'>;

const IMPLEMENTATION_UID = deriveUid('implementation');

/** Makes every series of a patient, files and all. */
export function makeImages(patient: Patient, maker: PictureMaker, position: number): ImageSeries[] {
  return patient.studies.flatMap((study, studyIndex) => {
    const studyName = `${patient.caseId}|${studyIndex + 1}`;
    return study.kinds.map((kind, seriesIndex) => {
      const seriesNumber = seriesIndex + 1;
      const name = `${studyName}|${seriesNumber}`;
      const size = pictureSize(kind, new SeededDraw(`${name}|size`));
      const pictures = maker.make({ caseId: patient.caseId, name, body: patient.caseId, kind, ...size });
      const uids = { studyUid: deriveUid(`study|${studyName}`), seriesUid: deriveUid(`series|${name}`), frameOfReferenceUid: deriveUid(`frame|${studyName}`) };
      const folder = `${patient.caseId}/${study.modality.toLowerCase()}-${studyIndex + 1}-${seriesNumber}`;
      const plans = pictures.map((picture, index): InstancePlan => {
        const encoding = chooseEncoding(study, kind, position);
        const instance = { instanceNumber: index + 1, instanceUid: deriveUid(`instance|${name}|${index + 1}`) };
        return { patient, study, kind, picture: cutToBits(picture, encoding), ...uids, seriesNumber, ...instance, ...encoding };
      });
      const files = new Map(plans.map((plan) => [`${folder}/${String(plan.instanceNumber).padStart(4, '0')}.dcm`, writeInstance(plan)]));
      const header = describeInstance(plans[0]!);
      return { patient, study, kind, studyUid: uids.studyUid, seriesUid: uids.seriesUid, files, header };
    });
  });
}

function pictureSize(kind: PictureKind, draw: SeededDraw): { rows: number; columns: number; slices: number } {
  if (kind === 'pa' || kind === 'ap') return { rows: 8 * draw.integer(26, 29), columns: 8 * draw.integer(23, 26), slices: 1 };
  if (kind === 'localizer') return { rows: 144, columns: 160, slices: 1 };
  return { rows: 128, columns: 128, slices: draw.chance(0.2) ? 4 : 3 };
}

/** Mostly explicit little endian in 16 bits; every other form that a collection of several sites holds occurs somewhere. */
function chooseEncoding(study: StudyPlan, kind: PictureKind, position: number): Encoding {
  if (study.modality === 'CT') {
    const transferSyntax = [IMPLICIT_LITTLE_ENDIAN, EXPLICIT_LITTLE_ENDIAN, RLE_LOSSLESS][position % 3]!;
    return { transferSyntax: kind === 'localizer' ? EXPLICIT_LITTLE_ENDIAN : transferSyntax, bitsAllocated: 16, inverted: false };
  }
  if (study.modality === 'DX' && position % 4 === 1) return { transferSyntax: EXPLICIT_LITTLE_ENDIAN, bitsAllocated: 8, inverted: false };
  if (study.modality === 'CR' && position % 5 === 2) return { transferSyntax: EXPLICIT_BIG_ENDIAN, bitsAllocated: 16, inverted: false };
  const transferSyntax = position % 7 === 3 ? RLE_LOSSLESS : EXPLICIT_LITTLE_ENDIAN;
  return { transferSyntax, bitsAllocated: 16, inverted: position % 6 === 0 };
}

function cutToBits(picture: Picture, { bitsAllocated, inverted }: Encoding): Picture {
  const whole = bitsAllocated === 8 ? picture.frame.values.map((value) => Math.floor(value / 16)) : picture.frame.values;
  const top = bitsAllocated === 8 ? 255 : 4095;
  return { ...picture, frame: { ...picture.frame, values: inverted ? whole.map((value) => top - value) : whole } };
}

function writeInstance(plan: InstancePlan): Buffer {
  const { transferSyntax } = plan;
  const elements = [...describeInstance(plan), encodePixels(plan.picture.frame, plan.bitsAllocated, transferSyntax)];
  return writeDicom({ transferSyntax, elements, meta: fileMeta(elements, transferSyntax) });
}

function fileMeta(elements: readonly DicomElement[], transferSyntax: string): DicomElement[] {
  const meta: DicomElement[] = [
    { tag: '00020001', vr: 'OB', value: Buffer.from([0, 1]) },
    { tag: '00020002', vr: 'UI', value: headerValue(elements, '00080016') },
    { tag: '00020003', vr: 'UI', value: headerValue(elements, '00080018') },
    { tag: '00020010', vr: 'UI', value: transferSyntax },
    { tag: '00020012', vr: 'UI', value: IMPLEMENTATION_UID },
  ];
  return [{ tag: '00020000', vr: 'UL', value: [writeElements(meta).length] }, ...meta];
}

/** The text of an element, or empty when it is absent or no text. */
export function headerValue(elements: readonly DicomElement[], tag: string): string {
  const value = elements.find((element) => element.tag === tag)?.value;
  return typeof value === 'string' ? value : '';
}

/**
 * Size and md5 of a series as the tables give them: of the file itself when there is one; else the sum of the sizes, and
 * the md5 over the files' md5 (lower-case hex, sorted, joined without a separator), as IDC and GA4GH digest a set.
 */
export function seriesFixity(files: ReadonlyMap<string, Buffer>): { size: number; md5: string } {
  const bytes = [...files.values()];
  const md5s = bytes.map((data) => createHash('md5').update(data).digest('hex'));
  const size = bytes.reduce((sum, data) => sum + data.length, 0);
  const md5 = md5s.length === 1 ? md5s[0]! : createHash('md5').update(md5s.toSorted().join('')).digest('hex');
  return { size, md5 };
}
