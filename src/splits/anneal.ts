import type { Allocation } from './allocation.js';
import type { Random } from './random.js';
import { orderBySimilarity, type Profiles } from './similarity.js';

/** Proposals by the number of free groups; a larger collection is left to the swap passes. */
const PROPOSALS = [
  { upTo: 20_000, proposals: 3_000_000 },
  { upTo: 200_000, proposals: 2_000_000 },
];

/** Small collections are done long before: so many proposals a group are enough, or for fewer than 100 a pair of groups. */
const PROPOSALS_PER_GROUP = 8_000;
const PROPOSALS_PER_PAIR = 400;
const PROPOSALS_PAIRED = 400_000;
const ORDERS = 16;
const REACH = 6;
const CHECKPOINTS = 256;

/**
 * Threshold accepting (Dueck & Scheuer 1990): random moves and swaps are taken unless they make the objective worse by more
 * than a threshold, which falls to 0. Most swap partners are look-alikes. The best allocation seen at a checkpoint is kept.
 */
export function annealAllocation(allocation: Allocation, profiles: Profiles, free: Uint32Array, random: Random): void {
  const proposals = countProposals(free.length);
  let objective = allocation.objective();
  if (proposals === 0 || allocation.parts < 2 || objective === 0) return;
  const start = (10 * objective) / free.length;
  const neighbours = new Neighbours(allocation, profiles, free, random);
  const best = { objective, part: allocation.part.slice() };
  const checkEvery = Math.ceil(proposals / CHECKPOINTS);
  for (let done = 0; done < proposals; done++) {
    const threshold = start * (1 - done / proposals);
    const group = free[random.below(free.length)]!;
    if (random.below(5) === 0) objective += tryMove(allocation, group, threshold, random);
    else objective += trySwap(allocation, group, neighbours.pick(group), threshold);
    if (done % checkEvery !== checkEvery - 1 && done !== proposals - 1) continue;
    objective = allocation.objective();
    if (objective < best.objective) {
      best.objective = objective;
      best.part.set(allocation.part);
    }
  }
  restore(allocation, best.part, free);
}

function countProposals(groups: number): number {
  const limit = PROPOSALS.find(({ upTo }) => groups <= upTo)?.proposals ?? 0;
  const paired = Math.min(PROPOSALS_PAIRED, PROPOSALS_PER_PAIR * groups * groups);
  return Math.min(limit, Math.max(paired, PROPOSALS_PER_GROUP * groups));
}

function tryMove(allocation: Allocation, group: number, threshold: number, random: Random): number {
  const drawn = random.below(allocation.parts - 1);
  const to = drawn < allocation.part[group]! ? drawn : drawn + 1;
  const cost = allocation.moveCost(group, to);
  if (cost >= threshold) return 0;
  allocation.move(group, to);
  return cost;
}

function trySwap(allocation: Allocation, group: number, other: number, threshold: number): number {
  if (allocation.part[group] === allocation.part[other]) return 0;
  const cost = allocation.swapCost(group, other);
  if (cost >= threshold) return 0;
  allocation.swap(group, other);
  return cost;
}

function restore(allocation: Allocation, part: Int16Array, free: Uint32Array): void {
  for (const group of free) if (allocation.part[group] !== part[group]) allocation.move(group, part[group]!);
}

/** Swap partners: three of four from near by in one of several similarity orders, the fourth from anywhere. */
class Neighbours {
  private readonly orders: Uint32Array[];
  private readonly places: Uint32Array[];

  constructor(
    allocation: Allocation,
    profiles: Profiles,
    private readonly free: Uint32Array,
    private readonly random: Random,
  ) {
    this.orders = Array.from({ length: ORDERS }, () => orderBySimilarity(allocation.groups, profiles, free, random));
    this.places = this.orders.map((order) => {
      const places = new Uint32Array(allocation.groups.count);
      for (let at = 0; at < order.length; at++) places[order[at]!] = at;
      return places;
    });
  }

  pick(group: number): number {
    const { free, random } = this;
    if (random.below(4) === 0) return free[random.below(free.length)]!;
    const which = random.below(ORDERS);
    const drawn = random.below(2 * REACH);
    const place = this.places[which]![group]! + (drawn < REACH ? drawn - REACH : drawn - REACH + 1);
    const order = this.orders[which]!;
    return order[place < 0 ? place + order.length : place >= order.length ? place - order.length : place] ?? group;
  }
}
