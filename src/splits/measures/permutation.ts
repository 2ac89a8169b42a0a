import { keyedRandom, type Random } from '../random.js';
import type { CountTable } from './count-table.js';
import { meanTotalVariation } from './distances.js';

/** Random allocations that a balance is held against, unless they would take too long. */
export const PERMUTATION_RUNS = 2000;

/** Work that is done at most, in counts (about two seconds); a large collection gets fewer runs, never fewer than 99. */
const COUNTS = 400_000_000;
const LEAST_RUNS = 99;

/** What is allocated at random: groups with a part and a size, and the categories that each of them adds to. */
export interface PermutationInput {
  parts: number;
  /** Part of every group; -1 for one that takes no part. */
  partOf: Int16Array;
  /** Size of every group: groups only change places with others of the same size. */
  size: Uint32Array;
  /** 1 for a group that stays where it is, because a rule put it there. */
  stays: Uint8Array;
  variables: readonly GroupCodes[];
}

/** The categories of every group for one variable: `code[start[g]]` up to, not including, `start[g + 1]`, one entry a case that has it. */
export interface GroupCodes {
  categories: number;
  start: Uint32Array;
  code: Uint32Array;
}

/** How a balance compares with random allocations of the same groups to parts of the same sizes. */
export interface Permutation {
  /** (b + 1) / (runs + 1), b = random allocations at least as balanced: small when the balance is no luck. */
  p: number;
  /** The same for at least as unbalanced: small when the part depends on the variable. */
  p_worse: number;
  runs: number;
  /** Total variation of the random allocations: the least and the median. */
  least: number;
  median: number;
}

/** Results by variable, in order, and for the mean total variation of all of them. */
export interface Permutations {
  runs: number;
  /** Groups that can change places. */
  groups: number;
  variables: Permutation[];
  overall: Permutation;
}

/**
 * Permutation test of the mean total variation (Phipson & Smyth 2010 for the + 1): labels of parts are shuffled among the
 * groups of one size, so that every part keeps its size exactly.
 * @param key The draws are keyed by it: the same key and input give the same values on every machine.
 * @returns null without variables, or when no group can change places
 */
export function permuteParts(input: PermutationInput, key: string, wanted = PERMUTATION_RUNS): Permutations | null {
  const shuffle = prepareShuffle(input);
  if (input.variables.length === 0 || shuffle.movable === 0 || wanted < 1) return null;
  const merged = mergeCodes(input.variables, input.partOf.length);
  const entries = merged.code.length / Math.max(1, input.partOf.length);
  const runs = Math.min(wanted, Math.max(LEAST_RUNS, Math.floor(COUNTS / (shuffle.drawn * (1 + entries)))));
  const fixed = countFixed(input, merged, shuffle);
  const observed = measureAll(input, merged, countObserved(input, merged));
  const random = keyedRandom(key, 'permutation test');
  const found = observed.map(() => new Float64Array(runs));
  for (let run = 0; run < runs; run++) {
    const measures = measureAll(input, merged, countShuffled(input, merged, shuffle, fixed, random));
    for (let at = 0; at < measures.length; at++) found[at]![run] = measures[at]!;
  }
  const results = observed.map((value, at) => compare(value, found[at]!));
  return { runs, groups: shuffle.movable, variables: results.slice(0, -1), overall: results.at(-1)! };
}

/** Equal tables may be summed in another order of parts: this far apart is equal. */
const SAME = 1e-12;

function compare(observed: number, random: Float64Array): Permutation {
  let [better, worse] = [0, 0];
  for (const value of random) {
    if (value <= observed + SAME) better++;
    if (value >= observed - SAME) worse++;
  }
  const sorted = random.slice().sort();
  const runs = random.length;
  return { p: (better + 1) / (runs + 1), p_worse: (worse + 1) / (runs + 1), runs, least: sorted[0]!, median: sorted[Math.floor(runs / 2)]! };
}

/** All variables' codes in one table: the entries of a group lie together, and every variable has codes of its own. */
interface MergedCodes {
  start: Uint32Array;
  code: Uint32Array;
  /** First code of every variable, and the end of the last. */
  first: number[];
}

function mergeCodes(variables: readonly GroupCodes[], groups: number): MergedCodes {
  const first = [0];
  for (const { categories } of variables) first.push(first.at(-1)! + categories);
  const start = new Uint32Array(groups + 1);
  const code = new Uint32Array(variables.reduce((sum, variable) => sum + variable.code.length, 0));
  let at = 0;
  for (let group = 0; group < groups; group++) {
    for (const [index, variable] of variables.entries())
      for (let entry = variable.start[group]!; entry < variable.start[group + 1]!; entry++) code[at++] = first[index]! + variable.code[entry]!;
    start[group + 1] = at;
  }
  return { start, code, first };
}

