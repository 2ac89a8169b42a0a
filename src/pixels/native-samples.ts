import { samplesOfFrame, undecodable, type DecodedFrame, type PixelSource, type Samples, type Undecodable } from './pixel-source.js';
import { canonicalise, formOf, newSamples } from './sample-form.js';

/** Whether the samples are subsampled, two chroma samples for two pixels (PS3.3 C.7.6.3.1.2): native YBR_FULL_422. */
export function isSubsampled({ photometric }: PixelSource): boolean {
  return photometric === 'YBR_FULL_422' || photometric === 'YBR_PARTIAL_422' || photometric === 'YBR_PARTIAL_420';
}

/** Frame `index` of a native source (PS3.5 8.1), in any byte order and planar configuration. */
export function decodeNative(source: PixelSource, index: number): DecodedFrame | Undecodable {
  if (source.samplesPerPixel > 1 && isSubsampled(source)) return decodeSubsampled(source, index);
  const count = samplesOfFrame(source);
  const samples = source.bitsAllocated === 1 ? readBits(source.frame(index), index, count) : readSamples(source, source.frame(index), count);
  return samples === null ? undecodable('truncated') : composeFrame(source, byPixel(source, samples));
}

/** A decoded frame of `source` around its samples. */
export function composeFrame({ rows, columns, samplesPerPixel, photometric }: PixelSource, samples: Samples, shown = photometric): DecodedFrame {
  return { kind: 'frame', rows, columns, samplesPerPixel, photometric: shown, samples };
}

/** The first `count` samples of native bytes in canonical form, in the order of the bytes; null when there are fewer. */
export function readSamples(source: PixelSource, bytes: Buffer, count: number): Samples | null {
  const width = source.bitsAllocated / 8;
  if (bytes.length < count * width) return null;
  const form = formOf(source);
  const plain = bytes.subarray(0, count * width);
  if (width === 1) return canonicalise(plain, form, newSamples(form, count));
  // A copy is aligned and may be swapped; the file's own bytes stay as they are.
  const own = new Uint8Array(plain);
  const swapped = Buffer.from(own.buffer);
  if (source.bigEndian) void (width === 2 ? swapped.swap16() : swapped.swap32());
  const words = width === 2 ? new Uint16Array(own.buffer) : new Uint32Array(own.buffer);
  if (width === 2 && source.bitsStored === 16) return form.signed ? new Int16Array(own.buffer) : (words as Uint16Array);
  return canonicalise(words, form, newSamples(form, count));
}

/** 1-bit samples, the first in the lowest bit (PS3.5 8.1.1); frames follow each other bit by bit. */
function readBits(bytes: Buffer, index: number, count: number): Samples | null {
  const first = (index * count) % 8;
  if (bytes.length * 8 < first + count) return null;
  const samples = new Uint8Array(count);
  for (let at = 0; at < count; at++) samples[at] = ((bytes[(first + at) >> 3] as number) >> ((first + at) & 7)) & 1;
  return samples;
}

/** Colour by plane becomes colour by pixel. */
export function byPixel({ samplesPerPixel, planarConfiguration }: PixelSource, samples: Samples): Samples {
  if (samplesPerPixel === 1 || planarConfiguration === 0) return samples;
  const plane = samples.length / samplesPerPixel;
  const mixed = samples.slice();
  for (let sample = 0; sample < samplesPerPixel; sample++)
    for (let pixel = 0; pixel < plane; pixel++) mixed[pixel * samplesPerPixel + sample] = samples[sample * plane + pixel] as number;
  return mixed;
}

/** Y Y Cb Cr for two pixels side by side: the chroma serves both. */
function decodeSubsampled(source: PixelSource, index: number): DecodedFrame | Undecodable {
  const { rows, columns, bitsAllocated } = source;
  if (source.photometric === 'YBR_PARTIAL_420' || bitsAllocated !== 8 || columns % 2 === 1) return undecodable('unsupported');
  const bytes = source.frame(index);
  const pixels = rows * columns;
  if (bytes.length < 2 * pixels) return undecodable('truncated');
  const samples = new Uint8Array(3 * pixels);
  for (let pixel = 0; pixel < pixels; pixel++) {
    const pair = (pixel >> 1) * 4;
    samples[3 * pixel] = bytes[pair + (pixel & 1)] as number;
    samples[3 * pixel + 1] = bytes[pair + 2] as number;
    samples[3 * pixel + 2] = bytes[pair + 3] as number;
  }
  return composeFrame(source, samples, source.photometric === 'YBR_FULL_422' ? 'YBR_FULL' : source.photometric);
}
