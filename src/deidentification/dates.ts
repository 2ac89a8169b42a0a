import type { DataSet, DicomElement } from '../dicom/data-set.js';
import { daysOf, parseDate } from '../text/dicom-values.js';
import { OPTION } from './options.js';
import { addAbout, type KeptDate, type Subject } from './subject.js';

/** Days that dates of one examination may lie apart: one that runs past midnight, and a reading on the next day. */
const MOST_DAYS = 2;
/** Days before the examination that a device may have been calibrated: a date before is of another time. */
const MOST_CALIBRATION_DAYS = 3660;

/** The day of an examination, the first of these that says one. */
const REFERENCE_TAGS = [0x00080020, 0x00080021, 0x00080022, 0x00080023];

/** When a device was calibrated, made or installed. */
export const CALIBRATION_TAGS: ReadonlySet<number> = new Set([
  0x00181200, 0x00181201, 0x00181202, 0x00181203, 0x00181204, 0x00181205, 0x0018700c, 0x0018700e, 0x0014407c, 0x0014407e, 0x00143076, 0x00143077,
]);
export const TIME_ZONE = 0x00080201;

/** Editions of terminologies and templates, which the standard dates; contrast and radiopharmaceutical, approvals, expiry: dates of other events. */
const OTHER_EVENTS = new Set([
  0x00080106, 0x00080107, 0x0040db06, 0x0040db07, 0x00181042, 0x00181043, 0x00181078, 0x00181079, 0x00120086, 0x00120087, 0x0044000b, 0x001021d0, 0x300a022c,
]);
/** When a derived object was made, which may be years after the examination it is about. */
const DERIVATION_TAGS = new Set([0x00080012, 0x00080021, 0x00080023, 0x0008002a, 0x00080022, 0x00700082, 0x30060008, 0x300a0006, 0x0040a030, 0x0040a032, 0x0018a002, 0x0040a082, 0x0040a120, 0x0040a121]);
const DERIVED_MODALITIES = new Set(['SEG', 'SR', 'PR', 'KO', 'RTSTRUCT', 'RTPLAN', 'RTDOSE', 'RTRECORD', 'REG', 'FID', 'ANN', 'RWV', 'DOC', 'M3D', 'SMR', 'TEXTUREMAP']);
/** Published dates: no window holds them. */
const PUBLISHED = new Set([0x00080106, 0x00080107, 0x0040db06, 0x0040db07]);

/** Remembers a date that may stay, for DID-060 and DID-062. */
export function keepDate({ dates }: Subject, dataSet: DataSet, element: DicomElement): void {
  if (element.vr !== 'DA' && element.vr !== 'DT') return;
  for (const value of dataSet.values(element)) {
    const day = value.replaceAll('.', '').slice(0, 8);
    if (dayNumber(day) !== null) dates.push({ dataSet, element, day });
  }
}

/** DID-060, DID-062, DID-064: dates of a file are of one time, of the policy's time, and no device or time zone betrays the shift. */
export function judgeDates(subject: Subject): void {
  judgeWindow(subject);
  const reference = referenceDay(subject);
  judgeTimeZone(subject);
  if (reference === null) return;
  const derived = DERIVED_MODALITIES.has(subject.dataSet.text(0x00080060) ?? '');
  for (const date of subject.dates) {
    const { tag } = date.element;
    if (OTHER_EVENTS.has(tag) || (derived && DERIVATION_TAGS.has(tag))) continue;
    if (CALIBRATION_TAGS.has(tag)) judgeCalibration(subject, date, reference);
    else judgeTogether(subject, date, reference);
  }
}

function judgeTogether(subject: Subject, { dataSet, element, day }: KeptDate, reference: string): void {
  subject.report.looked('DID-060');
  if (isWithinDays(day, reference)) return;
  addAbout(subject, dataSet, element, { code: 'DID-060', message: 'A date lies more than two days from the day of the examination: it was not moved with the others.', hint: 'One forgotten date gives away the shift of all.', expected: `within ${MOST_DAYS} days of StudyDate` });
}

function judgeCalibration(subject: Subject, { dataSet, element, day }: KeptDate, reference: string): void {
  subject.report.looked('DID-064');
  const before = (dayNumber(reference) as number) - (dayNumber(day) as number);
  if (before >= -MOST_DAYS && before <= MOST_CALIBRATION_DAYS) return;
  addAbout(subject, dataSet, element, { code: 'DID-064', message: 'A date of the device does not go with the day of the examination: only one of them was moved.', expected: 'removed, or before the examination' });
}

function judgeWindow(subject: Subject): void {
  const window = subject.policy.date_window;
  if (window === null) return;
  for (const { dataSet, element, day } of subject.dates) {
    if (PUBLISHED.has(element.tag)) continue;
    subject.report.looked('DID-062');
    if (day >= window.from && day <= window.to) continue;
    addAbout(subject, dataSet, element, { code: 'DID-062', message: 'A date is outside the window of the policy.', hint: 'See date_window of the gate policy.', expected: `${window.from} to ${window.to}` });
  }
}

/** A time zone that may stay is of the form the standard gives it, and every date with time agrees with it. */
function judgeTimeZone(subject: Subject): void {
  const zone = subject.dataSet.text(TIME_ZONE);
  const element = subject.dataSet.get(TIME_ZONE);
  if (zone === null || zone === '' || element === undefined) return;
  subject.report.looked('DID-064');
  if (!/^[+-](?:0\d|1[0-4])[0-5]\d$/.test(zone)) {
    addAbout(subject, subject.dataSet, element, { code: 'DID-064', message: 'The time zone is no offset from UTC.', expected: '+HHMM, -HHMM, or absent' });
    return;
  }
  const other = subject.dates.find(({ dataSet, element: { vr, tag } }) => vr === 'DT' && /[+-]\d{4}$/.test(dataSet.text(tag) ?? '') && dataSet.text(tag)?.endsWith(zone) === false);
  if (other !== undefined) addAbout(subject, other.dataSet, other.element, { code: 'DID-064', message: 'A date with time is of another time zone than the file says.', expected: 'the offset of TimezoneOffsetFromUTC, or none' });
}

function referenceDay({ dataSet }: Subject): string | null {
  for (const tag of REFERENCE_TAGS) {
    const day = dataSet.text(tag)?.replaceAll('.', '').slice(0, 8) ?? '';
    if (dayNumber(day) !== null) return day;
  }
  return null;
}

/** The day of the examination where dates are declared to be shifted; null when they are not, or there is none. */
export function shiftedReference(subject: Subject): string | null {
  return (subject.declaration.inForce & (OPTION.retainLongitudinalModifiedDates | OPTION.retainLongitudinalFullDates)) === 0 ? null : referenceDay(subject);
}

/** Whether two days, YYYYMMDD, are of one examination. */
export function isWithinDays(day: string, other: string): boolean {
  const [a, b] = [dayNumber(day), dayNumber(other)];
  return a !== null && b !== null && Math.abs(a - b) <= MOST_DAYS;
}

/** Days since 1970 of YYYYMMDD; null for what is no day of the calendar. */
function dayNumber(day: string): number | null {
  const date = parseDate(day);
  return date === null ? null : daysOf(date);
}
