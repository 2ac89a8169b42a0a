import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { inflateRawSync } from 'node:zlib';
import type * as DicomParser from 'dicom-parser';
import type { DataSet } from 'dicom-parser';
import type { PixelSource } from '../../src/pixels/pixel-source.js';

const dicomParser = createRequire(import.meta.url)('dicom-parser') as typeof DicomParser;

/** The pixels of a DICOM file as dicom-parser finds them; null when it has none. */
export function readSource(path: string): PixelSource | null {
  const file = readFileSync(path);
  const dataSet = parse(file);
  const element = dataSet.elements['x7fe00010'];
  const rows = dataSet.uint16('x00280010');
  if (element === undefined || rows === undefined) return null;
  const bytes = Buffer.from(dataSet.byteArray.buffer, dataSet.byteArray.byteOffset, dataSet.byteArray.length);
  const number = (tag: string, fallback: number): number => dataSet.uint16(tag) ?? fallback;
  const text = (tag: string): number | undefined => (dataSet.string(tag) === undefined ? undefined : dataSet.floatString(tag, 0));
  const frames = Number(dataSet.string('x00280008') ?? '1') || 1;
  const columns = number('x00280011', 0);
  const samplesPerPixel = number('x00280002', 1);
  const bitsAllocated = number('x00280100', 16);
  const bitsOfFrame = rows * columns * samplesPerPixel * bitsAllocated;
  const native = bytes.subarray(element.dataOffset, element.dataOffset + element.length);
  const fragments = element.fragments ?? [];
  const joined = element.fragments === undefined ? [] : joinFrames(element.basicOffsetTable ?? [], fragments, frames, bytes);
  const [center, width, slope, intercept] = ['x00281050', 'x00281051', 'x00281053', 'x00281052'].map(text);
  return {
    rows, columns, frames, samplesPerPixel, bitsAllocated,
    bitsStored: number('x00280101', bitsAllocated),
    highBit: number('x00280102', bitsAllocated - 1),
    pixelRepresentation: number('x00280103', 0) === 1 ? 1 : 0,
    planarConfiguration: number('x00280006', 0) === 1 ? 1 : 0,
    photometric: dataSet.string('x00280004') ?? 'MONOCHROME2',
    transferSyntax: dataSet.string('x00020010') ?? '',
    bigEndian: dataSet.string('x00020010') === '1.2.840.10008.1.2.2',
    frame: (index) =>
      element.fragments === undefined
        ? native.subarray(Math.floor((index * bitsOfFrame) / 8), Math.ceil(((index + 1) * bitsOfFrame) / 8))
        : (joined[index] ?? Buffer.alloc(0)),
    ...(center === undefined || width === undefined ? {} : { window: { center, width } }),
    ...(slope === undefined || intercept === undefined ? {} : { rescale: { slope, intercept } }),
  };
}

function parse(file: Buffer): DataSet {
  return dicomParser.parseDicom(file, { inflater: (bytes: Uint8Array, position: number) => Buffer.concat([bytes.subarray(0, position), inflateRawSync(bytes.subarray(position))]) } as never);
}

function joinFrames(offsets: number[], fragments: { offset: number; position: number; length: number }[], frames: number, bytes: Buffer): Buffer[] {
  const starts = offsets.length === frames ? offsets : fragments.length === frames ? fragments.map(({ offset }) => offset) : startsOfImages(fragments, bytes);
  return starts.map((start, index) => {
    const of = fragments.filter(({ offset }) => offset >= start && offset < (starts[index + 1] ?? Infinity));
    return Buffer.concat(of.map(({ position, length }) => bytes.subarray(position, position + length)));
  });
}

/** Fragments that begin with a start-of-image marker begin a frame. */
function startsOfImages(fragments: { offset: number; position: number }[], bytes: Buffer): number[] {
  return fragments.filter(({ position }, index) => index === 0 || (bytes[position] === 0xff && bytes[position + 1] === 0xd8)).map(({ offset }) => offset);
}
