import { sha256Hex } from '../../fixity/digest.js';
import { SAMPLE_PART } from '../../model/split-parts.js';
import type { CohortGroup, CohortMeasure, CohortProblem } from './problem.js';
import type { CohortTarget } from './targets.js';
import type { SplitInput } from '../input/problem.js';
import { judgeGroups, type GroupVerdict } from '../input/verdict.js';

/** A sample's problem with what it takes to tell its solution. */
export interface CohortInput {
  problem: CohortProblem;
  targets: readonly CohortTarget[];
  /** Measure of the first category of every target. */
  firstMeasure: readonly number[];
  /** By group id, also of groups that cannot be in the sample. */
  verdicts: ReadonlyMap<string, GroupVerdict>;
  /** Targets that do not name a value of the group, by group id; these groups cannot be in the sample. */
  barred: ReadonlyMap<string, readonly string[]>;
  /** Cases with a value that a target does not name, by target. */
  unnamed: readonly number[];
  /** Cases that can be in a sample. */
  supply: number;
  /** Of these, how many every measure counts. */
  available: Float64Array;
}

/** Default of `tolerance`. */
export const SAMPLE_TOLERANCE = 0.01;

/** Counts every linked group by the targets and limits of a sample. */
export function buildCohort(input: SplitInput, targets: readonly CohortTarget[], { size, tolerance = SAMPLE_TOLERANCE }: { size?: number; tolerance?: number }): CohortInput {
  const firstMeasure: number[] = [];
  const measures: CohortMeasure[] = [];
  for (const { name, categories } of targets) {
    firstMeasure.push(measures.length);
    for (const { label, target } of categories) measures.push({ name: `${name} = ${label === '' ? 'missing' : label}`, wanted: { kind: 'share', target, tolerance } });
  }
  const limits = input.limits.filter(({ part }) => part === SAMPLE_PART).map((limit) => ({ ...limit, counted: new Set(limit.cases) }));
  const firstLimit = measures.length;
  for (const { rule, min, max } of limits) measures.push({ name: rule, wanted: { kind: 'count', min, max } });
  const measureCase = (index: number) => [
    ...targets.flatMap(({ categoriesOf }, at) => categoriesOf(index).map((place) => firstMeasure[at]! + place)),
    ...limits.flatMap(({ counted }, at) => (counted.has(index) ? [firstLimit + at] : [])),
  ];
  const indexOf = new Map(input.cases.map((id, index) => [id, index]));
  const cohort = { verdicts: new Map<string, GroupVerdict>(), barred: new Map<string, readonly string[]>(), available: new Float64Array(measures.length), supply: 0 };
  const groups: CohortGroup[] = [];
  for (const verdict of judgeGroups(input)) {
    const id = verdict.members[0]!;
    cohort.verdicts.set(id, verdict);
    const members = countedMembers(verdict).map((member) => indexOf.get(member)!);
    const state = verdict.part === SAMPLE_PART || verdict.conflict !== null ? 'fixed' : 'free';
    const missed = targets.filter(({ categoriesOf }) => members.some((index) => categoriesOf(index).length === 0));
    if (state === 'free' && missed.length > 0) cohort.barred.set(id, missed.map(({ name }) => name));
    else if (members.length > 0) {
      const group = { id, cases: members.length, counts: countMeasures(members.map(measureCase)), state } as const;
      groups.push(group);
      cohort.supply += group.cases;
      for (const [measure, cases] of group.counts) cohort.available[measure] = cohort.available[measure]! + cases;
    }
  }
  const unnamed = targets.map(({ categoriesOf }) => input.cases.reduce((count, _, index) => count + (categoriesOf(index).length === 0 ? 1 : 0), 0));
  const problem: CohortProblem = { key: sha256Hex(`${input.seed}|${input.config_digest}`), size: size ?? null, measures, groups };
  return { problem, targets, firstMeasure, unnamed, ...cohort };
}

/** All members; of a group that contradicts itself only those that are frozen. */
function countedMembers({ members, frozen, conflict }: GroupVerdict): readonly string[] {
  return conflict === null ? members : members.filter((id) => frozen.has(id));
}

function countMeasures(members: readonly (readonly number[])[]): [number, number][] {
  const counts = new Map<number, number>();
  for (const measures of members) for (const measure of measures) counts.set(measure, (counts.get(measure) ?? 0) + 1);
  return [...counts].sort(([a], [b]) => a - b);
}
