import type { CountTable } from './count-table.js';

/** More categories than this make no covariance matrix. */
const MAX_CATEGORIES = 200;

/**
 * Standardized difference of a category between two parts, signed: the difference of its proportions over the root of the
 * mean of their variances (Austin 2009, doi 10.1002/sim.3697, for binary variables). Above 0.1 it is commonly called imbalance.
 * @returns 0 for equal proportions; null when the parts differ and neither has a variance: all of one, none of the other
 */
export function categoryDifference({ parts, counts, units }: CountTable, row: number, a: number, b: number): number | null {
  const p = counts[row * parts + a]! / units[a]!;
  const q = counts[row * parts + b]! / units[b]!;
  const variance = (p * (1 - p) + q * (1 - q)) / 2;
  if (p === q) return 0;
  return variance > 0 ? (p - q) / Math.sqrt(variance) : null;
}

/** Standardized difference of the means of two samples, signed, over the root of the mean of their variances; null as above. */
export function meanDifference(one: Moments, other: Moments): number | null {
  if (one.count === 0 || other.count === 0) return null;
  if (one.mean === other.mean) return 0;
  const variance = (one.variance + other.variance) / 2;
  return variance > 0 ? (one.mean - other.mean) / Math.sqrt(variance) : null;
}

/** Mean and sample variance (n - 1) of numbers. */
export interface Moments {
  count: number;
  mean: number;
  variance: number;
}

/**
 * Standardized difference of a variable with several exclusive categories between two parts: the Mahalanobis distance of
 * their proportions, one category left out (Yang & Dalton 2012, SAS Global Forum 335).
 * @returns null when the covariance has no inverse (the parts share no category), or for more than 200 categories
 */
export function multinomialDifference({ parts, codes, counts, units }: CountTable, a: number, b: number): number | null {
  const shares: [p: number, q: number][] = [];
  for (let row = 0; row < codes.length; row++) {
    const [p, q] = [counts[row * parts + a]! / units[a]!, counts[row * parts + b]! / units[b]!];
    if (p > 0 || q > 0) shares.push([p, q]);
  }
  if (shares.length > MAX_CATEGORIES) return null;
  // whichever is left out, the distance is the same; the commonest gives the best condition
  shares.sort(([p, q], [r, s]) => r + s - p - q);
  const kept = shares.slice(1);
  const differences = kept.map(([p, q]) => p - q);
  const covariance = kept.map(([p, q], k) => kept.map(([r, s], l) => (k === l ? (p * (1 - p) + q * (1 - q)) / 2 : -(p * r + q * s) / 2)));
  const solved = solve(covariance, differences);
  if (solved === null) return null;
  return Math.sqrt(Math.max(0, solved.reduce((sum, value, k) => sum + value * differences[k]!, 0)));
}

/** Below this share of the diagonal a pivot is noise: the matrix has no inverse. */
const LEAST_PIVOT = 1e-10;

/** Solves a symmetric positive definite system by elimination; null when the matrix is singular. */
function solve(matrix: number[][], right: readonly number[]): number[] | null {
  const size = right.length;
  const rows = matrix.map((row, at) => [...row, right[at]!]);
  const diagonal = matrix.map((row, at) => row[at]!);
  for (let pivot = 0; pivot < size; pivot++) {
    const head = rows[pivot]!;
    if (!(head[pivot]! > LEAST_PIVOT * diagonal[pivot]!)) return null;
    for (let below = pivot + 1; below < size; below++) {
      const factor = rows[below]![pivot]! / head[pivot]!;
      for (let at = pivot; at <= size; at++) rows[below]![at] = rows[below]![at]! - factor * head[at]!;
    }
  }
  const solution = new Array<number>(size).fill(0);
  for (let at = size - 1; at >= 0; at--) {
    let value = rows[at]![size]!;
    for (let later = at + 1; later < size; later++) value -= rows[at]![later]! * solution[later]!;
    solution[at] = value / rows[at]![at]!;
  }
  return solution;
}
