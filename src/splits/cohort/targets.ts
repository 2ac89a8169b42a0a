import { CurationError } from '../../errors.js';
import type { SampleConfig } from '../../model/config.js';
import { nearMiss } from '../../model/near-miss.js';
import type { ReferencePopulation } from '../reference/reference.js';
import { looseKey, matchCategories } from '../reference/match.js';
import { caseCategories } from '../input/case-categories.js';
import type { SplitInput } from '../input/problem.js';

/** A sample to draw: its targets, and the file that gives those that the configuration does not. */
export interface SampleRequest {
  sample: SampleConfig;
  /** Columns of `balance`: those that `sample` writes no target for get theirs from the reference, or from all cases. */
  balance: readonly string[];
  reference: ReferencePopulation | null;
}

/** What a variable, or a combination of variables, should be like in a sample. */
export interface CohortTarget {
  /** Column, or columns with ` × ` between them. */
  name: string;
  /** Categories with their shares of the sample, 0..1. */
  categories: { label: string; target: number }[];
  /** Places of the categories that a case counts in; none when it has a value that the target does not name. */
  categoriesOf: (index: number) => readonly number[];
}

/** Between the columns of a combination and between its categories. */
export const JOINT = ' × ';

/** How far the shares of a target may be from summing to 1: enough for thirds written as 0.33333. */
const SHARE_TOLERANCE = 2e-5;

const NONE: readonly number[] = [];

/** The columns that a sample's targets name, each once. */
export function targetColumns({ targets = {} }: SampleConfig): string[] {
  return [...new Set(Object.keys(targets).flatMap((name) => name.split(JOINT)))];
}

/**
 * The targets of a sample: those written in the configuration; for the other variables of `balance` those of the reference
 * population; without either the shares that all cases have.
 * @throws {CurationError} CONFIG_INVALID when a target and the values of its variable do not meet
 */
export function resolveTargets(input: SplitInput, { sample, reference, balance }: SampleRequest): CohortTarget[] {
  const where = `splits.${input.split}.sample`;
  const written = Object.entries(sample.targets ?? {}).map(([name, shares]) => buildTarget(input, name, readShares(`${where}.targets.${name}`, shares), where));
  const named = new Set(targetColumns(sample));
  const others = input.variables.filter(({ name }) => balance.includes(name) && !named.has(name));
  const found = others.map((variable) => {
    if (reference !== null) return buildTarget(input, variable.name, readReferenceShares(where, variable.name, reference), where);
    return buildTarget(input, variable.name, ownShares(input, variable.name), where);
  });
  const all = [...written, ...found];
  if (all.length > 0 || sample.size !== undefined) return all;
  throw new CurationError('CONFIG_INVALID', `${where} has neither targets, nor variables in balance for its reference, nor a size: every case would be in it.`, {
    expected: 'targets, e.g. {sex: {Female: 0.5, Male: 0.5}}; or reference and balance; or size',
    found: 'none of them',
    suggestions: [`Add one of them to ${where} in colophon.yaml.`],
  });
}

function readShares(where: string, shares: Record<string, number>): Map<string, number> {
  const entries = Object.entries(shares);
  const sum = entries.reduce((total, [, share]) => total + share, 0);
  const bad = entries.find(([, share]) => !(share >= 0 && share <= 1));
  if (bad !== undefined) throw invalid(`${where}.${bad[0]} is no share`, '0 to 1', String(bad[1]), where);
  if (!(Math.abs(sum - 1) <= SHARE_TOLERANCE)) throw invalid(`The shares of ${where} do not sum to 1`, '1', String(Number(sum.toFixed(6))), where);
  return new Map(entries.map(([category, share]) => [category, share / sum]));
}

/** A reference's own rounding is taken out: its values are divided by their sum. */
function readReferenceShares(where: string, column: string, { source, variables }: ReferencePopulation): Map<string, number> {
  const plain = looseKey(column.split('.').at(-1) ?? '');
  const names = [...variables.keys()].filter((name) => name === column || looseKey(name) === plain);
  const name = names.includes(column) ? column : names[0];
  if (name === undefined || (names.length > 1 && name !== column)) {
    const near = nearMiss(plain, [...variables.keys()].map(looseKey));
    throw new CurationError('CONFIG_INVALID', `${where}.reference: ${source} has ${names.length > 1 ? 'more than one variable' : 'no variable'} for ${column}, which balance names.`, {
      expected: `one of ${[...variables.keys()].slice(0, 20).join(', ')}`,
      found: names.length > 1 ? names.join(', ') : column,
      suggestions: [
        `Take ${column} out of balance, or write its target under ${where}.targets.`,
        ...(near === undefined ? [] : [`Did you mean ${[...variables.keys()].find((known) => looseKey(known) === near)}?`]),
      ],
    });
  }
  const values = variables.get(name)!;
  const sum = [...values.values()].reduce((total, value) => total + value, 0);
  return new Map([...values].map(([category, value]) => [category, value / sum]));
}

