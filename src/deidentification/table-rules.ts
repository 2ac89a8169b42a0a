import type { DataSet, DicomElement } from '../dicom/data-set.js';
import { CALIBRATION_TAGS, TIME_ZONE } from './dates.js';
import { isDummyDate } from './dummy.js';
import { actionUnder, type Action, type ProfileRule } from './profile.js';
import { addAbout, isEmpty, type Subject } from './subject.js';
import { judgeUid } from './uids.js';

/** Rules that speak for one kind of attribute instead of DID-010 to DID-012, with what they say. */
const OWN_RULES: readonly { code: string; message: string; is(tag: number): boolean }[] = [
  { code: 'DID-080', message: 'Graphics or text drawn over the pixels stay though 113103 is not in force.', is: (tag) => tag >>> 24 === 0x60 || tag >>> 24 === 0x50 || tag === 0x00700001 },
  { code: 'DID-081', message: 'An icon stays: a small picture of the image before it was de-identified.', is: (tag) => tag === 0x00880200 },
  { code: 'DID-083', message: 'The content of a report stays though 113104 is not in force.', is: (tag) => tag === 0x0040a730 },
  { code: 'DID-084', message: 'What the attributes were before de-identification stays in the file.', is: (tag) => ORIGINALS.has(tag) },
  { code: 'DID-085', message: 'A photograph of the patient, or where the picture was taken, stays in the file.', is: (tag) => tag === 0x00101100 || (tag >= 0x00160070 && tag <= 0x0016008e) },
  { code: 'DID-091', message: 'The data set has trailing padding, which may hold anything.', is: (tag) => tag === 0xfffcfffc },
  { code: 'DID-064', message: 'The time zone, or a date of the device, stays though no option in force retains it.', is: (tag) => tag === TIME_ZONE || CALIBRATION_TAGS.has(tag) },
];

/** Original and modified attributes, encrypted ones, signatures over them, and what the patient was called before. */
const ORIGINALS = new Set([0x04000561, 0x04000550, 0x04000551, 0x04000552, 0xfffafffa, 0x00081120]);

const ownRules = new Map<number, (typeof OWN_RULES)[number] | null>();

function ownRule(tag: number): (typeof OWN_RULES)[number] | null {
  const known = ownRules.get(tag);
  if (known !== undefined) return known;
  const rule = OWN_RULES.find(({ is }) => is(tag)) ?? null;
  ownRules.set(tag, rule);
  return rule;
}

/** What the table says of an element that is there. */
export interface TableVerdict {
  action: Action;
  /** The element may not stay as it is: a finding says so. */
  leaks: boolean;
}

/** The rule that stands for a row of the table: DID-010 to DID-013, or that of its kind of attribute. */
export function codeOf(tag: number, { basic }: ProfileRule): string {
  const own = ownRule(tag);
  if (own !== null) return own.code;
  return { X: 'DID-010', Z: 'DID-011', D: 'DID-012', U: 'DID-013' }[basic[0] as 'X' | 'Z' | 'D' | 'U'];
}

/**
 * DID-010 to DID-013, DID-064, DID-080, DID-081, DID-083 to DID-085, DID-091: one element by its row of PS3.15 Table
 * E.1-1, under the options in force. @param quiet it goes with the sequence it is in, which was said already
 */
export function judgeByTable(subject: Subject, dataSet: DataSet, element: DicomElement, rule: ProfileRule, quiet: boolean): TableVerdict {
  const action = actionUnder(rule, subject.declaration.inForce);
  const code = codeOf(element.tag, rule);
  subject.report.looked(code);
  if (action !== 'basic' || isEmpty(element)) return { action, leaks: false };
  if (rule.mayBeUid) {
    if (element.vr === 'UI' && !quiet) judgeUid(subject, dataSet, element);
    return { action, leaks: false };
  }
  if (isHarmless(subject, dataSet, element, rule)) return { action, leaks: false };
  if (!quiet) addLeak(subject, dataSet, element, rule, code);
  return { action, leaks: true };
}

