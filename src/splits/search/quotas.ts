import type { CellBlock, Cells } from './cells.js';
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
 * - Rare cells are rounded at random without bias. Nearest rounding would send every case of a category seen twice to the
 *   largest part; so would quotas of 0.2 of a case. The cells of a block are rounded one after the other, so that what they
 *   hold together is rounded too: else cases without a cell would have to fill what is left over.
 * - Catching up is bounded, size aside: a full repair after a bad start would send most newcomers of a kind to one part
 *   and so tie the split to the date of arrival.
 * @param targets Share of every part, above 0, summing to 1.
 */
export function drawQuotas(cells: Cells, targets: Float64Array, random: Random): Float64Array {
  const quotas = new Float64Array(cells.count * targets.length);
  const plain = cells.blocks[0]?.first ?? cells.count;
  for (let cell = 0; cell < plain; cell++) drawPlain(quotas, cells, cell, targets, random);
  for (const block of cells.blocks) drawBlock(quotas, cells, block, targets, random);
  return quotas;
}

/** The quotas of a block: rare cells are rounded, and the others make up for what that gives to a part or takes from it. */
function drawBlock(quotas: Float64Array, { total, held }: Cells, { first, live, level }: CellBlock, targets: Float64Array, random: Random): void {
  const rounding = new Rounding(targets, random);
  const given = new Float64Array(targets.length);
  let common = 0;
  for (let cell = first; cell < first + live; cell++) {
    const own = held.subarray(cell * targets.length, (cell + 1) * targets.length);
    const wish = quotas.subarray(cell * targets.length, (cell + 1) * targets.length);
    const newcomers = total[cell]! - sum(own);
    if (isRare(total[cell]!, targets, level)) {
      rounding.round(wish, newcomers);
      for (let part = 0; part < targets.length; part++) given[part] = given[part]! + wish[part]! - targets[part]! * newcomers;
    } else {
      aim(wish, total[cell]!, own, targets, true);
      common += newcomers;
    }
    for (let part = 0; part < targets.length; part++) wish[part] = wish[part]! + own[part]!;
  }
  if (level !== 'variable' || common === 0) return;
  for (let cell = first; cell < first + live; cell++) {
    if (isRare(total[cell]!, targets, level)) continue;
    const newcomers = total[cell]! - sum(held.subarray(cell * targets.length, (cell + 1) * targets.length));
    for (let part = 0; part < targets.length; part++) {
      const at = cell * targets.length + part;
      quotas[at] = quotas[at]! - (given[part]! * newcomers) / common;
    }
  }
}

/** The quotas of a plain count; sizes are made good whatever came before. */
function drawPlain(quotas: Float64Array, { total, held, sizeCell }: Cells, cell: number, targets: Float64Array, random: Random): void {
  const [from, to] = [cell * targets.length, (cell + 1) * targets.length];
  const wish = quotas.subarray(from, to);
  const own = held.subarray(from, to);
  if (isRare(total[cell]!, targets, 'size')) return new Rounding(targets, random).round(wish, total[cell]!);
  aim(wish, total[cell]!, own, targets, cell !== sizeCell);
  for (let part = 0; part < targets.length; part++) wish[part] = wish[part]! + own[part]!;
}

function isRare(total: number, targets: Float64Array, level: CellBlock['level']): boolean {
  const least = targets.reduce((low, target) => Math.min(low, target), 1);
  return total <= DITHER_UP_TO || least * total < (level === 'pair' || level === 'stratum' ? DITHER_JOINT_BELOW : DITHER_BELOW);
}

/** What newcomers should add to every part. */
function aim(wish: Float64Array, total: number, held: Float64Array, targets: Float64Array, bounded: boolean): void {
  for (let part = 0; part < targets.length; part++) wish[part] = targets[part]! * total - held[part]!;
  const newcomers = total - sum(held);
  if (bounded && newcomers < total) boundCatchUp(wish, newcomers, targets);
}

function sum(values: Float64Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

/**
 * Rounds counts one after the other, without bias: over the random numbers each part gets its target share on average. Of
 * what the parts before it have left, each gets the whole number below its share or the one above, of every count and of
 * all counts together (systematic sampling).
 */
export class Rounding {
  /** Of every part, what was left to it and the parts after it so far; and where its steps begin. */
  private readonly left: Float64Array;
  private readonly starts: Float64Array;
  /** Share of what is left. */
  private readonly rates: Float64Array;

  constructor(targets: Float64Array, random: Random) {
    this.left = new Float64Array(targets.length);
    this.starts = targets.map(() => random.unit());
    let rest = 1;
    this.rates = targets.map((target) => {
      const rate = rest > target ? target / rest : 1;
      rest -= target;
      return rate;
    });
  }

  round(into: Float64Array, count: number): void {
    let rest = count;
    for (let part = 0; part < into.length; part++) {
      const before = this.left[part]!;
      this.left[part] = before + rest;
      const own = part === into.length - 1 ? rest : this.stepsTo(part, before + rest) - this.stepsTo(part, before);
      into[part] = own;
      rest -= own;
    }
  }

  private stepsTo(part: number, count: number): number {
    return Math.floor(this.rates[part]! * count + this.starts[part]!);
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
