import type { DecodedFrame, Palette } from './pixel-source.js';

/** Brightness of each pixel of a decoded frame, as numbers whose order is that of darkness to brightness on a screen. */
export function toLuminance(frame: DecodedFrame, palette?: Palette): Float32Array {
  const { samples, samplesPerPixel, photometric } = frame;
  const pixels = samples.length / samplesPerPixel;
  const out = new Float32Array(pixels);
  if (samplesPerPixel === 1) {
    const sign = photometric === 'MONOCHROME1' ? -1 : 1;
    const toned = photometric === 'PALETTE COLOR' && palette !== undefined ? tonesOf(palette) : null;
    for (let pixel = 0; pixel < pixels; pixel++) {
      const sample = samples[pixel] as number;
      out[pixel] = toned === null ? sign * sample : toned(sample);
    }
    return out;
  }
  // YBR keeps brightness in its first sample; of RGB it is ITU-R BT.601's sum.
  const isLuma = photometric.startsWith('YBR');
  for (let pixel = 0, at = 0; pixel < pixels; pixel++, at += samplesPerPixel)
    out[pixel] = isLuma ? (samples[at] as number) : 0.299 * (samples[at] as number) + 0.587 * (samples[at + 1] as number) + 0.114 * (samples[at + 2] as number);
  return out;
}

function tonesOf({ first, red, green, blue }: Palette): (sample: number) => number {
  const tones = Float32Array.from(red, (value, index) => 0.299 * value + 0.587 * (green[index] ?? 0) + 0.114 * (blue[index] ?? 0));
  const last = tones.length - 1;
  return (sample) => tones[Math.min(Math.max(sample - first, 0), last)] ?? 0;
}
