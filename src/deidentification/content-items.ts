import type { DataSet, DicomElement } from '../dicom/data-set.js';
import { isDummyDate } from './dummy.js';
import { addAbout, type Subject } from './subject.js';

const CONCEPT_NAME = 0x0040a043;
const CODE_VALUE = 0x00080100;
const SCHEME = 0x00080102;
const NUMERIC_VALUE = 0x0040a30a;
const UNITS = 0x004008ea;
const DATE = 0x0040a121;
const DATE_TIME = 0x0040a120;
const MEASURED_VALUE = 0x0040a300;

/** Subject Birth Date (PS3.16 CID 7455) and Birth date of LOINC. */
const BIRTH_DATE = new Set(['DCM 121031', 'LN 21112-8']);
/** Subject Age, and Age of LOINC. */
const AGE = new Set(['DCM 121033', 'LN 30525-0', 'LN 29553-5']);
/** Days of the UCUM units of an age. */
const DAYS: ReadonlyMap<string, number> = new Map([['a', 365.2425], ['mo', 30.436875], ['wk', 7], ['d', 1]]);
const HIDDEN_DAYS = 90 * 365.2425;

/** DID-050, DID-051: what a content item of a report says of the patient: a birth date, an age over 89 (PS3.16 TID 1007). Returns whether it does. */
export function judgeContentItem(subject: Subject, dataSet: DataSet, element: DicomElement): boolean {
  const { tag } = element;
  if (tag === DATE || tag === DATE_TIME) {
    if (!isNamed(dataSet, BIRTH_DATE) || dataSet.values(element).every(isDummyDate)) return false;
    subject.report.looked('DID-051');
    addAbout(subject, dataSet, element, { code: 'DID-051', message: 'A content item is the birth date of the subject.', hint: 'A shifted birth date still tells the age to the day.', expected: 'no such item' });
    return true;
  }
  if (tag !== MEASURED_VALUE || element.items === null || !isNamed(dataSet, AGE)) return false;
  subject.report.looked('DID-050');
  if (!element.items.some(isHiddenAge)) return false;
  addAbout(subject, dataSet, element, { code: 'DID-050', message: 'A content item says an age over 89 years.', hint: 'Remove it; a table may say that it is over 89.', expected: 'at most 89 years', found: 'more' });
  return true;
}

function isNamed(item: DataSet, concepts: ReadonlySet<string>): boolean {
  const name = item.get(CONCEPT_NAME)?.items?.[0];
  return name !== undefined && concepts.has(`${name.text(SCHEME) ?? ''} ${name.text(CODE_VALUE) ?? ''}`);
}

function isHiddenAge(measured: DataSet): boolean {
  const units = measured.get(UNITS)?.items?.[0]?.text(CODE_VALUE) ?? 'a';
  const days = (measured.numbers(NUMERIC_VALUE)[0] ?? 0) * (DAYS.get(units) ?? 365.2425);
  return days >= HIDDEN_DAYS;
}
