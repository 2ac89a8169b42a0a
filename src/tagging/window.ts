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

/** Steps of the histogram: exact for samples of 16 bits. */
const STEPS = 65_536;

/** The range of brightness that the configured window makes of a picture. */
export function windowRange(window: ModelInput['window'], picture: Picture): Range {
  if (picture.channels === 3) return { low: 0, high: 255 };
  if (typeof window === 'object') return around(window);
  if (window === 'header' && picture.window !== null && picture.window.width > 0) return around(picture.window);
  const full = fullRange(picture.samples);
  const { low, high } = window === 'full' || full.low === full.high ? full : percentileRange(picture.samples, full);
  const ends = [low, high].map((sample) => sample * picture.slope + picture.intercept) as [number, number];
  return { low: Math.min(...ends), high: Math.max(...ends) };
}

function around({ center, width }: { center: number; width: number }): Range {
  return { low: center - width / 2, high: center + width / 2 };
}

function fullRange(samples: Picture['samples']): Range {
  let [low, high] = [Infinity, -Infinity];
  for (let index = 0; index < samples.length; index += 1) {
    const sample = samples[index] as number;
    if (sample < low) low = sample;
    if (sample > high) high = sample;
  }
  return low <= high ? { low, high } : { low: 0, high: 0 };
}

/** Percentiles of samples by nearest rank; the full range when all between them are equal. */
function percentileRange(samples: Picture['samples'], { low, high }: Range): Range {
  const counts = new Uint32Array(STEPS);
  const step = high - low < STEPS ? 1 : (high - low) / (STEPS - 1);
  for (let index = 0; index < samples.length; index += 1) {
    const at = Math.floor(((samples[index] as number) - low) / step);
    counts[at] = (counts[at] as number) + 1;
  }
  const last = samples.length - 1;
  const [from, to] = [stepOfRank(counts, Math.floor(LOW_SHARE * last)), stepOfRank(counts, Math.ceil(HIGH_SHARE * last))];
  return from === to ? { low, high } : { low: low + from * step, high: low + to * step };
}

function stepOfRank(counts: Uint32Array, rank: number): number {
  let before = 0;
  for (let index = 0; index < counts.length; index += 1) {
    before += counts[index] as number;
    if (before > rank) return index;
  }
  return counts.length - 1;
}
