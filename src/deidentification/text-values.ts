import type { DataSet, DicomElement } from '../dicom/data-set.js';
import { findAttribute } from '../facts/attribute-dictionary.js';
import { maskSecret } from '../text/mask.js';
import { OPTION } from './options.js';
import type { Action, ProfileRule } from './profile.js';
import type { ScanHit } from './scan.js';
import { addAbout, type Subject } from './subject.js';

/** VRs whose values people write. */
const WRITTEN = new Set(['LO', 'LT', 'SH', 'ST', 'UC', 'UT', 'UR']);
/** VRs of a closed form: a value with letters that the form does not know is text in the wrong place. */
const CODED = new Map<string, RegExp>([
  ['AE', /^[^\s^,]{0,16}$/],
  ['CS', /^[A-Z0-9_ ]{0,16}$/],
  ['DS', /^[-+0-9.eE\s]{0,16}$/],
  ['IS', /^[-+0-9\s]{0,12}$/],
  ['AS', /^\d{3}[DWMY]$/],
  ['DA', /^[\d.]{0,10}$/],
  ['TM', /^[\d.:]{0,16}$/],
  ['DT', /^[-+\d.]{0,26}$/],
  ['UI', /^[\d.]{0,64}$/],
]);

/** Codes that name a concept: their digits are no numbers of a person. */
const CODE_TAGS = new Set([0x00080100, 0x00080119, 0x00080120, 0x00080102, 0x00080103, 0x0008010f]);
/** What devices and programs call themselves: versions, serial forms and dates of builds. */
const TECHNICAL_TAGS = new Set([0x00080070, 0x00081090, 0x00181020, 0x00181019, 0x00181000, 0x00181008, 0x00089215, 0x0018100a, 0x00181009]);
const NUMBERS = new Set(['DID-041', 'DID-042', 'DID-043', 'DID-046']);
/** Rules believed of a value that stays as it is under an option: that it holds numbers and names of places is why it is kept. */
const KEPT_RULES = new Set(['DID-040', 'DID-042', 'DID-045']);

/** Rules of the scanner, all of which look at every text. */
const SCAN_RULES = ['DID-040', 'DID-041', 'DID-042', 'DID-043', 'DID-044', 'DID-045', 'DID-046', 'DID-047'];

/** DID-040 to DID-047: what the scanner finds in the text of an element. */
export function judgeText(subject: Subject, dataSet: DataSet, element: DicomElement, rule: ProfileRule | undefined, action: Action | 'unlisted'): void {
  if (action === 'keep' && ((rule as ProfileRule).keep & OPTION.retainInstitutionIdentity & subject.declaration.inForce) !== 0) return;
  const form = CODED.get(element.vr);
  if (form === undefined && !WRITTEN.has(element.vr)) return;
  for (const value of dataSet.values(element)) {
    if (value === '' || (form !== undefined && form.test(value))) continue;
    for (const hit of scanValue(subject, value, element)) {
      if (!isBelieved(element.tag, hit, action)) continue;
      addAbout(subject, dataSet, element, { code: hit.code, level: hit.level, message: `A text holds ${hit.what}.`, found: maskSecret(value.slice(hit.start, hit.end)) });
    }
  }
}

function scanValue(subject: Subject, value: string, { tag, vr }: DicomElement): readonly ScanHit[] {
  for (const code of SCAN_RULES) subject.report.looked(code);
  const limit = subject.policy.limits.text_chars;
  const keyword = findAttribute(tag)?.keyword ?? null;
  if (value.length <= limit) return subject.tools.scan(value, { keyword, vr });
  const cut: ScanHit = { code: 'DID-040', level: 'warning', what: 'more characters than the limit, so only its first part was scanned', start: 0, end: 0 };
  return [cut, ...subject.tools.scan(value.slice(0, limit), { keyword, vr })];
}

function isBelieved(tag: number, { code }: ScanHit, action: Action | 'unlisted'): boolean {
  if (action === 'keep' && !KEPT_RULES.has(code)) return false;
  return !((CODE_TAGS.has(tag) || TECHNICAL_TAGS.has(tag)) && NUMBERS.has(code));
}
