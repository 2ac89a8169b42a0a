/** How often each value of a column occurs in the release before and now. */
export interface Shares {
  value: string;
  before: number;
  now: number;
}

/** Fewer rows on either side say nothing. */
const ROWS_MIN = 30;

/** Total variation distance from which a drift is one: a tenth of the rows has another value. */
const DISTANCE_MIN = 0.1;

/** One chance in a thousand, one-sided: columns are many, and chance must not raise a finding in each tenth release. */
const NORMAL_QUANTILE = 3.09;

/** Changes closer than this are the same: the first value is told. */
const TIE = 1e-9;

/**
 * The value whose share changed most, with both shares, when the distribution drifted by more than chance and more than
 * nothing: Pearson's chi-square of homogeneity and the total variation distance must both say so. Null otherwise.
 */
export function largestDrift(values: readonly Shares[]): { value: string; before: number; now: number } | null {
  const before = values.reduce((sum, each) => sum + each.before, 0);
  const now = values.reduce((sum, each) => sum + each.now, 0);
  if (before < ROWS_MIN || now < ROWS_MIN) return null;
  const shares = values.map((each) => ({ value: each.value, before: each.before / before, now: each.now / now }));
  const distance = shares.reduce((sum, each) => sum + Math.abs(each.now - each.before), 0) / 2;
  if (distance < DISTANCE_MIN || !exceedsChance(values, before, now)) return null;
  return shares.reduce((worst, each) => (Math.abs(each.now - each.before) > Math.abs(worst.now - worst.before) + TIE ? each : worst));
}

function exceedsChance(values: readonly Shares[], before: number, now: number): boolean {
  let statistic = 0;
  for (const each of values) {
    const pooled = (each.before + each.now) / (before + now);
    statistic += (each.before - pooled * before) ** 2 / (pooled * before) + (each.now - pooled * now) ** 2 / (pooled * now);
  }
  // Wilson and Hilferty: the cube root of chi-square over its degrees of freedom is nearly normal.
  const freedom = values.length - 1;
  if (freedom === 0) return false;
  const spread = 2 / (9 * freedom);
  return (Math.cbrt(statistic / freedom) - (1 - spread)) / Math.sqrt(spread) > NORMAL_QUANTILE;
}
