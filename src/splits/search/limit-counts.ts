import type { Profiles } from './profiles.js';
import type { CaseLimit } from '../input/problem.js';

/** A limit as the search needs it: about a part by number. */
export interface PartLimit {
  /** How it reads. */
  rule: string;
  /** -1 for a part that the draw fills with nothing. */
  part: number;
  min: number;
  max: number;
  /** Cases of every profile's group that count. */
  weights: Uint32Array;
}

/** How many cases of every limit are in its part, and whether a step leads out of what a limit allows. */
export class LimitCounts {
  private readonly held: Float64Array;
  /** Limits that a profile's groups count in: `limit[start[p]]` up to, not including, `limit[start[p + 1]]`. */
  private readonly start: Uint32Array;
  private readonly limit: Uint32Array;

  /** @param settled Cases of every limit that are in its part whatever is drawn. */
  constructor(
    readonly limits: readonly PartLimit[],
    settled: ArrayLike<number>,
    profiles: number,
  ) {
    this.held = Float64Array.from(settled);
    this.start = new Uint32Array(profiles + 1);
    const entries: number[] = [];
    for (let profile = 0; profile < profiles; profile++) {
      for (const [number, { weights }] of limits.entries()) if (weights[profile]! > 0) entries.push(number);
      this.start[profile + 1] = entries.length;
    }
    this.limit = Uint32Array.from(entries);
  }

  /** The same limits and counts, to try steps on. */
  copy(): LimitCounts {
    return new LimitCounts(this.limits, this.held, this.start.length - 1);
  }

  add(profile: number, part: number, times: number): void {
    for (let at = this.start[profile]!; at < this.start[profile + 1]!; at++) {
      const number = this.limit[at]!;
      const { part: own, weights } = this.limits[number]!;
      if (own === part) this.held[number] = this.held[number]! + times * weights[profile]!;
    }
  }

  /** Whether moving a group of `one`, and a group of `other` the other way (-1 for none), leaves any limit further from being met. */
  forbids(one: number, from: number, to: number, other = -1): boolean {
    return this.breaks(one, from, to, one, other) || (other >= 0 && this.breaks(other, from, to, one, other));
  }

  /** How many cases a limit has too few (negative) or too many in its part; 0 when it is met. */
  off(number: number): number {
    const { min, max } = this.limits[number]!;
    return offBy(this.held[number]!, min, max);
  }

  /** Cases of a limit that are in its part. */
  count(number: number): number {
    return this.held[number]!;
  }

  private breaks(of: number, from: number, to: number, one: number, other: number): boolean {
    for (let at = this.start[of]!; at < this.start[of + 1]!; at++) {
      const number = this.limit[at]!;
      const { part, weights, min, max } = this.limits[number]!;
      const sign = part === to ? 1 : part === from ? -1 : 0;
      if (sign === 0) continue;
      const before = this.held[number]!;
      const after = before + sign * (weights[one]! - (other < 0 ? 0 : weights[other]!));
      if (Math.abs(offBy(after, min, max)) > Math.abs(offBy(before, min, max))) return true;
    }
    return false;
  }
}

function offBy(count: number, min: number, max: number): number {
  return count < min ? count - min : count > max ? count - max : 0;
}

/** Cases of every profile's group that count in a limit. */
export function limitWeights({ groups: { memberStart, members }, example }: Profiles, { cases }: CaseLimit, caseCount: number): Uint32Array {
  const counts = new Uint8Array(caseCount);
  for (const index of cases) counts[index] = 1;
  return Uint32Array.from(example, (group) => {
    let sum = 0;
    for (let at = memberStart[group]!; at < memberStart[group + 1]!; at++) sum += counts[members[at]!]!;
    return sum;
  });
}
