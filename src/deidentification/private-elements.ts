import { formatTag, type DataSet, type DicomElement } from '../dicom/data-set.js';
import { OPTION } from './options.js';
import { creatorOf, dispositionOf, type Disposition } from './private-dispositions.js';
import { judgePrivateValue } from './private-values.js';
import { addAbout, isEmpty, type Subject } from './subject.js';
import { isWithinDays, shiftedReference } from './dates.js';

/** Group in which de-identifiers write project and site. */
const OWN_GROUP = 0x0013;
/** Blocks of de-identifiers in it, with the elements that hold codes only (CTP, RSNA anonymizer). */
const OWN_BLOCKS = new Map([
  ['CTP', new Set([0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x51])],
  ['RSNA', new Set([0x01, 0x02, 0x03])],
]);
/** A project or site by its code or short title. */
const OWN_CODE = /^[A-Za-z0-9][A-Za-z0-9 _.:/+-]{0,63}$/;

/** A UID that was made anew is a number, a shifted date a date. */
const NUMBERS_AND_DATES: ReadonlySet<string> = new Set(['DID-041', 'DID-043']);
/** A site may have a number for its code. */
const BARE_NUMBERS: ReadonlySet<string> = new Set(['DID-041']);

/** Elements of one block that may not stay. */
interface Leak {
  first: DicomElement;
  count: number;
  creator: string;
  why: string;
}

/** Whether a group is private: odd (PS3.5 7.8). */
export function isPrivate(tag: number): boolean {
  return ((tag >>> 16) & 1) === 1;
}

/**
 * DID-030 to DID-033: the private elements of a data set. Returns those that may not stay: what is nested in them goes
 * with them. @param quiet the data set goes with a sequence that may not stay, which was said already
 */
export function judgePrivateElements(subject: Subject, dataSet: DataSet, quiet: boolean): ReadonlySet<DicomElement> {
  const elements = dataSet.elements.filter(({ tag }) => isPrivate(tag));
  const gone = new Set<DicomElement>();
  if (elements.length === 0) return gone;
  for (const code of ['DID-030', 'DID-032']) subject.report.looked(code);
  judgeBlocks(subject, dataSet, elements);
  const leaks = new Map<string, Leak>();
  for (const element of elements) {
    const why = judgePrivateElement(subject, dataSet, element);
    if (why === null) continue;
    gone.add(element);
    const creator = (element.tag & 0xffff) <= 0xff ? (dataSet.text(element.tag) ?? '') : (creatorOf(dataSet, element.tag) ?? '');
    const key = `${element.tag >>> 16} ${creator} ${why}`;
    const leak = leaks.get(key);
    if (leak === undefined) leaks.set(key, { first: element, count: 1, creator, why });
    else leak.count += 1;
  }
  if (!quiet) for (const leak of leaks.values()) report(subject, dataSet, leak);
  return gone;
}

function report(subject: Subject, dataSet: DataSet, { first, count, creator, why }: Leak): void {
  subject.report.add({
    code: 'DID-030',
    message: why,
    tag: dataSet.pathOf(first.tag),
    hint: 'Remove the block, or list elements that are known to be harmless in private_elements of the gate policy.',
    expected: 'private elements that are known to be safe, with 113111 declared',
    found: `${count} ${count === 1 ? 'element' : 'elements'} of the block from ${formatTag(first.tag)} on`,
    content: `${creator} ${count}`,
  });
}

const SAFE_OPTION_MISSING = 'Private elements stay though the file does not declare that safe ones were retained.';
const NOT_SAFE = 'Private elements stay that are not known to be safe.';
const NOT_CHANGED = 'A private element that identifies or dates the examination stays unchanged.';

/** Why a private element may not stay; null when it may. */
function judgePrivateElement(subject: Subject, dataSet: DataSet, element: DicomElement): string | null {
  const { tag } = element;
  const number = tag & 0xffff;
  if (number < 0x10) return null;
  if (number <= 0xff) return judgeCreator(subject, dataSet, element);
  const creator = creatorOf(dataSet, tag);
  if (creator === null) return null;
  if (isOwn(tag, creator)) {
    judgeOwn(subject, dataSet, element);
    return null;
  }
  if ((subject.declaration.inForce & OPTION.retainSafePrivate) === 0) return SAFE_OPTION_MISSING;
  if (isEmpty(element)) return null;
  const disposition = isAllowed(subject, creator, tag) ? 'keep' : dispositionOf(dataSet, tag, element.writtenVr);
  if (disposition === 'remove') return NOT_SAFE;
  if (disposition !== 'keep' && !isChanged(subject, dataSet, element, disposition)) return NOT_CHANGED;
  judgePrivateValue(subject, dataSet, element, disposition === 'keep' ? undefined : NUMBERS_AND_DATES);
  return null;
}