/** The groups of one size that are in two parts at least. */
interface SizeClass {
  from: number;
  to: number;
  /** How many of them each part has. */
  holds: Uint32Array;
}

interface Shuffle {
  /** Groups by class; each run shuffles the beginning of every class. */
  order: Uint32Array;
  classes: SizeClass[];
  /** The part that is never drawn, because it gets what is left: the one with most groups. */
  rest: number;
  movable: number;
  /** Groups that are drawn in a run. */
  drawn: number;
}

function prepareShuffle({ partOf, size, stays, parts }: PermutationInput): Shuffle {
  const bySize = new Map<number, number[]>();
  const totals = new Uint32Array(parts);
  for (let group = 0; group < partOf.length; group++) {
    if (partOf[group]! < 0) continue;
    totals[partOf[group]!]!++;
    if (stays[group] === 1) continue;
    const members = bySize.get(size[group]!);
    if (members === undefined) bySize.set(size[group]!, [group]);
    else members.push(group);
  }
  const rest = totals.reduce((largest, total, part) => (total > totals[largest]! ? part : largest), 0);
  const order: number[] = [];
  const classes: SizeClass[] = [];
  let drawn = 0;
  for (const [, members] of [...bySize].sort(([a], [b]) => a - b)) {
    const holds = new Uint32Array(parts);
    for (const group of members) holds[partOf[group]!]!++;
    if (holds.some((count) => count === members.length)) continue;
    classes.push({ from: order.length, to: order.length + members.length, holds });
    for (const group of members) order.push(group);
    drawn += members.length - holds[rest]!;
  }
  return { order: Uint32Array.from(order), classes, rest, movable: order.length, drawn };
}

/** Counts of the parts that are drawn from groups that stay where they are, and in the place of the rest the total of all. */
function countFixed({ partOf, parts }: PermutationInput, merged: MergedCodes, { order, rest }: Shuffle): Float64Array {
  const moves = new Uint8Array(partOf.length);
  for (const group of order) moves[group] = 1;
  const counts = new Float64Array(merged.first.at(-1)! * parts);
  for (let group = 0; group < partOf.length; group++) {
    if (partOf[group]! < 0) continue;
    addGroup(counts, parts, merged, group, rest, 1);
    if (moves[group] === 1 || partOf[group] === rest) continue;
    addGroup(counts, parts, merged, group, partOf[group]!, 1);
    addGroup(counts, parts, merged, group, rest, -1);
  }
  return counts;
}

function countObserved({ partOf, parts }: PermutationInput, merged: MergedCodes): Float64Array {
  const counts = new Float64Array(merged.first.at(-1)! * parts);
  for (let group = 0; group < partOf.length; group++) if (partOf[group]! >= 0) addGroup(counts, parts, merged, group, partOf[group]!, 1);
  return counts;
}

function countShuffled({ parts }: PermutationInput, merged: MergedCodes, shuffle: Shuffle, fixed: Float64Array, random: Random): Float64Array {
  const counts = fixed.slice();
  const { order, rest } = shuffle;
  for (const { from, to, holds } of shuffle.classes) {
    let at = from;
    for (let part = 0; part < parts; part++) {
      if (part === rest) continue;
      for (const end = at + holds[part]!; at < end; at++) {
        const other = at + random.below(to - at);
        const group = order[other]!;
        order[other] = order[at]!;
        order[at] = group;
        addGroup(counts, parts, merged, group, part, 1);
      }
    }
  }
  for (let base = 0; base < counts.length; base += parts)
    for (let part = 0; part < parts; part++) if (part !== rest) counts[base + rest] = counts[base + rest]! - (counts[base + part]! - fixed[base + part]!);
  return counts;
}

function addGroup(counts: Float64Array, parts: number, { start, code }: MergedCodes, group: number, part: number, sign: number): void {
  for (let entry = start[group]!, end = start[group + 1]!; entry < end; entry++) {
    const at = code[entry]! * parts + part;
    counts[at] = counts[at]! + sign;
  }
}

/** The total variation of every variable, and their mean. */
function measureAll({ variables, parts }: PermutationInput, { first }: MergedCodes, counts: Float64Array): number[] {
  const measures = variables.map((_, index) => meanTotalVariation(tableOf(counts.subarray(first[index]! * parts, first[index + 1]! * parts), parts)));
  return [...measures, measures.reduce((sum, value) => sum + value, 0) / measures.length];
}

function tableOf(counts: Float64Array, parts: number): CountTable {
  return { parts, codes: new Float64Array(counts.length / parts), counts, units: new Float64Array(parts) };
}
