import { findAttribute } from '../facts/attribute-dictionary.js';
import { DataSet, type DicomElement, type Fragment } from './data-set.js';
import { ElementCursor, isKnownVr, UNDEFINED_LENGTH, vrCode } from './element-cursor.js';
import { IMPLICIT_LITTLE } from './transfer-syntax.js';
import { MAX_DEPTH, MAX_ELEMENTS, MAX_NOTES } from './limits.js';
import { FATAL_FAULTS, type ParseFault, type ParseNote } from './parse-note.js';

/** Reads bytes of the file by their offset; fewer than asked for where the file ends. */
export type ReadAt = (offset: number, length: number) => Buffer;

/** What a parser is given: bytes from `base` of a file (or of an inflated data set) of `size` bytes. */
export interface ParseInput {
  bytes: Buffer;
  /** Offset of `bytes` in the file. */
  base: number;
  size: number;
  explicitVr: boolean;
  bigEndian: boolean;
  /** For what is not held: the headers of fragments. */
  readAt: ReadAt;
}

/**
 * How parsing ended: `more` when bytes beyond those held are needed, from `offset` of the file, `inside` an element or behind
 * one; `failed` at the element of the top level that begins at `offset`.
 */
export type ParseEnd = { kind: 'done' } | { kind: 'failed'; offset: number } | { kind: 'more'; offset: number; inside: boolean };

/** A sequence or item being read. */
interface Frame {
  kind: 'item' | 'sequence';
  dataSet: DataSet;
  /** Of a sequence: its tag in `dataSet`, and the items so far. */
  tag: number;
  items: DataSet[];
  /** Offset in the held bytes behind which it cannot reach; Infinity when nothing it is in declares a length. */
  end: number;
  /** Of an undefined length: a delimiter must end it. */
  open: boolean;
  explicitVr: boolean;
  bigEndian: boolean;
  previousTag: number;
}

const UN = vrCode('UN');
const SQ = vrCode('SQ');
const OB = vrCode('OB');
const OW = vrCode('OW');
const ITEM = 0xe000;
const ITEM_END = 0xe00d;
const SEQUENCE_END = 0xe0dd;
/** Native pixels longer than this are not held; so are no fragments. */
const PIXEL_TAGS = new Set([0x7fe00008, 0x7fe00009, 0x7fe00010]);

/**
 * Parses elements into `root`, nested sequences too, without recursion. Never throws on what the bytes hold: faults are
 * noted, and reading goes on wherever the standard leaves no doubt where the next element is.
 */
export class DataSetParser {
  readonly notes: ParseNote[] = [];
  private count = 0;
  /** Where the element of the top level that is being read begins. */
  private topAt = 0;
  private cursor: ElementCursor;
  private stack: Frame[] = [];
  private base: number;

  constructor(
    root: DataSet,
    private readonly input: ParseInput,
  ) {
    this.cursor = new ElementCursor(input.bytes, 0, input);
    this.base = input.base;
    this.stack = [frameOf(root, 'item', 0, { end: Number.POSITIVE_INFINITY, open: false }, input)];
  }

  /** Parses to the end of the file, or to where bytes that are not held are needed. */
  parse(): ParseEnd {
    for (;;) {
      const frame = this.stack.at(-1) as Frame;
      const { cursor } = this;
      if (cursor.position >= frame.end) {
        if (!this.leave(frame)) return this.failed();
        continue;
      }
      if (this.stack.length === 1 && this.base + cursor.position >= this.input.size) return { kind: 'done' };
      const at = cursor.position;
      if (this.stack.length === 1) this.topAt = at;
      cursor.explicitVr = frame.explicitVr;
      cursor.bigEndian = frame.bigEndian;
      if (!cursor.readElement()) return this.ranOut(at);
      const step = frame.kind === 'sequence' ? this.readItem(frame, at) : this.readMember(frame, at);
      if (step !== null) return step;
    }
  }

  private failed(): ParseEnd {
    return { kind: 'failed', offset: this.base + this.topAt };
  }

  /** Notes a fault, at most MAX_NOTES of them and those that end the parse. */
  note(fault: ParseFault, at: number, dataSet: DataSet | null = null, tag = 0): void {
    if (this.notes.length < MAX_NOTES || FATAL_FAULTS.has(fault)) this.notes.push({ fault, path: dataSet === null ? null : dataSet.pathOf(tag), offset: this.base + at });
  }

