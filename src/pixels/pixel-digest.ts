import { RunningSha256, sha256Hex } from '../fixity/digest.js';
import { isNative, type FrameDecoder } from './decode-frame.js';
import { isSubsampled, readSamples } from './native-samples.js';
import { describeDefect, samplesOfFrame, undecodable, type DecodedFrame, type PixelSource, type Samples, type Undecodable } from './pixel-source.js';
import { LEAST_CHANGES, placeStripes } from './pixel-stripes.js';
import { canonicalBytes } from './sample-form.js';

/** What identifies the pixels of a file, however they are coded. */
export interface PixelIdentity {
  kind: 'identity';
  /** sha256 over geometry and canonical samples of all frames; null when it was not asked for, or all samples are one value. */
  digest: string | null;
  /** sha256 over geometry and some samples of all frames; null when they are too flat to tell pictures apart. */
  probe: string | null;
}

/**
 * The probe alone, from a few reads of a native source: files with the same pixels have the same probe, in whatever
 * syntax. `null` when the samples lie so that the whole must be decoded: see `identifyPixels`.
 */
export function probePixels(source: PixelSource, maxPixels: number): PixelIdentity | Undecodable | null {
  const defect = describeDefect(source, maxPixels);
  if (defect !== null) return defect;
  if (!isNative(source) || source.bitsAllocated === 1 || isSubsampled(source)) return null;
  if (source.samplesPerPixel > 1 && source.planarConfiguration === 1) return null;
  const width = source.bitsAllocated / 8;
  const part = source.part ?? ((frame, start, end) => source.frame(frame).subarray(start, end));
  const pieces: Samples[] = [];
  for (const { frame, start, end } of placeStripes(source.frames, samplesOfFrame(source))) {
    const samples = readSamples(source, part(frame, start * width, end * width), end - start);
    if (samples === null) return undecodable('truncated');
    pieces.push(samples);
  }
  return { kind: 'identity', digest: null, probe: probeOf(describeGeometry(source, source.photometric), pieces) };
}

/** Digest and probe, from all frames decoded one after the other. */
export function identifyPixels(source: PixelSource, decoder: FrameDecoder): PixelIdentity | Undecodable {
  const run = new RunningSha256();
  const pieces: Samples[] = [];
  let geometry = '';
  let first: number | null = null;
  let flat = true;
  const stripes = describeDefect(source, Infinity) === null ? placeStripes(source.frames, samplesOfFrame(source)) : [];
  for (let index = 0; index < source.frames; index++) {
    const frame = decoder.decode(source, index);
    if (frame.kind === 'undecodable') return frame;
    if (index === 0) {
      geometry = describeGeometry(source, frame.photometric);
      run.update(Buffer.from(geometry));
    }
    first ??= frame.samples[0] ?? null;
    flat &&= isFlat(frame, first);
    run.update(bytesOf(frame.samples));
    for (const stripe of stripes) if (stripe.frame === index) pieces.push(frame.samples.slice(stripe.start, stripe.end));
  }
  return { kind: 'identity', digest: flat ? null : run.hex(), probe: probeOf(geometry, pieces) };
}

/** What of the description belongs to the picture: neither the coding nor the bits that were left unused. */
function describeGeometry({ rows, columns, frames, samplesPerPixel, bitsStored }: PixelSource, photometric: string): string {
  return `pixels ${rows} ${columns} ${frames} ${samplesPerPixel} ${canonicalBytes(bitsStored)} ${photometric}\n`;
}

function isFlat({ samples }: DecodedFrame, value: number | null): boolean {
  for (let at = 0; at < samples.length; at++) if (samples[at] !== value) return false;
  return true;
}

/** Samples as little-endian bytes: the order of every machine that this runs on. */
function bytesOf(samples: Samples): Buffer {
  return Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);
}

function probeOf(geometry: string, pieces: readonly Samples[]): string | null {
  let changes = 0;
  for (const piece of pieces) for (let at = 1; at < piece.length; at++) if (piece[at] !== piece[at - 1]) changes += 1;
  if (changes < LEAST_CHANGES) return null;
  return sha256Hex(Buffer.concat([Buffer.from(geometry), ...pieces.map(bytesOf)]));
}
