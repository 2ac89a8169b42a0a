import { isUtf8 } from 'node:buffer';
import { TEXT_VRS, type DataSet, type DicomElement } from '../dicom/data-set.js';
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
    // Names are joined by `_` where a blank is not wanted: such a value is read.
    CS: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789',
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
/** Rules believed of them, and what of these is a version, a serial number or the page of a maker all the same. */
const TECHNICAL_RULES = new Set(['DID-040', 'DID-041', 'DID-042', 'DID-044']);
const TECHNICAL_FORMS = new Set(['an address on the web', 'an IP address', ...[7, 8, 9, 10, 11, 12].map((digits) => `a bare number of ${digits} digits`)]);
const NUMBERS = new Set(['DID-041', 'DID-042', 'DID-043', 'DID-046']);
/** Rules believed of a value that stays as it is under an option: that it holds numbers and names of places is why it is kept. */
const KEPT_RULES = new Set(['DID-040', 'DID-042', 'DID-045']);

/** OB of samples, as many as a picture or a sound has: waveform data, its padding, overlays, spectra, vertices. */
const SAMPLES = new Set([0x54001010, 0x5400100a, 0x60003000, 0x00660016, 0x00660023, 0x00420011]);

/** Rules of the scanner, all of which look at every text. */
const SCAN_RULES = ['DID-040', 'DID-041', 'DID-042', 'DID-043', 'DID-044', 'DID-045', 'DID-046', 'DID-047'];

/** DID-040 to DID-047: what the scanner finds in the text of an element. */
export function judgeText(subject: Subject, dataSet: DataSet, element: DicomElement, rule: ProfileRule | undefined, action: Action | 'unlisted'): void {
  if (action === 'keep' && ((rule as ProfileRule).keep & OPTION.retainInstitutionIdentity & subject.declaration.inForce) !== 0) return;
  if (isUnread(element)) return judgeUnknown(subject, dataSet, element);
  const form = CODED.get(element.vr);
  if (form === undefined ? !WRITTEN.has(element.vr) : element.bytes === null || isOfForm(element.bytes, form)) return;
  const unicode = undeclaredUnicode(dataSet, element);
  if (unicode !== null)
    addAbout(subject, dataSet, element, { code: 'DID-047', level: 'warning', message: 'A text is UTF-8 though the file declares another character set, so nobody reads it as it was written.', hint: 'Correct SpecificCharacterSet.', expected: 'ISO_IR 192', found: maskSecret(unicode) });
  for (const value of unicode === null ? dataSet.values(element) : [...dataSet.values(element), unicode]) {
    if (value === '' || subject.dummies.isText(value) || value === subject.pseudonym) continue;
    for (const hit of gravestHits(scanValue(subject, value, element).filter((found) => isBelieved(element.tag, found, action)))) {
      addAbout(subject, dataSet, element, { code: hit.code, level: hit.level, message: `A text holds ${hit.what}.`, found: maskSecret(value.slice(hit.start, hit.end)) });
    }
  }
}

/** Character sets of one byte a character, in which UTF-8 is read as other letters without a fault. */
const SINGLE_BYTE = /^(?:ISO[ _]?(?:2022 )?IR ?(?:6|13|100|101|109|110|126|127|138|144|148|166|203))$/;

/** The text that bytes beyond ASCII are in UTF-8 where the file declares a set of single bytes; null when they are none. */
function undeclaredUnicode(dataSet: DataSet, { bytes, vr }: DicomElement): string | null {
  if (bytes === null || !WRITTEN.has(vr) || !bytes.some((byte) => byte > 0x7f) || !SINGLE_BYTE.test(dataSet.characterSet ?? '')) return null;
  return isUtf8(bytes) ? bytes.toString('utf8').replaceAll('\0', ' ').trim() : null;
}

/** Bytes of no known layout: VR UN, OB outside of tables of numbers, and whatever the dictionary does not know and is no text. */
function isUnread({ tag, vr }: DicomElement): boolean {
  if (vr === 'UN') return true;
  if (TEXT_VRS.has(vr)) return false;
  return findAttribute(tag) === null || (vr === 'OB' && !SAMPLES.has(tag));
}

/** A value whose VR nobody knows is read for the texts in its bytes. */
function judgeUnknown(subject: Subject, dataSet: DataSet, element: DicomElement): void {
  const limit = subject.policy.limits.text_chars;
  if ((element.bytes?.length ?? 0) > limit)
    addAbout(subject, dataSet, element, { code: 'DID-047', level: 'warning', message: 'An element of unknown kind is longer than the limit, so only its first part was read.', expected: `at most ${limit} bytes`, found: `${element.length} bytes` });
  for (const { text } of readableRuns((element.bytes ?? Buffer.alloc(0)).subarray(0, limit)))
    for (const hit of gravestHits(subject.tools.scan(text, { kind: 'bytes' })))
      if (hit.level === 'error') addAbout(subject, dataSet, element, { code: hit.code, message: `An element of unknown kind holds ${hit.what}.`, found: maskSecret(text.slice(hit.start, hit.end)) });
}

function scanValue(subject: Subject, value: string, { tag, vr }: DicomElement): readonly TextHit[] {
  for (const code of SCAN_RULES) subject.report.looked(code);
  const keyword = findAttribute(tag)?.keyword;
  return subject.tools.scan(value, { kind: FREE_TEXT.has(vr) ? 'free-text' : 'description', ...(keyword === undefined ? {} : { keyword }) });
}

function isBelieved(tag: number, { code, level, what }: TextHit, action: Action | 'unlisted'): boolean {
  if (action === 'keep' && !KEPT_RULES.has(code)) return false;
  if (TECHNICAL_TAGS.has(tag)) return level === 'error' && TECHNICAL_RULES.has(code) && !TECHNICAL_FORMS.has(what);
  return !(CODE_TAGS.has(tag) && NUMBERS.has(code));
}
