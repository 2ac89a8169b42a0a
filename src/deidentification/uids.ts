import type { DataSet, DicomElement } from '../dicom/data-set.js';
import { addAbout, type Subject } from './subject.js';
import { isStandardUid } from './uid-roots.js';

const DEVICE_SERIAL_NUMBER = 0x00181000;

/** UIDs that name what is released; a vendor's among them is the one that the archive of the hospital knows. */
const PRINCIPAL = new Set([0x00080018, 0x0020000d, 0x0020000e, 0x00200052, 0x00081155, 0x00020003]);

/** Digits of a component that is a date, a date with time, or one with fractions of a second. */
const DATE_LENGTHS = new Set([8, 12, 14, 16, 17, 20]);
/** 2000-01-01 and 2040-01-01 in seconds since 1970. */
const FIRST_EPOCH_SECOND = 946_684_800;
const LAST_EPOCH_SECOND = 2_208_988_800;
/** Shorter serial numbers occur in UIDs by chance. */
const LEAST_SERIAL_DIGITS = 5;

/** DID-013, DID-014: a UID that has to be numbered anew is, and tells nothing of what it was. */
export function judgeUid(subject: Subject, dataSet: DataSet, element: DicomElement): void {
  const { report, roots, policy } = subject;
  report.looked('DID-013');
  report.looked('DID-014');
  for (const uid of dataSet.values(element)) {
    if (uid === '' || isStandardUid(uid)) continue;
    if (!roots.mayStay(uid)) {
      const level = policy.uid_roots.length > 0 || PRINCIPAL.has(element.tag) ? 'error' : 'warning';
      addAbout(subject, dataSet, element, {
        code: 'DID-013',
        level,
        message: policy.uid_roots.length > 0 ? 'A UID is not under a root of the policy.' : 'A UID is one that a device or archive of a vendor made.',
        expected: policy.uid_roots.length > 0 ? 'a UID under uid_roots of the gate policy, or 2.25' : 'a UID made by the de-identifier',
      });
      return;
    }
    const tells = embedded(subject, uid);
    if (tells === null) continue;
    addAbout(subject, dataSet, element, { code: 'DID-014', message: `A UID holds ${tells}.`, hint: 'Make UIDs of random or keyed digits: 2.25 and a UUID, for instance.', expected: 'a UID that tells nothing' });
    return;
  }
}

/** What a UID tells beside naming something, as a noun phrase; null: nothing. */
function embedded({ roots, dataSet }: Subject, uid: string): string | null {
  const components = uid.split('.');
  if (components.some(isDate)) return 'a calendar date';
  if (!roots.isReissued(uid) && components.some(isEpochSecond)) return 'a time in seconds since 1970';
  const serial = (dataSet.text(DEVICE_SERIAL_NUMBER) ?? '').replace(/^0{1,64}/, '');
  if (serial.length >= LEAST_SERIAL_DIGITS && serial.length <= 64 && components.includes(serial)) return 'the serial number of the device';
  return null;
}

function isDate(component: string): boolean {
  if (!DATE_LENGTHS.has(component.length) || !/^(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])/.test(component)) return false;
  return component.length === 8 || /^(?:[01]\d|2[0-3])[0-5]\d/.test(component.slice(8));
}

function isEpochSecond(component: string): boolean {
  if (!/^[12]\d{9}$/.test(component)) return false;
  const seconds = Number(component);
  return seconds >= FIRST_EPOCH_SECOND && seconds < LAST_EPOCH_SECOND;
}
