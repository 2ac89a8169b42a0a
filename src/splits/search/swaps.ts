import type { Allocation } from './allocation.js';
import type { Random } from './random.js';
import { orderBySimilarity } from './similarity.js';

/** How the passes are run: how far a partner is looked for, which of them also move, when to give up. */
const WINDOW = 16;
const MOVE_PASSES = new Set([0, 1, 7]);
const LEAST_GAIN = 0.01;

/**
 * Improves an allocation by letting look-alike groups of different parts change places: sorted by the variables in a
 * fresh random order, the best partner is near. Some passes also move single groups. Ends after so many passes, or when one
 * gains less than 1 %.
 */
export function swapLookAlikes(allocation: Allocation, passes: number, random: Random): void {
  const { profiles, parts } = allocation;
  const free = Uint32Array.from(profiles.free.keys()).filter((profile) => profiles.free[profile]! > 0);
  const slopes = new Float64Array(profiles.count * parts);
  const bend = variableBend(allocation, free);
  let objective = allocation.objective();
  for (let pass = 0; pass < passes && objective > 0; pass++) {
    const order = orderBySimilarity(profiles, free, random);
    if (MOVE_PASSES.has(pass)) movePass(allocation, order);
    allocation.slopes(slopes);
    swapPass(allocation, order, slopes, bend);
    const after = allocation.objective();
    if (objective - after < LEAST_GAIN * objective) return;
    objective = after;
  }
}

function movePass(allocation: Allocation, order: Uint32Array): void {
  const { parts, limits } = allocation;
  for (const profile of order) {
    for (let from = 0; from < parts; from++) {
      if (allocation.countOf(profile, from) === 0) continue;
      let best = -1;
      let bestCost = 0;
      for (let to = 0; to < parts; to++) {
        if (to === from || limits?.forbids(profile, from, to) === true) continue;
        const cost = allocation.moveCost(profile, from, to);
        if (cost < bestCost) [best, bestCost] = [to, cost];
      }
      if (best >= 0) allocation.move(profile, from, best);
    }
  }
}

/** One partner a profile and part: the one that promises most by the slopes, judged exactly before the swap. */
function swapPass(allocation: Allocation, order: Uint32Array, slopes: Float64Array, bend: number): void {
  const { parts, placed, profiles } = allocation;
  // what is compared lies side by side in the order of the pass
  const variables = profiles.looks.length;
  const looks = new Uint32Array(order.length * variables);
  profiles.looks.forEach(({ keys }, variable) => {
    for (let at = 0; at < order.length; at++) looks[at * variables + variable] = keys[order[at]!]!;
  });
  for (let at = 0; at < order.length; at++) {
    const profile = order[at]!;
    const base = profile * parts;
    const end = Math.min(order.length, at + 1 + WINDOW);
    for (let from = 0; from < parts; from++) {
      if (placed[base + from] === 0) continue;
      let best = -1;
      let bestTo = -1;
      let bestPromise = Infinity;
      for (let near = at + 1; near < end; near++) {
        const otherBase = order[near]! * parts;
        for (let to = 0; to < parts; to++) {
          if (to === from || placed[otherBase + to] === 0) continue;
          let promise = slopes[base + to]! - slopes[base + from]! - slopes[otherBase + to]! + slopes[otherBase + from]!;
          if (promise >= bestPromise) continue;
          const own = at * variables;
          for (let other = near * variables, stop = other + variables, step = own; other < stop && promise < bestPromise; other++, step++) if (looks[step] !== looks[other]) promise += bend;
          if (promise < bestPromise) [best, bestTo, bestPromise] = [near, to, promise];
        }
      }
      if (best >= 0) swapIfBetter(allocation, profile, from, order[best]!, bestTo);
    }
  }
}

/** Swaps as many groups of the two as lessen the objective most: it is a parabola in their number. */
function swapIfBetter(allocation: Allocation, one: number, from: number, other: number, to: number): void {
  const cost = allocation.swapCost(one, from, other, to);
  if (cost >= 0 || allocation.limits?.forbids(one, from, to, other) === true) return;
  const most = Math.min(allocation.countOf(one, from), allocation.countOf(other, to));
  if (most === 1 || allocation.limits !== null) return allocation.swap(one, from, other, to);
  const bend = (allocation.swapCost(one, from, other, to, 2) - 2 * cost) / 2;
  const ideal = bend > 0 ? Math.floor((bend - cost) / (2 * bend) + 0.5) : 1;
  allocation.swap(one, from, other, to, Math.max(1, Math.min(most, ideal)));
}

/**
 * What a difference in one variable adds to J by curvature, on average: the square terms of its own cell and, in equal
 * shares, of the pair cells it is in, for two groups and two parts.
 */
function variableBend(allocation: Allocation, free: Uint32Array): number {
  const variables = allocation.profiles.looks.length;
  let sum = 0;
  for (const profile of free) sum += allocation.curvature(profile);
  return variables === 0 || free.length === 0 ? 0 : (4 * sum) / free.length / variables;
}
