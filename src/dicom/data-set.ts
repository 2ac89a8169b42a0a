import { findAttribute } from '../facts/attribute-dictionary.js';
import { decodeText } from './character-set.js';
import type { DecodedText } from './coded-set.js';
import { splitValues, trimPadding } from './value-text.js';

/** A piece of an encapsulated value (PS3.5 A.4): the first is the Basic Offset Table. Offsets are of the file, in bytes. */
export interface Fragment {
  offset: number;
  length: number;
}

/** How an element's bytes are to be read. */
export interface ElementEncoding {
  bigEndian: boolean;
  explicitVr: boolean;
}

/** One element of a data set. Its value is a view into the bytes of the file: nothing is decoded until asked for. */
export interface DicomElement {
  /** Group x 65536 + element. */
  readonly tag: number;
  /** The VR that the value is read by: as written, else the dictionary's (also for UN), `UN` where nobody knows. */
  readonly vr: string;
  /** As the file has it; null in implicit VR. */
  readonly writtenVr: string | null;
  /** Offset of the value in the file, or in the inflated data set of a deflated file, in bytes. */
  readonly offset: number;
  /** Bytes of the value; of an undefined length, up to its delimiter. */
  readonly length: number;
  readonly undefinedLength: boolean;
  /** The value's bytes; null for pixel data that is not held in memory and for sequences. */
  readonly bytes: Buffer | null;
  /** Items of a sequence; null for any other element. */
  readonly items: readonly DataSet[] | null;
  /** Fragments of an encapsulated value; null for any other. */
  readonly fragments: readonly Fragment[] | null;
  readonly encoding: ElementEncoding;
  /** Values decoded before, kept by DataSet.values; null: not yet. */
  decoded: readonly string[] | null;
}

/** VRs whose text depends on (0008,0005) (PS3.5 6.1.2.3). */
const CHARSET_VRS = new Set(['LO', 'LT', 'PN', 'SH', 'ST', 'UC', 'UT']);
/** VRs whose value is one text, in which a backslash is a character like any other (PS3.5 6.2). */
const SINGLE_TEXT_VRS = new Set(['LT', 'ST', 'UT', 'UR']);
/** VRs whose value is characters. */
export const TEXT_VRS: ReadonlySet<string> = new Set(['AE', 'AS', 'CS', 'DA', 'DS', 'DT', 'IS', 'LO', 'LT', 'PN', 'SH', 'ST', 'TM', 'UC', 'UI', 'UR', 'UT']);

const NO_TEXT: DecodedText = { text: '', flawed: false };

/** Elements of a file, of its file meta information, or of one item of a sequence, in the order of the file. */
export class DataSet {
  readonly elements: DicomElement[] = [];
  private index: Map<number, DicomElement> | null = null;

  constructor(
    /** The sequence and the 1-based number of the item that this is; null at the top. */
    readonly parent: { dataSet: DataSet; tag: number; item: number } | null,
  ) {}

  /** The first element with a tag; undefined when there is none. */
  get(tag: number): DicomElement | undefined {
    if (this.index === null) {
      this.index = new Map();
      for (const element of this.elements) if (!this.index.has(element.tag)) this.index.set(element.tag, element);
    }
    return this.index.get(tag);
  }

  /** Adds an element; the parser's. */
  push(element: DicomElement): void {
    this.elements.push(element);
    // Kept up to date, not built anew: a file out of order asks for it before every element.
    if (this.index !== null && !this.index.has(element.tag)) this.index.set(element.tag, element);
  }

  has(tag: number): boolean {
    return this.get(tag) !== undefined;
  }

  /** The data set that everything is nested in. */
  get root(): DataSet {
    return this.parent === null ? this : this.parent.dataSet.root;
  }

  /** (0008,0005) that holds here: the item's own, else that of what it is nested in; null when none is declared. */
  get characterSet(): string | null {
    const bytes = this.get(0x00080005)?.bytes;
    if (bytes !== undefined && bytes !== null) return bytes.toString('latin1').replaceAll('\0', ' ').trim();
    return this.parent?.dataSet.characterSet ?? null;
  }

  /** The whole text of an element, decoded by its character set, padding stripped at both ends; '' for what is no text. */
  decode(element: DicomElement): DecodedText {
    const { bytes, vr } = element;
    if (bytes === null || bytes.length === 0 || !TEXT_VRS.has(vr)) return NO_TEXT;
    if (isAscii(bytes)) return { text: trimPadding(bytes.toString('latin1')), flawed: false };
    if (!CHARSET_VRS.has(vr)) return { text: trimPadding(bytes.toString('latin1')), flawed: true };
    const decoded = decodeText(bytes, vr, this.characterSet);
    return { text: trimPadding(decoded.text), flawed: decoded.flawed };
  }

