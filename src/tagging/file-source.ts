import type { DataSet, DicomElement } from '../dicom/data-set.js';
import type { DicomFile } from '../dicom/dicom-file.js';
import type { Palette, PixelSource } from '../pixels/pixel-source.js';
import { readEncapsulatedFrame } from './file-frames.js';

const PIXEL_DATA = 0x7fe00010;

/** The pixels of a parsed file; null when it has none that are integers. */
export function pixelSourceOf(file: DicomFile): PixelSource | null {
  const { dataSet, pixels } = file;
  if (pixels === null || pixels.tag !== PIXEL_DATA) return null;
  const number = (tag: number, fallback: number): number => dataSet.numbers(tag)[0] ?? fallback;
  const bitsAllocated = number(0x00280100, NaN);
  const bitsStored = number(0x00280101, bitsAllocated);
  const [rows, columns, samplesPerPixel] = [number(0x00280010, NaN), number(0x00280011, NaN), number(0x00280002, 1)];
  const frames = number(0x00280008, 1);
  const bits = rows * columns * samplesPerPixel * bitsAllocated;
  const window = pairOf(dataSet, 0x00281050, 0x00281051);
  const rescale = pairOf(dataSet, 0x00281053, 0x00281052);
  const palette = paletteOf(dataSet);
  return {
    ...{ rows, columns, frames, samplesPerPixel, bitsAllocated, bitsStored, highBit: number(0x00280102, bitsStored - 1) },
    pixelRepresentation: number(0x00280103, 0) === 1 ? 1 : 0,
    planarConfiguration: number(0x00280006, 0) === 1 ? 1 : 0,
    photometric: dataSet.text(0x00280004) ?? '',
    transferSyntax: file.transferSyntax ?? '',
    bigEndian: file.encoding.bigEndian,
    frame: (index) => (pixels.fragments === null ? readNativeFrame(file, pixels, bits, index) : readEncapsulatedFrame(file, pixels, frames, index)),
    ...(window === null ? {} : { window: { center: window[0], width: window[1] } }),
    ...(rescale === null ? {} : { rescale: { slope: rescale[0], intercept: rescale[1] } }),
    ...(palette === null ? {} : { palette }),
  };
}

function readNativeFrame(file: DicomFile, pixels: DicomElement, bits: number, index: number): Buffer {
  const [start, end] = [Math.floor((bits * index) / 8), Math.min(pixels.length, Math.ceil((bits * (index + 1)) / 8))];
  return start >= end ? Buffer.alloc(0) : file.readAt(pixels.offset + start, end - start);
}

/** The first values of two attributes that mean something together only. */
function pairOf(dataSet: DataSet, one: number, other: number): [number, number] | null {
  const [a, b] = [dataSet.numbers(one)[0], dataSet.numbers(other)[0]];
  return a === undefined || b === undefined || !Number.isFinite(a) || !Number.isFinite(b) ? null : [a, b];
}

/** Red, green and blue palette (PS3.3 C.7.6.3.1.5); null unless all three are whole. */
function paletteOf(dataSet: DataSet): Palette | null {
  const [count, first = 0, bits] = dataSet.numbers(0x00281101);
  if (count === undefined || (bits !== 8 && bits !== 16)) return null;
  const entries = count === 0 ? 65_536 : count;
  const [red, green, blue] = [0x00281201, 0x00281202, 0x00281203].map((tag) => channelOf(dataSet.get(tag), entries, bits));
  return red && green && blue ? { first, red, green, blue } : null;
}

/** Entries of 8 bits, or the high bytes of entries of 16; entries of 8 bits may lie in words of 16. */
function channelOf(element: DicomElement | undefined, entries: number, bits: 8 | 16): Uint8Array | null {
  const bytes = element?.bytes ?? Buffer.alloc(0);
  if (bytes.length < 2 * entries) return bits === 8 && bytes.length >= entries ? Uint8Array.from(bytes.subarray(0, entries)) : null;
  const isHighSecond = element?.encoding.bigEndian === false;
  const wanted = (bits === 16) === isHighSecond ? 1 : 0;
  return Uint8Array.from({ length: entries }, (_, at) => bytes[2 * at + wanted] as number);
}
