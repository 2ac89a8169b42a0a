import type { GroupTable } from './blocks.js';
import type { Cells } from './cells.js';

/**
 * An allocation of groups to parts with everything that makes a step cheap to judge. The objective is
 * J = sum over cells and parts of pull * (count - quota)^2, so moving a weight w costs pull * (2 deviation w + w^2).
 */
export class Allocation {
  readonly parts: number;
  /** Part of every group; -1 while it has none. */
  readonly part: Int16Array;
  /** Deviations of a cell, one a part, then its pulls, one a part: one cell is one stretch of memory. */
  private readonly state: Float64Array;
  private readonly stride: number;

  /** Places the fixed groups; the others have no part yet. */
  constructor(
    readonly groups: GroupTable,
    readonly cells: Cells,
    quotas: Float64Array,
    targets: Float64Array,
  ) {
    this.parts = targets.length;
    this.stride = 2 * this.parts;
    this.part = new Int16Array(groups.count).fill(-1);
    this.state = initialState(cells, quotas, targets);
    for (let group = 0; group < groups.count; group++) if (groups.fixed[group]! >= 0) this.place(group, groups.fixed[group]!);
  }

  /** J: 0 when every quota is met, about 3 to 5 for a random allocation. */
  objective(): number {
    const { state, stride, parts } = this;
    let sum = 0;
    for (let base = 0; base < state.length; base += stride)
      for (let at = base; at < base + parts; at++) sum += state[at + parts]! * state[at]! * state[at]!;
    return sum;
  }

  /** Cases that a part has beyond its quota; negative when it lacks some. */
  excess(part: number): number {
    return this.state[this.cells.sizeCell * this.stride + part]!;
  }

  /** Gives a group without a part its part. */
  place(group: number, part: number): void {
    this.add(group, part, 1);
    this.part[group] = part;
  }

  /** Moves a group to another part. */
  move(group: number, to: number): void {
    this.add(group, this.part[group]!, -1);
    this.place(group, to);
  }

  /** Lets two groups change places. */
  swap(one: number, other: number): void {
    const [from, to] = [this.part[one]!, this.part[other]!];
    this.move(one, to);
    this.move(other, from);
  }

  /** What placing a group adds to J. */
  placeCost(group: number, part: number): number {
    const { state, stride, parts } = this;
    const { start, cell, weight } = this.cells;
    let cost = 0;
    for (let at = start[group]!, end = start[group + 1]!; at < end; at++) {
      const index = cell[at]! * stride + part;
      const w = weight[at]!;
      cost += state[index + parts]! * w * (2 * state[index]! + w);
    }
    return cost;
  }

  /** What moving a group adds to J. */
  moveCost(group: number, to: number): number {
    const { state, stride, parts } = this;
    const { start, cell, weight } = this.cells;
    const from = this.part[group]!;
    let cost = 0;
    for (let at = start[group]!, end = start[group + 1]!; at < end; at++) {
      const index = cell[at]! * stride;
      const w = weight[at]!;
      const [a, b] = [index + from, index + to];
      cost += w * (state[b + parts]! * (2 * state[b]! + w) - state[a + parts]! * (2 * state[a]! - w));
    }
    return cost;
  }

  /** What letting two groups of different parts change places adds to J; the cells they share cancel out. */
  swapCost(one: number, other: number): number {
    const { state, stride, parts } = this;
    const { start, cell, weight } = this.cells;
    const [from, to] = [this.part[one]!, this.part[other]!];
    let [a, b] = [start[one]!, start[other]!];
    const [endA, endB] = [start[one + 1]!, start[other + 1]!];
    let cost = 0;
    while (a < endA || b < endB) {
      const cellA = a < endA ? cell[a]! : 4294967295;
      const cellB = b < endB ? cell[b]! : 4294967295;
      let moved = 0;
      if (cellA <= cellB) moved += weight[a++]!;
      if (cellB <= cellA) moved -= weight[b++]!;
      if (moved === 0) continue;
      const index = (cellA < cellB ? cellA : cellB) * stride;
      const [p, q] = [index + from, index + to];
      cost += moved * (state[q + parts]! * (2 * state[q]! + moved) - state[p + parts]! * (2 * state[p]! - moved));
    }
    return cost;
  }

  /** The slope of J for every group and part: `slopes[part * groups + group]` = 2 sum of weight x deviation x pull. */
  slopes(into: Float64Array): void {
    const { state, stride, parts } = this;
    const { start, cell, weight } = this.cells;
    const count = this.groups.count;
    for (let part = 0; part < parts; part++) {
      for (let group = 0; group < count; group++) {
        let slope = 0;
        for (let at = start[group]!, end = start[group + 1]!; at < end; at++) {
          const index = cell[at]! * stride + part;
          slope += weight[at]! * state[index]! * state[index + parts]!;
        }
        into[part * count + group] = 2 * slope;
      }
    }
  }

  /** The square terms of a group's cells, as a mean over the parts. */
  curvature(group: number): number {
    const { state, stride, parts } = this;
    const { start, cell, weight } = this.cells;
    let sum = 0;
    for (let at = start[group]!, end = start[group + 1]!; at < end; at++) {
      const base = cell[at]! * stride + parts;
      let pulls = 0;
      for (let part = 0; part < parts; part++) pulls += state[base + part]!;
      sum += (weight[at]! * weight[at]! * pulls) / parts;
    }
    return sum;
  }

  private add(group: number, part: number, sign: number): void {
    const { state, stride } = this;
    const { start, cell, weight } = this.cells;
    for (let at = start[group]!, end = start[group + 1]!; at < end; at++) {
      const index = cell[at]! * stride + part;
      state[index] = state[index]! + sign * weight[at]!;
    }
  }
}

/** Deviations of the empty allocation, and the pulls: importance / (parts - 1) / expected count. */
function initialState(cells: Cells, quotas: Float64Array, targets: Float64Array): Float64Array {
  const parts = targets.length;
  const state = new Float64Array(cells.count * 2 * parts);
  for (let cell = 0; cell < cells.count; cell++) {
    const base = cell * 2 * parts;
    for (let part = 0; part < parts; part++) {
      const expected = targets[part]! * cells.total[cell]!;
      state[base + part] = -quotas[cell * parts + part]!;
      state[base + parts + part] = expected > 0 ? cells.importance[cell]! / Math.max(1, parts - 1) / expected : 0;
    }
  }
  return state;
}
