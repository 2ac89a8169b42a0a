import type { DataSet, DicomElement } from '../dicom/data-set.js';
import type { DicomFile } from '../dicom/dicom-file.js';
import { groupFragments } from './encapsulated-frames.js';
import type { Palette, PixelSource } from './pixel-source.js';

const PIXEL_DATA = 0x7fe00010;
const EXTENDED_OFFSET_TABLE = 0x7fe00001;
/** GE's private syntax: implicit VR little endian, with pixels in big endian. */
const GE_BIG_ENDIAN_PIXELS = '1.2.840.113619.5.2';
/** Entries of a palette: its data are held in memory. */
const MAX_PALETTE_ENTRIES = 65_536;
const NOTHING = Buffer.alloc(0);

/**
 * The pixels of a parsed file; null when it has no (7FE0,0010) at its top, so also for pixels of floating point. What the
 * description lacks or contradicts is found when a frame is decoded.
 */
export function openPixels(file: DicomFile): PixelSource | null {
  const { dataSet, pixels, transferSyntax } = file;
  if (pixels === null || pixels.tag !== PIXEL_DATA) return null;
  const one = (tag: number, fallback: number): number => dataSet.numbers(tag)[0] ?? fallback;
  const bitsAllocated = one(0x00280100, 0);
  const bitsStored = one(0x00280101, bitsAllocated);
  const about = {
    rows: one(0x00280010, 0),
    columns: one(0x00280011, 0),
    frames: frameCount(dataSet),
    samplesPerPixel: one(0x00280002, 1),
    bitsAllocated,
    bitsStored,
    highBit: one(0x00280102, bitsStored - 1),
    pixelRepresentation: one(0x00280103, 0) === 1 ? (1 as const) : (0 as const),
    planarConfiguration: one(0x00280006, 0) === 1 ? (1 as const) : (0 as const),
    photometric: (dataSet.text(0x00280004) ?? '').split('\\')[0] ?? '',
    transferSyntax: transferSyntax ?? '',
    bigEndian: file.encoding.bigEndian || transferSyntax === GE_BIG_ENDIAN_PIXELS,
  };
  const access = pixels.fragments === null ? openNative(file, pixels, about) : openEncapsulated(file, pixels, about.frames);
  return { ...about, ...access, ...readLook(dataSet, about.bigEndian) };
}

/** Number of Frames (0028,0008); 1 when absent or empty, 0, which nothing is decoded of, when it is no number. */
function frameCount(dataSet: DataSet): number {
  const [count] = dataSet.numbers(0x00280008);
  if (count === undefined) return 1;
  return Number.isSafeInteger(count) && count > 0 ? count : 0;
}

type Access = Pick<PixelSource, 'frame' | 'part'>;

function openNative({ readAt }: DicomFile, pixels: DicomElement, about: { rows: number; columns: number; samplesPerPixel: number; bitsAllocated: number; photometric: string }): Access {
  const subsampled = about.samplesPerPixel === 3 && about.photometric.endsWith('_422');
  const bits = about.rows * about.columns * (subsampled ? 2 : about.samplesPerPixel) * about.bitsAllocated;
  const read = (from: number, to: number): Buffer => {
    const end = Math.min(to, pixels.length);
    if (!(from < end)) return NOTHING;
    return pixels.bytes === null ? readAt(pixels.offset + from, end - from) : pixels.bytes.subarray(from, end);
  };
  const start = (index: number): number => Math.floor((index * bits) / 8);
  return {
    frame: (index) => read(start(index), Math.ceil(((index + 1) * bits) / 8)),
    part: (index, from, to) => read(start(index) + from, start(index) + to),
  };
}

function openEncapsulated({ dataSet, readAt }: DicomFile, pixels: DicomElement, frames: number): Access {
  const [table, ...fragments] = pixels.fragments ?? [];
  const extended = dataSet.get(EXTENDED_OFFSET_TABLE)?.bytes ?? null;
  const basic = table === undefined || extended !== null || table.length !== 4 * frames ? NOTHING : readAt(table.offset, table.length);
  const offsets = extended === null ? readOffsets(basic, 4, frames) : readOffsets(extended, 8, frames);
  const groups = groupFragments({ fragments, offsets, frames, head: ({ offset, length }) => readAt(offset, Math.min(length, 2)) });
  return { frame: (index) => Buffer.concat((groups?.[index] ?? []).map(({ offset, length }) => readAt(offset, length))) };
}

function readOffsets(bytes: Buffer, width: 4 | 8, frames: number): number[] {
  if (bytes.length < width * frames) return [];
  return Array.from({ length: frames }, (_, index) => (width === 4 ? bytes.readUInt32LE(4 * index) : Number(bytes.readBigUInt64LE(8 * index))));
}

/** Window, rescale and palette: how stored values look. */
function readLook(dataSet: DataSet, bigEndian: boolean): Pick<PixelSource, 'window' | 'rescale' | 'palette'> {
  const number = (tag: number): number | null => {
    const [value] = dataSet.numbers(tag);
    return value === undefined || !Number.isFinite(value) ? null : value;
  };
  const [center, width, slope, intercept] = [0x00281050, 0x00281051, 0x00281053, 0x00281052].map(number) as [number | null, number | null, number | null, number | null];
  const palette = readPalette(dataSet, bigEndian);
  return {
    ...(center === null || width === null || width <= 0 ? {} : { window: { center, width } }),
    ...(slope === null || intercept === null || slope === 0 ? {} : { rescale: { slope, intercept } }),
    ...(palette === null ? {} : { palette }),
  };
}

/** The tables of (0028,1201) to (0028,1203) by the descriptors before them (PS3.3 C.7.6.3.1.5); segmented ones are not read. */
function readPalette(dataSet: DataSet, bigEndian: boolean): Palette | null {
  const [declared, first, bits] = dataSet.numbers(0x00281101);
  if (declared === undefined || first === undefined || (bits !== 8 && bits !== 16)) return null;
  const entries = declared === 0 ? MAX_PALETTE_ENTRIES : declared;
  const [red, green, blue] = [0x00281201, 0x00281202, 0x00281203].map((tag) => readTones(dataSet.get(tag)?.bytes ?? null, entries, bigEndian));
  return red === null || green === null || blue === null || red === undefined || green === undefined || blue === undefined ? null : { first, red, green, blue };
}

/** Entries of 16 bits by their high byte; entries of 8 bits, whatever their descriptor says, when there is a byte for each. */
function readTones(bytes: Buffer | null, entries: number, bigEndian: boolean): Uint8Array | null {
  if (bytes === null || bytes.length < entries) return null;
  if (bytes.length < 2 * entries) return new Uint8Array(bytes.subarray(0, entries));
  return Uint8Array.from({ length: entries }, (_, index) => bytes[2 * index + (bigEndian ? 0 : 1)] as number);
}