/** Categories of a variable beyond which its own shares are no target that a sample could meet. */
const MAX_OWN_CATEGORIES = 500;

/** Shares of all cases; a case with several categories counts in each. */
function ownShares(input: SplitInput, column: string): Map<string, number> {
  const { categories, of } = caseCategories(input, column);
  if (categories.length > MAX_OWN_CATEGORIES)
    throw invalid(`${column} has ${categories.length} different values, too many to keep the share of each`, `at most ${MAX_OWN_CATEGORIES}`, String(categories.length), `splits.${input.split}.balance: give ${column} bins, or take it out`);
  const counts = new Float64Array(categories.length);
  for (let index = 0; index < input.cases.length; index++) for (const code of of(index)) counts[code] = counts[code]! + 1;
  return new Map(categories.map((category, code) => [category, input.cases.length === 0 ? 0 : counts[code]! / input.cases.length]));
}

function buildTarget(input: SplitInput, name: string, shares: ReadonlyMap<string, number>, where: string): CohortTarget {
  const columns = input.variables.some((variable) => variable.name === name) ? [name] : name.split(JOINT);
  const labels = [...shares.keys()].map((label) => (columns.length === 1 ? [label] : label.split(JOINT)));
  const odd = labels.findIndex((parts) => parts.length !== columns.length);
  if (odd >= 0) throw invalid(`${where}.targets.${name} needs categories of ${columns.length} variables with "${JOINT}" between them`, columns.map((column) => `a ${column}`).join(JOINT), [...shares.keys()][odd]!, `${where}.targets`);
  if (columns.length === 1) return singleTarget(input, name, shares, where);
  const axes = columns.map((column, axis) => {
    const unique = new Map(labels.map((parts) => [parts[axis]!, 0]));
    return singleTarget(input, column, unique, where);
  });
  const placeOf = new Map(labels.map((parts, place) => [JSON.stringify(parts), place]));
  return {
    name,
    categories: [...shares].map(([label, target]) => ({ label, target })),
    categoriesOf: (index) => combine(axes.map((axis) => axis.categoriesOf(index).map((place) => axis.categories[place]!.label))).flatMap((parts) => placeOf.get(JSON.stringify(parts)) ?? []),
  };
}

/** Every choice of one text of each list. */
function combine(lists: readonly (readonly string[])[]): string[][] {
  return lists.reduce<string[][]>((choices, list) => choices.flatMap((choice) => list.map((text) => [...choice, text])), [[]]);
}

function singleTarget(input: SplitInput, column: string, shares: ReadonlyMap<string, number>, where: string): CohortTarget {
  const { categories, keys, of } = caseCategories(input, column);
  let matched;
  try {
    matched = matchCategories(shares, categories);
  } catch (error) {
    throw invalid(`The target of ${column} and its values do not meet: ${error instanceof Error ? error.message : String(error)}`, `bins of ${column} between the edges of the target`, 'bins that cross them', where);
  }
  const placeOf = new Map(matched.categories.flatMap(({ own }, place) => own.map((code) => [code, place])));
  const byKey = new Map<number, readonly number[]>();
  return {
    name: column,
    categories: matched.categories.map(({ label, value }) => ({ label, target: value })),
    categoriesOf: (index) => {
      const key = keys[index]!;
      let places = byKey.get(key);
      if (places === undefined) byKey.set(key, (places = [...new Set([...of(index)].flatMap((code) => placeOf.get(code) ?? NONE))].sort((a, b) => a - b)));
      return places;
    },
  };
}

function invalid(what: string, expected: string, found: string, key: string): CurationError {
  return new CurationError('CONFIG_INVALID', `${what}.`, { expected, found, suggestions: [`Correct ${key} in colophon.yaml.`] });
}
