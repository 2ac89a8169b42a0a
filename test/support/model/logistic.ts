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

/** Steps of gradient descent; with features of unit spread it has long settled by then. */
const STEPS = 4000;
const RATE = 0.5;

/** Fits a logistic regression, ridge-penalised over standardised features, by gradient descent from zero: no chance in it. */
export function fitLogistic(examples: readonly Example[], penalty: number): Logistic {
  const size = examples[0]?.features.length ?? 0;
  const total = examples.reduce((sum, { weight }) => sum + weight, 0);
  const meanOf = (value: (example: Example) => number): number => examples.reduce((sum, example) => sum + example.weight * value(example), 0) / total;
  const means = Array.from({ length: size }, (_, at) => meanOf(({ features }) => features[at]!));
  const spreads = means.map((mean, at) => Math.sqrt(meanOf(({ features }) => (features[at]! - mean) ** 2)) || 1);
  const rows = examples.map(({ features }) => features.map((value, at) => (value - means[at]!) / spreads[at]!));
  const weights = new Array<number>(size).fill(0);
  let bias = 0;
  for (let step = 0; step < STEPS; step += 1) {
    const slopes = weights.map((weight) => penalty * weight);
    let slope = 0;
    for (const [index, { positive, weight }] of examples.entries()) {
      const row = rows[index]!;
      const score = row.reduce((sum, value, at) => sum + value * weights[at]!, bias);
      const miss = (weight / total) * (1 / (1 + Math.exp(-score)) - (positive ? 1 : 0));
      slope += miss;
      for (let at = 0; at < size; at += 1) slopes[at]! += miss * row[at]!;
    }
    bias -= RATE * slope;
    for (let at = 0; at < size; at += 1) weights[at]! -= RATE * slopes[at]!;
  }
  const unscaled = weights.map((weight, at) => weight / spreads[at]!);
  return { weights: unscaled, bias: unscaled.reduce((sum, weight, at) => sum - weight * means[at]!, bias) };
}
