/** The peers that every draw is measured against: random groups, and minimisation (Pocock & Simon 1975, Biometrics 31, 103). */
import { linkGroups } from '../../src/splits/input/groups.js';
import type { SplitInput } from '../../src/splits/input/problem.js';
import type { Random } from '../../src/splits/search/random.js';

/** Linked cases: group g holds `members[start[g]]` up to, not including, `members[start[g + 1]]`. */
interface LinkedCases {
  count: number;
  start: Uint32Array;
  members: Uint32Array;
}

/** Part of every case, when whole groups are dealt in random order until each part has its share. */
export function drawAtRandom(input: SplitInput, random: Random): Uint8Array {
  const { order, groups } = shuffleGroups(input, random);
  const partOf = new Uint8Array(input.cases.length);
  let [part, dealt, due] = [0, 0, input.parts[0]!.target * input.cases.length];
  for (const group of order) {
    const members = groups.members.subarray(groups.start[group], groups.start[group + 1]);
    while (part + 1 < input.parts.length && dealt + members.length / 2 > due) due += input.parts[++part]!.target * input.cases.length;
    dealt += members.length;
    for (const index of members) partOf[index] = part;
  }
  return partOf;
}

/**
 * Part of every case by minimisation: groups come one by one in random order, and each goes where the counts of its
 * categories (with `pairs`, of their pairs too) then lie nearest to their targets, by the variance method; ties at random.
 */
export function minimise(input: SplitInput, random: Random, pairs: boolean): Uint8Array {
  const { order, groups } = shuffleGroups(input, random);
  const codes = new CaseCodes(input, pairs);
  const targets = Float64Array.from(input.parts, ({ target }) => target);
  const parts = targets.length;
  const held = new Float64Array(codes.count * parts);
  const seen = new Float64Array(codes.count);
  const costs = new Float64Array(parts);
  const partOf = new Uint8Array(input.cases.length);
  for (const group of order) {
    const members = groups.members.subarray(groups.start[group], groups.start[group + 1]);
    costs.fill(0);
    const own = codes.of(members);
    for (const [code, weight] of own) {
      const met = (seen[code] = seen[code]! + weight);
      for (let part = 0; part < parts; part++) {
        const target = targets[part]!;
        costs[part] = costs[part]! + (weight * (2 * (held[code * parts + part]! - target * met) + weight)) / target;
      }
    }
    const part = least(costs, random);
    for (const [code, weight] of own) held[code * parts + part] = held[code * parts + part]! + weight;
    for (const index of members) partOf[index] = part;
  }
  return partOf;
}

function shuffleGroups({ cases, ties }: SplitInput, random: Random): { order: Uint32Array; groups: LinkedCases } {
  const { count, groupOf } = linkGroups(cases, ties);
  const start = new Uint32Array(count + 1);
  for (const group of groupOf) start[group + 1] = start[group + 1]! + 1;
  for (let group = 0; group < count; group++) start[group + 1] = start[group + 1]! + start[group]!;
  const [next, members] = [start.slice(), new Uint32Array(cases.length)];
  for (const [index, group] of groupOf.entries()) {
    members[next[group]!] = index;
    next[group] = next[group]! + 1;
  }
  const order = Uint32Array.from({ length: count }, (_, group) => group);
  random.shuffle(order);
  return { order, groups: { count, start, members } };
}

function least(costs: Float64Array, random: Random): number {
  let [best, ties] = [0, 1];
  for (let part = 1; part < costs.length; part++) {
    if (costs[part]! > costs[best]!) continue;
    ties = costs[part]! < costs[best]! ? 1 : ties + 1;
    if (ties === 1 || random.below(ties) === 0) best = part;
  }
  return best;
}

/** The factors of minimisation as codes: 0 is the size, then the categories of every variable, then those of every pair. */
class CaseCodes {
  readonly count: number;
  private readonly firstOf: number[] = [];
  private readonly pairs: { a: number; b: number; first: number }[] = [];

  constructor(
    private readonly input: SplitInput,
    pairs: boolean,
  ) {
    const { variables } = input;
    let count = 1;
    for (const { level, categories } of variables) {
      if (level !== 'case') throw new Error('the peers know variables of cases only');
      this.firstOf.push(count);
      count += categories.length;
    }
    if (pairs)
      for (let a = 0; a < variables.length; a++)
        for (let b = a + 1; b < variables.length; b++) {
          this.pairs.push({ a, b, first: count });
          count += variables[a]!.categories.length * variables[b]!.categories.length;
        }
    this.count = count;
  }

  /** The codes of some cases, each with how many of them have it. */
  of(cases: Uint32Array): Map<number, number> {
    const codes = new Map<number, number>();
    const add = (code: number) => codes.set(code, (codes.get(code) ?? 0) + 1);
    for (const index of cases) {
      const sets = this.input.variables.map(({ sets, setOf }) => sets[setOf[index]!]!);
      add(0);
      for (const [variable, set] of sets.entries()) for (const category of set) add(this.firstOf[variable]! + category);
      for (const { a, b, first } of this.pairs) {
        const width = this.input.variables[b]!.categories.length;
        for (const one of sets[a]!) for (const other of sets[b]!) add(first + one * width + other);
      }
    }
    return codes;
  }
}
