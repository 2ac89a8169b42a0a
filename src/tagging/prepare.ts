import type { ModelInput } from '../model/tagging.js';
import type { Picture } from './picture.js';
import { overlaps, type Overlap } from './overlap.js';
import { windowRange, type Range } from './window.js';

/**
 * What a model is given of a picture: windowed, brought to its size by averaging areas, scaled, in its layout. The same
 * picture and settings give the same numbers.
 */
export function preparePicture(picture: Picture, input: ModelInput): Float32Array {
  const scale = unitScale(picture, windowRange(input.window, picture));
  const planes = Array.from({ length: picture.channels }, (_, channel) => resample(picture, input, channel, scale));
  return arrange(planes.length === input.channels ? planes : convert(planes, input.channels), input);
}

/** What makes 0 of a sample at the dark end of the window, and 1 of one at the bright end. */
function unitScale({ slope, intercept }: Picture, { low, high }: Range): { gain: number; shift: number } {
  return high > low ? { gain: slope / (high - low), shift: (intercept - low) / (high - low) } : { gain: 0, shift: 0 };
}

/** One channel in the size of the model, values from 0 to 1; what is no number is dark. */
function resample({ width, height, channels, samples }: Picture, input: ModelInput, channel: number, { gain, shift }: { gain: number; shift: number }): Float32Array {
  const [across, down] = fitted(width, height, input);
  // plain arrays of numbers: this loop sees every pixel
  const offsets = Int32Array.from(across, ({ source }) => source * channels + channel);
  const targets = Int32Array.from(across, ({ target }) => target);
  const shares = Float64Array.from(across, ({ share }) => share);
  const plane = new Float64Array(input.width * input.height);
  const row = new Float64Array(input.width);
  let summed = -1;
  for (const { source, target, share } of down) {
    if (source !== summed) {
      row.fill(0);
      const begin = source * width * channels;
      for (let at = 0; at < offsets.length; at += 1) {
        const value = (samples[begin + offsets[at]!] as number) * gain + shift;
        if (value > 0) row[targets[at]!]! += shares[at]! * (value < 1 ? value : 1);
      }
      summed = source;
    }
    const begin = target * input.width;
    for (let x = 0; x < input.width; x += 1) plane[begin + x]! += share * row[x]!;
  }
  return Float32Array.from(plane);
}

/** Shares of source columns and rows in the model's, by the way that another aspect ratio is met. */
function fitted(width: number, height: number, { fit = 'stretch', ...input }: ModelInput): [Overlap[], Overlap[]] {
  if (fit === 'stretch') return [overlaps(width, 0, width, input.width), overlaps(height, 0, height, input.height)];
  const [x, y] = [width / input.width, height / input.height];
  const step = fit === 'pad' ? Math.max(x, y) : Math.min(x, y);
  const [wide, high] = [step * input.width, step * input.height];
  return [overlaps(width, (width - wide) / 2, wide, input.width), overlaps(height, (height - high) / 2, high, input.height)];
}

/** Grey as three equal channels, or colour as its luma (ITU-R BT.601). */
function convert(planes: Float32Array[], channels: 1 | 3): Float32Array[] {
  const [first, second, third] = planes as [Float32Array, Float32Array, Float32Array];
  if (channels === 3) return [first, first, first];
  return [first.map((red, index) => 0.299 * red + 0.587 * (second[index] as number) + 0.114 * (third[index] as number))];
}

function arrange(planes: Float32Array[], { layout = 'nchw', scale = [0, 1], mean = [], deviation = [] }: ModelInput): Float32Array {
  const [dark, bright] = scale as [number, number];
  const size = planes[0]?.length ?? 0;
  const tensor = new Float32Array(size * planes.length);
  for (const [channel, plane] of planes.entries()) {
    for (let index = 0; index < size; index += 1) {
      const value = dark + (plane[index] as number) * (bright - dark);
      tensor[layout === 'nchw' ? channel * size + index : index * planes.length + channel] = (value - (mean[channel] ?? 0)) / (deviation[channel] ?? 1);
    }
  }
  return tensor;
}
