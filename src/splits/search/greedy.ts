import type { Allocation } from './allocation.js';
import type { Random } from './random.js';

/**
 * Places the free groups one by one where they add least to the objective: the hardest first, that is by size falling,
 * then by the count of their rarest cell rising, then at random. Equal costs are decided at random.
 */
export function placeGreedily(allocation: Allocation, random: Random): void {
  const { free } = allocation.profiles;
  for (const profile of orderByHardness(allocation, random))
    for (let group = 0; group < free[profile]!; group++) allocation.place(profile, cheapestPart(allocation, profile, random));
}

function orderByHardness({ profiles, cells }: Allocation, random: Random): Uint32Array {
  const order = Uint32Array.from(profiles.free.keys()).filter((profile) => profiles.free[profile]! > 0);
  random.shuffle(order);
  const rarest = new Float64Array(profiles.count);
  for (const profile of order) {
    let least = Infinity;
    for (let at = cells.start[profile]!; at < cells.start[profile + 1]!; at++) least = Math.min(least, cells.total[cells.cell[at]!]!);
    rarest[profile] = least;
  }
  // sorting is stable: equals keep their random order
  return order.sort((a, b) => profiles.cases[b]! - profiles.cases[a]! || rarest[a]! - rarest[b]!);
}

function cheapestPart(allocation: Allocation, profile: number, random: Random): number {
  let best = 0;
  let bestCost = Infinity;
  let ties = 1;
  for (let part = 0; part < allocation.parts; part++) {
    const cost = allocation.placeCost(profile, part);
    if (cost > bestCost) continue;
    ties = cost < bestCost ? 1 : ties + 1;
    if (ties > 1 && random.below(ties) > 0) continue;
    [best, bestCost] = [part, cost];
  }
  return best;
}