/** Sequences with a dummy among their outcomes are judged by what is in them, but for those with a rule of their own. */
function isHarmless(subject: Subject, dataSet: DataSet, element: DicomElement, { mayBeDummy, basic }: ProfileRule): boolean {
  const { items, vr, tag } = element;
  if (items !== null) return ownRule(tag) === null && ((basic.includes('D') && !items.some(isCode)) || items.every((item) => isDummyItem(subject, item)));
  if (ownRule(tag)?.code === 'DID-080') return false;
  if (mayBeDummy && isAllZero(element)) return true;
  const values = dataSet.values(element);
  if (values.length === 0) return false;
  if (subject.pseudonym !== '' && values.every((value) => value === subject.pseudonym)) return true;
  if (vr === 'DA' || vr === 'DT' || vr === 'TM') return values.every((value) => value === '' || isDummyDate(value) || subject.dummies.isText(value));
  if (tag === PATIENT_SEX && mayBeDummy && values[0] === 'O') return true;
  return !NUMBER_VRS.has(vr) && values.every((value) => subject.dummies.isText(value));
}

const CONTENT_SEQUENCE = 0x0040a730;
const PATIENT_SEX = 0x00100040;
const NUMBER_VRS = new Set(['US', 'SS', 'UL', 'SL', 'FL', 'FD', 'DS', 'IS']);
const CODE_TAGS = [0x00080100, 0x00080119, 0x00080120, 0x00080104];

/** Zeros are what a de-identifier writes over a value that is no text. */
function isAllZero({ bytes }: DicomElement): boolean {
  return bytes !== null && bytes.every((byte) => byte === 0);
}

function isCode(item: DataSet): boolean {
  return CODE_TAGS.some((tag) => item.has(tag));
}

/** Whether a coded item names nothing: all its texts are dummies. */
function isDummyItem({ dummies }: Subject, item: DataSet): boolean {
  return item.elements.every((element) => element.tag === 0x00080102 || isEmpty(element) || (element.items === null && item.values(element).every((value) => dummies.isText(value))));
}

/** A text in place of a dummy needs a person's eye; a date in its place is a leak. */
function addLeak(subject: Subject, dataSet: DataSet, element: DicomElement, rule: ProfileRule, code: string): void {
  const inReport = dataSet.parent?.tag === CONTENT_SEQUENCE && code === 'DID-012';
  const dated = element.vr === 'DA' || element.vr === 'DT' || element.vr === 'TM';
  addAbout(subject, dataSet, element, {
    code: inReport ? 'DID-083' : code,
    ...(code === 'DID-012' && !dated && !inReport ? { level: 'warning' as const } : {}),
    message: ownRule(element.tag)?.message ?? MESSAGES[rule.basic[0] as 'X' | 'Z' | 'D'],
    ...hintOf(subject, rule),
    expected: expectedOf(rule),
  });
}

const MESSAGES = {
  X: 'An attribute stays that the confidentiality profile removes.',
  Z: 'An attribute has a value that the confidentiality profile empties.',
  D: 'An attribute has a value that is none of the dummies that the confidentiality profile replaces it by.',
};

function expectedOf({ basic }: ProfileRule): string {
  if (basic === 'X') return 'absent';
  return basic.includes('D') ? 'absent, empty, or a dummy value' : 'absent or empty';
}

/** Names the options under which the attribute could stay. */
function hintOf({ declaration, allowed }: Subject, { keep, clean }: ProfileRule): { hint?: string } {
  const codes = Array.from({ length: 13 }, (_, bit) => bit).filter((bit) => ((keep | clean) & (1 << bit)) !== 0);
  if (codes.length === 0) return {};
  const declared = codes.find((bit) => (declaration.declared & (1 << bit)) !== 0);
  if (declared !== undefined) return { hint: `The file declares ${113100 + declared}, which the policy does not allow.` };
  const names = codes.filter((bit) => (allowed & (1 << bit)) !== 0).map((bit) => 113100 + bit);
  return names.length === 0 ? {} : { hint: `It may stay when the file declares ${names.join(' or ')} in DeidentificationMethodCodeSequence.` };
}
