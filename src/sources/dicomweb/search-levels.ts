import type { JsonDataSet } from './dicom-json.js';
import { attributeText } from './dicom-json-value.js';

/** A level of the search: what tells its results apart, and what of them is looked at (PS3.18 10.6.3.3). */
export interface SearchLevel {
  /** Tag of the UID. */
  key: string;
  /** Attributes that make the revision of an instance: those that a server changes when it corrects what it holds. */
  revised: readonly string[];
  /** Attributes that are asked for beyond those that every answer has. */
  included: readonly string[];
}

export const STUDIES: SearchLevel = {
  key: '0020000D',
  // StudyDate, StudyTime, AccessionNumber, StudyDescription, PatientName, PatientID, PatientBirthDate, PatientSex, StudyID
  revised: ['00080020', '00080030', '00080050', '00081030', '00100010', '00100020', '00100030', '00100040', '00200010'],
  included: ['00081030'],
};

export const SERIES: SearchLevel = {
  key: '0020000E',
  // Modality, SeriesDescription, SeriesNumber
  revised: ['00080060', '0008103E', '00200011'],
  included: [],
};

export const INSTANCES: SearchLevel = {
  key: '00080018',
  // InstanceCreationDate, InstanceCreationTime, SOPClassUID, InstanceNumber, NumberOfFrames, Rows, Columns, BitsAllocated
  revised: ['00080012', '00080013', '00080016', '00200013', '00280008', '00280010', '00280011', '00280100'],
  included: ['00080012', '00080013'],
};

/** NumberOfStudyRelatedSeries, NumberOfSeriesRelatedInstances. */
export const SERIES_IN_STUDY = '00201206';
export const INSTANCES_IN_SERIES = '00201209';

/** A number that a server says; null when it says none. */
export function countOf(dataSet: JsonDataSet, tag: string): number | null {
  const text = attributeText(dataSet, tag);
  return text !== null && /^[0-9]{1,9}$/.test(text) ? Number(text) : null;
}

/** What a result says of the attributes that make a revision, as one text. */
export function revisedText(dataSet: JsonDataSet, { revised }: SearchLevel): string {
  return JSON.stringify(revised.map((tag) => attributeText(dataSet, tag)));
}
