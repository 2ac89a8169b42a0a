import { quoteLiteral, type Catalog } from '../../../src/catalog/catalog.js';
import { pick, uid } from './plan.js';

/** The source that the images are said to be from: it is elsewhere, and nothing of it is on this machine. */
export const IMAGE_SOURCE = 'images';

const CT = ["'1.2.840.10008.5.1.4.1.1.2'", "'CT'", "'ORIGINAL\\PRIMARY\\AXIAL'"] as const;
const DX = ["'1.2.840.10008.5.1.4.1.1.1.1'", "'DX'", "'ORIGINAL\\PRIMARY'"] as const;

/** The kept attributes of an image, as SQL over its row of the plan; `k` is its number in the series. */
const ATTRIBUTES: Record<string, string> = {
  TransferSyntaxUID: "'1.2.840.10008.1.2.4.70'",
  SpecificCharacterSet: "'ISO_IR 100'",
  SOPClassUID: ofKind(0),
  SOPInstanceUID: uid("'image ' || (first + k)"),
  StudyDate: "strftime(index_day + day::INTEGER, '%Y%m%d')",
  StudyTime: `printf('%06d', ${pick('study', 'hour', 24)} * 10000 + ${pick('study', 'minute', 60)} * 100 + ${pick('study', 'second', 60)})`,
  Modality: ofKind(1),
  ImageType: ofKind(2),
  Manufacturer: `['GE MEDICAL SYSTEMS', 'SIEMENS', 'Philips Medical Systems'][1 + ${pick('study', 'maker', 3)}]`,
  ManufacturerModelName: `'Model ' || ${pick('study', 'model', 40)}`,
  StudyDescription: "CASE WHEN ct THEN 'CT CHEST' ELSE 'DX CHEST 1 VIEW' END",
  SeriesDescription: "CASE WHEN ct THEN 'HELICAL CHEST' ELSE 'CHEST PA' END",
  PatientID: 'case_id',
  PatientSex: 'sex[1]',
  PatientAge: "printf('%03dY', age)",
  PatientIdentityRemoved: "'YES'",
  DeidentificationMethod: "'per DICOM PS 3.15 AnnexE'",
  BodyPartExamined: "'CHEST'",
  SliceThickness: "CASE WHEN ct THEN '2.5' END",
  KVP: "'120'",
  SpacingBetweenSlices: "CASE WHEN ct THEN '2.5' END",
  ImagerPixelSpacing: "CASE WHEN NOT ct THEN '0.139\\0.139' END",
  ConvolutionKernel: "CASE WHEN ct THEN 'STANDARD' END",
  PatientPosition: "CASE WHEN ct THEN 'HFS' END",
  ViewPosition: "CASE WHEN NOT ct THEN 'PA' END",
  StudyInstanceUID: 'study_uid',
  SeriesInstanceUID: 'series_uid',
  SeriesNumber: '(series % 4 + 1)::VARCHAR',
  InstanceNumber: '(k + 1)::VARCHAR',
  ImagePositionPatient: "CASE WHEN ct THEN '-180\\-180\\' || (k * 2.5) END",
  ImageOrientationPatient: "CASE WHEN ct THEN '1\\0\\0\\0\\1\\0' END",
  FrameOfReferenceUID: `CASE WHEN ct THEN ${uid("'frame ' || study")} END`,
  SamplesPerPixel: "'1'",
  PhotometricInterpretation: "'MONOCHROME2'",
  Rows: "CASE WHEN ct THEN '512' ELSE '2048' END",
  Columns: "CASE WHEN ct THEN '512' ELSE '2048' END",
  PixelSpacing: "CASE WHEN ct THEN '0.7\\0.7' END",
  BitsAllocated: "'16'",
  BitsStored: "'12'",
  BurnedInAnnotation: "'NO'",
  LongitudinalTemporalInformationModified: "'MODIFIED'",
  LossyImageCompression: "'00'",
};

function ofKind(at: 0 | 1 | 2): string {
  return `CASE WHEN ct THEN ${CT[at]} ELSE ${DX[at]} END`;
}

/** Fills `instance` with the images of the plan, as a pull from a bucket leaves them. */
export async function fillInstances(catalog: Catalog): Promise<void> {
  const columns = ['source', 'path', 'size_bytes', 'sha256', 'md5', 'status', 'case_id', ...Object.keys(ATTRIBUTES)];
  const fixity = ["'images'", "case_id || '/' || study % 3 + 1 || '/' || series % 4 + 1 || '/' || lpad(k::VARCHAR, 4, '0') || '.dcm'", `200000 + ${pick('first + k', 'size', 100000)}`, "sha256('image ' || (first + k))", 'NULL', "'ok'", 'case_id'];
  await catalog.run(`INSERT INTO instance (${columns.map((name) => `"${name}"`).join(', ')})
    SELECT ${[...fixity, ...Object.values(ATTRIBUTES)].join(', ')}
    FROM (SELECT *, unnest(range(images)) AS k FROM plan_series JOIN plan_study USING (study, number, ct, study_uid) JOIN plan_case USING (number, case_id, age, index_day))`);
}

/** The stages that have looked at every image, with the digest of what judged. */
export interface Inspectors {
  header: string;
  pixels: string;
}

/** Says of every image that the stages without OCR looked at it and found nothing; all pictures look different. */
export async function fillInspections(catalog: Catalog, inspectors: Inspectors, applied: string): Promise<void> {
  for (const table of ['inspected', 'inspection_finding', 'header_facts', 'pixel_facts', 'pixel_digests']) await catalog.run(`DELETE FROM ${table}`);
  for (const [stage, inspector] of Object.entries(inspectors))
    await catalog.run(`INSERT INTO inspected SELECT '${stage}', source, path, sha256, ${quoteLiteral(inspector)}, 'judged', NULL, ${quoteLiteral(stage === 'header' ? applied : '')} FROM instance`);
  await catalog.run('INSERT INTO header_facts SELECT source, path, [], [], false FROM instance');
  await catalog.run(`INSERT INTO pixel_facts SELECT source, path, NULL, sha256('pixels' || sha256), printf('%016x', md5_number_lower(sha256)), sha256('detail' || sha256) FROM instance`);
}