  /** The text of the element with this tag, several values joined by `\`; null when it is absent. */
  text(tag: number): string | null {
    const element = this.get(tag);
    return element === undefined ? null : this.values(element).join('\\');
  }

  /** The values of an element of text or numbers, as text; none when it is empty or neither. */
  values(element: DicomElement): readonly string[] {
    return (element.decoded ??= this.decodeValues(element));
  }

  private decodeValues(element: DicomElement): readonly string[] {
    if (TEXT_VRS.has(element.vr)) {
      const { text } = this.decode(element);
      if (text === '') return [];
      return SINGLE_TEXT_VRS.has(element.vr) ? [text] : splitValues(text);
    }
    return readNumbers(element).map(String);
  }

  /** The values of an element as numbers: binary ones, DS and IS; NaN for what is no number. */
  numbers(tag: number): number[] {
    const element = this.get(tag);
    if (element === undefined) return [];
    if (element.vr === 'DS' || element.vr === 'IS') return this.values(element).map((value) => (value === '' ? Number.NaN : Number(value)));
    return readNumbers(element).map(Number);
  }

  /** Where an element of this data set is: its keyword at the top, else `(gggg,eeee)[item]/…`; items count from 1. Of repeating groups the tag says which. */
  pathOf(tag: number): string {
    if (this.parent === null) {
      const entry = findAttribute(tag);
      return entry === null || entry.tag.includes('x') ? formatTag(tag) : entry.keyword;
    }
    const steps = [formatTag(tag)];
    for (let parent = this.parent as DataSet['parent']; parent !== null; parent = parent.dataSet.parent) steps.push(`${formatTag(parent.tag)}[${parent.item}]`);
    return steps.reverse().join('/');
  }

  /** This data set and every item nested in it at any depth, in the order of the file; not recursive. */
  *walk(): Generator<DataSet> {
    const waiting: DataSet[] = [this];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      yield next;
      const { elements } = next;
      for (let at = elements.length - 1; at >= 0; at -= 1) {
        const items = (elements[at] as DicomElement).items;
        if (items !== null) for (let last = items.length - 1; last >= 0; last -= 1) waiting.push(items[last] as DataSet);
      }
    }
  }
}

/** `(0010,0010)`. */
export function formatTag(tag: number): string {
  const hex = tag.toString(16).padStart(8, '0');
  return `(${hex.slice(0, 4)},${hex.slice(4)})`.toUpperCase();
}

function isAscii(bytes: Buffer): boolean {
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] as number;
    if (byte > 0x7e || byte === 0x1b) return false;
  }
  return true;
}

type Reader = (bytes: Buffer, at: number, bigEndian: boolean) => number | bigint;

const NUMBERS = new Map<string, { size: number; read: Reader }>([
  ['US', { size: 2, read: (bytes, at, big) => (big ? bytes.readUInt16BE(at) : bytes.readUInt16LE(at)) }],
  ['SS', { size: 2, read: (bytes, at, big) => (big ? bytes.readInt16BE(at) : bytes.readInt16LE(at)) }],
  ['UL', { size: 4, read: (bytes, at, big) => (big ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at)) }],
  ['SL', { size: 4, read: (bytes, at, big) => (big ? bytes.readInt32BE(at) : bytes.readInt32LE(at)) }],
  ['AT', { size: 4, read: (bytes, at, big) => (big ? bytes.readUInt16BE(at) * 65536 + bytes.readUInt16BE(at + 2) : bytes.readUInt16LE(at) * 65536 + bytes.readUInt16LE(at + 2)) }],
  ['FL', { size: 4, read: (bytes, at, big) => (big ? bytes.readFloatBE(at) : bytes.readFloatLE(at)) }],
  ['FD', { size: 8, read: (bytes, at, big) => (big ? bytes.readDoubleBE(at) : bytes.readDoubleLE(at)) }],
  ['UV', { size: 8, read: (bytes, at, big) => (big ? bytes.readBigUInt64BE(at) : bytes.readBigUInt64LE(at)) }],
  ['SV', { size: 8, read: (bytes, at, big) => (big ? bytes.readBigInt64BE(at) : bytes.readBigInt64LE(at)) }],
]);

/** Numbers read of one element at most: lookup tables hold no value that a rule reads. */
const MAX_NUMBERS = 4096;

function readNumbers({ vr, bytes, encoding }: DicomElement): (number | bigint)[] {
  const number = NUMBERS.get(vr);
  if (number === undefined || bytes === null) return [];
  const values: (number | bigint)[] = [];
  const end = Math.min(bytes.length - (bytes.length % number.size), MAX_NUMBERS * number.size);
  for (let at = 0; at < end; at += number.size) values.push(number.read(bytes, at, encoding.bigEndian));
  return values;
}
