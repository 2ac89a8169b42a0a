import { formatTag } from '../dicom/data-set.js';
import type { DicomFile } from '../dicom/dicom-file.js';
import { findAttribute } from '../facts/attribute-dictionary.js';
import type { FileFinding } from '../model/inspection.js';
import type { IodRules } from './iod-rules.js';

const STUDY_ID = 0x00200010;
/** Attributes that a finding names; of more it says how many there are. */
const NAMED = 20;
/** DataSetTrailingPadding and its like belong to the encoding, not to an IOD. */
const FIRST_ENCODING_GROUP = 0xfff0;

/** DCM-017: what the IOD does not have, what is retired, and what a DICOMDIR would miss; one finding for each, none for private attributes. */
export function judgeOutside({ dataSet }: DicomFile, { tags, name }: IodRules, add: (finding: FileFinding) => void): void {
  const outside: number[] = [];
  const retired: number[] = [];
  for (const { tag } of dataSet.elements) {
    const group = tag >>> 16;
    if (group % 2 === 1 || group >= FIRST_ENCODING_GROUP || (tag & 0xffff) === 0) continue;
    if (findAttribute(tag)?.retired === true) retired.push(tag);
    else if (!tags.has(inFirstOverlay(tag))) outside.push(tag);
  }
  if (outside.length > 0) add({ code: 'DCM-017', message: `The file has attributes that the ${name} IOD does not have.`, found: listTags(outside), content: listTags(outside) });
  if (retired.length > 0) add({ code: 'DCM-017', message: 'The file has attributes that the standard has retired.', found: listTags(retired), content: listTags(retired) });
  const studyId = dataSet.get(STUDY_ID);
  if (studyId !== undefined && studyId.length === 0) add({ code: 'DCM-017', tag: 'StudyID', message: 'StudyID is empty, which a DICOMDIR would need.', content: 'empty' });
}

function inFirstOverlay(tag: number): number {
  return tag >>> 24 === 0x60 ? 0x60000000 + (tag & 0xffff) : tag;
}

function listTags(tags: readonly number[]): string {
  const names = tags.slice(0, NAMED).map((tag) => findAttribute(tag)?.keyword ?? formatTag(tag));
  return tags.length > NAMED ? `${names.join(', ')}, … (${tags.length})` : names.join(', ');
}
