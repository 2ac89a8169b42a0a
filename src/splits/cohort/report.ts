import type { SampleCategory, SampleReport, SampleVariable } from '../../model/sample.js';
import type { CohortInput } from './input.js';
import { shareBounds, type CohortMeasure } from './problem.js';
import type { CohortTarget } from './targets.js';
import type { SplitInput } from '../input/problem.js';

/** What a report says besides the counts. */
export interface SampleFacts {
  tolerance: number;
  reference: SampleReport['reference'];
  largest: number | null;
}

/** Measures a sample as it stands against its targets. */
export function reportSample(input: SplitInput, cohort: CohortInput, inSample: (caseId: string) => boolean, facts: SampleFacts): SampleReport {
  const chosen = [...input.cases.keys()].filter((index) => inSample(input.cases[index]!));
  const entries = cohort.targets.map((target, at): [string, SampleVariable] => [target.name, measureTarget(target, at, cohort, chosen)]);
  const scarce = entries.flatMap(([variable, { categories }]) => categories.flatMap(({ category, allows }) => (allows === null ? [] : [{ variable, category, allows }])));
  return {
    size: chosen.length,
    largest: facts.largest,
    unused: Math.max(0, cohort.supply - chosen.length),
    excluded: input.cases.length - cohort.supply,
    tolerance: facts.tolerance,
    reference: facts.reference,
    scarcest: scarce.reduce<SampleReport['scarcest']>((least, next) => (least === null || next.allows < least.allows ? next : least), null),
    variables: Object.fromEntries(entries),
  };
}

function measureTarget({ categories, categoriesOf }: CohortTarget, at: number, { problem, firstMeasure, available, unnamed }: CohortInput, chosen: readonly number[]): SampleVariable {
  const counts = new Float64Array(categories.length);
  for (const index of chosen) for (const place of categoriesOf(index)) counts[place] = counts[place]! + 1;
  const rows = categories.map(({ label, target }, place): SampleCategory => {
    const measure = firstMeasure[at]! + place;
    const share = chosen.length === 0 ? 0 : counts[place]! / chosen.length;
    return { category: label, target: round(target), share: round(share), cases: counts[place]!, available: available[measure]!, allows: casesAllowed(problem.measures[measure]!, available[measure]!) };
  });
  return { max_deviation: round(rows.reduce((most, { share, target }) => Math.max(most, Math.abs(share - target)), 0)), unnamed: unnamed[at]!, categories: rows };
}

/** Cases of a sample for which a supply is enough; null when it is enough for any. */
export function casesAllowed({ wanted }: CohortMeasure, available: number): number | null {
  if (wanted.kind === 'count') return null;
  const { low } = shareBounds(wanted);
  return low > 0 ? Math.floor(available / low + 1e-9) : null;
}

function round(value: number): number {
  return Number(value.toFixed(9));
}
