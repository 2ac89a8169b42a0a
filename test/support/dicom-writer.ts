import { deflateRawSync } from 'node:zlib';

/** The value of an element: text (UTF-8), numbers, bytes as they are, or the items of a sequence. */
export type ElementValue = string | readonly number[] | Uint8Array | readonly (readonly DicomElement[])[];

/** One element to write, in the order given. */
export interface DicomElement {
  /** (group,element) as 8 hex digits. */
  tag: string;
  vr: string;
  value: ElementValue;
  /** Write a sequence (or bytes) with undefined length and delimiters. */
  undefinedLength?: boolean;
  /** Declare this length, in bytes, whatever the value's own is. */
  declaredLength?: number;
}

/** A DICOM file to write. */
export interface DicomFile {
  /** Default: Explicit VR Little Endian. */
  transferSyntax?: string;
  elements: readonly DicomElement[];
  /** 128 bytes before the letters DICM; null leaves out preamble, letters and file meta information. */
  preamble?: Uint8Array | null;
  /** Elements of group 0002 instead of the usual ones; without a group length. */
  meta?: readonly DicomElement[];
}

/** How elements are encoded. */
export interface WriterEncoding {
  explicitVr: boolean;
  bigEndian: boolean;
}

export const EXPLICIT_LITTLE_ENDIAN = '1.2.840.10008.1.2.1';
export const IMPLICIT_LITTLE_ENDIAN = '1.2.840.10008.1.2';
export const EXPLICIT_BIG_ENDIAN = '1.2.840.10008.1.2.2';
export const DEFLATED_LITTLE_ENDIAN = '1.2.840.10008.1.2.1.99';

const EXPLICIT: WriterEncoding = { explicitVr: true, bigEndian: false };
const IMPLICIT: WriterEncoding = { explicitVr: false, bigEndian: false };
const UNDEFINED_LENGTH = 0xffffffff;
const LONG_VRS = new Set('OB OD OF OL OV OW SQ SV UC UN UR UT UV'.split(' '));
const NUMBER_BYTES: Record<string, number> = { US: 2, SS: 2, OW: 2, AT: 2, UL: 4, SL: 4, FL: 4, FD: 8, SV: 8, UV: 8, OB: 1, UN: 1 };

/** A whole DICOM file: preamble, file meta information and data set, encoded by its transfer syntax. */
export function writeDicom(file: DicomFile): Buffer {
  const transferSyntax = file.transferSyntax ?? EXPLICIT_LITTLE_ENDIAN;
  const dataSet = writeElements(file.elements, encodingOf(transferSyntax));
  const body = transferSyntax === DEFLATED_LITTLE_ENDIAN ? deflateRawSync(dataSet) : dataSet;
  if (file.preamble === null) return body;
  const meta = file.meta === undefined ? usualMeta(transferSyntax, file.elements) : writeElements(file.meta, EXPLICIT);
  return Buffer.concat([file.preamble ?? Buffer.alloc(128), Buffer.from('DICM'), meta, body]);
}

/** Elements alone, without anything before them. */
export function writeElements(elements: readonly DicomElement[], encoding: WriterEncoding = EXPLICIT): Buffer {
  return Buffer.concat(elements.map((element) => writeElement(element, encoding)));
}

function encodingOf(transferSyntax: string): WriterEncoding {
  return { explicitVr: transferSyntax !== IMPLICIT_LITTLE_ENDIAN, bigEndian: transferSyntax === EXPLICIT_BIG_ENDIAN };
}

function usualMeta(transferSyntax: string, elements: readonly DicomElement[]): Buffer {
  const valueOf = (tag: string, fallback: string): ElementValue => elements.find((element) => element.tag === tag)?.value ?? fallback;
  const meta = writeElements([
    { tag: '00020001', vr: 'OB', value: Buffer.from([0, 1]) },
    { tag: '00020002', vr: 'UI', value: valueOf('00080016', '1.2.840.10008.5.1.4.1.1.7') },
    { tag: '00020003', vr: 'UI', value: valueOf('00080018', '2.25.1') },
    { tag: '00020010', vr: 'UI', value: transferSyntax },
    { tag: '00020012', vr: 'UI', value: '2.25.2' },
  ]);
  return Buffer.concat([writeElement({ tag: '00020000', vr: 'UL', value: [meta.length] }, EXPLICIT), meta]);
}

