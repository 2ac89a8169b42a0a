/** An example: its numbers, and whether it belongs to the class that is sought. */
export interface Example {
  features: readonly number[];
  positive: boolean;
  /** How much it counts, above 0. */
  weight: number;
}

/** A logistic regression over features as they come: P = 1 / (1 + exp(-(weights . features + bias))). */
export interface Logistic {
  weights: number[];
  bias: number;
}

/** Newton's steps; the penalty makes the problem convex, and it settles in fewer. */
const STEPS = 20;

/** Fits a logistic regression, ridge-penalised over standardised features, by Newton's method from zero: no chance in it. */
export function fitLogistic(examples: readonly Example[], penalty: number): Logistic {
  const size = examples[0]?.features.length ?? 0;
  const total = examples.reduce((sum, { weight }) => sum + weight, 0);
  const meanOf = (value: (example: Example) => number): number => examples.reduce((sum, example) => sum + example.weight * value(example), 0) / total;
  const means = Array.from({ length: size }, (_, at) => meanOf(({ features }) => features[at]!));
  const spreads = means.map((mean, at) => Math.sqrt(meanOf(({ features }) => (features[at]! - mean) ** 2)) || 1);
  // the last number of a row is 1: its weight is the bias, which is not penalised
  const rows = examples.map(({ features }) => [...features.map((value, at) => (value - means[at]!) / spreads[at]!), 1]);
  let solution = new Array<number>(size + 1).fill(0);
  for (let step = 0; step < STEPS; step += 1) {
    const { slopes, curves } = derivatives(examples, rows, solution, total, penalty);
    const change = solve(curves, slopes);
    solution = solution.map((value, at) => value - change[at]!);
  }
  const weights = spreads.map((spread, at) => solution[at]! / spread);
  return { weights, bias: weights.reduce((sum, weight, at) => sum - weight * means[at]!, solution[size]!) };
}

function derivatives(examples: readonly Example[], rows: readonly number[][], solution: readonly number[], total: number, penalty: number): { slopes: number[]; curves: number[][] } {
  const last = solution.length - 1;
  const slopes = solution.map((value, at) => (at < last ? penalty * value : 0));
  const curves = solution.map((_, at) => solution.map((__, other) => (at === other && at < last ? penalty : 0)));
  for (const [index, { positive, weight }] of examples.entries()) {
    const row = rows[index]!;
    const chance = 1 / (1 + Math.exp(-row.reduce((sum, value, at) => sum + value * solution[at]!, 0)));
    const [miss, curve] = [(weight / total) * (chance - (positive ? 1 : 0)), (weight / total) * chance * (1 - chance)];
    for (let at = 0; at <= last; at += 1) {
      slopes[at]! += miss * row[at]!;
      for (let other = 0; other <= last; other += 1) curves[at]![other]! += curve * row[at]! * row[other]!;
    }
  }
  return { slopes, curves };
}

/** Solves matrix . x = right by Gaussian elimination with pivots. */
function solve(matrix: readonly number[][], right: readonly number[]): number[] {
  const rows = matrix.map((row, at) => [...row, right[at]!]);
  for (let at = 0; at < rows.length; at += 1) {
    const pivot = rows.slice(at).reduce((best, row) => (Math.abs(row[at]!) > Math.abs(best[at]!) ? row : best));
    rows.splice(rows.indexOf(pivot, at), 1);
    rows.splice(at, 0, pivot);
    for (const [index, row] of rows.entries()) {
      if (index === at) continue;
      const factor = row[at]! / pivot[at]!;
      for (let column = at; column < row.length; column += 1) row[column]! -= factor * pivot[column]!;
    }
  }
  return rows.map((row, at) => row.at(-1)! / row[at]!);
}
