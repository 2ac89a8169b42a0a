import type { Allocation } from './allocation.js';
import { FreeGroups } from './free-groups.js';
import type { Random } from './random.js';
import { orderBySimilarity } from './similarity.js';

/** Swap partners are within so many places in the order, but every twentieth time any group; as often a step is a move. */
const REACH = 6;
const STRANGERS = 20;
const MOVES = 20;

/** The threshold at the beginning, as a multiple of what a group has of the objective on average. */
const START = 10;

/** Turns that all groups have in one order. */
const TURNS = 2;
const CHECKPOINTS = 64;

/**
 * Threshold accepting (Dueck & Scheuer 1990): random moves and swaps are taken unless they make the objective worse by more
 * than a threshold, which falls to 0. Most swap partners are look-alikes. The best allocation seen at a checkpoint is kept.
 * Groups take turns in an order of similarity, which changes now and then: what is looked at next is then still at hand.
 */
export function annealAllocation(allocation: Allocation, proposals: number, random: Random): void {
  const groups = new FreeGroups(allocation);
  let objective = allocation.objective();
  if (proposals === 0 || allocation.parts < 2 || groups.count === 0 || objective === 0) return;
  const start = (START * objective) / groups.count;
  const best = { objective, placed: allocation.placed.slice() };
  const checkEvery = Math.ceil(proposals / CHECKPOINTS);
  let order: Uint32Array = new Uint32Array();
  for (let done = 0; done < proposals; done++) {
    if (done % (TURNS * groups.count) === 0) order = groups.inOrder(orderBySimilarity(groups.profiles, groups.list, random));
    const threshold = start * (1 - done / proposals);
    const at = done % groups.count;
    if (random.below(MOVES) === 0) objective += tryMove(allocation, groups, order[at]!, threshold, random);
    else objective += trySwap(allocation, groups, order[at]!, random.below(STRANGERS) === 0 ? random.below(groups.count) : pickNear(order, at, random), threshold);
    if (done % checkEvery !== checkEvery - 1 && done !== proposals - 1) continue;
    objective = allocation.objective();
    if (objective < best.objective) {
      best.objective = objective;
      best.placed.set(allocation.placed);
    }
  }
  allocation.restore(best.placed);
}

/** Another group from near by; at the ends of the order, from its other end. */
function pickNear(order: Uint32Array, at: number, random: Random): number {
  const drawn = random.below(2 * REACH);
  const place = at + (drawn < REACH ? drawn - REACH : drawn - REACH + 1);
  return order[place < 0 ? place + order.length : place >= order.length ? place - order.length : place] ?? order[at]!;
}

function tryMove(allocation: Allocation, groups: FreeGroups, group: number, threshold: number, random: Random): number {
  const profile = groups.profileOf[group]!;
  const from = groups.partOf(group);
  const drawn = random.below(allocation.parts - 1);
  const to = drawn < from ? drawn : drawn + 1;
  const cost = allocation.moveCost(profile, from, to);
  if (cost >= threshold || allocation.limits?.forbids(profile, from, to) === true) return 0;
  allocation.move(profile, from, to);
  return cost;
}

function trySwap(allocation: Allocation, groups: FreeGroups, group: number, other: number, threshold: number): number {
  const [from, to] = [groups.partOf(group), groups.partOf(other)];
  if (from === to) return 0;
  const [one, two] = [groups.profileOf[group]!, groups.profileOf[other]!];
  const cost = allocation.swapCost(one, from, two, to);
  if (cost >= threshold || allocation.limits?.forbids(one, from, to, two) === true) return 0;
  allocation.swap(one, from, two, to);
  return cost;
}
