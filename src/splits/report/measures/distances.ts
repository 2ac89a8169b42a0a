import { columnTotals, filledPairs, rowTotal, type CountTable } from './count-table.js';

/**
 * Jensen-Shannon distance of two parts: the square root of the divergence in bits, over the union of their categories, 0..1
 * (Whitney et al. 2023, doi 10.1117/1.JMI.10.6.061105).
 * @param skip Codes that are left out of both.
 * @param totals Of the columns without them, for a caller that compares many pairs.
 * @returns null when one of the two is empty without them
 */
export function jensenShannonDistance(table: CountTable, a: number, b: number, skip?: ReadonlySet<number>, totals = columnTotals(table, skip)): number | null {
  const { parts, codes, counts } = table;
  if (totals[a] === 0 || totals[b] === 0) return null;
  let divergence = 0;
  for (let row = 0; row < codes.length; row++) {
    if (skip?.has(codes[row]!) === true) continue;
    const p = counts[row * parts + a]! / totals[a]!;
    const q = counts[row * parts + b]! / totals[b]!;
    divergence += (relativeEntropy(p, q) + relativeEntropy(q, p)) / 2;
  }
  return Math.sqrt(Math.min(1, Math.max(0, divergence)));
}

/** p log2(p / m) with m the mean of both. */
function relativeEntropy(p: number, q: number): number {
  return p === 0 ? 0 : p * Math.log2((2 * p) / (p + q));
}

/** Mean over the pairs of parts that have cases; null when there is none, or one of them is empty without what is skipped. */
export function meanJensenShannon(table: CountTable, skip?: ReadonlySet<number>): number | null {
  const totals = columnTotals(table, skip);
  const distances = filledPairs(table).map(([a, b]) => jensenShannonDistance(table, a, b, skip, totals));
  if (distances.length === 0) return null;
  let sum = 0;
  for (const distance of distances) {
    if (distance === null) return null;
    sum += distance;
  }
  return sum / distances.length;
}

/** Total variation distance of two parts, 0..1: half the sum of the differences of the shares of all values; null when one is empty. */
export function totalVariation(table: CountTable, a: number, b: number, totals = columnTotals(table)): number | null {
  const { parts, codes, counts } = table;
  if (totals[a] === 0 || totals[b] === 0) return null;
  let sum = 0;
  for (let row = 0; row < codes.length; row++) sum += Math.abs(counts[row * parts + a]! / totals[a]! - counts[row * parts + b]! / totals[b]!);
  return sum / 2;
}

/** Mean over the parts with cases of the total variation distance to the whole; 0 without any. */
export function meanTotalVariation(table: CountTable): number {
  const { parts, codes, counts } = table;
  const totals = columnTotals(table);
  const all = totals.reduce((sum, total) => sum + total, 0);
  const filled = totals.reduce((sum, total) => sum + (total > 0 ? 1 : 0), 0);
  let sum = 0;
  for (let row = 0; row < codes.length; row++) {
    const overall = rowTotal(table, row) / all;
    for (let part = 0; part < parts; part++) if (totals[part]! > 0) sum += Math.abs(counts[row * parts + part]! / totals[part]! - overall);
  }
  return filled === 0 ? 0 : sum / 2 / filled;
}

/** Largest |proportion of a category among the cases of a part - among all cases|, 0..1. */
export function largestDifference(table: CountTable): number {
  const { parts, codes, counts, units } = table;
  const all = units.reduce((sum, count) => sum + count, 0);
  let largest = 0;
  for (let row = 0; row < codes.length; row++) {
    const overall = rowTotal(table, row) / all;
    for (let part = 0; part < parts; part++) if (units[part]! > 0) largest = Math.max(largest, Math.abs(counts[row * parts + part]! / units[part]! - overall));
  }
  return largest;
}

/** Largest difference of the proportions of a category between two parts, 0..1; null when one is empty. */
export function largestDifferenceBetween({ parts, codes, counts, units }: CountTable, a: number, b: number): number | null {
  if (units[a] === 0 || units[b] === 0) return null;
  let largest = 0;
  for (let row = 0; row < codes.length; row++) largest = Math.max(largest, Math.abs(counts[row * parts + a]! / units[a]! - counts[row * parts + b]! / units[b]!));
  return largest;
}
