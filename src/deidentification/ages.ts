import type { DataSet, DicomElement } from '../dicom/data-set.js';
import { isHiddenAge } from '../text/dicom-values.js';
import { isDummyDate } from './dummy.js';
import { addAbout, type Subject } from './subject.js';

export const PATIENT_AGE = 0x00101010;
/** Birth dates, in any calendar. */
export const BIRTH_DATES: ReadonlySet<number> = new Set([0x00100030, 0x00100033]);

/** DID-050: an age of more than 89 years is not told (45 CFR 164.514(b)(2)(i)(C)). Whether an age may be told at all is the table's (113108). Returns whether it is over. */
export function judgeAge(subject: Subject, dataSet: DataSet, element: DicomElement): boolean {
  subject.report.looked('DID-050');
  if (!dataSet.values(element).some(isHiddenAge)) return false;
  addAbout(subject, dataSet, element, { code: 'DID-050', message: 'An age is over 89 years.', hint: 'Remove it; a table may say that it is over 89.', expected: 'at most 089Y', found: 'more' });
  return true;
}

/** DID-051: no birth date, whatever the age and however it was changed. */
export function judgeBirthDate(subject: Subject, dataSet: DataSet, element: DicomElement): void {
  subject.report.looked('DID-051');
  if (dataSet.values(element).every((value) => isDummyDate(value) || subject.dummies.isText(value))) return;
  addAbout(subject, dataSet, element, { code: 'DID-051', message: 'A birth date is not empty.', hint: 'A shifted birth date still tells the age to the day.', expected: 'empty' });
}