function writeElement(element: DicomElement, encoding: WriterEncoding): Buffer {
  const open = element.undefinedLength === true;
  const value = writeValue(element, encoding);
  const length = element.declaredLength ?? (open ? UNDEFINED_LENGTH : value.length);
  const header = writeHeader(element.tag, element.vr, length, encoding);
  return Buffer.concat(open ? [header, value, writeItemTag('fffee0dd', 0, contentEncoding(element, encoding))] : [header, value]);
}

function writeHeader(tag: string, vr: string, length: number, { explicitVr, bigEndian }: WriterEncoding): Buffer {
  const header = Buffer.alloc(explicitVr && LONG_VRS.has(vr) ? 12 : 8);
  const put = (value: number, at: number, size: number): number =>
    bigEndian ? header.writeUIntBE(value, at, size) : header.writeUIntLE(value, at, size);
  put(Number.parseInt(tag.slice(0, 4), 16), 0, 2);
  put(Number.parseInt(tag.slice(4), 16), 2, 2);
  if (explicitVr) header.write(vr, 4, 'latin1');
  if (!explicitVr) put(length, 4, 4);
  else if (header.length === 12) put(length, 8, 4);
  else put(length, 6, 2);
  return header;
}

function writeItemTag(tag: string, length: number, { bigEndian }: WriterEncoding): Buffer {
  return writeHeader(tag, '', length, { explicitVr: false, bigEndian });
}

/** What an element of VR UN and undefined length holds is implicit VR little endian (PS3.5 6.2.2 note 4). */
function contentEncoding({ vr, undefinedLength }: DicomElement, outer: WriterEncoding): WriterEncoding {
  return vr === 'UN' && undefinedLength === true ? IMPLICIT : outer;
}

function writeValue(element: DicomElement, encoding: WriterEncoding): Buffer {
  const { vr, value, undefinedLength } = element;
  if (typeof value === 'string') return padToEven(Buffer.from(value, 'utf8'), vr === 'UI' ? 0x00 : 0x20);
  if (value instanceof Uint8Array) return padToEven(Buffer.from(value), 0x00);
  if (isItems(value)) return Buffer.concat(value.map((item) => writeItem(item, undefinedLength === true, contentEncoding(element, encoding))));
  return padToEven(writeNumbers(vr, value, encoding.bigEndian), 0x00);
}

function isItems(value: readonly number[] | readonly (readonly DicomElement[])[]): value is readonly (readonly DicomElement[])[] {
  return Array.isArray(value[0]);
}

function writeItem(item: readonly DicomElement[], open: boolean, encoding: WriterEncoding): Buffer {
  const content = writeElements(item, encoding);
  if (!open) return Buffer.concat([writeItemTag('fffee000', content.length, encoding), content]);
  return Buffer.concat([writeItemTag('fffee000', UNDEFINED_LENGTH, encoding), content, writeItemTag('fffee00d', 0, encoding)]);
}

function writeNumbers(vr: string, values: readonly number[], bigEndian: boolean): Buffer {
  const size = NUMBER_BYTES[vr];
  if (size === undefined) throw new Error(`no binary form for VR ${vr}`);
  return Buffer.concat(
    values.map((value) => {
      const bytes = Buffer.alloc(size);
      if (vr === 'FL') bytes.writeFloatLE(value);
      else if (vr === 'FD') bytes.writeDoubleLE(value);
      else if (size === 8) bytes.writeBigInt64LE(BigInt(value));
      else if (value < 0) bytes.writeIntLE(value, 0, size);
      else bytes.writeUIntLE(value, 0, size);
      return bigEndian ? bytes.reverse() : bytes;
    }),
  );
}

function padToEven(bytes: Buffer, pad: number): Buffer {
  return bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Buffer.from([pad])]);
}
