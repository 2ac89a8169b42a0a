import type { ModelInput } from '../model/tagging.js';
import type { Picture } from './picture.js';

/** Lowest and highest brightness that a model sees; what lies beyond is cut off. `high` is at least `low`. */
export interface Range {
  low: number;
  high: number;
}

/** Shares of the pixels that `percentile` leaves out below and above. */
const LOW_SHARE = 0.01;
const HIGH_SHARE = 0.99;

/** Steps of the histogram: exact for pixels of 16 bits. */
const STEPS = 65_536;

/** The range of brightness that the configured window makes of a picture. */
export function windowRange(window: ModelInput['window'], picture: Picture): Range {
  if (picture.channels === 3) return { low: 0, high: 255 };
  if (typeof window === 'object') return around(window.center, window.width);
  if (window === 'header' && picture.window !== null && picture.window.width > 0) return around(picture.window.center, picture.window.width);
  const full = fullRange(picture.samples);
  return window === 'full' || full.low === full.high ? full : percentileRange(picture.samples, full);
}

function around(center: number, width: number): Range {
  return { low: center - width / 2, high: center + width / 2 };
}

function fullRange(samples: Float32Array): Range {
  let [low, high] = [Infinity, -Infinity];
  for (const sample of samples) {
    if (sample < low) low = sample;
    if (sample > high) high = sample;
  }
  return low <= high ? { low, high } : { low: 0, high: 0 };
}

/** Percentiles by nearest rank; the full range when the pixels between them are all equal. */
function percentileRange(samples: Float32Array, { low, high }: Range): Range {
  const counts = new Uint32Array(STEPS);
  const step = Math.max((high - low) / (STEPS - 1), Number.isInteger(low) && high - low < STEPS ? 1 : 0);
  for (const sample of samples) {
    const index = Math.floor((sample - low) / step);
    counts[index] = (counts[index] ?? 0) + 1;
  }
  const last = samples.length - 1;
  const [from, to] = [valueAt(counts, Math.floor(LOW_SHARE * last)), valueAt(counts, Math.ceil(HIGH_SHARE * last))];
  return from === to ? { low, high } : { low: low + from * step, high: low + to * step };
}

/** The step in which the pixel of a rank lies. */
function valueAt(counts: Uint32Array, rank: number): number {
  let before = 0;
  for (let index = 0; index < counts.length; index += 1) {
    before += counts[index] ?? 0;
    if (before > rank) return index;
  }
  return counts.length - 1;
}
