import type { Cells } from './cells.js';
import { LimitCounts, type PartLimit } from './limit-counts.js';
import type { Profiles } from './profiles.js';

/** All that an allocation is made from; it survives structured cloning. */
export interface AllocationData {
  profiles: Profiles;
  cells: Cells;
  quotas: Float64Array;
  /** Share of every part, above 0, summing to 1. */
  targets: Float64Array;
  /** Limits, and how many cases of each are in its part whatever is drawn. */
  limits: { limits: readonly PartLimit[]; settled: readonly number[] } | null;
}

/**
 * How many groups of every profile are in every part, with everything that makes a step cheap to judge. The objective is
 * J = sum over cells and parts of pull * (count - quota)^2, so moving a weight w costs pull * (2 deviation w + w^2).
 */
export class Allocation {
  readonly parts: number;
  readonly profiles: Profiles;
  readonly cells: Cells;
  readonly limits: LimitCounts | null;
  /** Groups that were placed: `placed[profile * parts + part]`. */
  readonly placed: Uint32Array;
  /** Deviations of a cell, one a part, then its pulls, one a part: one cell is one stretch of memory. */
  private readonly state: Float64Array;
  private readonly stride: number;

  /** No group has a part yet. */
  constructor(readonly data: AllocationData) {
    const { profiles, cells, quotas, targets, limits } = data;
    [this.profiles, this.cells] = [profiles, cells];
    this.limits = limits === null ? null : new LimitCounts(limits.limits, limits.settled, profiles.count);
    this.parts = targets.length;
    this.stride = 2 * this.parts;
    this.placed = new Uint32Array(profiles.count * this.parts);
    this.state = initialState(cells, quotas, targets);
  }

  /** J: 0 when every quota is met, about 3 to 5 for a random allocation. */
  objective(): number {
    const { state, stride, parts } = this;
    let sum = 0;
    for (let base = 0; base < state.length; base += stride)
      for (let at = base; at < base + parts; at++) sum += state[at + parts]! * state[at]! * state[at]!;
    return sum;
  }

  /** Count of a cell in a part less its quota. */
  deviation(cell: number, part: number): number {
    return this.state[cell * this.stride + part]!;
  }

  /** What the square of a deviation weighs in J. */
  pull(cell: number, part: number): number {
    return this.state[cell * this.stride + this.parts + part]!;
  }

  /** Cases (studies, images) that a part has beyond its quota; negative when it lacks some. */
  excess(part: number): number {
    return this.deviation(this.cells.sizeCell, part);
  }

  /** Groups of a profile in a part. */
  countOf(profile: number, part: number): number {
    return this.placed[profile * this.parts + part]!;
  }

  /** Gives a group of a profile its part. */
  place(profile: number, part: number): void {
    this.shift(profile, part, 1);
  }

  /** Moves groups of a profile to another part. */
  move(profile: number, from: number, to: number, times = 1): void {
    this.shift(profile, from, -times);
    this.shift(profile, to, times);
  }

  /** Lets groups of two profiles change places. */
  swap(one: number, from: number, other: number, to: number, times = 1): void {
    this.move(one, from, to, times);
    this.move(other, to, from, times);
  }

  /** Takes over what another allocation of the same groups has placed. */
  restore(placed: Uint32Array): void {
    for (let at = 0; at < placed.length; at++) {
      const change = placed[at]! - this.placed[at]!;
      if (change !== 0) this.shift(Math.floor(at / this.parts), at % this.parts, change);
    }
  }

  /** What placing a group adds to J. */
  placeCost(profile: number, part: number): number {
    const { state, stride, parts } = this;
    const { start, cell, weight } = this.cells;
    let cost = 0;
    for (let at = start[profile]!, end = start[profile + 1]!; at < end; at++) {
      const index = cell[at]! * stride + part;
      const w = weight[at]!;
      cost += state[index + parts]! * w * (2 * state[index]! + w);
    }
    return cost;
  }

  /** What moving a group adds to J. */
  moveCost(profile: number, from: number, to: number): number {
    const { state, stride, parts } = this;
    const { start, cell, weight } = this.cells;
    let cost = 0;
    for (let at = start[profile]!, end = start[profile + 1]!; at < end; at++) {
      const index = cell[at]! * stride;
      const w = weight[at]!;
      const [a, b] = [index + from, index + to];
      cost += w * (state[b + parts]! * (2 * state[b]! + w) - state[a + parts]! * (2 * state[a]! - w));
    }
    return cost;
  }

