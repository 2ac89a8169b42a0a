/**
 * The attributes that pull keeps from a DICOM header, under their PS3.6 keywords (edition 2024e).
 * The order is the column order of the catalog's `instance` table; append only, with a migration.
 */
export interface KeptAttribute {
  keyword: string;
  /** (group,element) as 8 lower-case hex digits. */
  tag: string;
  vr: 'UI' | 'CS' | 'DA' | 'TM' | 'LO' | 'SH' | 'PN' | 'AS' | 'DS' | 'IS' | 'US';
  /** Whether `instances` of a public release carries it; false for what names or dates a person. */
  published: boolean;
  /** Whether PS3.6 allows several values; absent where it allows one. */
  several?: true;
}

export const KEPT_ATTRIBUTES: readonly KeptAttribute[] = [
  { keyword: 'SpecificCharacterSet', tag: '00080005', vr: 'CS', published: false },
  { keyword: 'ImageType', tag: '00080008', vr: 'CS', published: true, several: true },
  { keyword: 'SOPClassUID', tag: '00080016', vr: 'UI', published: true },
  { keyword: 'SOPInstanceUID', tag: '00080018', vr: 'UI', published: true },
  { keyword: 'StudyDate', tag: '00080020', vr: 'DA', published: false },
  { keyword: 'SeriesDate', tag: '00080021', vr: 'DA', published: false },
  { keyword: 'StudyTime', tag: '00080030', vr: 'TM', published: false },
  { keyword: 'AccessionNumber', tag: '00080050', vr: 'SH', published: false },
  { keyword: 'Modality', tag: '00080060', vr: 'CS', published: true },
  { keyword: 'Manufacturer', tag: '00080070', vr: 'LO', published: true },
  { keyword: 'InstitutionName', tag: '00080080', vr: 'LO', published: false },
  { keyword: 'StudyDescription', tag: '00081030', vr: 'LO', published: false },
  { keyword: 'SeriesDescription', tag: '0008103e', vr: 'LO', published: false },
  { keyword: 'ManufacturerModelName', tag: '00081090', vr: 'LO', published: true },
  { keyword: 'PatientName', tag: '00100010', vr: 'PN', published: false },
  { keyword: 'PatientID', tag: '00100020', vr: 'LO', published: false },
  { keyword: 'PatientBirthDate', tag: '00100030', vr: 'DA', published: false },
  { keyword: 'PatientSex', tag: '00100040', vr: 'CS', published: false },
  { keyword: 'PatientAge', tag: '00101010', vr: 'AS', published: false },
  { keyword: 'PatientIdentityRemoved', tag: '00120062', vr: 'CS', published: true },
  { keyword: 'DeidentificationMethod', tag: '00120063', vr: 'LO', published: false, several: true },
  { keyword: 'ContrastBolusAgent', tag: '00180010', vr: 'LO', published: true },
  { keyword: 'BodyPartExamined', tag: '00180015', vr: 'CS', published: true },
  { keyword: 'SliceThickness', tag: '00180050', vr: 'DS', published: true },
  { keyword: 'KVP', tag: '00180060', vr: 'DS', published: true },
  { keyword: 'SpacingBetweenSlices', tag: '00180088', vr: 'DS', published: true },
  { keyword: 'SpatialResolution', tag: '00181050', vr: 'DS', published: true },
  { keyword: 'ImagerPixelSpacing', tag: '00181164', vr: 'DS', published: true, several: true },
  { keyword: 'ConvolutionKernel', tag: '00181210', vr: 'SH', published: true, several: true },
  { keyword: 'PatientPosition', tag: '00185100', vr: 'CS', published: true },
  { keyword: 'ViewPosition', tag: '00185101', vr: 'CS', published: true },
  { keyword: 'DetectorType', tag: '00187004', vr: 'CS', published: true },
  { keyword: 'StudyInstanceUID', tag: '0020000d', vr: 'UI', published: true },
  { keyword: 'SeriesInstanceUID', tag: '0020000e', vr: 'UI', published: true },
  { keyword: 'StudyID', tag: '00200010', vr: 'SH', published: false },
  { keyword: 'SeriesNumber', tag: '00200011', vr: 'IS', published: true },
  { keyword: 'InstanceNumber', tag: '00200013', vr: 'IS', published: true },
  { keyword: 'ImagePositionPatient', tag: '00200032', vr: 'DS', published: true, several: true },
  { keyword: 'ImageOrientationPatient', tag: '00200037', vr: 'DS', published: true, several: true },
  { keyword: 'FrameOfReferenceUID', tag: '00200052', vr: 'UI', published: true },
  { keyword: 'Laterality', tag: '00200060', vr: 'CS', published: true },
  { keyword: 'ImageLaterality', tag: '00200062', vr: 'CS', published: true },
  { keyword: 'SamplesPerPixel', tag: '00280002', vr: 'US', published: true },
  { keyword: 'PhotometricInterpretation', tag: '00280004', vr: 'CS', published: true },
  { keyword: 'NumberOfFrames', tag: '00280008', vr: 'IS', published: true },
  { keyword: 'Rows', tag: '00280010', vr: 'US', published: true },
  { keyword: 'Columns', tag: '00280011', vr: 'US', published: true },
  { keyword: 'PixelSpacing', tag: '00280030', vr: 'DS', published: true, several: true },
  { keyword: 'BitsAllocated', tag: '00280100', vr: 'US', published: true },
  { keyword: 'BitsStored', tag: '00280101', vr: 'US', published: true },
  { keyword: 'BurnedInAnnotation', tag: '00280301', vr: 'CS', published: true },
  { keyword: 'LongitudinalTemporalInformationModified', tag: '00280303', vr: 'CS', published: true },
  { keyword: 'LossyImageCompression', tag: '00282110', vr: 'CS', published: true },
];

