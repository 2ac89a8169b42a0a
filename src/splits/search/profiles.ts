import { combineKeys, keysOfLists, type Keys } from '../input/keys.js';
import type { SplitInput } from '../input/problem.js';
import { caseKeys, type Variable } from '../input/variable.js';

/** The groups that the draw places, with their members. */
export interface GroupTable {
  count: number;
  /** Members of group g, as indices of cases: `members[memberStart[g]]` up to, not including, `members[memberStart[g + 1]]`. */
  memberStart: Uint32Array;
  members: Uint32Array;
}

/**
 * Groups that are alike in everything that counts, as one: whatever the draw does with one of them it could do with
 * another. All arrays but `of` are aligned by profile.
 */
export interface Profiles {
  count: number;
  /** Profile of every group. */
  of: Uint32Array;
  /** A group of each, to look at its members. */
  example: Uint32Array;
  groups: GroupTable;
  /** Groups of each. */
  free: Uint32Array;
  /** What each of its groups holds: cases, studies, and what the shares count. */
  cases: Uint32Array;
  rows: Uint32Array;
  units: Uint32Array;
  /** Per variable one number a profile, equal where the values are equal: what makes profiles look alike. */
  looks: Keys[];
}

/** What tells cases apart: each variable, and all of them together. */
export interface CaseLooks {
  perVariable: Keys[];
  strata: Keys;
}

/** What tells profiles apart, of a split's input. */
export type ProfileInput = Pick<SplitInput, 'studyStart' | 'images' | 'unit' | 'limits'> & { variables: readonly Variable[] };

/** Numbers the values of every case, by first appearance. */
export function lookAtCases(variables: readonly Variable[], studyStart: Uint32Array): CaseLooks {
  const perVariable = variables.map((variable) => caseKeys(variable, studyStart));
  const alike: Keys = { keys: new Uint32Array(studyStart.length - 1), range: 1 };
  return { perVariable, strata: perVariable.reduce(combineKeys, alike) };
}

/** Tells the groups apart, numbering profiles by the first group that has each. */
export function profileGroups(groups: GroupTable, input: ProfileInput, looks: CaseLooks): Profiles {
  const { studyStart, images, unit } = input;
  const { of, example } = numberProfiles(keysOfLists(groups.memberStart, distinguishCases(input, looks), groups.members));
  const free = new Uint32Array(example.length);
  for (const profile of of) free[profile] = free[profile]! + 1;
  const sum = (ofCase: (index: number) => number) => sumMembers(groups, example, ofCase);
  const cases = sum(() => 1);
  const rows = sum((index) => studyStart[index + 1]! - studyStart[index]!);
  return {
    count: example.length,
    of,
    example,
    groups,
    free,
    cases,
    rows,
    units: unit === 'cases' ? cases : unit === 'studies' ? rows : sum((index) => images[index]!),
    looks: looks.perVariable.map((keys) => {
      const ofGroup = keysOfLists(groups.memberStart, keys, groups.members);
      return { keys: Uint32Array.from(example, (group) => ofGroup.keys[group]!), range: ofGroup.range };
    }),
  };
}

/** Cases are alike when their values, study by study, their numbers of studies and of images, and their limits are. */
function distinguishCases({ studyStart, images, unit, variables, limits }: ProfileInput, { strata }: CaseLooks): Keys {
  const count = studyStart.length - 1;
  let keys = strata;
  const ofStudies = variables.filter(({ level }) => level === 'study');
  if (ofStudies.length > 1) {
    const studies = ofStudies.map(({ setOf, sets }): Keys => ({ keys: setOf, range: sets.length })).reduce(combineKeys);
    keys = combineKeys(keys, keysOfLists(studyStart, studies));
  }
  const rows = Uint32Array.from({ length: count }, (_, index) => studyStart[index + 1]! - studyStart[index]!);
  keys = combineKeys(keys, { keys: rows, range: maximum(rows) + 1 });
  if (unit === 'images') keys = combineKeys(keys, { keys: images, range: maximum(images) + 1 });
  for (const limit of limits) {
    const counts = new Uint32Array(count);
    for (const index of limit.cases) counts[index] = 1;
    keys = combineKeys(keys, { keys: counts, range: 2 });
  }
  return keys;
}

function numberProfiles({ keys, range }: Keys): { of: Uint32Array; example: Uint32Array } {
  const numbers = new Int32Array(range).fill(-1);
  const of = new Uint32Array(keys.length);
  const example: number[] = [];
  for (let group = 0; group < keys.length; group++) {
    const key = keys[group]!;
    if (numbers[key]! < 0) numbers[key] = example.push(group) - 1;
    of[group] = numbers[key]!;
  }
  return { of, example: Uint32Array.from(example) };
}

function sumMembers({ memberStart, members }: GroupTable, example: Uint32Array, ofCase: (index: number) => number): Uint32Array {
  return Uint32Array.from(example, (group) => {
    let sum = 0;
    for (let at = memberStart[group]!; at < memberStart[group + 1]!; at++) sum += ofCase(members[at]!);
    return sum;
  });
}

/** Largest of some whole numbers, 0 for none. */
export function maximum(values: Uint32Array): number {
  let largest = 0;
  for (const value of values) if (value > largest) largest = value;
  return largest;
}