  /** The bytes held end inside what begins at `at`. */
  private ranOut(at: number): ParseEnd {
    const { bytes, size } = this.input;
    if (this.base + bytes.length < size) return { kind: 'more', offset: this.base + bytes.length, inside: true };
    if (this.stack.length > 1) this.closeOpen(at);
    if (bytes.length - at > 0 && !isZero(bytes, at)) this.note('truncated', at);
    else if (this.stack.length === 1) return { kind: 'done' };
    return this.failed();
  }

  /** Ends what is still open where the bytes end, so that what was read is kept. */
  private closeOpen(at: number): void {
    while (this.stack.length > 1) {
      const frame = this.stack.at(-1) as Frame;
      this.note(frame.open ? 'unclosed' : 'beyond-end', at, ...placeOf(frame));
      this.stack.pop();
    }
  }

  private leave(frame: Frame): boolean {
    // An element inside ran over the end of what it is in: the outer end is believed.
    if (this.cursor.position > frame.end) this.note('beyond-end', this.cursor.position, ...placeOf(frame));
    else if (frame.open) this.note('unclosed', this.cursor.position, ...placeOf(frame));
    this.cursor.position = frame.end;
    if (this.stack.length === 1) return false;
    this.stack.pop();
    return true;
  }

  /** Between the items of a sequence. */
  private readItem(frame: Frame, at: number): ParseEnd | null {
    const { cursor } = this;
    if (cursor.group === 0xfffe && cursor.element === SEQUENCE_END) {
      if (frame.open) this.stack.pop();
      else this.note('stray-delimiter', at, frame.dataSet, frame.tag);
      return null;
    }
    if (cursor.group !== 0xfffe || cursor.element !== ITEM) return this.lost(frame, at);
    if (this.stack.length >= MAX_DEPTH) return this.fail('too-deep', at, frame.dataSet, frame.tag);
    if (++this.count > MAX_ELEMENTS) return this.fail('too-many-elements', at, frame.dataSet, frame.tag);
    const item = new DataSet({ dataSet: frame.dataSet, tag: frame.tag, item: frame.items.length + 1 });
    frame.items.push(item);
    const open = cursor.length === UNDEFINED_LENGTH;
    const end = open ? frame.end : cursor.position + cursor.length;
    if (end > frame.end) this.note('beyond-end', at, frame.dataSet, frame.tag);
    this.stack.push(frameOf(item, 'item', 0, { end: Math.min(end, frame.end), open }, frame));
    return null;
  }

  /** Something that is no item stands between items: of a defined length the sequence is passed over, else nobody knows where it ends. */
  private lost(frame: Frame, at: number): ParseEnd | null {
    this.note('stray-delimiter', at, frame.dataSet, frame.tag);
    if (frame.end === Number.POSITIVE_INFINITY) return this.fail('unclosed', at, frame.dataSet, frame.tag);
    this.stack.pop();
    this.cursor.position = frame.end;
    return null;
  }

  private fail(fault: ParseFault, at: number, dataSet: DataSet, tag: number): ParseEnd {
    this.note(fault, at, dataSet, tag);
    return this.failed();
  }

  /** An element of a data set. */
  private readMember(frame: Frame, at: number): ParseEnd | null {
    const { cursor } = this;
    const tag = cursor.group * 0x10000 + cursor.element;
    if (cursor.group === 0xfffe) return this.readDelimiter(frame, at, tag);
    if (++this.count > MAX_ELEMENTS) return this.fail('too-many-elements', at, frame.dataSet, tag);
    this.checkOrder(frame, at, tag);
    if (frame.explicitVr && (cursor.vr === 0 || !isKnownVr(cursor.bytes, at + 4))) this.note('bad-vr', at, frame.dataSet, tag);
    const vr = this.vrOf(tag, at, frame);
    if (cursor.length === UNDEFINED_LENGTH) return this.readUndefined(frame, at, tag, vr);
    if (cursor.length % 2 === 1) this.note('odd-length', at, frame.dataSet, tag);
    return this.readDefined(frame, at, tag, vr);
  }

  private readDelimiter(frame: Frame, at: number, tag: number): ParseEnd | null {
    const { cursor } = this;
    if (cursor.element === ITEM_END && frame.open) {
      this.stack.pop();
      return null;
    }
    this.note('stray-delimiter', at, frame.dataSet, tag);
    if (cursor.element === SEQUENCE_END && frame.open) {
      // The item was not closed, but its sequence is.
      this.stack.pop();
      this.stack.pop();
      return null;
    }
    return cursor.length === 0 || cursor.length === UNDEFINED_LENGTH ? null : this.fail('stray-delimiter', at, frame.dataSet, tag);
  }

