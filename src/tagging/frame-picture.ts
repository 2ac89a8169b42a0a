import type { DecodedFrame, PixelSource } from '../pixels/pixel-source.js';
import type { Picture } from './picture.js';

/** Coefficients of YCbCr to RGB (ITU-R BT.601, full range), as PS3.3 C.7.6.3.1.2 gives them for YBR_FULL. */
const RED_OF_CR = 1.402;
const GREEN_OF_CB = -0.344136;
const GREEN_OF_CR = -0.714136;
const BLUE_OF_CB = 1.772;

/** A decoded frame as people would see it; null for a photometric interpretation that is not known. */
export function pictureOfFrame(frame: DecodedFrame, source: PixelSource): Picture | null {
  const { rows: height, columns: width, photometric } = frame;
  const pixels = width * height;
  if (photometric === 'PALETTE COLOR') return source.palette === undefined ? null : { width, height, channels: 3, samples: paletteSamples(frame, source.palette), window: null };
  if (frame.samplesPerPixel === 3) {
    const samples = colourSamples(frame, source.bitsStored, pixels);
    return samples === null ? null : { width, height, channels: 3, samples, window: null };
  }
  if (frame.samplesPerPixel !== 1 || (photometric !== 'MONOCHROME1' && photometric !== 'MONOCHROME2')) return null;
  const { slope, intercept } = source.rescale ?? { slope: 1, intercept: 0 };
  // MONOCHROME1 shows low values bright: both the values and the window change their sign
  const sign = photometric === 'MONOCHROME1' ? -1 : 1;
  const samples = Float32Array.from(frame.samples, (sample) => sign * (sample * slope + intercept));
  const window = source.window === undefined ? null : { center: sign * source.window.center, width: source.window.width };
  return { width, height, channels: 1, samples, window };
}

function paletteSamples(frame: DecodedFrame, { first, red, green, blue }: NonNullable<PixelSource['palette']>): Float32Array {
  const samples = new Float32Array(frame.samples.length * 3);
  for (const [index, value] of frame.samples.entries()) {
    const entry = Math.min(Math.max(value - first, 0), red.length - 1);
    samples[3 * index] = red[entry] ?? 0;
    samples[3 * index + 1] = green[entry] ?? 0;
    samples[3 * index + 2] = blue[entry] ?? 0;
  }
  return samples;
}

function colourSamples({ samples: stored, photometric }: DecodedFrame, bitsStored: number, pixels: number): Float32Array | null {
  const isYbr = photometric.startsWith('YBR_FULL');
  if (!isYbr && photometric !== 'RGB') return null;
  const most = 2 ** bitsStored - 1;
  const samples = Float32Array.from(stored, (sample) => (sample * 255) / most);
  if (!isYbr) return samples;
  for (let at = 0; at < 3 * pixels; at += 3) {
    const [y, cb, cr] = [samples[at] as number, (samples[at + 1] as number) - 128, (samples[at + 2] as number) - 128];
    samples[at] = clamp(y + RED_OF_CR * cr);
    samples[at + 1] = clamp(y + GREEN_OF_CB * cb + GREEN_OF_CR * cr);
    samples[at + 2] = clamp(y + BLUE_OF_CB * cb);
  }
  return samples;
}

function clamp(value: number): number {
  return Math.min(255, Math.max(0, value));
}
