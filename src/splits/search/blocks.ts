import type { Keys } from '../input/keys.js';
import { PartCounts } from './part-counts.js';
import { byCodeUnit, type SplitInput } from '../input/problem.js';
import type { Variable } from '../input/variable.js';

/** Levels of the objective with their weights; a level is a mean over its blocks, a block a mean over its cells. */
export const LEVEL_WEIGHTS = { size: 1, rows: 0.1, variable: 2, pair: 1, stratum: 0.2 } as const;

/** A table of counts that should be in proportion: one variable, one pair of variables, ... */
export interface Block {
  level: keyof typeof LEVEL_WEIGHTS;
  /** Weight among the blocks of its level. */
  weight: number;
  /** Codes are whole numbers below this. */
  codes: number;
  /** Appends the codes of one case; those of its studies in any order, and once a study. */
  collect(caseIndex: number, into: CodeList): void;
  /** Counts the codes of all cases that are bound to parts. */
  countHeld(held: HeldCases): PartCounts;
}

/** Codes with the number of cases that hold each; grows, and is emptied by `length = 0`. */
export interface CodeList {
  codes: number[];
  weights: number[];
  length: number;
}

/** Cases that count in the quotas and are bound to a part. */
export interface HeldCases {
  /** Part of every case; -1 for a case that is not bound, or does not count. */
  partOf: Int16Array;
  parts: number;
  /** Whether there are any. */
  some: boolean;
}

/** What is known of the cases that blocks are made of. */
export interface BlockInput extends Pick<SplitInput, 'studyStart' | 'pairs'> {
  variables: readonly Variable[];
  /** Equal where all variables of two cases are. */
  strata: Keys;
}

/**
 * The most pair codes that one variable may have, on average over the cases, as squares of its values per case.
 * Beyond it, the variable is balanced by itself only: a free-text list of a thousand values has a million pairs.
 */
const PAIR_VALUES_LIMIT = 64;

/** The most list entries (groups x pairs of variables) that are held in memory; beyond it no pairs are balanced. */
const PAIR_ENTRIES_LIMIT = 200_000_000;

/** The blocks of the objective, and the names of the variables whose pairs had to be left out. */
export function listBlocks({ variables, studyStart, pairs: weights, strata }: BlockInput): { blocks: Block[]; unpaired: string[] } {
  const caseCount = studyStart.length - 1;
  const single = variables.filter(({ categories }) => categories.length > 1);
  const squares = new Map(single.map((variable) => [variable, squaredValues(variable)]));
  const pairable = single.filter((variable) => squares.get(variable)! <= PAIR_VALUES_LIMIT * (caseCount + 1000));
  // an upper bound of the pair codes of all cases (Cauchy-Schwarz)
  const entriesOf = (a: Variable, b: Variable) => Math.sqrt(squares.get(a)! * squares.get(b)!);
  const entries = pairable.reduce((sum, a, at) => sum + pairable.slice(at + 1).reduce((part, b) => part + entriesOf(a, b), 0), 0);
  const paired = entries <= PAIR_ENTRIES_LIMIT && weights !== 'none' ? pairable : [];
  const weightOf = pairWeights(weights);
  const pairs = paired.flatMap((a, at) => paired.slice(at + 1).flatMap((b) => (weightOf(a, b) > 0 ? [pairBlock(a, b, studyStart, weightOf(a, b))] : [])));
  return {
    blocks: [...single.map((variable) => variableBlock(variable, studyStart)), ...pairs, ...(single.length > 2 ? [stratumBlock(strata)] : [])],
    unpaired: weights === 'none' ? [] : single.filter((variable) => !paired.includes(variable)).map(({ name }) => name),
  };
}

function pairWeights(weights: SplitInput['pairs']): (a: Variable, b: Variable) => number {
  const given = new Map(weights === 'none' ? [] : weights.map(({ a, b, weight }) => [JSON.stringify([a, b].sort(byCodeUnit)), weight]));
  return (a, b) => given.get(JSON.stringify([a.name, b.name].sort(byCodeUnit))) ?? 1;
}

