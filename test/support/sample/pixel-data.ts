import { EXPLICIT_BIG_ENDIAN, type DicomElement } from '../dicom-writer.js';
import type { Frame } from './source-frames.js';

export const RLE_LOSSLESS = '1.2.840.10008.1.2.5';

/** (7FE0,0010) of one frame of whole numbers, in 8 or 16 bits allocated, as the transfer syntax wants it. */
export function encodePixels(frame: Frame, bitsAllocated: 8 | 16, transferSyntax: string): DicomElement {
  const little = littleEndianPixels(frame, bitsAllocated);
  if (transferSyntax === RLE_LOSSLESS) return { tag: '7fe00010', vr: 'OB', value: encapsulate(runLengthFrame(little, bitsAllocated / 8)), undefinedLength: true };
  const bytes = transferSyntax === EXPLICIT_BIG_ENDIAN && bitsAllocated === 16 ? little.swap16() : little;
  return { tag: '7fe00010', vr: 'OW', value: bytes };
}

function littleEndianPixels({ values }: Frame, bitsAllocated: 8 | 16): Buffer {
  const bytes = Buffer.alloc((values.length * bitsAllocated) / 8);
  values.forEach((value, index) => {
    if (bitsAllocated === 8) bytes.writeUInt8(value, index);
    else bytes.writeUInt16LE(value, 2 * index);
  });
  return bytes;
}

/** An empty offset table and one fragment (PS3.5 A.4); the writer adds the delimiter. */
function encapsulate(fragment: Buffer): Buffer {
  const item = (length: number): Buffer => {
    const header = Buffer.from([0xfe, 0xff, 0x00, 0xe0, 0, 0, 0, 0]);
    header.writeUInt32LE(length, 4);
    return header;
  };
  return Buffer.concat([item(0), item(fragment.length), fragment]);
}

/** One frame in RLE (PS3.5 Annex G): a header of 16 numbers, then a segment a byte of the pixel, most significant first. */
function runLengthFrame(little: Buffer, bytesPerPixel: number): Buffer {
  const header = Buffer.alloc(64);
  header.writeUInt32LE(bytesPerPixel, 0);
  const segments: Buffer[] = [];
  let offset = header.length;
  for (let significance = bytesPerPixel - 1; significance >= 0; significance--) {
    header.writeUInt32LE(offset, 4 * (segments.length + 1));
    const plane = Buffer.alloc(little.length / bytesPerPixel);
    for (let pixel = 0; pixel < plane.length; pixel++) plane[pixel] = little[pixel * bytesPerPixel + significance]!;
    const segment = packBits(plane);
    segments.push(segment);
    offset += segment.length;
  }
  return Buffer.concat([header, ...segments]);
}

/** The PackBits variant of PS3.5 G.3.1, padded to an even length. */
function packBits(plane: Buffer): Buffer {
  const packed: number[] = [];
  for (let at = 0; at < plane.length; ) {
    const run = runLength(plane, at);
    if (run > 1) {
      packed.push(257 - run, plane[at]!);
      at += run;
      continue;
    }
    let end = at + 1;
    while (end < plane.length && end - at < 128 && runLength(plane, end) < 3) end++;
    packed.push(end - at - 1, ...plane.subarray(at, end));
    at = end;
  }
  if (packed.length % 2 === 1) packed.push(0);
  return Buffer.from(packed);
}

/** How often the byte at `at` repeats, up to 128. */
function runLength(plane: Buffer, at: number): number {
  let end = at + 1;
  while (end < plane.length && end - at < 128 && plane[end] === plane[at]) end++;
  return end - at;
}
