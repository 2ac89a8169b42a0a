import type { DataSet, DicomElement } from '../dicom/data-set.js';
import { judgeAge, judgeBirthDate, BIRTH_DATES, PATIENT_AGE } from './ages.js';
import { judgeContentItem } from './content-items.js';
import { keepDate } from './dates.js';
import { OPTION } from './options.js';
import { judgeName, PATIENT_ID } from './person-names.js';
import { isPrivate, judgePrivateElements } from './private-elements.js';
import { findProfileRule, type ProfileRule } from './profile.js';
import { addAbout, isEmpty, type Subject } from './subject.js';
import { judgeByTable } from './table-rules.js';
import { judgeText } from './text-values.js';

/** A data set that waits to be judged. */
interface Waiting {
  dataSet: DataSet;
  /** It is in something that may not stay: only names and texts in it are still said. */
  gone: boolean;
}

const PIXEL_TAGS = new Set([0x7fe00010, 0x7fe00008, 0x7fe00009]);
const ENCAPSULATED_DOCUMENT = 0x00420011;
const ICC_PROFILE = 0x00282000;
/** Judged by steps of their own. */
const ELSEWHERE = new Set([...PIXEL_TAGS, ENCAPSULATED_DOCUMENT, ICC_PROFILE]);
const CONTENT_SEQUENCE = 0x0040a730;
const ENCRYPTED_ATTRIBUTES = 0x04000500;

/** Judges every element at any depth by the table, names, ages, dates and texts; without recursion. */
export function judgeElements(subject: Subject): void {
  const waiting: Waiting[] = [{ dataSet: subject.dataSet, gone: false }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { dataSet, gone } = next;
    const goneElements = judgePrivateElements(subject, dataSet, gone);
    const items: Waiting[] = [];
    for (const element of dataSet.elements) {
      const leaks = isPrivate(element.tag) ? goneElements.has(element) : judgeStandard(subject, dataSet, element, gone);
      for (const item of element.items ?? []) items.push({ dataSet: item, gone: gone || leaks });
    }
    for (let at = items.length - 1; at >= 0; at -= 1) waiting.push(items[at] as Waiting);
  }
}

/** Judges one standard element; says whether what is nested in it goes with it. */
function judgeStandard(subject: Subject, dataSet: DataSet, element: DicomElement, gone: boolean): boolean {
  const { tag, vr } = element;
  if (ELSEWHERE.has(tag)) return false;
  if (tag === PATIENT_ID && dataSet.parent === null && dataSet.get(tag) === element) return false;
  const rule = findProfileRule(tag);
  if (vr === 'PN') {
    judgeName(subject, dataSet, element, rule);
    return false;
  }
  if (BIRTH_DATES.has(tag)) {
    judgeBirthDate(subject, dataSet, element);
    return false;
  }
  if (tag === PATIENT_AGE && judgeAge(subject, dataSet, element)) return true;
  if (judgeContentItem(subject, dataSet, element)) return true;
  if (tag === ENCRYPTED_ATTRIBUTES && judgeEncrypted(subject, dataSet, element, gone)) return true;
  if (rule === undefined) {
    judgeUnlisted(subject, dataSet, element, gone);
    return false;
  }
  const { action, leaks } = judgeByTable(subject, dataSet, element, rule, gone);
  if (tag === CONTENT_SEQUENCE && element.items !== null) subject.report.looked('DID-083');
  if (!leaks && action !== 'basic' && !gone) keepDate(subject, dataSet, element);
  if (element.items === null && !isEmpty(element) && isWorthScanning(rule, leaks, gone)) judgeText(subject, dataSet, element, rule, action);
  return leaks;
}

/** DID-084: the table does not list (0400,0500), which holds the original attributes for who has the key (PS3.15 E.1.3). */
function judgeEncrypted(subject: Subject, dataSet: DataSet, element: DicomElement, gone: boolean): boolean {
  subject.report.looked('DID-084');
  if (isEmpty(element)) return false;
  if (!gone) addAbout(subject, dataSet, element, { code: 'DID-084', message: 'What the attributes were before de-identification stays in the file, encrypted.', hint: 'A key may be broken or lost: a public file must not carry them.', expected: 'absent' });
  return true;
}

/** Of what may not stay at all, the text is not told as well; of what could stay when it is clean, it is. */
function isWorthScanning(rule: ProfileRule, leaks: boolean, gone: boolean): boolean {
  return !leaks || gone || (rule.clean & ~DATE_OPTIONS) !== 0;
}

const DATE_OPTIONS = OPTION.retainLongitudinalFullDates | OPTION.retainLongitudinalModifiedDates;

/** DID-003: an attribute that the table does not list has no date either where dates were removed. Its text is scanned. */
function judgeUnlisted(subject: Subject, dataSet: DataSet, element: DicomElement, gone: boolean): void {
  if (element.items !== null || isEmpty(element)) return;
  judgeText(subject, dataSet, element, undefined, 'unlisted');
  if (gone || (element.vr !== 'DA' && element.vr !== 'DT')) return;
  if ((subject.declaration.inForce & DATE_OPTIONS) !== 0) return keepDate(subject, dataSet, element);
  addAbout(subject, dataSet, element, { code: 'DID-003', message: 'A date stays though no option in force retains dates.', hint: 'Declare 113107 when dates were shifted.', expected: 'absent or empty' });
}
