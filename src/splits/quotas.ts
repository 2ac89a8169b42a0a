import type { Cells } from './cells.js';
import type { Random } from './random.js';

/**
 * A cell's quotas are rounded at random instead of aimed at as they are when it expects less than this in some part, or
 * holds no more than so many in all: 0.6 of two cases, aimed at, would be one of two in every draw. Cells of several
 * variables leave more to chance, which costs the single ones nothing.
 */
const DITHER_BELOW = 0.5;
const DITHER_JOINT_BELOW = 1;
const DITHER_UP_TO = 4;

/** A cell's newcomers go to a part in a share between (1 - b) and (1 + b) of its target, give or take one case. */
const CATCH_UP = 0.5;

/**
 * How many cases (studies) of every cell each part should hold at the end: `quotas[cell * targets.length + part]`.
 *
 * - The quota is the target's share of all cases, frozen ones included: newcomers repair what earlier draws left askew.
 * - Rare cells are rounded at random without bias, size aside. Nearest rounding would send every case of a category seen twice to the
 *   largest part; so would quotas of 0.2 of a case.
 * - Catching up is bounded, size aside: a full repair after a bad start would send most newcomers of a kind to one part
 *   and so tie the split to the date of arrival.
 * @param targets Share of every part, above 0, summing to 1.
 */
export function drawQuotas(cells: Cells, targets: Float64Array, random: Random): Float64Array {
  const parts = targets.length;
  const quotas = new Float64Array(cells.count * parts);
  const wish = new Float64Array(parts);
  const least = targets.reduce((low, target) => Math.min(low, target), 1);
  for (let cell = 0; cell < cells.count; cell++) {
    const total = cells.total[cell]!;
    const base = cell * parts;
    const held = cells.held.subarray(base, base + parts);
    const newcomers = total - sum(held);
    const rare = least * total < (cell < cells.jointFrom ? DITHER_BELOW : DITHER_JOINT_BELOW) || total <= DITHER_UP_TO;
    if (cell === cells.sizeCell) {
      // sizes are made good whatever came before
      if (rare) roundAtRandom(wish, total, targets, random.unit());
      for (let part = 0; part < parts; part++) quotas[base + part] = rare ? wish[part]! : targets[part]! * total;
      continue;
    }
    if (rare) roundAtRandom(wish, newcomers, targets, random.unit());
    else {
      for (let part = 0; part < parts; part++) wish[part] = targets[part]! * total - held[part]!;
      if (newcomers < total) boundCatchUp(wish, newcomers, targets);
    }
    for (let part = 0; part < parts; part++) quotas[base + part] = held[part]! + wish[part]!;
  }
  return quotas;
}

function sum(values: Float64Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

/** Whole numbers that sum to `count` and have `targets * count` as their mean (systematic sampling from `start`). */
export function roundAtRandom(into: Float64Array, count: number, targets: Float64Array, start: number): void {
  let share = 0;
  let before = 0;
  for (let part = 0; part < targets.length; part++) {
    share += targets[part]!;
    const after = part === targets.length - 1 ? count : Math.floor(share * count + start);
    into[part] = after - before;
    before = after;
  }
}

/** Brings every wish into its bounds and spreads what that takes or leaves over the others, so that the sum stays. */
export function boundCatchUp(wish: Float64Array, newcomers: number, targets: Float64Array): void {
  const low = (part: number) => (1 - CATCH_UP) * targets[part]! * newcomers - 1;
  const high = (part: number) => (1 + CATCH_UP) * targets[part]! * newcomers + 1;
  for (let round = 0; round <= targets.length; round++) {
    for (let part = 0; part < targets.length; part++) wish[part] = Math.min(high(part), Math.max(low(part), wish[part]!));
    const rest = newcomers - sum(wish);
    if (rest === 0) return;
    const open = Array.from(targets.keys()).filter((part) => (rest > 0 ? wish[part]! < high(part) : wish[part]! > low(part)));
    const share = open.reduce((total, part) => total + targets[part]!, 0);
    for (const part of open) wish[part] = wish[part]! + (rest * targets[part]!) / share;
  }
}
