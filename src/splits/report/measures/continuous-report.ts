import type { ContinuousReport } from '../../../model/split.js';
import { quantileOf, shareUpTo, type NumberSample } from './numbers.js';
import { roundMeasure as round } from './rounding.js';
import type { Moments } from './standardized-difference.js';

/** Points of a cumulative curve. */
const CURVE_POINTS = 64;

/** The numbers of every part in brief, with cumulative curves over one grid. */
export function reportNumbers(samples: readonly NumberSample[], moments: readonly Moments[], names: readonly string[]): ContinuousReport {
  const values = curveGrid(samples);
  const summaries = samples.map(({ sorted, missing }, part) => {
    const { count, mean, variance } = moments[part]!;
    const [q25, median, q75] = [0.25, 0.5, 0.75].map((share) => round(quantileOf(sorted, share)));
    return { count, missing, mean: count === 0 ? null : round(mean), sd: count < 2 ? null : round(Math.sqrt(variance)), q25: q25!, median: median!, q75: q75! };
  });
  const curves = samples.map(({ sorted }) => values.map((value) => round(shareUpTo(sorted, value))));
  return {
    parts: Object.fromEntries(names.map((name, part) => [name, summaries[part]!])),
    curve: { values, parts: Object.fromEntries(names.map((name, part) => [name, curves[part]!])) },
  };
}

/** Even steps between the 1st and 99th percentile of all parts: a single extreme (an age of 999) would flatten every curve. */
function curveGrid(samples: readonly NumberSample[]): number[] {
  const all = Float64Array.from(samples.flatMap(({ sorted }) => Array.from({ length: 101 }, (_, at) => quantileOf(sorted, at / 100) ?? NaN))).filter((value) => !Number.isNaN(value));
  all.sort();
  const [low, high] = [quantileOf(all, 0.01), quantileOf(all, 0.99)];
  if (low === null || high === null) return [];
  if (low === high) return [round(low)];
  return Array.from({ length: CURVE_POINTS }, (_, at) => round(low + ((high - low) * at) / (CURVE_POINTS - 1)));
}