/** A creator that reserves a block for nothing, without leave. */
function judgeCreator({ declaration }: Subject, dataSet: DataSet, { tag }: DicomElement): string | null {
  const creator = dataSet.text(tag) ?? '';
  if ((declaration.inForce & OPTION.retainSafePrivate) !== 0 || creator === '') return null;
  return (tag >>> 16) === OWN_GROUP && OWN_BLOCKS.has(creator) ? null : SAFE_OPTION_MISSING;
}

function isOwn(tag: number, creator: string): boolean {
  return (tag >>> 16) === OWN_GROUP && OWN_BLOCKS.get(creator)?.has(tag & 0xff) === true;
}

/** DID-033: what a de-identifier wrote into its own block is a code. */
function judgeOwn(subject: Subject, dataSet: DataSet, element: DicomElement): void {
  subject.report.looked('DID-033');
  if (isEmpty(element)) return;
  const before = judgePrivateValue(subject, dataSet, element, BARE_NUMBERS);
  const text = element.bytes === null ? null : element.bytes.toString('latin1').replaceAll('\0', ' ').trim();
  if (before || (text !== null && OWN_CODE.test(text))) return;
  addAbout(subject, dataSet, element, { code: 'DID-033', level: 'warning', message: 'A block of a de-identifier holds more than the code of a project or site.', expected: 'a code' });
}

function isAllowed({ policy }: Subject, creator: string, tag: number): boolean {
  if (policy.private_elements.length === 0) return false;
  const hex = (tag >>> 0).toString(16).padStart(8, '0');
  const name = `${hex.slice(0, 4)},${hex.slice(6)}`;
  return policy.private_elements.some((allowance) => allowance.creator === creator && allowance.element.toLowerCase() === name);
}

/** Whether a private UID is numbered anew, or a private date shifted with the others. */
function isChanged(subject: Subject, dataSet: DataSet, element: DicomElement, disposition: Exclude<Disposition, 'keep' | 'remove'>): boolean {
  const text = (element.bytes ?? Buffer.alloc(0)).toString('latin1').replaceAll('\0', ' ').trim();
  if (disposition === 'uid') return /^[0-2](?:\.\d{1,40}){2,40}$/.test(text) && subject.roots.mayStay(text);
  const reference = shiftedReference(subject);
  if (reference === null) return false;
  if (disposition === 'date') return /^\d{8}/.test(text) && isWithinDays(text.slice(0, 8), reference);
  const [seconds] = dataSet.numbers(element.tag);
  if (seconds === undefined || !Number.isFinite(seconds) || Math.abs(seconds) > 1e11) return false;
  return isWithinDays(new Date(seconds * 1000).toISOString().slice(0, 10).replaceAll('-', ''), reference);
}

/** DID-032: blocks are reserved once, by a named creator, in a group that may be private (PS3.5 7.8.1). */
function judgeBlocks(subject: Subject, dataSet: DataSet, elements: readonly DicomElement[]): void {
  const creators = new Set<string>();
  const said = new Set<string>();
  const complain = (element: DicomElement, message: string, expected: string): void => {
    const key = `${element.tag >>> 16} ${message}`;
    if (said.has(key)) return;
    said.add(key);
    addAbout(subject, dataSet, element, { code: 'DID-032', message, expected });
  };
  for (const element of elements) {
    const group = element.tag >>> 16;
    const number = element.tag & 0xffff;
    if (number === 0) continue;
    if (group <= 0x0007 || group === 0xffff) complain(element, 'A private element is in a group that may not be private.', 'an odd group from 0009 to FFFD');
    else if (number < 0x10 || (number >= 0x100 && number < 0x1000)) complain(element, 'A private element is outside every block that can be reserved.', 'elements 1000 to FFFF');
    else if (number <= 0xff) {
      const name = `${group} ${dataSet.text(element.tag) ?? ''}`;
      if (isEmpty(element)) complain(element, 'A block of private elements is reserved by nobody.', 'a private creator');
      else if (creators.has(name)) complain(element, 'A private creator reserves blocks of one group twice.', 'one block');
      creators.add(name);
    } else if (creatorOf(dataSet, element.tag) === null) complain(element, 'A private element has no private creator, so nobody knows what it is.', 'a creator that reserves its block');
  }
}
