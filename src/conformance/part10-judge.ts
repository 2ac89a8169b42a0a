import type { DicomFile } from '../dicom/dicom-file.js';
import { FATAL_FAULTS, type ParseFault, type ParseNote } from '../dicom/parse-note.js';
import type { FileFinding } from '../model/inspection.js';
import type { GatePolicy } from '../model/policy.js';
import { hasValue } from './place.js';
import { findTransferSyntax } from './transfer-syntaxes.js';

type Add = (finding: FileFinding) => void;

/** Faults of the file format (DCM-001); all others are of the data set (DCM-003). */
const FORMAT_FAULTS: ReadonlyMap<ParseFault, string> = new Map([
  ['no-preamble', 'The file has no preamble of 128 bytes with DICM behind it.'],
  ['no-meta', 'The file has no file meta information (group 0002).'],
  ['meta-encoding', 'The file meta information is not in explicit VR little endian.'],
  ['meta-length', 'FileMetaInformationGroupLength is missing, or is not the length of group 0002.'],
  ['other-encoding', 'The data set is not encoded as its TransferSyntaxUID says.'],
]);

const DATA_SET_FAULTS: Record<Exclude<ParseFault, 'no-preamble' | 'no-meta' | 'meta-encoding' | 'meta-length' | 'other-encoding'>, string> = {
  'odd-length': 'has an odd length.',
  'not-ascending': 'comes after an element with a higher tag.',
  duplicate: 'is there twice in the same data set.',
  'beyond-end': 'declares a length beyond the end of what it is in.',
  unclosed: 'has an undefined length, and no delimiter ends it.',
  'stray-delimiter': 'has a delimiter where none is due, or something else where an item is due.',
  'undefined-length': 'has an undefined length, which its VR does not allow.',
  'bad-vr': 'has no VR where one is due.',
  'other-vr': 'has another VR than the data dictionary gives.',
  'too-deep': 'is nested deeper than 64 levels, and what is inside was not read.',
  'too-many-elements': 'is one element more than are read of a file.',
  'too-long': 'goes on beyond the bytes that are read of a file.',
  'inflate-corrupt': 'cannot be inflated.',
  'inflate-limit': 'inflates to more than is allowed.',
  truncated: 'breaks off where the file ends.',
};

/** Attributes of group 0002 that every file has with a value (PS3.10 table 7.1-1). */
const REQUIRED_META: readonly [tag: number, keyword: string][] = [
  [0x00020001, 'FileMetaInformationVersion'],
  [0x00020002, 'MediaStorageSOPClassUID'],
  [0x00020003, 'MediaStorageSOPInstanceUID'],
  [0x00020010, 'TransferSyntaxUID'],
  [0x00020012, 'ImplementationClassUID'],
];

const SAME_UIDS: readonly [meta: number, keyword: string, dataSet: number, other: string][] = [
  [0x00020002, 'MediaStorageSOPClassUID', 0x00080016, 'SOPClassUID'],
  [0x00020003, 'MediaStorageSOPInstanceUID', 0x00080018, 'SOPInstanceUID'],
];

/** DCM-001: the file format of PS3.10. */
export function judgeFormat({ notes, meta, transferSyntax }: DicomFile, policy: GatePolicy, add: Add): void {
  const faults = new Set(notes.map(({ fault }) => fault));
  for (const [fault, message] of FORMAT_FAULTS) if (faults.has(fault)) add({ code: 'DCM-001', message, content: fault });
  if (faults.has('no-meta')) return;
  for (const [tag, keyword] of REQUIRED_META) {
    const element = meta.get(tag);
    if (element === undefined || !hasValue(element)) {
      add({ code: 'DCM-001', tag: keyword, message: `${keyword} of the file meta information ${element === undefined ? 'is missing' : 'is empty'}.`, expected: 'a value', found: element === undefined ? 'nothing' : 'an empty attribute', content: 'missing' });
    }
  }
  if (transferSyntax === null || transferSyntax === '') return;
  const known = findTransferSyntax(transferSyntax) !== null;
  const allowed = policy.transfer_syntaxes.length === 0 || policy.transfer_syntaxes.includes(transferSyntax);
  if (known && allowed) return;
  add({
    code: 'DCM-001',
    tag: 'TransferSyntaxUID',
    message: known ? 'The transfer syntax is not one of those that the policy allows.' : 'The transfer syntax is none of the standard.',
    expected: known ? 'a transfer syntax of the policy' : 'a transfer syntax of PS3.6 table A-1',
    ...(known ? { found: transferSyntax } : {}),
    content: transferSyntax,
  });
}

/** DCM-002: the file meta information names the class and instance of the data set. */
export function judgeMetaUids({ meta, dataSet, notes }: DicomFile, add: Add): boolean {
  if (notes.some(({ fault }) => fault === 'no-meta')) return false;
  for (const [metaTag, keyword, tag, other] of SAME_UIDS) {
    const named = meta.text(metaTag);
    if (named === null || named === '' || named === dataSet.text(tag)) continue;
    add({ code: 'DCM-002', tag: other, message: `${keyword} of the file meta information is not ${other} of the data set.`, expected: 'the same UID', content: `${named} ${dataSet.text(tag) ?? ''}` });
  }
  return true;
}

/** DCM-003: the data set parses to its exact end; a part that was not read was not judged, so GATE-INCOMPLETE says so. */
export function judgeParsing({ notes, whole }: DicomFile, add: Add): void {
  const byFault = new Map<ParseFault, ParseNote[]>();
  for (const note of notes) if (!FORMAT_FAULTS.has(note.fault)) byFault.set(note.fault, [...(byFault.get(note.fault) ?? []).slice(0, 200), note]);
  for (const [fault, list] of byFault) {
    const { path } = list[0] as ParseNote;
    const says = DATA_SET_FAULTS[fault as keyof typeof DATA_SET_FAULTS];
    add({
      code: 'DCM-003',
      ...(path === null ? {} : { tag: path }),
      message: `${path === null ? 'The data set' : 'An element'} ${says}`,
      ...(list.length > 1 ? { found: `${list.length} such elements, the first named here` } : {}),
      content: `${fault} ${list.length}`,
    });
  }
  const fatal = notes.some(({ fault }) => FATAL_FAULTS.has(fault));
  if (whole && !fatal) return;
  if (byFault.size === 0) add({ code: 'DCM-003', message: 'The data set could not be read to its end.', content: 'not whole' });
  add({ code: 'GATE-INCOMPLETE', message: 'A part of the file could not be read, so it was not judged.', expected: 'a data set that ends where the file ends', content: 'not whole' });
}
