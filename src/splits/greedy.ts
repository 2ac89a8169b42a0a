import type { Allocation } from './allocation.js';
import type { Random } from './random.js';

/**
 * Places the free groups one by one where they add least to the objective: the hardest first, that is by size falling,
 * then by the count of their rarest cell rising, then at random. Equal costs are decided at random.
 */
export function placeGreedily(allocation: Allocation, free: Uint32Array, random: Random): void {
  for (const group of orderByHardness(allocation, free, random)) allocation.place(group, cheapestPart(allocation, group, random));
}

function orderByHardness({ groups, cells }: Allocation, free: Uint32Array, random: Random): Uint32Array {
  const order = free.slice();
  random.shuffle(order);
  const rarest = new Float64Array(groups.count);
  for (const group of free) {
    let least = Infinity;
    for (let at = cells.start[group]!; at < cells.start[group + 1]!; at++) least = Math.min(least, cells.total[cells.cell[at]!]!);
    rarest[group] = least;
  }
  // sorting is stable: equals keep their random order
  return order.sort((a, b) => groups.cases[b]! - groups.cases[a]! || rarest[a]! - rarest[b]!);
}

function cheapestPart(allocation: Allocation, group: number, random: Random): number {
  let best = 0;
  let bestCost = Infinity;
  let ties = 1;
  for (let part = 0; part < allocation.parts; part++) {
    const cost = allocation.placeCost(group, part);
    if (cost > bestCost) continue;
    ties = cost < bestCost ? 1 : ties + 1;
    if (ties > 1 && random.below(ties) > 0) continue;
    [best, bestCost] = [part, cost];
  }
  return best;
}
