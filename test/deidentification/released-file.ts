import { parseDicomFile, type ByteSource, type DicomFile } from '../../src/dicom/dicom-file.js';
import { judgeDeidentification } from '../../src/deidentification/judge.js';
import type { KnownIdentifiers } from '../../src/deidentification/known-identifiers.js';
import type { FileFinding } from '../../src/model/inspection.js';
import type { GateConfig } from '../../src/model/config.js';
import { completePolicy } from '../../src/model/policy-profiles.js';
import type { GatePolicy } from '../../src/model/policy.js';
import { createTextScanner, type TextScanner } from '../../src/text/scan.js';
import { writeDicom, type DicomElement, type DicomFile as WrittenFile, type ElementValue } from '../support/dicom-writer.js';

/** Elements by tag; null leaves one of the usual ones out. */
export type Changes = Record<string, [vr: string, value: ElementValue] | null>;

/** An item of code value, scheme and meaning. */
export function code(value: string, scheme: string, meaning: string): DicomElement[] {
  return [element('00080100', 'SH', value), element('00080102', 'SH', scheme), element('00080104', 'LO', meaning)];
}

export function element(tag: string, vr: string, value: ElementValue): DicomElement {
  return { tag, vr, value };
}

/** The method code sequence with these options beside the basic profile. */
export function options(...codes: string[]): [string, ElementValue] {
  return ['SQ', ['113100', ...codes].map((value) => code(value, 'DCM', 'Option'))];
}

const ROOT = '1.2.826.0.1.3680043.10.474.1';

/** A slice as a public dataset holds it, shifted dates, clean descriptors and patient characteristics declared. */
const USUAL: Changes = {
  '00080005': ['CS', 'ISO_IR 192'],
  '00080008': ['CS', 'ORIGINAL\\PRIMARY\\AXIAL'],
  '00080016': ['UI', '1.2.840.10008.5.1.4.1.1.2'],
  '00080018': ['UI', `${ROOT}.3.1`],
  '00080020': ['DA', '20031117'],
  '00080021': ['DA', '20031117'],
  '00080022': ['DA', '20031117'],
  '00080023': ['DA', '20031118'],
  '00080030': ['TM', '101112'],
  '00080050': ['SH', ''],
  '00080060': ['CS', 'CT'],
  '00080070': ['LO', 'GE MEDICAL SYSTEMS'],
  '00080090': ['PN', ''],
  '00081030': ['LO', 'CT CHEST WO CONTRAST'],
  '0008103e': ['LO', 'LUNG 1.25MM'],
  '00081090': ['LO', 'Revolution EVO'],
  '00100010': ['PN', 'SITE-000123'],
  '00100020': ['LO', 'SITE-000123'],
  '00100030': ['DA', ''],
  '00100040': ['CS', 'F'],
  '00101010': ['AS', '064Y'],
  '00120062': ['CS', 'YES'],
  '00120063': ['LO', 'Basic profile with options'],
  '00120064': options('113105', '113107', '113108'),
  '00180015': ['CS', 'CHEST'],
  '00180050': ['DS', '1.25'],
  '00180060': ['DS', '120'],
  '00181030': ['LO', 'CHEST ROUTINE'],
  '0020000d': ['UI', `${ROOT}.1.1`],
  '0020000e': ['UI', `${ROOT}.2.1`],
  '00200010': ['SH', ''],
  '00200011': ['IS', '2'],
  '00200013': ['IS', '17'],
  '00200052': ['UI', `${ROOT}.4.1`],
  '00280002': ['US', [1]],
  '00280010': ['US', [2]],
  '00280011': ['US', [2]],
  '00280100': ['US', [16]],
  '00280101': ['US', [12]],
  '00280102': ['US', [11]],
  '00280103': ['US', [0]],
  '00280301': ['CS', 'NO'],
  '00280303': ['CS', 'MODIFIED'],
  '7fe00010': ['OW', Buffer.from([1, 0, 2, 0, 3, 0, 4, 0])],
};

/** Elements of the usual slice with changes, in the order of their tags. */
export function elementsWith(changes: Changes = {}): DicomElement[] {
  return Object.entries({ ...USUAL, ...changes })
    .flatMap(([tag, given]) => (given === null ? [] : [element(tag, ...given)]))
    .sort((a, b) => (a.tag < b.tag ? -1 : 1));
}

export function fileWith(changes: Changes = {}, rest: Partial<WrittenFile> = {}): Buffer {
  return writeDicom({ elements: elementsWith(changes), ...rest });
}

const scanners = new Map<string, TextScanner>();

/** A scanner, made once for the same institutions. */
export function scannerFor(policy: GatePolicy): TextScanner {
  const key = policy.institutions.join('|') + policy.limits.text_chars;
  const scanner = scanners.get(key) ?? createTextScanner(policy);
  scanners.set(key, scanner);
  return scanner;
}

export function parse(bytes: Buffer, policy: GatePolicy = completePolicy()): DicomFile {
  const source: ByteSource = { size: bytes.length, readAt: (offset, length) => bytes.subarray(offset, Math.min(bytes.length, offset + length)) };
  const file = parseDicomFile(source, policy.limits.inflated_bytes);
  if ('reason' in file) throw new Error(`no data set: ${file.reason}`);
  return file;
}

/** What is said about a file: its findings, and the rules that looked at it. */
export interface Said {
  findings: FileFinding[];
  looked: Set<string>;
}

export function judge(bytes: Buffer, config: GateConfig = {}, known: KnownIdentifiers | null = null): Said {
  const policy = completePolicy(config);
  const findings: FileFinding[] = [];
  const looked = new Set<string>();
  const report = { looked: (rule: string) => void looked.add(rule), add: (finding: FileFinding) => void findings.push(finding) };
  judgeDeidentification(parse(bytes, policy), policy, report, { scan: scannerFor(policy), known });
  return { findings, looked };
}

/** Rules that say something, without repetition, ascending. */
export function codesOf({ findings }: Said): string[] {
  return [...new Set(findings.map((finding) => finding.code))].sort();
}
