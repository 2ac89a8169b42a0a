import type { Allocation } from './allocation.js';
import type { Random } from './random.js';
import { orderBySimilarity, type Profiles } from './similarity.js';

/** How the passes are run: how many, how far a partner is looked for, when to give up. */
const PASSES = 12;
const WINDOW = 24;
const MOVE_PASSES = new Set([0, 1, 7]);
const LEAST_GAIN = 0.01;

/**
 * Improves an allocation by letting look-alike groups of different parts change places: sorted by the variables in a
 * fresh random order, the best partner is near. Some passes also move single groups. Ends after 12 passes, or when one
 * gains less than 1 %.
 */
export function swapLookAlikes(allocation: Allocation, profiles: Profiles, free: Uint32Array, random: Random): void {
  const slopes = new Float64Array(allocation.groups.count * allocation.parts);
  const bends = variableBends(allocation, profiles, free);
  let objective = allocation.objective();
  for (let pass = 0; pass < PASSES && objective > 0; pass++) {
    const order = orderBySimilarity(allocation.groups, profiles, free, random);
    if (MOVE_PASSES.has(pass)) movePass(allocation, order);
    allocation.slopes(slopes);
    swapPass(allocation, order, profiles, slopes, bends);
    const after = allocation.objective();
    if (objective - after < LEAST_GAIN * objective) return;
    objective = after;
  }
}

function movePass(allocation: Allocation, order: Uint32Array): void {
  for (const group of order) {
    let best = -1;
    let bestCost = 0;
    for (let part = 0; part < allocation.parts; part++) {
      if (part === allocation.part[group]) continue;
      const cost = allocation.moveCost(group, part);
      if (cost < bestCost) [best, bestCost] = [part, cost];
    }
    if (best >= 0) allocation.move(group, best);
  }
}

/** One partner a group: the one that promises most by the slopes, judged exactly before the swap. */
function swapPass(allocation: Allocation, order: Uint32Array, profiles: Profiles, slopes: Float64Array, bends: number[]): void {
  const { part } = allocation;
  const count = allocation.groups.count;
  const { keys } = profiles;
  for (let at = 0; at < order.length; at++) {
    const group = order[at]!;
    const from = part[group]! * count;
    let best = -1;
    let bestPromise = Infinity;
    for (let near = at + 1, end = Math.min(order.length, at + 1 + WINDOW); near < end; near++) {
      const other = order[near]!;
      const to = part[other]! * count;
      if (to === from) continue;
      let promise = slopes[to + group]! - slopes[from + group]! - slopes[to + other]! + slopes[from + other]!;
      for (let variable = 0; variable < keys.length && promise < bestPromise; variable++) {
        const key = keys[variable]!;
        if (key[group] !== key[other]) promise += bends[variable]!;
      }
      if (promise < bestPromise) [best, bestPromise] = [other, promise];
    }
    if (best >= 0 && allocation.swapCost(group, best) < 0) allocation.swap(group, best);
  }
}

/**
 * What a difference in one variable adds to J by curvature, on average: the square terms of its own cell and, in equal
 * shares, of the pair cells it is in, for two groups and two parts.
 */
function variableBends(allocation: Allocation, profiles: Profiles, free: Uint32Array): number[] {
  const variables = profiles.keys.length;
  let sum = 0;
  for (const group of free) sum += allocation.curvature(group);
  const perVariable = variables === 0 || free.length === 0 ? 0 : sum / free.length / variables;
  return profiles.keys.map(() => 4 * perVariable);
}
