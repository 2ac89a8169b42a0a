import type { GroupTable } from './blocks.js';
import type { Random } from './random.js';
import { caseKeys, type Variable } from './variable.js';

/** What makes groups look alike: per variable one number a group, equal where the groups' values are equal. */
export interface Profiles {
  keys: Uint32Array[];
  /** Numbers of a key are below this, per variable. */
  ranges: number[];
}

/** The profile of every group: its size, then its values of every variable (in a group of several cases, the list of them). */
export function profileGroups(groups: GroupTable, variables: readonly Variable[], studyStart: Uint32Array): Profiles {
  const profiles: Profiles = { keys: [], ranges: [] };
  for (const variable of variables) {
    const { keys: setOf, range } = caseKeys(variable, studyStart);
    const lists = new Map<string, number>();
    const keys = new Uint32Array(groups.count);
    for (let group = 0; group < groups.count; group++) {
      const [from, to] = [groups.memberStart[group]!, groups.memberStart[group + 1]!];
      if (to - from === 1) keys[group] = setOf[groups.members[from]!]!;
      else {
        const text = Array.from(groups.members.subarray(from, to), (member) => setOf[member]!).sort((a, b) => a - b).join();
        const known = lists.get(text);
        if (known === undefined) lists.set(text, lists.size);
        keys[group] = range + (known ?? lists.size - 1);
      }
    }
    profiles.keys.push(keys);
    profiles.ranges.push(range + lists.size);
  }
  return profiles;
}

/**
 * The groups sorted by size, then by the variables in a fresh random order, so that neighbours look alike; equals are in
 * random order (radix sort from the least significant key).
 */
export function orderBySimilarity(groups: GroupTable, profiles: Profiles, free: Uint32Array, random: Random): Uint32Array {
  const variables = Array.from(profiles.keys.keys());
  random.shuffle(variables);
  let order = free.slice();
  let spare = new Uint32Array(order.length);
  random.shuffle(order);
  for (const variable of variables) {
    countingSort(order, spare, profiles.keys[variable]!, profiles.ranges[variable]!);
    [order, spare] = [spare, order];
  }
  const largest = groups.cases.reduce((most, cases) => Math.max(most, cases), 0);
  countingSort(order, spare, groups.cases, largest + 1);
  return spare;
}

function countingSort(order: Uint32Array, into: Uint32Array, keys: Uint32Array, range: number): void {
  const places = new Uint32Array(range + 1);
  for (let at = 0; at < order.length; at++) {
    const after = keys[order[at]!]! + 1;
    places[after] = places[after]! + 1;
  }
  for (let key = 0; key < range; key++) places[key + 1] = places[key + 1]! + places[key]!;
  for (let at = 0; at < order.length; at++) {
    const group = order[at]!;
    const key = keys[group]!;
    const place = places[key]!;
    into[place] = group;
    places[key] = place + 1;
  }
}
