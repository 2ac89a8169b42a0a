import { readFileSync } from 'node:fs';
import type { DataSet, DicomElement as Parsed } from '../../src/dicom/data-set.js';
import { parseDicomFile, type DicomFile } from '../../src/dicom/dicom-file.js';
import { findAttribute } from '../../src/facts/attribute-dictionary.js';
import { EXPLICIT_LITTLE_ENDIAN, writeDicom, writeElements, type DicomElement } from './dicom-writer.js';

/** One change of one attribute, and the file that results. */
export interface Mutation {
  kind: 'removed' | 'emptied' | 'other value';
  /** Keywords from the top. */
  path: string;
  bytes(): Buffer;
}

/** Sequences are gone into this deep. */
const DEPTH = 3;
/** What no value list has. */
const NO_TERM = 'XYZZY';

/** Parses a file; null when it is no data set or is broken. */
export function parseWhole(bytes: Buffer): DicomFile | null {
  const file = parseDicomFile({ size: bytes.length, readAt: (offset, length) => bytes.subarray(offset, offset + length) }, 1 << 28);
  return 'reason' in file || !file.whole ? null : file;
}

/** The same data set, written again in explicit VR little endian: what mutations start from. */
export function rewrite(path: string): { elements: DicomElement[]; transferSyntax: string } | null {
  const file = parseWhole(readFileSync(path));
  if (file === null || file.encoding.bigEndian) return null;
  const syntax = file.transferSyntax ?? EXPLICIT_LITTLE_ENDIAN;
  const native = file.pixels === null || file.pixels.fragments === null;
  return { elements: toElements(file.dataSet, file), transferSyntax: native ? EXPLICIT_LITTLE_ENDIAN : syntax };
}

function toElements(dataSet: DataSet, file: DicomFile): DicomElement[] {
  return dataSet.elements.filter(({ tag }) => (tag & 0xffff) !== 0).map((element) => toElement(element, file));
}

function toElement(element: Parsed, file: DicomFile): DicomElement {
  const tag = element.tag.toString(16).padStart(8, '0');
  const vr = element.vr === 'UN' && element.writtenVr === null ? 'UN' : element.vr;
  if (element.items !== null) return { tag, vr: 'SQ', value: element.items.length === 0 ? '' : element.items.map((item) => toElements(item, file)), undefinedLength: true };
  if (element.fragments !== null) return { tag, vr: 'OB', value: file.readAt(element.offset, element.length).subarray(0, fragmentsEnd(element) - element.offset), undefinedLength: true };
  return { tag, vr, value: element.bytes ?? file.readAt(element.offset, element.length) };
}

function fragmentsEnd({ fragments, offset }: Parsed): number {
  const last = fragments?.at(-1);
  return last === undefined ? offset : last.offset + last.length;
}

/** Every attribute of standard groups removed, emptied, and where its VR is CS given a value that no list has. */
export function mutationsOf(elements: DicomElement[], transferSyntax: string): Mutation[] {
  const whole = writeDicom({ elements, transferSyntax });
  // The file meta information stays as it is: one attribute changes, no other.
  const head = whole.subarray(0, whole.length - writeElements(elements).length);
  return [...mutate(elements, [], DEPTH)].map(({ kind, path, elements: changed }) => ({ kind, path, bytes: () => Buffer.concat([head, writeElements(changed)]) }));
}

function* mutate(elements: DicomElement[], above: string[], depth: number): Generator<{ kind: Mutation['kind']; path: string; elements: DicomElement[] }> {
  for (const [at, element] of elements.entries()) {
    const number = Number.parseInt(element.tag, 16);
    const keyword = findAttribute(number)?.keyword;
    if (keyword === undefined || element.tag === '00080016') continue;
    const steps = [...above, keyword];
    const path = steps.join('/');
    yield { kind: 'removed', path, elements: elements.toSpliced(at, 1) };
    yield { kind: 'emptied', path, elements: elements.with(at, { tag: element.tag, vr: element.vr, value: '' }) };
    if (element.vr === 'CS') yield { kind: 'other value', path, elements: elements.with(at, { ...element, value: NO_TERM }) };
    if (depth > 1 && isItems(element.value) && element.value[0] !== undefined) {
      const [first, ...others] = element.value;
      for (const inner of mutate([...first], steps, depth - 1)) yield { ...inner, elements: elements.with(at, { ...element, value: [inner.elements, ...others] }) };
    }
  }
}

function isItems(value: DicomElement['value']): value is readonly (readonly DicomElement[])[] {
  return Array.isArray(value) && Array.isArray(value[0]);
}
