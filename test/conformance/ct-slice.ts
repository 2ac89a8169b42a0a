import { judgeConformance } from '../../src/conformance/judge.js';
import { parseDicomFile } from '../../src/dicom/dicom-file.js';
import type { FileFinding } from '../../src/model/inspection.js';
import type { GatePolicy } from '../../src/model/policy.js';
import { completePolicy } from '../../src/model/policy-profiles.js';
import { writeDicom, type DicomElement, type DicomFile, type ElementValue } from '../support/dicom-writer.js';

export const CT = '1.2.840.10008.5.1.4.1.1.2';

const code = (value: string, scheme: string, meaning: string): DicomElement[] => [
  { tag: '00080100', vr: 'SH', value },
  { tag: '00080102', vr: 'SH', value: scheme },
  { tag: '00080104', vr: 'LO', value: meaning },
];

/** A CT slice of 2 x 2 pixels that every rule of conformance passes, in the order of its tags. */
export function ctSlice(): DicomElement[] {
  const row = (tag: string, vr: string, value: ElementValue): DicomElement => ({ tag, vr, value });
  return [
    row('00080005', 'CS', 'ISO_IR 192'),
    row('00080008', 'CS', 'ORIGINAL\\PRIMARY\\AXIAL'),
    row('00080016', 'UI', CT),
    row('00080018', 'UI', '2.25.103'),
    row('00080020', 'DA', '20200229'),
    row('00080030', 'TM', '101112.5'),
    row('00080050', 'SH', ''),
    row('00080060', 'CS', 'CT'),
    row('00080070', 'LO', 'ACME'),
    row('00080090', 'PN', ''),
    row('00100010', 'PN', ''),
    row('00100020', 'LO', 'C1'),
    row('00100030', 'DA', ''),
    row('00100040', 'CS', 'O'),
    row('00101010', 'AS', '045Y'),
    row('00120062', 'CS', 'YES'),
    row('00120064', 'SQ', [code('113100', 'DCM', 'Basic Application Confidentiality Profile')]),
    row('00180015', 'CS', 'CHEST'),
    row('00180050', 'DS', '1.25'),
    row('00180060', 'DS', '120'),
    row('00185100', 'CS', 'HFS'),
    row('0020000d', 'UI', '2.25.101'),
    row('0020000e', 'UI', '2.25.102'),
    row('00200010', 'SH', '1'),
    row('00200011', 'IS', '1'),
    row('00200012', 'IS', '1'),
    row('00200013', 'IS', '1'),
    row('00200032', 'DS', '-1\\-1\\0'),
    row('00200037', 'DS', '1\\0\\0\\0\\1\\0'),
    row('00200052', 'UI', '2.25.104'),
    row('00201040', 'LO', ''),
    row('00280002', 'US', [1]),
    row('00280004', 'CS', 'MONOCHROME2'),
    row('00280010', 'US', [2]),
    row('00280011', 'US', [2]),
    row('00280030', 'DS', '1\\1'),
    row('00280100', 'US', [16]),
    row('00280101', 'US', [12]),
    row('00280102', 'US', [11]),
    row('00280103', 'US', [0]),
    row('00281052', 'DS', '-1024'),
    row('00281053', 'DS', '1'),
    row('7fe00010', 'OW', Buffer.alloc(8)),
  ];
}

/** The slice with elements in place of those with their tags, or beside them. */
export function withElements(...changed: DicomElement[]): DicomElement[] {
  const tags = new Set(changed.map(({ tag }) => tag));
  return [...ctSlice().filter(({ tag }) => !tags.has(tag)), ...changed].sort((a, b) => (a.tag < b.tag ? -1 : 1));
}

/** The slice without some elements. */
export function without(...tags: string[]): DicomElement[] {
  return ctSlice().filter(({ tag }) => !tags.includes(tag));
}

/** What all rules say of a file. */
export function judgeFile(file: DicomFile, policy: Partial<GatePolicy> = {}): FileFinding[] {
  return judgeBytes(writeDicom(file), policy);
}

/** What all rules say of the bytes of a file, which have to be a data set. */
export function judgeBytes(bytes: Buffer, policy: Partial<GatePolicy> = {}): FileFinding[] {
  const file = parseDicomFile({ size: bytes.length, readAt: (offset, length) => bytes.subarray(offset, offset + length) }, 1 << 28);
  if ('reason' in file) throw new Error(`no data set: ${file.reason}`);
  const findings: FileFinding[] = [];
  judgeConformance(file, { ...completePolicy(), ...policy }, { looked: () => undefined, add: (finding) => findings.push(finding) });
  return findings;
}

/** `CODE tag`, `CODE level tag` where the level is not the catalogue's: short enough to compare lists. */
export function summary(findings: readonly FileFinding[]): string[] {
  return findings.map(({ code: rule, level, tag }) => [rule, level, tag].filter((part) => part !== undefined).join(' ')).toSorted();
}
