import { TEXT_VRS, type DataSet, type DicomElement } from '../dicom/data-set.js';
import type { DicomFile } from '../dicom/dicom-file.js';
import type { FileFinding, FileReport } from '../model/inspection.js';
import type { GatePolicy } from '../model/policy.js';
import { maskSecret } from '../text/mask.js';
import type { TextScanner } from '../text/scan.js';
import { DummyValues } from './dummy.js';
import type { KnownIdentifiers } from './known-identifiers.js';
import { allowedOptions, readDeclaration, type Declaration } from './options.js';
import { UidRoots } from './uid-roots.js';

/** What the rules of de-identification are given beside a file. */
export interface DeidentificationTools {
  scan: TextScanner;
  /** Identifiers that no byte of a file may hold; null or absent: none are configured. */
  known?: KnownIdentifiers | null;
}

/** What follows from a policy, the same for every file. */
export interface CompiledPolicy {
  policy: GatePolicy;
  allowed: number;
  dummies: DummyValues;
  roots: UidRoots;
  /** Matches a PatientID as a whole; null: any. */
  patientId: RegExp | null;
}

/** A date that may stay in a file, for the rules that compare them. */
export interface KeptDate {
  dataSet: DataSet;
  element: DicomElement;
  /** YYYYMMDD. */
  day: string;
}

/** One file under judgement. */
export interface Subject extends CompiledPolicy {
  file: DicomFile;
  dataSet: DataSet;
  report: FileReport;
  tools: DeidentificationTools;
  declaration: Declaration;
  /** PatientID; '' when it is absent or empty. */
  pseudonym: string;
  dates: KeptDate[];
}

const compiled = new WeakMap<GatePolicy, CompiledPolicy>();

function compilePolicy(policy: GatePolicy): CompiledPolicy {
  const known = compiled.get(policy);
  if (known !== undefined) return known;
  const { patient_id_pattern: pattern } = policy;
  const made = {
    policy,
    allowed: allowedOptions(policy),
    dummies: new DummyValues(policy),
    roots: new UidRoots(policy.uid_roots),
    patientId: pattern === null ? null : new RegExp(`^(?:${pattern})$`, 'u'),
  };
  compiled.set(policy, made);
  return made;
}

/** Puts together what the rules read of a file. */
export function openSubject(file: DicomFile, policy: GatePolicy, report: FileReport, tools: DeidentificationTools): Subject {
  const made = compilePolicy(policy);
  const { dataSet } = file;
  const declaration = readDeclaration(dataSet, policy, made.allowed);
  return { ...made, file, dataSet, report, tools, declaration, pseudonym: dataSet.text(0x00100020) ?? '', dates: [] };
}

/** VRs whose values are padded: blanks and NULs alone are no value. In all others a zero is one (PS3.5 6.2). */
const PADDED = new Set([...TEXT_VRS, 'UN']);

/** Whether an element holds no value: no bytes, or nothing but the padding of a text; no items, no fragments. */
export function isEmpty({ vr, items, fragments, bytes, length }: DicomElement): boolean {
  if (items !== null) return items.length === 0;
  if (fragments !== null) return fragments.length === 0;
  if (length === 0 || bytes === null || !PADDED.has(vr)) return length === 0;
  for (let at = 0; at < bytes.length; at += 1) if (bytes[at] !== 0x20 && bytes[at] !== 0) return false;
  return true;
}

/** What a finding about an element says of its value: masked text, or how much there is of it. */
export function showElement(dataSet: DataSet, element: DicomElement): string {
  if (element.items !== null) return element.items.length === 1 ? 'one item' : `${element.items.length} items`;
  const [first] = dataSet.values(element);
  return first === undefined ? `${element.length} bytes` : maskSecret(first);
}

/** What a waiver of a finding about an element binds to. */
export function contentOf(dataSet: DataSet, element: DicomElement): string {
  const values = dataSet.values(element);
  return values.length === 0 ? `${element.vr} ${element.length}` : values.join('\\').slice(0, 1024);
}

/** Adds a finding about an element. */
export function addAbout(subject: Subject, dataSet: DataSet, element: DicomElement, finding: Omit<FileFinding, 'tag' | 'content' | 'found'> & { found?: string }): void {
  subject.report.add({ found: showElement(dataSet, element), ...finding, tag: dataSet.pathOf(element.tag), content: contentOf(dataSet, element) });
}
