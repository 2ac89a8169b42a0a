import { combineKeys, type Keys } from './keys.js';
import { byCodeUnit, type SplitInput } from './problem.js';
import { caseKeys, type Variable } from './variable.js';

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
}

/** Codes with the number of cases that hold each; grows, and is emptied by `length = 0`. */
export interface CodeList {
  codes: number[];
  weights: number[];
  length: number;
}

/**
 * The most pair codes that one variable may have, on average over the cases, as squares of its values per case.
 * Beyond it, the variable is balanced by itself only: a free-text list of a thousand values has a million pairs.
 */
const PAIR_VALUES_LIMIT = 64;

/** The most list entries (groups x pairs of variables) that are held in memory; beyond it no pairs are balanced. */
const PAIR_ENTRIES_LIMIT = 200_000_000;

/**
 * The blocks of the objective over `variables`, and the names of the variables whose pairs had to be left out.
 * @param weights Of single pairs, which weigh 1 otherwise; `none` for no pairs.
 */
export function listBlocks(variables: readonly Variable[], studyStart: Uint32Array, weights: SplitInput['pairs'] = []): { blocks: Block[]; unpaired: string[] } {
  const caseCount = studyStart.length - 1;
  const single = variables.filter(({ categories }) => categories.length > 1);
  const pairable = single.filter((variable) => squaredValues(variable) <= PAIR_VALUES_LIMIT * (caseCount + 1000));
  const entries = pairable.reduce((sum, a, at) => sum + pairable.slice(at + 1).reduce((part, b) => part + pairEntries(a, b), 0), 0);
  const paired = entries <= PAIR_ENTRIES_LIMIT && weights !== 'none' ? pairable : [];
  const weightOf = pairWeights(weights);
  const pairs = paired.flatMap((a, at) => paired.slice(at + 1).flatMap((b) => (weightOf(a, b) > 0 ? [pairBlock(a, b, studyStart, weightOf(a, b))] : [])));
  const strata = single.length > 2 ? [stratumBlock(single, studyStart)] : [];
  return {
    blocks: [...single.map((variable) => variableBlock(variable, studyStart)), ...pairs, ...strata],
    unpaired: weights === 'none' ? [] : single.filter((variable) => !paired.includes(variable)).map(({ name }) => name),
  };
}

function pairWeights(weights: SplitInput['pairs']): (a: Variable, b: Variable) => number {
  const given = new Map(weights === 'none' ? [] : weights.map(({ a, b, weight }) => [JSON.stringify([a, b].sort(byCodeUnit)), weight]));
  return (a, b) => given.get(JSON.stringify([a.name, b.name].sort(byCodeUnit))) ?? 1;
}

function squaredValues({ sets, setOf }: Variable): number {
  let sum = 0;
  for (const set of setOf) sum += sets[set]!.length * sets[set]!.length;
  return sum;
}

/** Upper bound of the pair codes of all cases (Cauchy-Schwarz). */
function pairEntries(a: Variable, b: Variable): number {
  return Math.sqrt(squaredValues(a) * squaredValues(b));
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
  return { level: 'variable', weight, codes: categories.length, collect: level === 'case' ? appendSet : ofStudies };
}

/** A pair counts cases when both variables do, else studies: with the value of their case, or both values of a study. */
function pairBlock(a: Variable, b: Variable, studyStart: Uint32Array, weight: number): Block {
  const width = b.categories.length;
  const appendPair = (unitA: number, unitB: number, into: CodeList) => {
    const others = b.sets[b.setOf[unitB]!]!;
    for (const one of a.sets[a.setOf[unitA]!]!) for (const other of others) append(into, one * width + other);
  };
  const ofStudies = (caseIndex: number, into: CodeList) => {
    for (let study = studyStart[caseIndex]!; study < studyStart[caseIndex + 1]!; study++)
      appendPair(a.level === 'study' ? study : caseIndex, b.level === 'study' ? study : caseIndex, into);
  };
  const ofCases = (caseIndex: number, into: CodeList) => appendPair(caseIndex, caseIndex, into);
  return {
    level: 'pair',
    weight: a.weight * b.weight * weight,
    codes: a.categories.length * width,
    collect: a.level === 'case' && b.level === 'case' ? ofCases : ofStudies,
  };
}

/** One cell a combination of all variables, numbered by first appearance. */
function stratumBlock(variables: readonly Variable[], studyStart: Uint32Array): Block {
  const strata = variables.map((variable): Keys => caseKeys(variable, studyStart)).reduce(combineKeys);
  return { level: 'stratum', weight: 1, codes: strata.range, collect: (caseIndex, into) => append(into, strata.keys[caseIndex]!) };
}
