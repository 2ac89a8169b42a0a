import type { Allocation } from './allocation.js';
import type { Profiles } from './profiles.js';
import type { Random } from './random.js';

/** Below this many cases (what the shares count), one too many is what balance costs; above so many groups it is too little to look for. */
const LEAST_UNITS = 1000;
const MOST_GROUPS = 200_000;

/** Swaps at most, pairs of groups that are looked at for each, and how much of the objective all together may cost. */
const SWAPS = 64;
const PAIRS = 5000;
const COST = 0.1;

/** What counts as a whole case, whatever the roundings. */
const CASE = 1 - 1e-9;

interface Swap {
  one: number;
  from: number;
  other: number;
  to: number;
}

/**
 * Lets groups change places where a part has a case (study) or more too many or too few of a category: the objective, which
 * looks at thousands of cells, does not care for single cases of a common one, but readers of a table do. Always the swap
 * that costs the objective least, until it has lost 10 % or no swap helps. Sizes and limits stay.
 */
export function settleMargins(allocation: Allocation, random: Random): void {
  const { cells, profiles } = allocation;
  if (allocation.parts < 2 || cells.total[cells.sizeCell]! < LEAST_UNITS || countGroups(profiles) > MOST_GROUPS) return;
  const hopeless = new Set<number>();
  let left = COST * allocation.objective();
  for (let swaps = 0; swaps < SWAPS; swaps++) {
    const worst = findWorst(allocation, hopeless);
    if (worst === null) return;
    const found = cheapestSwap(allocation, worst.cell, worst.part, random);
    if (found === null || found.cost > left) hopeless.add(worst.cell * allocation.parts + worst.part);
    else {
      allocation.swap(found.one, found.from, found.other, found.to);
      left -= found.cost;
    }
  }
}

function countGroups({ free }: Profiles): number {
  return free.reduce((sum, groups) => sum + groups, 0);
}

/** The category that a part is farthest off in, a case at least. */
function findWorst(allocation: Allocation, hopeless: ReadonlySet<number>): { cell: number; part: number } | null {
  let [worst, most]: [{ cell: number; part: number } | null, number] = [null, CASE];
  for (let cell = 1; cell < allocation.cells.jointFrom; cell++)
    for (let part = 0; part < allocation.parts; part++) {
      const off = Math.abs(allocation.deviation(cell, part));
      if (off > most && !hopeless.has(cell * allocation.parts + part)) [worst, most] = [{ cell, part }, off];
    }
  return worst;
}

/** The swap that costs least of those that bring a category nearer and take no more from others than that. */
function cheapestSwap(allocation: Allocation, cell: number, part: number, random: Random): (Swap & { cost: number }) | null {
  const { parts } = allocation;
  const { leaving, entering } = listSides(allocation, cell, part);
  const pairs = leaving.length * entering.length;
  let best: (Swap & { cost: number }) | null = null;
  for (let pair = 0; pair < Math.min(pairs, PAIRS); pair++) {
    const drawn = pairs <= PAIRS ? pair : random.below(pairs);
    const [a, b] = [leaving[Math.floor(drawn / entering.length)]!, entering[drawn % entering.length]!];
    const swap: Swap = { one: Math.floor(a / parts), from: a % parts, other: Math.floor(b / parts), to: b % parts };
    if (!(beyondChange(allocation, swap) < -1e-9)) continue;
    const cost = allocation.swapCost(swap.one, swap.from, swap.other, swap.to);
    if (cost < (best?.cost ?? Infinity) && allocation.limits?.forbids(swap.one, swap.from, swap.to, swap.other) !== true) best = { ...swap, cost };
  }
  return best;
}

/**
 * Who could leave the part and who could come in for them, as `profile * parts + part`: those with the category and those
 * without it when there are too many of it, the other way round when there are too few.
 */
function listSides(allocation: Allocation, cell: number, part: number): { leaving: number[]; entering: number[] } {
  const { parts, profiles } = allocation;
  const many = allocation.deviation(cell, part) > 0;
  const [leaving, entering]: [number[], number[]] = [[], []];
  for (let profile = 0; profile < profiles.count; profile++) {
    if (profiles.free[profile] === 0) continue;
    const holds = holdsCell(allocation, profile, cell);
    for (let at = 0; at < parts; at++) {
      if (allocation.countOf(profile, at) === 0) continue;
      if (at === part && holds === many) leaving.push(profile * parts + at);
      if (at !== part && holds !== many) entering.push(profile * parts + at);
    }
  }
  return { leaving, entering };
}

function holdsCell({ cells: { start, cell } }: Allocation, profile: number, wanted: number): boolean {
  let at = start[profile]!;
  while (at < start[profile + 1]! && cell[at]! < wanted) at++;
  return at < start[profile + 1]! && cell[at] === wanted;
}

/** What a swap adds to the cases beyond one that the parts are off in all categories together; NaN when it changes sizes. */
function beyondChange(allocation: Allocation, { one, from, other, to }: Swap): number {
  const { start, cell, weight, jointFrom, sizeCell } = allocation.cells;
  let [a, b] = [start[one]!, start[other]!];
  const [endA, endB] = [start[one + 1]!, start[other + 1]!];
  let change = 0;
  for (;;) {
    const cellA = a < endA ? cell[a]! : jointFrom;
    const cellB = b < endB ? cell[b]! : jointFrom;
    const at = Math.min(cellA, cellB);
    if (at >= jointFrom) return change;
    const moved = (cellA === at ? weight[a++]! : 0) - (cellB === at ? weight[b++]! : 0);
    if (moved === 0) continue;
    if (at === sizeCell) return NaN;
    const [before, after] = [allocation.deviation(at, from), allocation.deviation(at, to)];
    change += beyond(before - moved) - beyond(before) + beyond(after + moved) - beyond(after);
  }
}

function beyond(deviation: number): number {
  return Math.max(0, Math.abs(deviation) - CASE);
}
