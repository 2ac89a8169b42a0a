import type { Allocation } from './allocation.js';
import type { LimitCounts } from './limit-counts.js';
import type { Random } from './random.js';

/**
 * An allocation of few profiles with the slope of J for each of them in every part. A step shifts the slopes of all by what
 * the profiles have in common (`products`), which is worked out once: judging a step then takes a handful of numbers.
 */
export class SlopeTable {
  /** Profiles that have a free group; each goes by its place in this list. */
  readonly profiles: Uint32Array;
  readonly parts: number;
  /** Free groups of every profile. */
  private readonly free: Uint32Array;
  /** Groups of every profile in every part: `placed[place * parts + part]`. */
  readonly placed: Uint32Array;
  private readonly size: number;
  /** What profiles have in common: `products[one * size + other]` = sum over cells of weight * weight * pull * target. */
  private readonly products: Float64Array;
  /** By part, one a profile: 2 sum of weight * deviation * pull. */
  private readonly slopes: Float64Array[];
  /** 1 / target of every part. */
  private readonly rates: Float64Array;
  private readonly limits: LimitCounts | null;

  /** Starts where an allocation stands, which it leaves alone. */
  constructor(allocation: Allocation) {
    const { profiles, parts } = allocation;
    this.profiles = Uint32Array.from(profiles.free.keys()).filter((profile) => profiles.free[profile]! > 0);
    [this.size, this.parts] = [this.profiles.length, parts];
    this.free = this.profiles.map((profile) => profiles.free[profile]!);
    this.placed = new Uint32Array(this.size * parts);
    this.rates = allocation.data.targets.map((target) => 1 / target);
    this.limits = allocation.limits?.copy() ?? null;
    this.products = multiplyProfiles(allocation, this.profiles);
    const slopes = new Float64Array(profiles.count * parts);
    allocation.slopes(slopes);
    this.slopes = Array.from({ length: parts }, (_, part) => Float64Array.from(this.profiles, (profile) => slopes[profile * parts + part]!));
    this.profiles.forEach((profile, place) => this.placed.set(allocation.placed.subarray(profile * parts, (profile + 1) * parts), place * parts));
  }

  /** The part of a random group of a profile. */
  drawPart(place: number, random: Random): number {
    const free = this.free[place]!;
    let rest = free === 1 ? 0 : random.below(free);
    let part = 0;
    for (let at = place * this.parts; rest >= this.placed[at]!; at++, part++) rest -= this.placed[at]!;
    return part;
  }

  /** What moving a group adds to J. */
  moveCost(place: number, from: number, to: number): number {
    return this.slopes[to]![place]! - this.slopes[from]![place]! + (this.rates[from]! + this.rates[to]!) * this.products[place * this.size + place]!;
  }

  /** What letting groups of two profiles change places adds to J. */
  swapCost(one: number, from: number, other: number, to: number): number {
    const { rates } = this;
    const leaving = this.slopes[from]!;
    const entering = this.slopes[to]!;
    return entering[one]! - leaving[one]! - entering[other]! + leaving[other]! + (rates[from]! + rates[to]!) * this.distance(one, other);
  }

  /** Moves a group, unless a limit forbids it; tells whether it did. */
  move(place: number, from: number, to: number): boolean {
    const profile = this.profiles[place]!;
    if (this.limits?.forbids(profile, from, to) === true) return false;
    this.shift(place, from, to);
    const { size, products } = this;
    const leaving = this.slopes[from]!;
    const entering = this.slopes[to]!;
    const out = 2 * this.rates[from]!;
    const into = 2 * this.rates[to]!;
    for (let at = 0, row = place * size; at < size; at++, row++) {
      const product = products[row]!;
      entering[at] = entering[at]! + into * product;
      leaving[at] = leaving[at]! - out * product;
    }
    return true;
  }

  /** Lets groups of two profiles change places, unless a limit forbids it; tells whether it did. */
  swap(one: number, from: number, other: number, to: number): boolean {
    if (this.limits?.forbids(this.profiles[one]!, from, to, this.profiles[other]!) === true) return false;
    this.shift(one, from, to);
    this.shift(other, to, from);
    const { size, products } = this;
    const leaving = this.slopes[from]!;
    const entering = this.slopes[to]!;
    const out = 2 * this.rates[from]!;
    const into = 2 * this.rates[to]!;
    for (let at = 0, row = one * size, otherRow = other * size; at < size; at++, row++, otherRow++) {
      const product = products[row]! - products[otherRow]!;
      entering[at] = entering[at]! + into * product;
      leaving[at] = leaving[at]! - out * product;
    }
    return true;
  }

  /** How unlike two profiles are: what a swap of them adds to J by the squares, but for the parts. */
  distance(one: number, other: number): number {
    const { size, products } = this;
    return products[one * size + one]! + products[other * size + other]! - 2 * products[one * size + other]!;
  }

  private shift(place: number, from: number, to: number): void {
    const base = place * this.parts;
    this.placed[base + from] = this.placed[base + from]! - 1;
    this.placed[base + to] = this.placed[base + to]! + 1;
    this.limits?.add(this.profiles[place]!, from, -1);
    this.limits?.add(this.profiles[place]!, to, 1);
  }
}

/** The products of all pairs of some profiles. */
function multiplyProfiles(allocation: Allocation, profiles: Uint32Array): Float64Array {
  const { start, cell, weight } = allocation.cells;
  const target = allocation.data.targets[0]!;
  const size = profiles.length;
  const products = new Float64Array(size * size);
  const spread = new Float64Array(allocation.cells.count);
  for (let one = 0; one < size; one++) {
    const [from, to] = [start[profiles[one]!]!, start[profiles[one]! + 1]!];
    // the pull is the same for all parts but for their targets
    for (let at = from; at < to; at++) spread[cell[at]!] = weight[at]! * allocation.pull(cell[at]!, 0) * target;
    for (let other = one; other < size; other++) {
      let sum = 0;
      for (let at = start[profiles[other]!]!, end = start[profiles[other]! + 1]!; at < end; at++) sum += weight[at]! * spread[cell[at]!]!;
      products[one * size + other] = sum;
      products[other * size + one] = sum;
    }
    for (let at = from; at < to; at++) spread[cell[at]!] = 0;
  }
  return products;
}
