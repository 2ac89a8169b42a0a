/** How a missing value reads in a report; in the data it is the empty text, so that a value `missing` stays another. */
export const MISSING_LABEL = 'missing';

/** The category of a text that should be a number and is none, of NaN and of the infinities. */
export const NO_NUMBER = 'not a number';

/** The labels of the half-open bins between and beyond the edges, ascending: [18, 50] gives `<18`, `18-49`, `>=50`. */
export function binLabels(edges: readonly number[]): string[] {
  const whole = edges.every(Number.isInteger);
  const between = edges.slice(1).map((high, index) => {
    const low = edges[index]!;
    if (!whole) return `[${low},${high})`;
    return high - low === 1 ? `${low}` : `${low}-${high - 1}`;
  });
  return [`<${edges[0]}`, ...between, `>=${edges.at(-1)}`];
}

/** Number of the bin that a value falls into: how many edges are at or below it. */
export function binOf(edges: readonly number[], value: number): number {
  let [low, high] = [0, edges.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (edges[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Inner edges of bins that hold about equal counts of the values: every q-th of the sorted values, each edge once. Equal
 * values fall into one bin, so there may be fewer bins than asked for.
 */
export function quantileEdges(values: ArrayLike<number>, bins: number): number[] {
  const sorted = Float64Array.from(values).sort();
  const edges = Array.from({ length: bins - 1 }, (_, at) => sorted[Math.floor(((at + 1) * sorted.length) / bins)] ?? 0);
  return [...new Set(edges.length === 0 || sorted.length === 0 ? [0] : edges)];
}
