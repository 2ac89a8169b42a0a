import { largestDifference, meanJensenShannon, meanTotalVariation } from '../../src/splits/report/measures/distances.js';
import type { CountTable } from '../../src/splits/report/measures/count-table.js';
import { countCategories, countPairs, partUnits } from '../../src/splits/report/measures/tally.js';
import { partBothLevels } from '../../src/splits/report/balance.js';
import type { SplitInput } from '../../src/splits/input/problem.js';

/** The columns by which draws are compared. */
export interface BalanceRow {
  /** Largest |share of a part - its target|. */
  size: number;
  /** Largest |proportion of a category in a part - in the whole|. */
  max: number;
  /** Mean total variation distance of a part to the whole, over the variables, and over their pairs. */
  marginal_tv: number;
  pair_tv: number;
  /** Mean Jensen-Shannon distance of two parts, over the variables. */
  jsd: number;
  /** Share of the counts (category x part) that are less than 1 from the target. */
  within_one: number;
}

/** Measures a draw without rounding. */
export function measureDraw({ variables, studyStart, parts }: SplitInput, partOf: ArrayLike<number>): BalanceRow {
  const units = partBothLevels(studyStart, partOf, parts.length);
  const tables = variables.map((variable) => countCategories(variable, units[variable.level]));
  const pairs = variables.flatMap((one, at) =>
    variables.slice(at + 1).map((other) => {
      const level = one.level === 'case' && other.level === 'case' ? 'case' : 'study';
      return countPairs(units.at(one, level), units.at(other, level), units[level]);
    }),
  );
  const sizes = partUnits(Int16Array.from(partOf), parts.length).units;
  const placed = sizes.reduce((sum, size) => sum + size, 0);
  return {
    size: Math.max(...parts.map(({ target }, part) => Math.abs(sizes[part]! / placed - target))),
    max: Math.max(...tables.map(largestDifference)),
    marginal_tv: mean(tables.map(meanTotalVariation)),
    pair_tv: mean(pairs.map(meanTotalVariation)),
    jsd: mean(tables.map((table) => meanJensenShannon(table) ?? 0)),
    within_one: shareWithinOne(tables, parts.map(({ target }) => target)),
  };
}

function shareWithinOne(tables: readonly CountTable[], targets: readonly number[]): number {
  let [near, all] = [0, 0];
  for (const { parts, codes, counts } of tables)
    for (let row = 0; row < codes.length; row++) {
      const own = counts.subarray(row * parts, (row + 1) * parts);
      const total = own.reduce((sum, count) => sum + count, 0);
      own.forEach((count, part) => {
        all++;
        if (Math.abs(count - targets[part]! * total) < 1) near++;
      });
    }
  return near / all;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
