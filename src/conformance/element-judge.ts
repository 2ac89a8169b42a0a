import { TEXT_VRS, type DataSet, type DicomElement } from '../dicom/data-set.js';
import { findAttribute, type AttributeEntry } from '../facts/attribute-dictionary.js';
import type { FileFinding } from '../model/inspection.js';
import { allowsCount, parseMultiplicity } from './multiplicity.js';
import type { Place } from './place.js';
import { formFault, hasControl, isUid } from './value-form.js';

/** Bytes of one value of the binary VRs. */
const UNIT_BYTES: ReadonlyMap<string, number> = new Map([
  ['AT', 4],
  ['FD', 8],
  ['FL', 4],
  ['OD', 8],
  ['OF', 4],
  ['OL', 4],
  ['OV', 8],
  ['OW', 2],
  ['SL', 4],
  ['SS', 2],
  ['SV', 8],
  ['UL', 4],
  ['US', 2],
  ['UV', 8],
]);

/** VRs whose values are counted; of the others an element has one. */
const COUNTED = new Set(['AE', 'AS', 'AT', 'CS', 'DA', 'DS', 'DT', 'FD', 'FL', 'IS', 'LO', 'PN', 'SH', 'SL', 'SS', 'SV', 'TM', 'UC', 'UI', 'UL', 'US', 'UV']);
const SHORT_TEXT = new Set(['AE', 'AS', 'CS', 'DA', 'DS', 'DT', 'IS', 'LO', 'PN', 'SH', 'TM', 'UC']);
const PIXEL_DATA = 0x7fe00010;
const PATIENT_NAME = 0x00100010;
const PATIENT_ID = 0x00100020;
const CHARACTER_SET = 0x00080005;

/** Judges every element of a file by its VR and the dictionary: DCM-009, DCM-010, DCM-018 and value multiplicity (DCM-008). */
export class ElementJudge {
  private patientId: string | null = null;

  constructor(
    private readonly top: Place,
    private readonly add: (finding: FileFinding) => void,
  ) {}

  judge(dataSet: DataSet): void {
    for (const element of dataSet.elements) {
      const tag = element.tag;
      if (element.items !== null || element.fragments !== null || (tag & 0xffff) === 0) {
        if (element.items !== null) this.judgeVr(dataSet, element, findAttribute(tag));
        continue;
      }
      const entry = isPrivate(tag) ? null : findAttribute(tag);
      if (entry !== null) this.judgeVr(dataSet, element, entry);
      if (tag !== PIXEL_DATA) this.judgeValue(dataSet, element, entry);
    }
  }

  /** The VR is written, and another than the dictionary's. */
  private judgeVr(dataSet: DataSet, { tag, writtenVr }: DicomElement, entry: AttributeEntry | null): void {
    if (writtenVr === null || entry === null || writtenVr === 'UN' || entry.vrs.includes(writtenVr)) return;
    this.say(dataSet, tag, { code: 'DCM-009', message: 'is encoded with another VR than the data dictionary gives.', expected: entry.vrs.join(' or '), found: /^[A-Z]{2}$/.test(writtenVr) ? writtenVr : 'no VR', content: `VR ${writtenVr}` });
  }

  private judgeValue(dataSet: DataSet, element: DicomElement, entry: AttributeEntry | null): void {
    if (element.length === 0) return;
    const { vr } = element;
    if (TEXT_VRS.has(vr)) this.judgeText(dataSet, element, entry);
    else this.judgeNumbers(dataSet, element, entry);
  }

  private judgeNumbers(dataSet: DataSet, element: DicomElement, entry: AttributeEntry | null): void {
    const unit = UNIT_BYTES.get(element.vr);
    if (unit === undefined) return;
    if (element.length % unit !== 0) {
      this.say(dataSet, element.tag, { code: 'DCM-009', ...levelOf(element), message: `has a length that is no multiple of the bytes of its VR, ${element.vr}.`, expected: `a multiple of ${unit}`, found: `${element.length} bytes`, content: `length ${element.length}` });
    } else if (entry !== null && COUNTED.has(element.vr)) this.judgeCount(dataSet, element, entry, element.length / unit);
  }

