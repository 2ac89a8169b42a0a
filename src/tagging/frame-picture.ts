import type { DecodedFrame, Palette, PixelSource } from '../pixels/pixel-source.js';
import type { Picture } from './picture.js';

/** Coefficients of YCbCr to RGB (ITU-R BT.601, full range), as PS3.3 C.7.6.3.1.2 gives them for YBR_FULL. */
const RED_OF_CR = 1.402;
const GREEN_OF_CB = -0.344136;
const GREEN_OF_CR = -0.714136;
const BLUE_OF_CB = 1.772;

/** A decoded frame as people would see it; null for a photometric interpretation that is not known. */
export function pictureOfFrame(frame: DecodedFrame, { rescale, window, palette, bitsStored }: PixelSource): Picture | null {
  const { photometric, samplesPerPixel, samples } = frame;
  const size = { width: frame.columns, height: frame.rows };
  if (photometric === 'PALETTE COLOR' && samplesPerPixel === 1) return palette === undefined ? null : { ...size, ...colour(paletteSamples(frame, palette)) };
  if (samplesPerPixel === 3) {
    const most = 2 ** bitsStored - 1;
    if (photometric === 'RGB') return { ...size, ...colour(samples, 255 / most) };
    return photometric.startsWith('YBR_FULL') ? { ...size, ...colour(redGreenBlue(samples, most)) } : null;
  }
  if (samplesPerPixel !== 1 || (photometric !== 'MONOCHROME1' && photometric !== 'MONOCHROME2')) return null;
  const { slope, intercept } = rescale ?? { slope: 1, intercept: 0 };
  // MONOCHROME1 shows low values bright: both the values and the window change their sign
  const sign = photometric === 'MONOCHROME1' ? -1 : 1;
  return { ...size, channels: 1, samples, slope: sign * slope, intercept: sign * intercept, window: window === undefined ? null : { center: sign * window.center, width: window.width } };
}

function colour(samples: Picture['samples'], slope = 1): Pick<Picture, 'channels' | 'samples' | 'slope' | 'intercept' | 'window'> {
  return { channels: 3, samples, slope, intercept: 0, window: null };
}

function paletteSamples({ samples }: DecodedFrame, { first, red, green, blue }: Palette): Uint8Array {
  const colours = new Uint8Array(samples.length * 3);
  for (let index = 0; index < samples.length; index += 1) {
    const entry = Math.min(Math.max((samples[index] as number) - first, 0), red.length - 1);
    colours[3 * index] = red[entry] as number;
    colours[3 * index + 1] = green[entry] as number;
    colours[3 * index + 2] = blue[entry] as number;
  }
  return colours;
}

function redGreenBlue(samples: ArrayLike<number>, most: number): Float32Array {
  const colours = new Float32Array(samples.length);
  const [scale, middle] = [255 / most, 128];
  for (let at = 0; at + 2 < samples.length; at += 3) {
    const [y, cb, cr] = [scale * (samples[at] as number), scale * (samples[at + 1] as number) - middle, scale * (samples[at + 2] as number) - middle];
    colours[at] = clamp(y + RED_OF_CR * cr);
    colours[at + 1] = clamp(y + GREEN_OF_CB * cb + GREEN_OF_CR * cr);
    colours[at + 2] = clamp(y + BLUE_OF_CB * cb);
  }
  return colours;
}

function clamp(value: number): number {
  return Math.min(255, Math.max(0, value));
}
