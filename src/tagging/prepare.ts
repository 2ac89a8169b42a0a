import type { ModelInput } from '../model/tagging.js';
import type { Picture } from './picture.js';
import { overlaps, type Overlap } from './overlap.js';
import { windowRange } from './window.js';

/**
 * What a model is given of a picture: windowed, brought to its size by averaging areas, scaled, in its layout. The same
 * picture and settings give the same numbers.
 */
export function preparePicture(picture: Picture, input: ModelInput): Float32Array {
  const { low, high } = windowRange(input.window, picture);
  const planes: Float32Array[] = [];
  for (let channel = 0; channel < picture.channels; channel += 1) planes.push(resample(picture, input, channel, (sample) => relative(sample * picture.slope + picture.intercept, low, high)));
  return arrange(planes.length === input.channels ? planes : convert(planes, input.channels), input);
}

/** Where a brightness lies between the ends of the window, from 0 to 1; what is no number is dark. */
function relative(value: number, low: number, high: number): number {
  if (!(value > low)) return 0;
  return value >= high ? 1 : (value - low) / (high - low);
}

/** One channel in the size of the model, values from 0 to 1. */
function resample({ width, height, channels, samples }: Picture, input: ModelInput, channel: number, valueOf: (sample: number) => number): Float32Array {
  const [across, down] = fitted(width, height, input);
  const plane = new Float64Array(input.width * input.height);
  const row = new Float64Array(input.width);
  let summed = -1;
  for (const { source, target, share } of down) {
    if (source !== summed) {
      row.fill(0);
      for (const part of across) row[part.target] = (row[part.target] as number) + part.share * valueOf(samples[(source * width + part.source) * channels + channel] as number);
      summed = source;
    }
    const begin = target * input.width;
    for (let x = 0; x < input.width; x += 1) plane[begin + x] = (plane[begin + x] as number) + share * (row[x] as number);
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
