import { keyedRandom, type Random } from '../../search/random.js';
import type { CountTable } from './count-table.js';
import { meanTotalVariation } from './distances.js';

/** Random allocations that a balance is held against, unless they would take too long. */
export const PERMUTATION_RUNS = 2000;

/** Draws and counts that are done at most (about two seconds); a large collection gets fewer runs, never fewer than 99. */
const STEPS = 500_000_000;
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

/** Results by variable, in order, and for the mean total variation of the first of them; null for none. */
export interface Permutations {
  runs: number;
  /** Groups that can change places. */
  groups: number;
  variables: Permutation[];
  overall: Permutation | null;
}

/**
 * Permutation test of the mean total variation (Phipson & Smyth 2010 for the + 1): labels of parts are shuffled among the
 * groups of one size, so that every part keeps its size exactly.
 * @param key The draws are keyed by it: the same key and input give the same values on every machine.
 * @param averaged How many of the variables, from the first on, the overall result is about; all by default.
 * @returns null without variables, or when no group can change places
 */
export function permuteParts(input: PermutationInput, key: string, wanted = PERMUTATION_RUNS, averaged = input.variables.length): Permutations | null {
  const shuffle = prepareShuffle(input);
  if (input.variables.length === 0 || shuffle.movable === 0 || wanted < 1) return null;
  const codes = new ObservedCodes(input);
  const moving = mergeCodes(input.variables, shuffle.order);
  const cells = codes.first.at(-1)! * input.parts;
  const runs = affordableRuns(wanted, shuffle.movable + (shuffle.drawn * moving.code.length) / shuffle.movable + 3 * cells);
  const fixed = codes.countFixed(shuffle);
  const observed = measureAll(codes, codes.countObserved(), averaged);
  const random = keyedRandom(key, 'permutation test');
  const found = observed.map(() => new Float64Array(runs));
  const counts = fixed.slice();
  for (let run = 0; run < runs; run++) {
    counts.set(fixed);
    drawParts(counts, moving, shuffle, random);
    settleRest(counts, fixed, shuffle);
    const measures = measureAll(codes, counts, averaged);
    for (let at = 0; at < measures.length; at++) found[at]![run] = measures[at]!;
  }
  const results = observed.map((value, at) => compare(value, found[at]!));
  return { runs, groups: shuffle.movable, variables: results.slice(0, -1), overall: averaged === 0 ? null : results.at(-1)! };
}

/** How many of the runs that are wanted are done when each takes so many steps. */
export function affordableRuns(wanted: number, steps: number): number {
  return Math.min(wanted, Math.max(LEAST_RUNS, Math.floor(STEPS / steps)));
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

/** All variables' codes in one table, in the order of the groups given: a run reads it from end to end. */
interface MergedCodes {
  start: Uint32Array;
  code: Uint32Array;
}

function mergeCodes(variables: readonly GroupCodes[], groups: Uint32Array): MergedCodes {
  const start = new Uint32Array(groups.length + 1);
  for (let at = 0; at < groups.length; at++) {
    let entries = 0;
    for (const variable of variables) entries += variable.start[groups[at]! + 1]! - variable.start[groups[at]!]!;
    start[at + 1] = start[at]! + entries;
  }
  const code = new Uint32Array(start.at(-1)!);
  let next = 0;
  for (const group of groups) {
    let first = 0;
    for (const variable of variables) {
      for (let entry = variable.start[group]!; entry < variable.start[group + 1]!; entry++) code[next++] = first + variable.code[entry]!;
      first += variable.categories;
    }
  }
  return { start, code };
}

/** The groups of one size that are in two parts at least. */
interface SizeClass {
  from: number;
  to: number;
}

interface Shuffle {
  parts: number;
  /** Groups by class, and the part that each has now. */
  order: Uint32Array;
  partAt: Int16Array;
  classes: SizeClass[];
  /** The part that is never counted, because it gets what is left: the one with most groups. */
  rest: number;
  movable: number;
  /** Groups that are counted in a run. */
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
    if (members.every((group) => partOf[group] === partOf[members[0]!])) continue;
    classes.push({ from: order.length, to: order.length + members.length });
    for (const group of members) {
      order.push(group);
      if (partOf[group] !== rest) drawn++;
    }
  }
  return { parts, order: Uint32Array.from(order), partAt: Int16Array.from(order, (group) => partOf[group]!), classes, rest, movable: order.length, drawn };
}

/** The counts of categories by part (`counts[code * parts + part]`), every variable with codes of its own. */
class ObservedCodes {
  /** First code of every variable, and the end of the last. */
  readonly first: number[] = [0];
  readonly parts: number;

  constructor(private readonly input: PermutationInput) {
    this.parts = input.parts;
    for (const { categories } of input.variables) this.first.push(this.first.at(-1)! + categories);
  }

  countObserved(): Float64Array {
    return this.count((part) => part);
  }

  /** Groups that stay count in their part, and those that move in the rest: a run then takes from the rest what it gives. */
  countFixed({ order, rest }: Shuffle): Float64Array {
    const moves = new Uint8Array(this.input.partOf.length);
    for (const group of order) moves[group] = 1;
    return this.count((part, group) => (moves[group] === 1 ? rest : part));
  }

  private count(partFor: (part: number, group: number) => number): Float64Array {
    const counts = new Float64Array(this.first.at(-1)! * this.parts);
    for (let group = 0; group < this.input.partOf.length; group++) {
      if (this.input.partOf[group]! < 0) continue;
      const part = partFor(this.input.partOf[group]!, group);
      for (const [index, { start, code }] of this.input.variables.entries()) {
        for (let entry = start[group]!; entry < start[group + 1]!; entry++) counts[(this.first[index]! + code[entry]!) * this.parts + part]!++;
      }
    }
    return counts;
  }
}

/**
 * Shuffles the parts among the groups of every class (Fisher-Yates) and counts the categories there. The parts are shuffled
 * and not the groups: their array is small, and the categories are then read in the order of memory.
 */
function drawParts(counts: Float64Array, { start, code }: MergedCodes, { classes, partAt, parts, rest }: Shuffle, random: Random): void {
  for (const { from, to } of classes) {
    for (let at = from; at < to; at++) {
      const other = at + random.below(to - at);
      const part = partAt[other]!;
      partAt[other] = partAt[at]!;
      partAt[at] = part;
      if (part !== rest) for (let entry = start[at]!, end = start[at + 1]!; entry < end; entry++) counts[code[entry]! * parts + part]!++;
    }
  }
}

/** Takes from the rest what the other parts were given. */
function settleRest(counts: Float64Array, fixed: Float64Array, { parts, rest }: Shuffle): void {
  for (let base = 0; base < counts.length; base += parts) {
    let given = 0;
    for (let part = 0; part < parts; part++) if (part !== rest) given += counts[base + part]! - fixed[base + part]!;
    counts[base + rest]! -= given;
  }
}

/** The total variation of every variable, and the mean of the first ones. */
function measureAll({ first, parts }: ObservedCodes, counts: Float64Array, averaged: number): number[] {
  const measures = first.slice(1).map((end, index) => meanTotalVariation(tableOf(counts.subarray(first[index]! * parts, end * parts), parts)));
  const sum = measures.slice(0, averaged).reduce((total, value) => total + value, 0);
  return [...measures, averaged === 0 ? 0 : sum / averaged];
}

function tableOf(counts: Float64Array, parts: number): CountTable {
  return { parts, codes: new Float64Array(counts.length / parts), counts, units: new Float64Array(parts) };
}
