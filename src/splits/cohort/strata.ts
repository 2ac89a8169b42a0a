import { sha256Hex } from '../../fixity/digest.js';
import type { CohortGroup, CohortProblem, CohortStratum, CohortTable } from './problem.js';
import { byCodeUnit } from '../input/problem.js';

/**
 * Puts equal groups together. Within a stratum the groups stand by SHA-256(key | group id), a random order in which every
 * group has the same chance and that neither the order of the input nor other groups change.
 */
export function tabulateCohort({ key, size, measures, groups }: CohortProblem): CohortTable {
  const strata = new Map<string, CohortGroup[]>();
  const fixed = { cases: 0, counts: new Float64Array(measures.length), ids: [] as string[] };
  for (const group of groups) {
    if (group.state === 'fixed') {
      fixed.cases += group.cases;
      fixed.ids.push(group.id);
      for (const [measure, cases] of group.counts) fixed.counts[measure] = fixed.counts[measure]! + cases;
      continue;
    }
    const profile = JSON.stringify([group.cases, group.counts]);
    const equal = strata.get(profile);
    if (equal === undefined) strata.set(profile, [group]);
    else equal.push(group);
  }
  const ordered = [...strata].sort(([a], [b]) => byCodeUnit(a, b)).map(([, equal]) => stratumOf(key, equal));
  return { key, size, measures, strata: ordered, fixed: { ...fixed, ids: fixed.ids.sort(byCodeUnit) } };
}

function stratumOf(key: string, groups: readonly CohortGroup[]): CohortStratum {
  const { cases, counts } = groups[0]!;
  const drawn = groups.map(({ id }) => ({ id, rank: sha256Hex(`${key}|cohort|${id}`) })).sort((a, b) => byCodeUnit(a.rank, b.rank) || byCodeUnit(a.id, b.id));
  return { cases, counts, ids: drawn.map(({ id }) => id) };
}
