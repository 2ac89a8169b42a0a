/**
 * Earth mover's distance between a class and the whole when all values are equally far apart: half the sum of the
 * differences of their shares, 0 to 1.
 * @param held Cases of each value in the class, by value; values that it does not hold are left out.
 * @param whole Cases of each value in the whole.
 */
export function equalDistance(held: readonly (readonly [value: number, cases: number])[], whole: readonly number[]): number {
  const [own, all] = [sumOf(held.map(([, cases]) => cases)), sumOf(whole)];
  if (own === 0 || all === 0) return 0;
  let [difference, present] = [0, 0];
  for (const [value, cases] of held) {
    difference += Math.abs(cases / own - whole[value]! / all);
    present += whole[value]! / all;
  }
  return (difference + Math.max(0, 1 - present)) / 2;
}

/**
 * Earth mover's distance between a class and the whole when the values are ranks on a line, the first and the last being 1
 * apart (Li, Li and Venkatasubramanian 2007): the mean of the differences of the cumulated shares.
 */
export class OrderedDistance {
  /** Cumulated shares of the whole, and the sums of those. */
  private readonly cumulated: Float64Array;
  private readonly sums: Float64Array;

  /** @param whole Cases of each value in the whole, in the order of the values. */
  constructor(whole: readonly number[]) {
    const all = sumOf(whole);
    this.cumulated = new Float64Array(whole.length);
    this.sums = new Float64Array(whole.length + 1);
    let cases = 0;
    for (const [at, each] of whole.entries()) {
      cases += each;
      this.cumulated[at] = cases / all;
      this.sums[at + 1] = this.sums[at]! + this.cumulated[at]!;
    }
  }

  /** @param held Cases of each value in the class, ascending by value; values that it does not hold are left out. */
  of(held: readonly (readonly [value: number, cases: number])[]): number {
    const own = sumOf(held.map(([, cases]) => cases));
    const values = this.cumulated.length;
    if (own === 0 || values < 2) return 0;
    let [distance, cases] = [this.between(0, held[0]![0], 0), 0];
    for (const [at, [value, more]] of held.entries()) {
      cases += more;
      distance += this.between(value, held[at + 1]?.[0] ?? values, cases / own);
    }
    return distance / (values - 1);
  }

  /** Sum of |share - cumulated share of the whole| over the values of a range in which the share of the class is constant. */
  private between(from: number, to: number, share: number): number {
    const turn = this.firstAbove(share, from, to);
    const below = share * (turn - from) - (this.sums[turn]! - this.sums[from]!);
    const above = this.sums[to]! - this.sums[turn]! - share * (to - turn);
    return below + above;
  }

  private firstAbove(share: number, from: number, to: number): number {
    let [low, high] = [from, to];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.cumulated[middle]! > share) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