  private checkOrder(frame: Frame, at: number, tag: number): void {
    if (tag === frame.previousTag) this.note('duplicate', at, frame.dataSet, tag);
    else if (tag < frame.previousTag) this.note(frame.dataSet.has(tag) ? 'duplicate' : 'not-ascending', at, frame.dataSet, tag);
    frame.previousTag = Math.max(tag, frame.previousTag);
  }

  /** The VR to read by: the written one unless it is none or UN, then the dictionary's. */
  private vrOf(tag: number, at: number, frame: Frame): string {
    const { cursor } = this;
    const written = cursor.vr !== 0 && isKnownVr(cursor.bytes, at + 4) ? String.fromCharCode(cursor.vr >> 8, cursor.vr & 0xff) : null;
    if (written !== null && written !== 'UN') return written;
    return dictionaryVr(tag, frame.dataSet);
  }

  private element(frame: Frame, tag: number, vr: string, rest: Partial<DicomElement>): DicomElement {
    const { cursor } = this;
    return {
      tag,
      vr,
      writtenVr: frame.explicitVr && cursor.vr !== 0 ? String.fromCharCode(cursor.vr >> 8, cursor.vr & 0xff) : null,
      offset: this.base + cursor.position,
      length: cursor.length,
      undefinedLength: cursor.length === UNDEFINED_LENGTH,
      bytes: null,
      items: null,
      fragments: null,
      encoding: { explicitVr: frame.explicitVr, bigEndian: frame.bigEndian && cursor.vr !== UN },
      decoded: null,
      ...rest,
    };
  }

  private readDefined(frame: Frame, at: number, tag: number, vr: string): ParseEnd | null {
    const { cursor } = this;
    const end = cursor.position + cursor.length;
    const { bytes, size } = this.input;
    if (end > frame.end) {
      // The declared length is a lie: what the enclosing item leaves is its value.
      this.note('beyond-end', at, frame.dataSet, tag);
      frame.dataSet.push(this.element(frame, tag, vr, { bytes: bytes.subarray(cursor.position, frame.end) }));
      cursor.position = frame.end;
      return null;
    }
    if (this.stack.length === 1 && PIXEL_TAGS.has(tag)) return this.passPixels(frame, at, tag, vr, end);
    if (end > bytes.length) {
      if (this.base + end <= size) return { kind: 'more', offset: this.base + end, inside: true };
      this.note('truncated', at, frame.dataSet, tag);
      if (this.base + bytes.length < size) return { kind: 'more', offset: size, inside: true };
      frame.dataSet.push(this.element(frame, tag, vr, { bytes: bytes.subarray(cursor.position) }));
      return this.failed();
    }
    if (isSequence(vr, tag, bytes, cursor.position, end, frame)) {
      const inside = frameOf(frame.dataSet, 'sequence', tag, { end, open: false }, cursor.vr === UN ? IMPLICIT_LITTLE : frame);
      frame.dataSet.push(this.element(frame, tag, 'SQ', { items: inside.items }));
      this.stack.push(inside);
      return null;
    }
    frame.dataSet.push(this.element(frame, tag, vr, { bytes: bytes.subarray(cursor.position, end) }));
    cursor.position = end;
    return null;
  }

  /** Pixels are noted, not held. */
  private passPixels(frame: Frame, at: number, tag: number, vr: string, end: number): ParseEnd | null {
    const { cursor } = this;
    const held = end <= this.input.bytes.length;
    frame.dataSet.push(this.element(frame, tag, vr === 'UN' ? 'OW' : vr, { bytes: held ? this.input.bytes.subarray(cursor.position, end) : null }));
    cursor.position = end;
    if (held) return null;
    if (this.base + end > this.input.size) {
      this.note('truncated', at, frame.dataSet, tag);
      return this.failed();
    }
    return { kind: 'more', offset: this.base + end, inside: false };
  }

  private readUndefined(frame: Frame, at: number, tag: number, vr: string): ParseEnd | null {
    const { cursor } = this;
    const { vr: code } = cursor;
    const encapsulated = PIXEL_TAGS.has(tag) || ((code === OB || code === OW) && vr !== 'SQ');
    if (encapsulated) return this.passFragments(frame, at, tag, vr);
    if (code !== 0 && code !== SQ && code !== UN) {
      return this.fail('undefined-length', at, frame.dataSet, tag);
    }
    // PS3.5 6.2.2 note 4: what has VR UN and undefined length is encoded in implicit VR little endian, to its end.
    const inside = frameOf(frame.dataSet, 'sequence', tag, { end: frame.end, open: true }, code === UN ? IMPLICIT_LITTLE : frame);
    frame.dataSet.push(this.element(frame, tag, 'SQ', { items: inside.items, length: 0 }));
    this.stack.push(inside);
    return null;
  }

