import { countTaken } from './program.js';
import { listCounted, type CohortTable } from './problem.js';

/** Rounds of raking; the counts are met by the program that follows, not by this. */
const ROUNDS = 100;

/**
 * How many groups of every stratum a sample with given counts would take if it were otherwise like the supply: iterative
 * proportional fitting (Deming & Stephan 1940, Ann Math Stat 11, 427) of the supply, capped at what there is. A solver alone
 * takes whole strata or none, and ties variables together that nothing tied before.
 * @param taken groups taken of every stratum; their counts are kept
 * @returns numbers of groups, not whole
 */
export function rakeStrata(table: CohortTable, taken: ArrayLike<number>): Float64Array {
  const { strata } = table;
  const wanted = countTaken(table, taken);
  const supply = strata.reduce((sum, { cases, ids }) => sum + cases * ids.length, 0);
  const wished = Float64Array.from(strata, ({ ids }) => (supply === 0 ? 0 : (ids.length * wanted.cases) / supply));
  const counted = listCounted(table);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [measure, entries] of counted.entries()) {
      let found = 0;
      for (const [at, count] of entries) found += count * wished[at]!;
      if (!(found > 0)) continue;
      const factor = wanted.counts[measure]! / found;
      for (const [at] of entries) wished[at] = Math.min(strata[at]!.ids.length, wished[at]! * factor);
    }
  }
  return wished;
}
