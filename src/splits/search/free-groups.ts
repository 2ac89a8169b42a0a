import type { Allocation } from './allocation.js';
import type { Profiles } from './profiles.js';

/** The free groups one by one, numbered by profile; in a profile the first ones are those of the first part. */
export class FreeGroups {
  readonly count: number;
  readonly profiles: Profiles;
  /** Profiles that have a free group. */
  readonly list: Uint32Array;
  readonly profileOf: Uint32Array;
  private readonly first: Uint32Array;
  private readonly placed: Uint32Array;
  private readonly parts: number;

  constructor(allocation: Allocation) {
    this.profiles = allocation.profiles;
    this.parts = allocation.parts;
    this.placed = allocation.placed;
    const { free } = allocation.profiles;
    this.first = new Uint32Array(free.length + 1);
    for (let profile = 0; profile < free.length; profile++) this.first[profile + 1] = this.first[profile]! + free[profile]!;
    this.count = this.first[free.length]!;
    this.list = Uint32Array.from(free.keys()).filter((profile) => free[profile]! > 0);
    this.profileOf = new Uint32Array(this.count);
    for (const profile of this.list) this.profileOf.fill(profile, this.first[profile], this.first[profile + 1]);
  }

  /** The part that a group is in now. */
  partOf(group: number): number {
    const profile = this.profileOf[group]!;
    let part = 0;
    for (let rest = group - this.first[profile]!; part + 1 < this.parts; part++) {
      const count = this.placed[profile * this.parts + part]!;
      if (rest < count) return part;
      rest -= count;
    }
    return part;
  }

  /** The groups in the order of their profiles. */
  inOrder(profiles: Uint32Array): Uint32Array {
    const order = new Uint32Array(this.count);
    let at = 0;
    for (const profile of profiles) for (let group = this.first[profile]!; group < this.first[profile + 1]!; group++) order[at++] = group;
    return order;
  }
}
