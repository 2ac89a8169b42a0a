import { KEPT_ATTRIBUTES } from '../model/header.js';

/** What the columns of our own tables mean; one sentence each, units included. */
const OWN_COLUMNS: Readonly<Record<string, string>> = {
  case_id: 'The case: a patient under a pseudonym.',
  digest: 'Content hash in hex: sha256 over level, id and the sorted digests of what it holds.',
  studies: 'Imaging studies of the case.',
  series: 'Series it holds.',
  instances: 'Images it holds.',
  size_bytes: 'Size in bytes.',
  modalities: 'Distinct values of Modality (0008,0060) in the study, sorted.',
  path: 'Path of the file from the root of the release.',
  sha256: 'sha256 of the file, 64 hex digits.',
  md5: 'md5 of the file, or over the sorted md5s of what it holds (GA4GH, IDC); protects nothing.',
  TransferSyntaxUID: 'Transfer Syntax UID (0002,0010) of the file.',
  split: 'Name of the split.',
  part: 'Part of the split that the case is in.',
  group_id: 'Least case of the cases that move together.',
  since: 'Day of freezing.',
  frozen: 'Whether the assignment is frozen.',
  reason: 'Class of the reason: consent, phi, quality, duplicate or legal.',
  since_version: 'First release without the case.',
  date: 'Day of the withdrawal.',
  replacement: 'Case of this release that takes its place; null for none.',
  rule: 'Rule of the release number that the change falls under.',
  table_name: 'Table that changed; null when none did.',
  column_name: 'Column that changed; null when none did.',
  key: 'Key of what changed.',
  before: 'Value before; null when there was none.',
  after: 'Value now; null when there is none.',
  model: 'Name of the model.',
  model_version: 'Version of the model.',
  model_sha256: 'sha256 of the model file.',
  label: 'Label that the model gave; null when none reached its threshold.',
  score: 'Score of the label, 0 to 1.',
};

const ATTRIBUTES = new Map(KEPT_ATTRIBUTES.map(({ keyword, tag }) => [keyword, `${keyword} (${tag.slice(0, 4)},${tag.slice(4)}) of the image header, as stored (DICOM PS3.6).`]));

/** What a column of one of our own tables means; null when it is none of ours. */
export function describeOwnColumn(column: string): string | null {
  return (Object.hasOwn(OWN_COLUMNS, column) ? OWN_COLUMNS[column] : undefined) ?? ATTRIBUTES.get(column) ?? null;
}
