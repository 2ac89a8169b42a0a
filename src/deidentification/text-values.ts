import type { DataSet, DicomElement } from '../dicom/data-set.js';
import { findAttribute } from '../facts/attribute-dictionary.js';
import { maskSecret } from '../text/mask.js';
import { OPTION } from './options.js';
import type { Action, ProfileRule } from './profile.js';
import { readableRuns } from '../text/byte-runs.js';
import { gravestHits } from '../text/gravest-hits.js';
import type { TextHit } from '../text/hits.js';
import { addAbout, type Subject } from './subject.js';

/** VRs whose values people write. */
const WRITTEN = new Set(['LO', 'LT', 'SH', 'ST', 'UC', 'UT', 'UR']);
/** Of these, those that hold sentences. */
const FREE_TEXT = new Set(['LT', 'ST', 'UC', 'UT', 'UR']);
/** VRs of a closed form, and the characters of one word of it: a value with others, or of several words, is read as text. */
const CODED = new Map<string, Uint8Array>(
  Object.entries({
    AE: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.@',
    CS: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_',
    DS: '0123456789+-.eE',
    IS: '0123456789+-',
    AS: '0123456789DWMY',
    DA: '0123456789.',
    TM: '0123456789.:',
    DT: '0123456789.+-',
    UI: '0123456789.',
  }).map(([vr, characters]) => [vr, classOf(characters)]),
);

function classOf(characters: string): Uint8Array {
  const table = new Uint8Array(256);
  for (const character of `${characters}\\`) table[character.charCodeAt(0)] = 1;
  return table;
}

/** Whether bytes are words of a closed form, with padding at their end. */
function isOfForm(bytes: Buffer, form: Uint8Array): boolean {
  let end = bytes.length;
  while (end > 0 && (bytes[end - 1] === 0x20 || bytes[end - 1] === 0)) end -= 1;
  let at = 0;
  while (at < end && bytes[at] === 0x20) at += 1;
  for (; at < end; at += 1) if (form[bytes[at] as number] === 0 && !(bytes[at] === 0x20 && (bytes[at - 1] === 0x5c || bytes[at + 1] === 0x5c))) return false;
  return true;
}

/** Codes that name a concept, and the method of de-identification with the versions of its scripts: their digits are no numbers of a person. */
const CODE_TAGS = new Set([0x00080100, 0x00080119, 0x00080120, 0x00080102, 0x00080103, 0x0008010f, 0x00120063]);
/** What devices, programs and terminologies call themselves: versions, serial forms, dates of builds, companies and their addresses on the web. */
const TECHNICAL_TAGS = new Set([0x00080070, 0x00081090, 0x00181020, 0x00181019, 0x00181000, 0x00181008, 0x0018100a, 0x00181009, 0x0008010e, 0x00080112, 0x00080114, 0x00080115, 0x00080116, 0x00080122, 0x00080123]);
const NUMBERS = new Set(['DID-041', 'DID-042', 'DID-043', 'DID-046']);
/** Rules believed of a value that stays as it is under an option: that it holds numbers and names of places is why it is kept. */
const KEPT_RULES = new Set(['DID-040', 'DID-042', 'DID-045']);

/** Rules of the scanner, all of which look at every text. */
const SCAN_RULES = ['DID-040', 'DID-041', 'DID-042', 'DID-043', 'DID-044', 'DID-045', 'DID-046', 'DID-047'];

/** DID-040 to DID-047: what the scanner finds in the text of an element. */
export function judgeText(subject: Subject, dataSet: DataSet, element: DicomElement, rule: ProfileRule | undefined, action: Action | 'unlisted'): void {
  if (action === 'keep' && ((rule as ProfileRule).keep & OPTION.retainInstitutionIdentity & subject.declaration.inForce) !== 0) return;
  if (element.vr === 'UN') return judgeUnknown(subject, dataSet, element);
  const form = CODED.get(element.vr);
  if (form === undefined ? !WRITTEN.has(element.vr) : element.bytes === null || isOfForm(element.bytes, form)) return;
  for (const value of dataSet.values(element)) {
    if (value === '' || subject.dummies.isText(value) || value === subject.pseudonym) continue;
    for (const hit of gravestHits(scanValue(subject, value, element).filter((found) => isBelieved(element.tag, found, action)))) {
      addAbout(subject, dataSet, element, { code: hit.code, level: hit.level, message: `A text holds ${hit.what}.`, found: maskSecret(value.slice(hit.start, hit.end)) });
    }
  }
}

/** A value whose VR nobody knows is read for the texts in its bytes. */
function judgeUnknown(subject: Subject, dataSet: DataSet, element: DicomElement): void {
  for (const { text } of readableRuns((element.bytes ?? Buffer.alloc(0)).subarray(0, subject.policy.limits.text_chars)))
    for (const hit of gravestHits(subject.tools.scan(text, { kind: 'bytes' })))
      if (hit.level === 'error') addAbout(subject, dataSet, element, { code: hit.code, message: `An element of unknown kind holds ${hit.what}.`, found: maskSecret(text.slice(hit.start, hit.end)) });
}

function scanValue(subject: Subject, value: string, { tag, vr }: DicomElement): readonly TextHit[] {
  for (const code of SCAN_RULES) subject.report.looked(code);
  const keyword = findAttribute(tag)?.keyword;
  return subject.tools.scan(value, { kind: FREE_TEXT.has(vr) ? 'free-text' : 'description', ...(keyword === undefined ? {} : { keyword }) });
}

function isBelieved(tag: number, { code, level }: TextHit, action: Action | 'unlisted'): boolean {
  if (action === 'keep' && !KEPT_RULES.has(code)) return false;
  if (TECHNICAL_TAGS.has(tag)) return code === 'DID-040' && level === 'error';
  return !(CODE_TAGS.has(tag) && NUMBERS.has(code));
}