  private judgeText(dataSet: DataSet, element: DicomElement, entry: AttributeEntry | null): void {
    const { vr, tag } = element;
    if (hasHighBytes(element)) this.judgeDecoding(dataSet, element);
    // The forms of private values are their maker's affair; de-identification decides whether they may stay at all.
    if (isPrivate(tag)) return;
    const values = dataSet.values(element);
    if (entry !== null && COUNTED.has(vr)) this.judgeCount(dataSet, element, entry, values.length);
    if (vr === 'UI') {
      if (values.some((value) => value !== '' && !isUid(value))) {
        this.say(dataSet, tag, { code: 'DCM-018', ...levelOf(element), message: 'is no valid UID.', expected: 'at most 64 digits and points, no component with a leading zero', content: 'UID' });
      }
      return;
    }
    for (const value of values) {
      const fault = SHORT_TEXT.has(vr) && vr !== 'AE' && hasControl(vr, value) ? 'a control character' : formFault(vr, value);
      if (fault === null) continue;
      this.say(dataSet, tag, { code: 'DCM-009', ...levelOf(element), message: `has a value that is none of VR ${vr}.`, found: fault, content: fault });
      break;
    }
    if (vr === 'PN') this.judgeName(dataSet, element, values);
  }

  private judgeCount(dataSet: DataSet, { tag }: DicomElement, { vm }: AttributeEntry, count: number): void {
    if (allowsCount(parseMultiplicity(vm), count)) return;
    this.say(dataSet, tag, { code: 'DCM-008', message: 'has another number of values than the data dictionary allows.', expected: vm, found: String(count), content: `VM ${count}` });
  }

  private judgeDecoding(dataSet: DataSet, element: DicomElement): void {
    const declared = (dataSet.characterSet ?? '') !== '';
    if (declared && !dataSet.decode(element).flawed) return;
    this.say(dataSet, element.tag, {
      code: 'DCM-010',
      ...levelOf(element),
      message: declared ? 'has bytes that mean nothing in the declared character set.' : 'has bytes beyond ASCII, and SpecificCharacterSet declares nothing for them.',
      hint: 'Decode the text and write it again with its right SpecificCharacterSet, or remove it.',
      content: 'encoding',
    });
  }

  /** Names with digits or underscores are no names of persons; where the pseudonym stands for the name, that is meant. */
  private judgeName(dataSet: DataSet, element: DicomElement, values: readonly string[]): void {
    if (!values.some(isDubiousName)) return;
    if (element.tag === PATIENT_NAME && values.every((value) => value === this.pseudonym())) return;
    this.say(dataSet, element.tag, { code: 'DCM-010', level: 'warning', message: 'has digits or underscores, which names of persons do not have.', hint: 'Empty it, or write the pseudonym that PatientID has.', content: 'dubious name' });
  }

  private pseudonym(): string {
    return (this.patientId ??= this.top.root.text(PATIENT_ID) ?? '');
  }

  private say(dataSet: DataSet, tag: number, finding: FileFinding): void {
    const path = dataSet.pathOf(tag);
    const name = findAttribute(tag)?.keyword ?? 'The attribute';
    this.add({ ...finding, tag: path, message: `${name} ${finding.message}` });
  }
}

/** DCM-010: the terms of SpecificCharacterSet themselves. */
export function judgeCharacterSet(top: Place, add: (finding: FileFinding) => void): void {
  const element = top.root.get(CHARACTER_SET);
  if (element === undefined) return;
  const unknown = top.root.values(element).filter((term, at) => !(term === '' && at === 0) && !isCharacterSetTerm(term));
  if (unknown.length === 0) return;
  add({ code: 'DCM-010', tag: 'SpecificCharacterSet', message: 'SpecificCharacterSet has a term that the standard does not define.', expected: 'a defined term of PS3.3 C.12.1.1.2', content: unknown.join('\\') });
}

const ISO_IR_NUMBERS = new Set(['6', '13', '87', '100', '101', '109', '110', '126', '127', '138', '144', '148', '149', '58', '159', '166', '192', '203']);

function isCharacterSetTerm(term: string): boolean {
  if (term === 'GB18030' || term === 'GBK') return true;
  const number = term.startsWith('ISO 2022 IR ') ? term.slice(12) : term.startsWith('ISO_IR ') ? term.slice(7) : '';
  return ISO_IR_NUMBERS.has(number);
}

function isDubiousName(value: string): boolean {
  for (let at = 0; at < value.length; at += 1) {
    const code = value.charCodeAt(at);
    if (code === 0x5f || (code >= 0x30 && code <= 0x39)) return true;
  }
  return false;
}

function hasHighBytes({ bytes }: DicomElement): boolean {
  if (bytes === null) return false;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] as number;
    if (byte > 0x7e || byte === 0x1b) return true;
  }
  return false;
}

function isPrivate(tag: number): boolean {
  return ((tag >>> 16) & 1) === 1;
}

/** Of private elements it is only warned. */
function levelOf({ tag }: DicomElement): Pick<FileFinding, 'level'> {
  return isPrivate(tag) ? { level: 'warning' } : {};
}