/**
 * The forms of the numbers that DICOM writes as text, or that we keep as text (PS3.5 table 6.2-1), as regular expressions of RE2. Longer
 * than the standard allows is no other number; an exponent of three digits is none that a device writes.
 */
export const NUMBER_FORMS: ReadonlyMap<KeptAttribute['vr'], string> = new Map([
  ['IS', ' *[+-]?[0-9]{1,11} *'],
  ['US', '[0-9]{1,5}'],
  ['DS', ' *[+-]?([0-9]{1,32}[.]?[0-9]{0,32}|[.][0-9]{1,32})([eE][+-]?[0-9]{1,2})? *'],
]);

/** `ok`: read whole. `partial`: the header broke off, what came before is kept. `unreadable`: no attribute could be read. */
export type InstanceStatus = 'ok' | 'partial' | 'unreadable';

/** Why a file is `partial` or `unreadable`. */
export type InstanceErrorCode =
  | 'empty'
  | 'not-dicom'
  | 'truncated'
  | 'malformed'
  | 'unsupported-transfer-syntax'
  | 'too-large-when-inflated'
  | 'header-too-large'
  | 'dicomdir'
  | 'link'
  | 'special-file'
  | 'unreadable-file'
  | 'changed-while-reading'
  | 'unusable-name'
  | 'folder-marker'
  | 'not-given'
  | 'checksum-mismatch';

/** What reading one header gives. */
export interface HeaderReading {
  status: InstanceStatus;
  errorCode: InstanceErrorCode | null;
  /** One sentence about the error, without any value from the file; null when status is `ok`. */
  error: string | null;
  /** (0002,0010); null when the file has none, also where the encoding was guessed. */
  TransferSyntaxUID: string | null;
  /**
   * One entry per KEPT_ATTRIBUTES, same order: null = absent, '' = present and empty, else the value decoded by its
   * character set with padding stripped; several values joined by `\`.
   */
  values: (string | null)[];
}
