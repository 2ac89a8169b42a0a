import type { Allocation } from './allocation.js';

/** Excesses are whole but for the rounding of quotas: this much short of one case is one case. */
const ROUNDING = 1e-6;

interface Step {
  profile: number;
  from: number;
  to: number;
}

/**
 * Moves free groups out of parts that are too large into parts that are too small while that evens the sizes out, always
 * the group that costs the objective least, until every part is within one case of its quota or no move helps. With free
 * groups everywhere, every part then ends less than the largest free group away from its target. Limits stay met.
 */
export function settleSizes(allocation: Allocation): void {
  for (;;) {
    const step = bestStep(allocation);
    if (step === null) return;
    allocation.move(step.profile, step.from, step.to);
  }
}

/** The cheapest move from a part above its quota to one below that lessens the squares of the two excesses. */
function bestStep(allocation: Allocation): Step | null {
  const excess = Array.from({ length: allocation.parts }, (_, part) => allocation.excess(part));
  if (excess.every((units) => Math.abs(units) < 1 - ROUNDING)) return null;
  const { units, count } = allocation.profiles;
  let best: Step | null = null;
  let bestCost = Infinity;
  for (let profile = 0; profile < count; profile++) {
    for (const [from, above] of excess.entries()) {
      if (above <= 0 || allocation.countOf(profile, from) === 0) continue;
      for (const [to, below] of excess.entries()) {
        const helps = below < 0 && (above >= 1 - ROUNDING || below <= ROUNDING - 1) && units[profile]! > 0 && units[profile]! < above - below - ROUNDING;
        if (!helps || allocation.limits?.forbids(profile, from, to) === true) continue;
        const cost = allocation.moveCost(profile, from, to);
        if (cost < bestCost) [best, bestCost] = [{ profile, from, to }, cost];
      }
    }
  }
  return best;
}