  /** What letting groups of two profiles change places adds to J, so many of each; the cells they share cancel out. */
  swapCost(one: number, from: number, other: number, to: number, times = 1): number {
    const { state, stride, parts } = this;
    const { start, cell, weight } = this.cells;
    let a = start[one]!;
    let b = start[other]!;
    const endA = start[one + 1]!;
    const endB = start[other + 1]!;
    let cellA = a < endA ? cell[a]! : 4294967295;
    let cellB = b < endB ? cell[b]! : 4294967295;
    let cost = 0;
    while (a < endA || b < endB) {
      let moved = 0;
      let index = 0;
      if (cellA === cellB) {
        moved = weight[a]! - weight[b]!;
        index = cellA;
        cellA = ++a < endA ? cell[a]! : 4294967295;
        cellB = ++b < endB ? cell[b]! : 4294967295;
        if (moved === 0) continue;
      } else if (cellA < cellB) {
        moved = weight[a]!;
        index = cellA;
        cellA = ++a < endA ? cell[a]! : 4294967295;
      } else {
        moved = -weight[b]!;
        index = cellB;
        cellB = ++b < endB ? cell[b]! : 4294967295;
      }
      moved *= times;
      const p = index * stride + from;
      const q = index * stride + to;
      cost += moved * (state[q + parts]! * (2 * state[q]! + moved) - state[p + parts]! * (2 * state[p]! - moved));
    }
    return cost;
  }

  /** The slope of J for every profile and part: `slopes[profile * parts + part]` = 2 sum of weight x deviation x pull. */
  slopes(into: Float64Array): void {
    const { state, stride, parts } = this;
    const { start, cell, weight } = this.cells;
    for (let profile = 0; profile < this.profiles.count; profile++) {
      const base = profile * parts;
      into.fill(0, base, base + parts);
      for (let at = start[profile]!, end = start[profile + 1]!; at < end; at++) {
        const w = 2 * weight[at]!;
        const index = cell[at]! * stride;
        for (let part = 0; part < parts; part++) into[base + part] = into[base + part]! + w * state[index + part]! * state[index + parts + part]!;
      }
    }
  }

  /** The square terms of a profile's cells, as a mean over the parts. */
  curvature(profile: number): number {
    const { state, stride, parts } = this;
    const { start, cell, weight } = this.cells;
    let sum = 0;
    for (let at = start[profile]!, end = start[profile + 1]!; at < end; at++) {
      const base = cell[at]! * stride + parts;
      let pulls = 0;
      for (let part = 0; part < parts; part++) pulls += state[base + part]!;
      sum += (weight[at]! * weight[at]! * pulls) / parts;
    }
    return sum;
  }

  private shift(profile: number, part: number, times: number): void {
    const at = profile * this.parts + part;
    this.placed[at] = this.placed[at]! + times;
    this.add(profile, part, times);
    this.limits?.add(profile, part, times);
  }

  private add(profile: number, part: number, times: number): void {
    const { state, stride } = this;
    const { start, cell, weight } = this.cells;
    for (let at = start[profile]!, end = start[profile + 1]!; at < end; at++) {
      const index = cell[at]! * stride + part;
      state[index] = state[index]! + times * weight[at]!;
    }
  }
}

/** Deviations while nothing is placed, and the pulls: importance / (parts - 1) / expected count. */
function initialState(cells: Cells, quotas: Float64Array, targets: Float64Array): Float64Array {
  const parts = targets.length;
  const state = new Float64Array(cells.count * 2 * parts);
  for (let cell = 0; cell < cells.count; cell++) {
    const base = cell * 2 * parts;
    for (let part = 0; part < parts; part++) {
      const expected = targets[part]! * cells.total[cell]!;
      state[base + part] = cells.held[cell * parts + part]! - quotas[cell * parts + part]!;
      state[base + parts + part] = expected > 0 ? cells.importance[cell]! / Math.max(1, parts - 1) / expected : 0;
    }
  }
  return state;
}
