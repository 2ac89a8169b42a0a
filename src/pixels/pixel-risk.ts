import type { DataSet } from '../dicom/data-set.js';
import type { FileReport } from '../model/inspection.js';

/** What of a header tells whether its pixels are likely to carry text. Values as text, '' when absent. */
export interface RiskAttributes {
  modality: string;
  sopClass: string;
  /** Values of Image Type (0008,0008). */
  imageType: readonly string[];
  conversionType: string;
  seriesDescription: string;
  model: string;
  rows: number;
  columns: number;
  samplesPerPixel: number;
  burnedIn: string;
  /** Codes of the De-identification Method Code Sequence (0012,0064). */
  methods: readonly string[];
}

/** Why the pixels of a file are likely to carry text: the keyword that says so, and what it says, from a closed vocabulary. */
export interface PixelRisk {
  keyword: string;
  what: string;
}

/** Modalities whose devices write on their pictures, or whose pictures come from anywhere. */
const RISKY_MODALITIES = new Set(['US', 'IVUS', 'SC', 'XA', 'RF', 'OT', 'ES', 'XC', 'DOC', 'GM', 'ECG', 'HC']);
/** Modalities whose devices make gray pictures: colour is drawn by a workstation. */
const GRAY_MODALITIES = new Set(['CT', 'MR', 'CR', 'DX', 'MG', 'PT']);
/** Storage SOP classes, or the stems of families of them (PS3.4 B.5). */
const RISKY_CLASSES: [stem: string, what: string][] = [
  ['1.2.840.10008.5.1.4.1.1.7', 'secondary capture'],
  ['1.2.840.10008.5.1.4.1.1.6', 'ultrasound'],
  ['1.2.840.10008.5.1.4.1.1.3', 'ultrasound'],
  ['1.2.840.10008.5.1.4.1.1.12.1', 'X-ray angiography'],
  ['1.2.840.10008.5.1.4.1.1.12.2', 'X-ray fluoroscopy'],
  ['1.2.840.10008.5.1.4.1.1.77.1', 'visible light'],
];
const IMAGE_TYPE_WORDS = ['SAVE', 'SCREEN', 'SECONDARY', 'REPORT', 'DOSE', 'LOCALIZER'];
const DESCRIPTION_WORDS = ['SAVE', 'DOSE', 'REPORT', 'FILM'];

/** Clean Pixel Data (PS3.16 CID 7050). */
const CLEAN_PIXEL_DATA = '113101';

/** The classes of risk that a file is in, in the order of how telling they are; none for most device-made images. */
export function classifyPixelRisk(about: RiskAttributes): PixelRisk[] {
  const risks: PixelRisk[] = [];
  const modality = about.modality.toUpperCase();
  const add = (keyword: string, what: string): void => void risks.push({ keyword, what });
  if (about.burnedIn.toUpperCase() === 'YES') add('BurnedInAnnotation', 'YES');
  if (RISKY_MODALITIES.has(modality)) add('Modality', modality);
  const known = RISKY_CLASSES.find(([stem]) => about.sopClass === stem || about.sopClass.startsWith(`${stem}.`));
  if (known !== undefined) add('SOPClassUID', known[1]);
  const types = about.imageType.map((value) => value.toUpperCase());
  const typeWord = IMAGE_TYPE_WORDS.find((word) => types.some((value) => value.includes(word)));
  if (typeWord !== undefined) add('ImageType', typeWord);
  if (about.conversionType !== '') add('ConversionType', 'present');
  const description = about.seriesDescription.toUpperCase();
  const descriptionWord = DESCRIPTION_WORDS.find((word) => description.includes(word));
  if (descriptionWord !== undefined) add('SeriesDescription', descriptionWord);
  if (about.model === '' && types[0] === 'DERIVED') add('ManufacturerModelName', 'blank, of a derived image');
  if (GRAY_MODALITIES.has(modality) && about.samplesPerPixel >= 3) add('SamplesPerPixel', `colour in ${modality}`);
  // A scanner reconstructs squares: another form is a localizer, or a picture of a screen.
  if (modality === 'CT' && about.rows !== about.columns && typeWord === undefined) add('Rows', 'not as CT scanners reconstruct');
  return risks;
}

/** Reads what `classifyPixelRisk` looks at. */
export function readRiskAttributes(dataSet: DataSet): RiskAttributes {
  const text = (tag: number): string => dataSet.text(tag) ?? '';
  const number = (tag: number, fallback: number): number => dataSet.numbers(tag)[0] ?? fallback;
  const methods = (dataSet.get(0x00120064)?.items ?? []).map((item) => item.text(0x00080100) ?? '');
  return {
    modality: text(0x00080060),
    sopClass: text(0x00080016),
    imageType: text(0x00080008) === '' ? [] : text(0x00080008).split('\\'),
    conversionType: text(0x00080064),
    seriesDescription: text(0x0008103e),
    model: text(0x00081090),
    rows: number(0x00280010, 0),
    columns: number(0x00280011, 0),
    samplesPerPixel: number(0x00280002, 1),
    burnedIn: text(0x00280301),
    methods,
  };
}

/** DID-071: images of a class of risk declare that their pixels were cleaned. For files with pixels only. */
export function judgePixelRisk(dataSet: DataSet, report: FileReport): void {
  report.looked('DID-071');
  const about = readRiskAttributes(dataSet);
  const risks = classifyPixelRisk(about);
  const [first] = risks;
  if (first === undefined || about.methods.includes(CLEAN_PIXEL_DATA)) return;
  report.add({
    code: 'DID-071',
    message: 'Images of this kind often carry text in their pixels, and the file does not declare that they were cleaned.',
    tag: first.keyword,
    hint: 'Look at the images, mask what is written in them, and declare 113101 (Clean Pixel Data).',
    expected: 'code 113101 in DeidentificationMethodCodeSequence',
    found: risks.map(({ keyword, what }) => `${keyword} ${what}`).join('; '),
    content: risks.map(({ keyword, what }) => `${keyword} ${what}`).join('; '),
  });
}
