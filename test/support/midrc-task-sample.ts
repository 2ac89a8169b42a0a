/** A variable of the peer: the category of every case, and the target share of every category. */
export interface TaskVariable {
  targets: readonly number[];
  /** Category of every case; -1 counts as none. */
  categoryOf: readonly number[];
}

/**
 * The optimized quota sampling that MIDRC published for task-based samples (Baughan et al. 2022, AAPM E257; MIDRC/task-based-sampling
 * @ dd688819f612), after its description: every case scores the sum of its categories' shares less their targets; the 1 % of
 * cases with the highest scores (5 at least) leave; again, until no share is off by more than the threshold.
 * @returns places of the cases that stay; none when all leave before that
 */
export function sampleAsMidrc(cases: number, variables: readonly TaskVariable[], threshold: number): number[] {
  let left = Array.from({ length: cases }, (_, index) => index);
  while (left.length > 0) {
    const excess = variables.map(({ targets, categoryOf }) => {
      const counts = targets.map(() => 0);
      for (const index of left) if (categoryOf[index]! >= 0) counts[categoryOf[index]!]!++;
      return targets.map((target, category) => counts[category]! / left.length - target);
    });
    if (Math.max(...excess.flat().map(Math.abs)) <= threshold) return left;
    const scoreOf = (index: number) => variables.reduce((sum, { categoryOf }, at) => sum + (excess[at]![categoryOf[index]!] ?? 0), 0);
    const scored = left.map((index) => ({ index, score: scoreOf(index) })).sort((a, b) => b.score - a.score || a.index - b.index);
    left = scored.slice(Math.max(Math.round(left.length * 0.01), 5)).map(({ index }) => index);
  }
  return [];
}
