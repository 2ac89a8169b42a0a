import { quoteIdentifier, quoteLiteral } from '../../catalog/catalog.js';
import { KEPT_ATTRIBUTES, NUMBER_FORMS } from '../../model/header.js';

/** What a column with an attribute of the image header means. */
export interface AttributeColumn {
  description: string;
  unit?: string;
  /** Terms that DICOM gives a meaning; a header may hold others. */
  terms?: readonly (readonly [term: string, meaning: string])[];
}

/** The published attributes in our words, after PS3.3 of DICOM; units are those of the standard, `1` is a pure number. */
const ATTRIBUTES: readonly (readonly [keyword: string, column: AttributeColumn])[] = [
  ['ImageType', { description: 'How the image came about: original or derived, primary or secondary, and what the equipment adds.' }],
  ['SOPClassUID', { description: 'UID of the kind of DICOM object that the file is.' }],
  ['SOPInstanceUID', { description: 'UID of the image.' }],
  ['Modality', { description: 'Type of equipment that acquired the series, a defined term of DICOM such as CT, MR, CR or DX.' }],
  ['Manufacturer', { description: 'Manufacturer of the equipment.' }],
  ['ManufacturerModelName', { description: "Manufacturer's name of the model." }],
  ['PatientIdentityRemoved', { description: 'Whether the identifying attributes of the file were removed, as the file itself says.', terms: [['YES', 'they were removed'], ['NO', 'they were not']] }],
  ['ContrastBolusAgent', { description: 'Contrast agent or bolus that was given.' }],
  ['BodyPartExamined', { description: 'Part of the body that was examined.' }],
  ['SliceThickness', { description: 'Nominal thickness of the reconstructed slice.', unit: 'mm' }],
  ['KVP', { description: 'Peak voltage of the X-ray generator.', unit: 'kV' }],
  ['SpacingBetweenSlices', { description: 'Distance between the centres of neighbouring slices.', unit: 'mm' }],
  ['SpatialResolution', { description: 'Limiting resolution of the equipment for the geometry that was used.', unit: 'mm' }],
  ['ImagerPixelSpacing', { description: 'Distance of the pixel centres at the plane of the detector: between rows, then between columns.', unit: 'mm' }],
  ['ConvolutionKernel', { description: 'Reconstruction kernels or algorithms, as the manufacturer calls them.' }],
  ['PatientPosition', { description: 'Position of the patient in the equipment, e.g. HFS: head first, supine.' }],
  ['ViewPosition', { description: 'Radiographic view, e.g. AP, PA or LL.' }],
  ['DetectorType', { description: 'Type of the detector.', terms: [['DIRECT', 'X-ray photoconductor'], ['SCINTILLATOR', 'phosphor'], ['STORAGE', 'storage phosphor'], ['FILM', 'scanned film']] }],
  ['StudyInstanceUID', { description: 'UID of the study.' }],
  ['SeriesInstanceUID', { description: 'UID of the series.' }],
  ['SeriesNumber', { description: 'Number of the series in its study.', unit: '1' }],
  ['InstanceNumber', { description: 'Number of the image in its series.', unit: '1' }],
  ['ImagePositionPatient', { description: 'Position of the centre of the first pixel in the coordinates of the patient: x, y, z.', unit: 'mm' }],
  ['ImageOrientationPatient', { description: 'Direction cosines of the first row, then of the first column, in the coordinates of the patient.', unit: '1' }],
  ['FrameOfReferenceUID', { description: 'UID of the coordinate system; series that share it can be laid over each other.' }],
  ['Laterality', { description: 'Side of the body part that the series shows.', terms: [['R', 'right'], ['L', 'left']] }],
  ['ImageLaterality', { description: 'Side that the image shows.', terms: [['R', 'right'], ['L', 'left'], ['U', 'unpaired'], ['B', 'both']] }],
  ['SamplesPerPixel', { description: 'Samples (planes of colour) of a pixel.', unit: '1' }],
  ['PhotometricInterpretation', { description: 'What the pixel values mean: grey levels or a colour space, e.g. MONOCHROME2.' }],
  ['NumberOfFrames', { description: 'Frames of the image, where it has several.', unit: 'frames' }],
  ['Rows', { description: 'Rows of the image.', unit: 'pixels' }],
  ['Columns', { description: 'Columns of the image.', unit: 'pixels' }],
  ['PixelSpacing', { description: 'Distance of the pixel centres in the patient: between rows, then between columns.', unit: 'mm' }],
  ['BitsAllocated', { description: 'Bits that the file allocates for a sample.', unit: 'bits' }],
  ['BitsStored', { description: 'Bits of a sample that are in use.', unit: 'bits' }],
  ['BurnedInAnnotation', { description: 'Whether the pixels hold enough text to identify the patient, as the file itself says.', terms: [['YES', 'they do'], ['NO', 'they do not']] }],
  ['LongitudinalTemporalInformationModified', { description: 'What was done to dates and times, as the file itself says.', terms: [['UNMODIFIED', 'nothing'], ['MODIFIED', 'they were shifted'], ['REMOVED', 'they were removed']] }],
  ['LossyImageCompression', { description: 'Whether the image was ever compressed with loss.', terms: [['00', 'never'], ['01', 'at least once']] }],
];

const BY_KEYWORD = new Map(ATTRIBUTES);
const KEPT = new Map(KEPT_ATTRIBUTES.map((attribute) => [attribute.keyword, attribute]));

/** What the column with that attribute means; null when it is no kept attribute that we describe. */
export function attributeColumn(keyword: string): (AttributeColumn & { tag: string }) | null {
  const [column, kept] = [BY_KEYWORD.get(keyword), KEPT.get(keyword)];
  return column === undefined || kept === undefined ? null : { ...column, tag: kept.tag };
}

/** The SQL type that an attribute has in a release: numbers by its VR, a list where it may have several values. */
export function attributeType(keyword: string): string {
  const { vr, several } = KEPT.get(keyword) ?? {};
  const scalar = vr === 'US' || vr === 'IS' ? 'BIGINT' : vr === 'DS' ? 'DOUBLE' : 'VARCHAR';
  return several === true ? `${scalar}[]` : scalar;
}

/**
 * SQL of the value of an attribute, from its text in the catalog: NULL where it is absent, and where it is no number of the form that
 * DICOM asks for. An attribute without a value is NULL as a number, and an empty list as a list of texts.
 */
export function attributeValue(keyword: string): string {
  const cell = quoteIdentifier(keyword);
  const { vr, several } = KEPT.get(keyword) ?? {};
  const form = vr === undefined ? undefined : NUMBER_FORMS.get(vr);
  if (form === undefined) return several === true ? `CASE WHEN ${cell} = '' THEN [] ELSE string_split(${cell}, '\\') END` : cell;
  if (several !== true) return `CASE WHEN ${isNumber(cell, form)} THEN TRY_CAST(${cell} AS ${attributeType(keyword)}) END`;
  return `CASE WHEN ${isNumber(cell, `${form}([\\\\]${form})*`)} THEN TRY_CAST(string_split(${cell}, '\\') AS ${attributeType(keyword)}) END`;
}

function isNumber(cell: string, form: string): string {
  return `regexp_full_match(${cell}, ${quoteLiteral(form)})`;
}
