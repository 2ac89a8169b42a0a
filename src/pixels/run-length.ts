import { composeFrame } from './native-samples.js';
import { samplesOfFrame, undecodable, type DecodedFrame, type PixelSource, type Samples, type Undecodable } from './pixel-source.js';
import { canonicalise, formOf, newSamples } from './sample-form.js';

/** The header of an RLE frame: the number of segments and 15 offsets (PS3.5 G.5). */
const HEADER_BYTES = 64;

/**
 * Decodes an RLE frame (PS3.5 annex G): a segment for each byte of each sample, the most significant first, all
 * samples of a kind together whatever the planar configuration says.
 */
export function decodeRunLength(source: PixelSource, bytes: Buffer): DecodedFrame | Undecodable {
  const { samplesPerPixel, bitsAllocated, rows, columns } = source;
  const width = bitsAllocated / 8;
  if (bitsAllocated === 1) return undecodable('unsupported');
  if (bytes.length < HEADER_BYTES) return undecodable('truncated');
  if (bytes.readUInt32LE(0) !== width * samplesPerPixel) return undecodable('mismatch');
  const pixels = rows * columns;
  // A run of 128 costs two bytes: what cannot fill the frame is refused before the frame is allocated.
  if (bytes.length * 64 < pixels * width * samplesPerPixel) return undecodable('truncated');
  const words = newWords(width, samplesOfFrame(source));
  const plane = new Uint8Array(pixels);
  for (let sample = 0; sample < samplesPerPixel; sample++) {
    for (let byte = 0; byte < width; byte++) {
      const segment = segmentOf(bytes, sample * width + byte, width * samplesPerPixel);
      if (segment === null) return undecodable('corrupt');
      if (!unpackBits(segment, plane)) return undecodable('truncated');
      addPlane(plane, words, sample, samplesPerPixel);
    }
  }
  const form = formOf(source);
  return composeFrame(source, canonicalise(words, form, newSamples(form, words.length)));
}

function newWords(width: number, count: number): Samples {
  if (width === 1) return new Uint8Array(count);
  return width === 2 ? new Uint16Array(count) : new Uint32Array(count);
}

/** Bytes of a segment, up to the next one or the end; null when the offsets do not ascend within the frame. */
function segmentOf(bytes: Buffer, segment: number, segments: number): Buffer | null {
  const start = bytes.readUInt32LE(4 * (segment + 1));
  const end = segment + 1 < segments ? bytes.readUInt32LE(4 * (segment + 2)) : bytes.length;
  return start < HEADER_BYTES || start > end || end > bytes.length ? null : bytes.subarray(start, end);
}

/** Fills `plane` from PackBits (PS3.5 G.3.2); false when the segment ends before. What follows the last pixel is padding. */
function unpackBits(segment: Buffer, plane: Uint8Array): boolean {
  let from = 0;
  let to = 0;
  while (to < plane.length) {
    const control = segment[from++];
    if (control === undefined) return false;
    if (control === 128) continue;
    if (control > 128) {
      const value = segment[from++];
      if (value === undefined) return false;
      plane.fill(value, to, to + 257 - control);
      to += 257 - control;
      continue;
    }
    if (from + control + 1 > segment.length) return false;
    const literal = segment.subarray(from, from + Math.min(control + 1, plane.length - to));
    plane.set(literal, to);
    from += control + 1;
    to += control + 1;
  }
  return true;
}

function addPlane(plane: Uint8Array, words: Samples, sample: number, samplesPerPixel: number): void {
  for (let pixel = 0, at = sample; pixel < plane.length; pixel++, at += samplesPerPixel)
    words[at] = ((words[at] as number) << 8) | (plane[pixel] as number);
}