  /** Walks the fragments of an encapsulated value, wherever in the file they are. */
  private passFragments(frame: Frame, at: number, tag: number, vr: string): ParseEnd | null {
    const { cursor } = this;
    const fragments: Fragment[] = [];
    const { size } = this.input;
    const start = this.base + cursor.position;
    let offset = start;
    let closed = false;
    while (offset + 8 <= size && fragments.length < MAX_ELEMENTS) {
      const header = this.read(offset, 8);
      if (header.length < 8 || header.readUInt16LE(0) !== 0xfffe) break;
      const element = header.readUInt16LE(2);
      const length = header.readUInt32LE(4);
      offset += 8;
      if (element === SEQUENCE_END) {
        closed = true;
        break;
      }
      if (element !== ITEM || length === UNDEFINED_LENGTH || offset + length > size) {
        offset -= 8;
        break;
      }
      if (length % 2 === 1) this.note('odd-length', offset - this.base, frame.dataSet, tag);
      fragments.push({ offset, length });
      offset += length;
    }
    frame.dataSet.push(this.element(frame, tag, vr === 'UN' ? 'OB' : vr, { fragments, length: offset - start }));
    if (!closed) return this.fail(offset + 8 > size ? 'truncated' : 'unclosed', at, frame.dataSet, tag);
    if (offset <= this.base + this.input.bytes.length) {
      cursor.position = offset - this.base;
      return null;
    }
    return { kind: 'more', offset, inside: false };
  }

  private read(offset: number, length: number): Buffer {
    const from = offset - this.base;
    const { bytes } = this.input;
    return from >= 0 && from + length <= bytes.length ? bytes.subarray(from, from + length) : this.input.readAt(offset, length);
  }
}

type Order = Pick<Frame, 'explicitVr' | 'bigEndian'>;

function frameOf(dataSet: DataSet, kind: Frame['kind'], tag: number, { end, open }: Pick<Frame, 'end' | 'open'>, { explicitVr, bigEndian }: Order): Frame {
  return { kind, dataSet, tag, items: [], end, open, explicitVr, bigEndian, previousTag: -1 };
}

/** Where a frame is, for a note. */
function placeOf({ kind, dataSet, tag }: Frame): [DataSet, number] {
  return kind === 'sequence' ? [dataSet, tag] : dataSet.parent === null ? [dataSet, 0] : [dataSet.parent.dataSet, dataSet.parent.tag];
}

/** The VR of the dictionary; of private creators LO, of private elements UN (PS3.5 7.8.1). */
function dictionaryVr(tag: number, dataSet: DataSet): string {
  const group = tag >>> 16;
  const element = tag & 0xffff;
  if (element === 0) return 'UL';
  if ((group & 1) === 1) return element >= 0x10 && element <= 0xff ? 'LO' : 'UN';
  const entry = findAttribute(tag);
  if (entry === null) return 'UN';
  // Of `US or SS`, the pixel representation decides (PS3.5 A.1).
  if (entry.vrs.length > 1 && entry.vrs.includes('SS') && dataSet.root.numbers(0x00280103)[0] === 1) return 'SS';
  if (entry.vrs.includes('OW')) return 'OW';
  return entry.vr;
}

/** Whether a value of defined length holds items: the VR says so, or nobody knows the VR and the bytes are items to the end. */
function isSequence(vr: string, tag: number, bytes: Buffer, from: number, end: number, frame: Frame): boolean {
  if (vr === 'SQ') return true;
  if (vr !== 'UN' || ((tag >>> 16) & 1) === 0 || end - from < 8) return false;
  for (let at = from; at < end; ) {
    if (at + 8 > end || bytes.readUInt16LE(at) !== 0xfffe || bytes.readUInt16LE(at + 2) !== ITEM || frame.bigEndian) return false;
    const length = bytes.readUInt32LE(at + 4);
    if (length === UNDEFINED_LENGTH) return false;
    at += 8 + length;
    if (at > end) return false;
  }
  return true;
}

function isZero(bytes: Buffer, from: number): boolean {
  for (let at = from; at < bytes.length; at += 1) if (bytes[at] !== 0) return false;
  return true;
}
