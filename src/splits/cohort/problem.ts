/** What a sample holds of one kind of case, and how much it should: a category of a target variable, or a limit. */
export interface CohortMeasure {
  /** How it reads in messages: `race = White`. */
  name: string;
  /** Share of the sample, 0..1, with how far it may be off; or a number of cases from `min` to `max` (Infinity). */
  wanted: { kind: 'share'; target: number; tolerance: number } | { kind: 'count'; min: number; max: number };
}

/** A linked group: in the sample as a whole or not at all. */
export interface CohortGroup {
  id: string;
  cases: number;
  /** Cases of the group that a measure counts, by ascending measure; measures that count none are left out. */
  counts: readonly (readonly [measure: number, cases: number])[];
  /** `fixed`: in the sample already (frozen or forced); `free`: may be chosen. Groups that may not be are not given. */
  state: 'fixed' | 'free';
}

/** A choice of groups: as many cases as possible, or `size` of them, such that every measure is as wanted. */
export interface CohortProblem {
  /** Keys the order in which equal groups are taken. */
  key: string;
  /** Cases in the sample; null for as many as possible. */
  size: number | null;
  measures: readonly CohortMeasure[];
  /** In any order; ids are unique. */
  groups: readonly CohortGroup[];
}

/** Free groups that no measure tells apart. */
export interface CohortStratum {
  cases: number;
  counts: readonly (readonly [measure: number, cases: number])[];
  /** Ids, in the order in which they are taken. */
  ids: readonly string[];
}

/** The problem with equal groups put together. */
export interface CohortTable {
  key: string;
  size: number | null;
  measures: readonly CohortMeasure[];
  /** In an order that depends on nothing but what the strata are. */
  strata: readonly CohortStratum[];
  /** Cases of the fixed groups, and how many of them every measure counts. */
  fixed: { cases: number; counts: Float64Array; ids: readonly string[] };
}

/** Lowest and highest count of a measure that is fine in a sample of `size` cases. */
export function countBounds({ wanted }: CohortMeasure, size: number): { low: number; high: number } {
  if (wanted.kind === 'count') return { low: wanted.min, high: wanted.max };
  const { low, high } = shareBounds(wanted);
  return { low: low * size, high: high * size };
}

/** The interval of shares around a target, within 0..1. */
export function shareBounds({ target, tolerance }: { target: number; tolerance: number }): { low: number; high: number } {
  return { low: Math.max(0, target - tolerance), high: Math.min(1, target + tolerance) };
}

/** By measure, the strata that it counts and the cases that it counts of a group of each. */
export function listCounted({ strata, measures }: CohortTable): [number, number][][] {
  const entries: [number, number][][] = measures.map(() => []);
  for (const [at, { counts }] of strata.entries()) for (const [measure, cases] of counts) entries[measure]!.push([at, cases]);
  return entries;
}
