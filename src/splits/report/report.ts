import type { PartReport, PermutationReport, SplitReport, UnassignedCase } from '../../model/split.js';
import { ALGORITHM } from '../search/algorithm.js';
import { measureBalance, partBothLevels, type Balance } from './balance.js';
import { findLeakage } from './leakage.js';
import { permuteParts, PERMUTATION_RUNS, type Permutation } from './measures/permutation.js';
import { compareWithReference, type Reference } from './measures/reference-report.js';
import { roundMeasure } from './measures/rounding.js';
import { reportVariable } from './measures/variable-report.js';
import { permutationGroups } from './permutation-groups.js';
import { byCodeUnit, type SplitInput } from '../input/problem.js';
import { referredVariables } from './reference-variables.js';
import type { Variable } from '../input/variable.js';
import { judgeGroups } from '../input/verdict.js';
import { listWarnings } from './warnings.js';

/** Where the accepted cases stand. */
export interface Standing {
  /** Part of every accepted case that has one, with whether it is frozen. */
  places: ReadonlyMap<string, { part: string; frozen: boolean }>;
  /** Reasons of the cases that have none. */
  unassigned: readonly UnassignedCase[];
  input_digest: string;
}

/** What a report holds beyond the balance. */
export interface ReportOptions {
  /** Random allocations of the permutation test: 2,000 by default, 0 for none; fewer are run when they would take long. */
  permutations?: number;
  /** Population that the variables are held against. */
  reference?: Reference;
  /** Variables that the split does not balance, to be looked at all the same. */
  observed?: readonly Variable[];
  /** Part that must not be published, which the report warns of. */
  hidden?: string | null;
}

/** Measures a split as it stands: sizes, balance, leakage, what is left out, what contradicts itself, what a reviewer would ask. */
export function buildReport(input: SplitInput, standing: Standing, options: ReportOptions = {}): SplitReport {
  const verdicts = judgeGroups(withoutLoners(input));
  const heldOut = new Set(verdicts.flatMap(({ heldOut: held, members }) => (held ? members : [])));
  const names = input.parts.map(({ name }) => name).sort(byCodeUnit);
  const placed = placeCases(input, standing, names, heldOut);
  const { partOf } = placed;
  const report = {
    split: input.split,
    parts: measureParts(input, placed, names),
    ...testBalance(input, partOf, names, standing, options),
    ...findLeakage(placed.tied, input.ties),
    reference: options.reference === undefined ? null : compareWithReference(referredVariables(input.variables, partBothLevels(input.studyStart, partOf, names.length), names), options.reference),
    frozen: placed.frozen,
    seed: input.seed,
    algorithm: ALGORITHM,
    input_digest: standing.input_digest,
    unassigned: [...standing.unassigned].sort((a, b) => byCodeUnit(a.case_id, b.case_id)),
    conflicts: verdicts.flatMap(({ conflict }) => (conflict === null ? [] : [conflict])),
  };
  return { ...report, warnings: listWarnings(report, options.hidden ?? null) };
}

/** The accepted cases in their parts. */
interface PlacedCases {
  /** Part of every case as an index of the names; -1 for a case in no part, or held out. */
  partOf: Int16Array;
  /** Cases of every part, held-out ones included, and the held-out ones alone. */
  cases: Float64Array;
  heldOut: Float64Array;
  frozen: number;
  /** Part of the cases that something ties, by id. */
  tied: Map<string, string>;
}

/** One look-up a case: there may be a million. */
function placeCases(input: SplitInput, { places }: Standing, names: readonly string[], heldOut: ReadonlySet<string>): PlacedCases {
  const numbers = new Map(names.map((name, number) => [name, number]));
  const tiedIds = new Set(input.ties.map(({ case_id }) => case_id));
  const placed: PlacedCases = { partOf: new Int16Array(input.cases.length).fill(-1), cases: new Float64Array(names.length), heldOut: new Float64Array(names.length), frozen: 0, tied: new Map() };
  for (let index = 0; index < input.cases.length; index++) {
    const id = input.cases[index]!;
    const place = places.get(id);
    if (place === undefined) continue;
    if (place.frozen) placed.frozen++;
    if (tiedIds.has(id)) placed.tied.set(id, place.part);
    const part = numbers.get(place.part);
    if (part === undefined) continue;
    placed.cases[part]!++;
    if (heldOut.has(id)) placed.heldOut[part]!++;
    else placed.partOf[index] = part;
  }
  return placed;
}

/** The input without the cases that nothing ties and no rule names: they can be neither torn nor held out, and are most of all. */
function withoutLoners(input: SplitInput): SplitInput {
  const named = new Set([input.ties, input.holdOuts, input.forced].flatMap((rows) => rows.map(({ case_id }) => case_id)));
  const isNamed = ({ case_id }: { case_id: string }) => named.has(case_id);
  return { ...input, cases: input.cases.filter((id) => named.has(id)), frozen: input.frozen.filter(isNamed) };
}

/** The balance of the variables and of those that are only looked at, with the permutation test of both. */
function testBalance(
  input: SplitInput,
  partOf: Int16Array,
  names: readonly string[],
  { input_digest }: Standing,
  { permutations = PERMUTATION_RUNS, observed = [] }: ReportOptions,
): Balance & Pick<SplitReport, 'observed' | 'permutation'> {
  const balance = measureBalance(input.variables, input.studyStart, partOf, names);
  const units = partBothLevels(input.studyStart, partOf, names.length);
  const looked = Object.fromEntries(observed.map((variable) => [variable.name, reportVariable(variable, units[variable.level], names)]));
  const all = { ...input, variables: [...input.variables, ...observed] };
  const tested = permutations < 1 ? null : permuteParts(permutationGroups(all, partOf, names.length), `${input.seed}|${input_digest}`, permutations, input.variables.length);
  if (tested === null) return { ...balance, observed: looked, permutation: null };
  const reports = [...input.variables.map(({ name }) => balance.variables[name]!), ...observed.map(({ name }) => looked[name]!)];
  for (const [index, report] of reports.entries()) report.permutation = describePermutation(tested.variables[index]!);
  return { ...balance, observed: looked, permutation: tested.overall === null ? null : describePermutation(tested.overall) };
}

function describePermutation({ p, p_worse, runs, least, median }: Permutation): PermutationReport {
  return { p: roundMeasure(p), p_worse: roundMeasure(p_worse), runs, least: roundMeasure(least), median: roundMeasure(median) };
}

function measureParts(input: SplitInput, { cases, heldOut }: PlacedCases, names: readonly string[]): Record<string, PartReport> {
  const targets = new Map(input.parts.map(({ name, target }) => [name, target]));
  let base = 0;
  for (let part = 0; part < names.length; part++) base += cases[part]! - heldOut[part]!;
  const reports = names.map((name, part): [string, PartReport] => [
    name,
    { cases: cases[part]!, held_out: heldOut[part]!, share: base === 0 ? 0 : (cases[part]! - heldOut[part]!) / base, target: targets.get(name)! },
  ]);
  return Object.fromEntries(reports);
}
