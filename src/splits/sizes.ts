import type { Allocation } from './allocation.js';

/**
 * Moves free groups out of parts that are too large into parts that are too small while that evens the sizes out, always
 * the group that costs the objective least, until every part is within one case of its quota or no move helps. With free
 * groups everywhere, every part then ends less than the largest free group away from its target.
 */
export function settleSizes(allocation: Allocation, free: Uint32Array): void {
  for (;;) {
    const step = bestStep(allocation, free);
    if (step === null) return;
    allocation.move(step.group, step.to);
  }
}

/** The cheapest move from a part above its quota to one below that lessens the squares of the two excesses. */
function bestStep(allocation: Allocation, free: Uint32Array): { group: number; to: number } | null {
  const excess = Array.from({ length: allocation.parts }, (_, part) => allocation.excess(part));
  if (excess.every((cases) => Math.abs(cases) < 1)) return null;
  let best: { group: number; to: number } | null = null;
  let bestCost = Infinity;
  for (const group of free) {
    const above = excess[allocation.part[group]!]!;
    if (above <= 0) continue;
    for (const [to, below] of excess.entries()) {
      const helps = below < 0 && (above >= 1 || below <= -1) && allocation.groups.cases[group]! < above - below;
      const cost = helps ? allocation.moveCost(group, to) : Infinity;
      if (cost < bestCost) [best, bestCost] = [{ group, to }, cost];
    }
  }
  return best;
}
