import type { PartReport, SplitReport, UnassignedCase } from '../model/split.js';
import { ALGORITHM } from './algorithm.js';
import { measureBalance } from './balance.js';
import { measureLeakage } from './leakage.js';
import { byCodeUnit, type SplitInput } from './problem.js';
import { judgeGroups } from './verdict.js';

/** Where the accepted cases stand. */
export interface Standing {
  /** Part of every accepted case that has one, with whether it is frozen. */
  places: ReadonlyMap<string, { part: string; frozen: boolean }>;
  /** Reasons of the cases that have none. */
  unassigned: readonly UnassignedCase[];
  input_digest: string;
}

/** Measures a split as it stands: sizes, balance, leakage, what is left out and what contradicts itself. */
export function buildReport(input: SplitInput, standing: Standing): SplitReport {
  const verdicts = judgeGroups(input);
  const heldOut = new Set(verdicts.flatMap(({ heldOut: held, members }) => (held ? members : [])));
  const names = input.parts.map(({ name }) => name).sort(byCodeUnit);
  const partOf = input.cases.map((id) => {
    const place = standing.places.get(id);
    return place === undefined || heldOut.has(id) ? -1 : names.indexOf(place.part);
  });
  const { variables, joint } = measureBalance(input.variables, input.studyStart, partOf, names.length);
  const placed = input.cases.filter((id) => standing.places.has(id));
  return {
    split: input.split,
    parts: measureParts(input, standing, heldOut),
    variables,
    joint,
    leakage: measureLeakage(new Map(placed.map((id) => [id, standing.places.get(id)!.part])), input.ties),
    frozen: placed.filter((id) => standing.places.get(id)!.frozen).length,
    seed: input.seed,
    algorithm: ALGORITHM,
    input_digest: standing.input_digest,
    unassigned: [...standing.unassigned].sort((a, b) => byCodeUnit(a.case_id, b.case_id)),
    conflicts: verdicts.flatMap(({ conflict }) => (conflict === null ? [] : [conflict])),
  };
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
