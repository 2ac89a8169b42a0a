import type { Allocation } from './allocation.js';
import { FreeGroups } from './free-groups.js';
import type { Random } from './random.js';
import { orderBySimilarity } from './similarity.js';

const ORDERS = 16;
const REACH = 6;
const CHECKPOINTS = 256;

/**
 * Threshold accepting (Dueck & Scheuer 1990): random moves and swaps are taken unless they make the objective worse by more
 * than a threshold, which falls to 0. Most swap partners are look-alikes. The best allocation seen at a checkpoint is kept.
 */
export function annealAllocation(allocation: Allocation, proposals: number, random: Random): void {
  const groups = new FreeGroups(allocation);
  let objective = allocation.objective();
  if (proposals === 0 || allocation.parts < 2 || groups.count === 0 || objective === 0) return;
  const start = (10 * objective) / groups.count;
  const neighbours = new Neighbours(groups, random);
  const best = { objective, placed: allocation.placed.slice() };
  const checkEvery = Math.ceil(proposals / CHECKPOINTS);
  for (let done = 0; done < proposals; done++) {
    const threshold = start * (1 - done / proposals);
    const group = random.below(groups.count);
    objective += random.below(5) === 0 ? tryMove(allocation, groups, group, threshold, random) : trySwap(allocation, groups, group, neighbours.pick(group), threshold);
    if (done % checkEvery !== checkEvery - 1 && done !== proposals - 1) continue;
    objective = allocation.objective();
    if (objective < best.objective) {
      best.objective = objective;
      best.placed.set(allocation.placed);
    }
  }
  allocation.restore(best.placed);
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

/** Swap partners: three of four from near by in one of several similarity orders, the fourth from anywhere. */
class Neighbours {
  /** The groups in every order, and the place of every group in it. */
  private readonly orders: Uint32Array[];
  private readonly places: Uint32Array[];

  constructor(
    private readonly groups: FreeGroups,
    private readonly random: Random,
  ) {
    this.orders = Array.from({ length: ORDERS }, () => groups.inOrder(orderBySimilarity(groups.profiles, groups.list, random)));
    this.places = this.orders.map((order) => {
      const places = new Uint32Array(groups.count);
      for (let at = 0; at < order.length; at++) places[order[at]!] = at;
      return places;
    });
  }

  pick(group: number): number {
    const { groups, random } = this;
    if (random.below(4) === 0) return random.below(groups.count);
    const which = random.below(ORDERS);
    const drawn = random.below(2 * REACH);
    const place = this.places[which]![group]! + (drawn < REACH ? drawn - REACH : drawn - REACH + 1);
    const order = this.orders[which]!;
    return order[place < 0 ? place + order.length : place >= order.length ? place - order.length : place] ?? group;
  }
}
