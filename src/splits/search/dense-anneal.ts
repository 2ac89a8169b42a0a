import type { Allocation } from './allocation.js';
import { LookAlikes } from './look-alikes.js';
import type { Random } from './random.js';
import { SlopeTable } from './slope-table.js';

/** Most profiles that are annealed with the products of all their pairs in memory (32 MB). */
export const DENSE_PROFILES = 2048;

/** Swap partners are one of so many look-alikes, but every eighth time any group; every fifth step is a move. */
const LOOK_ALIKES = 12;
const STRANGERS = 8;
const MOVES = 5;

/** The threshold at the beginning, as a multiple of what a group has of the objective on average. */
const START = 7;
const CHECKPOINTS = 256;

/**
 * Threshold accepting as `annealAllocation` does it, for few profiles: in the time of a proposal there, this judges three.
 * @see SlopeTable
 */
export function annealDensely(allocation: Allocation, proposals: number, random: Random): void {
  const table = new SlopeTable(allocation);
  if (table.profiles.length < 2 || allocation.parts < 2) return;
  const groups = listGroups(table, allocation.profiles.free);
  const start = (START * allocation.objective()) / groups.length;
  const partners = new LookAlikes(table, LOOK_ALIKES);
  const best = table.placed.slice();
  let [change, least] = [0, 0];
  const checkEvery = Math.ceil(proposals / CHECKPOINTS);
  for (let done = 0; done < proposals; done++) {
    const threshold = start * (1 - done / proposals);
    const one = groups[random.below(groups.length)]!;
    if (random.below(MOVES) === 0) change += tryMove(table, one, threshold, random);
    else change += trySwap(table, one, random.below(STRANGERS) === 0 ? groups[random.below(groups.length)]! : partners.draw(one, random), threshold, random);
    if ((done % checkEvery !== checkEvery - 1 && done !== proposals - 1) || change >= least) continue;
    least = change;
    best.set(table.placed);
  }
  takeOver(allocation, table.profiles, best);
}

function tryMove(table: SlopeTable, place: number, threshold: number, random: Random): number {
  const from = table.drawPart(place, random);
  const drawn = random.below(table.parts - 1);
  const to = drawn < from ? drawn : drawn + 1;
  const cost = table.moveCost(place, from, to);
  return cost < threshold && table.move(place, from, to) ? cost : 0;
}

function trySwap(table: SlopeTable, one: number, other: number, threshold: number, random: Random): number {
  if (one === other) return 0;
  const [from, to] = [table.drawPart(one, random), table.drawPart(other, random)];
  if (from === to) return 0;
  const cost = table.swapCost(one, from, other, to);
  return cost < threshold && table.swap(one, from, other, to) ? cost : 0;
}

/** The place of every free group's profile. */
function listGroups({ profiles }: SlopeTable, free: Uint32Array): Uint32Array {
  const groups = new Uint32Array(profiles.reduce((sum, profile) => sum + free[profile]!, 0));
  let from = 0;
  for (const [place, profile] of profiles.entries()) groups.fill(place, from, (from += free[profile]!));
  return groups;
}

function takeOver(allocation: Allocation, profiles: Uint32Array, placedByPlace: Uint32Array): void {
  const { parts } = allocation;
  const placed = allocation.placed.slice();
  for (const [place, profile] of profiles.entries()) placed.set(placedByPlace.subarray(place * parts, (place + 1) * parts), profile * parts);
  allocation.restore(placed);
}
