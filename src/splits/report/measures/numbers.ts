import type { Moments } from './standardized-difference.js';

/** The numbers of one part, ascending; what is no finite number is counted apart. */
export interface NumberSample {
  sorted: Float64Array;
  /** Units of the part without a number. */
  missing: number;
}

/** Sorts the numbers of every part. */
export function sampleNumbers(numbers: Float64Array, partOf: Int16Array, parts: number): NumberSample[] {
  const known = new Float64Array(parts);
  const missing = new Float64Array(parts);
  for (let unit = 0; unit < numbers.length; unit++) {
    const part = partOf[unit]!;
    if (part < 0) continue;
    if (Number.isFinite(numbers[unit]!)) known[part]!++;
    else missing[part]!++;
  }
  const samples = Array.from(known, (count, part) => ({ sorted: new Float64Array(count), missing: missing[part]! }));
  const filled = new Float64Array(parts);
  for (let unit = 0; unit < numbers.length; unit++) {
    const part = partOf[unit]!;
    if (part >= 0 && Number.isFinite(numbers[unit]!)) samples[part]!.sorted[filled[part]!++] = numbers[unit]!;
  }
  for (const { sorted } of samples) sorted.sort();
  return samples;
}

/** Mean and variance, in two passes. */
export function momentsOf(sorted: Float64Array): Moments {
  const count = sorted.length;
  if (count === 0) return { count, mean: 0, variance: 0 };
  let sum = 0;
  for (const value of sorted) sum += value;
  const mean = sum / count;
  let squares = 0;
  for (const value of sorted) squares += (value - mean) * (value - mean);
  return { count, mean, variance: count > 1 ? squares / (count - 1) : 0 };
}

/** Quantile by linear interpolation between order statistics (Hyndman & Fan 1996, type 7); null without numbers. */
export function quantileOf(sorted: Float64Array, share: number): number | null {
  if (sorted.length === 0) return null;
  const place = (sorted.length - 1) * share;
  const [low, high] = [sorted[Math.floor(place)]!, sorted[Math.ceil(place)]!];
  return low + (high - low) * (place - Math.floor(place));
}

/** Share of the numbers that are at most `value`; 0 without numbers. */
export function shareUpTo(sorted: Float64Array, value: number): number {
  let [from, to] = [0, sorted.length];
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (sorted[middle]! <= value) from = middle + 1;
    else to = middle;
  }
  return sorted.length === 0 ? 0 : from / sorted.length;
}

/** Two-sample distances of numbers. */
export interface NumberDistances {
  /** Kolmogorov-Smirnov: the largest vertical distance of the cumulative curves, 0..1. */
  ks: number;
  /** Wasserstein-1 (earth mover's): the area between the cumulative curves, in units of the variable. */
  wasserstein: number;
}

/** Compares two samples, both ascending, in one merge; null when one is empty. */
export function compareNumbers(one: Float64Array, other: Float64Array): NumberDistances | null {
  if (one.length === 0 || other.length === 0) return null;
  let [a, b, ks, wasserstein] = [0, 0, 0, 0];
  let before = Math.min(one[0]!, other[0]!);
  while (a < one.length || b < other.length) {
    const value = Math.min(a < one.length ? one[a]! : Infinity, b < other.length ? other[b]! : Infinity);
    wasserstein += Math.abs(a / one.length - b / other.length) * (value - before);
    while (a < one.length && one[a] === value) a++;
    while (b < other.length && other[b] === value) b++;
    ks = Math.max(ks, Math.abs(a / one.length - b / other.length));
    before = value;
  }
  return { ks, wasserstein };
}
