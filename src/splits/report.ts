import type { PartReport, PermutationReport, SplitReport, UnassignedCase } from '../model/split.js';
import { ALGORITHM } from './algorithm.js';
import { measureBalance, partBothLevels, type Balance } from './balance.js';
import { findLeakage } from './leakage.js';
import { permuteParts, PERMUTATION_RUNS, type Permutation } from './measures/permutation.js';
import { compareWithReference, type Reference } from './measures/reference-report.js';
import { roundMeasure } from './measures/rounding.js';
import { permutationGroups } from './permutation-groups.js';
import { byCodeUnit, type SplitInput } from './problem.js';
import { referredVariables } from './reference-variables.js';
import { judgeGroups } from './verdict.js';
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
  /** Part that must not be published, which the report warns of. */
  hidden?: string | null;
}

/** Measures a split as it stands: sizes, balance, leakage, what is left out, what contradicts itself, what a reviewer would ask. */
export function buildReport(input: SplitInput, standing: Standing, options: ReportOptions = {}): SplitReport {
  const verdicts = judgeGroups(input);
  const heldOut = new Set(verdicts.flatMap(({ heldOut: held, members }) => (held ? members : [])));
  const names = input.parts.map(({ name }) => name).sort(byCodeUnit);
  const partOf = Int16Array.from(input.cases, (id) => {
    const place = standing.places.get(id);
    return place === undefined || heldOut.has(id) ? -1 : names.indexOf(place.part);
  });
  const placed = input.cases.filter((id) => standing.places.has(id));
  const units = partBothLevels(input.studyStart, partOf, names.length);
  const report = {
    split: input.split,
    parts: measureParts(input, standing, heldOut),
    ...testBalance(measureBalance(input.variables, input.studyStart, partOf, names), input, partOf, names, standing, options),
    ...findLeakage(new Map(placed.map((id) => [id, standing.places.get(id)!.part])), input.ties),
    reference: options.reference === undefined ? null : compareWithReference(referredVariables(input.variables, units, names), options.reference),
    frozen: placed.filter((id) => standing.places.get(id)!.frozen).length,
    seed: input.seed,
    algorithm: ALGORITHM,
    input_digest: standing.input_digest,
    unassigned: [...standing.unassigned].sort((a, b) => byCodeUnit(a.case_id, b.case_id)),
    conflicts: verdicts.flatMap(({ conflict }) => (conflict === null ? [] : [conflict])),
  };
  return { ...report, warnings: listWarnings(report, options.hidden ?? null) };
}

/** Adds the permutation test to the balance of the variables. */
function testBalance(
  balance: Balance,
  input: SplitInput,
  partOf: Int16Array,
  names: readonly string[],
  { input_digest }: Standing,
  { permutations = PERMUTATION_RUNS }: ReportOptions,
): Balance & { permutation: PermutationReport | null } {
  const tested = permutations < 1 ? null : permuteParts(permutationGroups(input, partOf, names.length), `${input.seed}|${input_digest}`, permutations);
  if (tested === null) return { ...balance, permutation: null };
  for (const [index, { name }] of input.variables.entries()) balance.variables[name]!.permutation = describePermutation(tested.variables[index]!);
  return { ...balance, permutation: describePermutation(tested.overall) };
}

function describePermutation({ p, p_worse, runs, least, median }: Permutation): PermutationReport {
  return { p: roundMeasure(p), p_worse: roundMeasure(p_worse), runs, least: roundMeasure(least), median: roundMeasure(median) };
}

function measureParts(input: SplitInput, { places }: Standing, heldOut: ReadonlySet<string>): Record<string, PartReport> {
  const reports = new Map<string, PartReport>(input.parts.map(({ name, target }) => [name, { cases: 0, held_out: 0, share: 0, target }]));
  let base = 0;
  for (const id of input.cases) {
    const report = reports.get(places.get(id)?.part ?? '');
    if (report === undefined) continue;
    report.cases++;
    if (heldOut.has(id)) report.held_out++;
    else base++;
  }
  for (const report of reports.values()) report.share = base === 0 ? 0 : (report.cases - report.held_out) / base;
  return Object.fromEntries([...reports].sort(([a], [b]) => byCodeUnit(a, b)));
}