function squaredValues({ sets, setOf }: Variable): number {
  const squares = sets.map(({ length }) => length * length);
  let sum = 0;
  for (let unit = 0; unit < setOf.length; unit++) sum += squares[setOf[unit]!]!;
  return sum;
}

function append(list: CodeList, code: number): void {
  list.codes[list.length] = code;
  list.weights[list.length++] = 1;
}

function variableBlock({ weight, level, categories, sets, setOf }: Variable, studyStart: Uint32Array): Block {
  const appendSet = (unit: number, into: CodeList) => {
    for (const code of sets[setOf[unit]!]!) append(into, code);
  };
  const ofStudies = (caseIndex: number, into: CodeList) => {
    for (let study = studyStart[caseIndex]!; study < studyStart[caseIndex + 1]!; study++) appendSet(study, into);
  };
  const countHeld = ({ partOf, parts }: HeldCases) => {
    const perSet = new PartCounts(sets.length, parts);
    forEachHeld(partOf, level === 'case' ? null : studyStart, (_, unit, part) => perSet.add(setOf[unit]!, part, 1));
    const counts = new PartCounts(categories.length, parts);
    perSet.forEach((set, part, amount) => sets[set]!.forEach((code) => counts.add(code, part, amount)));
    return counts;
  };
  return { level: 'variable', weight, codes: categories.length, collect: level === 'case' ? appendSet : ofStudies, countHeld };
}

/** Visits the cases that are bound, or their studies. */
function forEachHeld(partOf: Int16Array, studyStart: Uint32Array | null, visit: (caseIndex: number, unit: number, part: number) => void): void {
  for (let index = 0; index < partOf.length; index++) {
    const part = partOf[index]!;
    if (part < 0) continue;
    if (studyStart === null) visit(index, index, part);
    else for (let study = studyStart[index]!; study < studyStart[index + 1]!; study++) visit(index, study, part);
  }
}

/** A pair counts cases when both variables do, else studies: with the value of their case, or both values of a study. */
function pairBlock(a: Variable, b: Variable, studyStart: Uint32Array, weight: number): Block {
  const width = b.categories.length;
  const ofCases = a.level === 'case' && b.level === 'case';
  const codes = a.categories.length * width;
  const setIn = ({ level, setOf }: Variable, caseIndex: number, unit: number) => setOf[level === 'study' ? unit : caseIndex]!;
  const appendPair = (caseIndex: number, unit: number, into: CodeList) => {
    const others = b.sets[setIn(b, caseIndex, unit)]!;
    for (const one of a.sets[setIn(a, caseIndex, unit)]!) for (const other of others) append(into, one * width + other);
  };
  const ofStudies = (caseIndex: number, into: CodeList) => {
    for (let study = studyStart[caseIndex]!; study < studyStart[caseIndex + 1]!; study++) appendPair(caseIndex, study, into);
  };
  const countHeld = ({ partOf, parts }: HeldCases) => {
    const perSets = new PartCounts(a.sets.length * b.sets.length, parts);
    forEachHeld(partOf, ofCases ? null : studyStart, (index, unit, part) => perSets.add(setIn(a, index, unit) * b.sets.length + setIn(b, index, unit), part, 1));
    const counts = new PartCounts(codes, parts);
    perSets.forEach((both, part, amount) => {
      const others = b.sets[both % b.sets.length]!;
      for (const one of a.sets[Math.floor(both / b.sets.length)]!) for (const other of others) counts.add(one * width + other, part, amount);
    });
    return counts;
  };
  return { level: 'pair', weight: a.weight * b.weight * weight, codes, collect: ofCases ? (index, into) => appendPair(index, index, into) : ofStudies, countHeld };
}

/** One cell a combination of all variables. */
function stratumBlock({ keys, range }: Keys): Block {
  const countHeld = ({ partOf, parts }: HeldCases) => {
    const counts = new PartCounts(range, parts);
    forEachHeld(partOf, null, (_, index, part) => counts.add(keys[index]!, part, 1));
    return counts;
  };
  return { level: 'stratum', weight: 1, codes: range, collect: (caseIndex, into) => append(into, keys[caseIndex]!), countHeld };
}
