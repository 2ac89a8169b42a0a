import type { SampleReport } from '../../model/sample.js';
import { SAMPLE_PART } from '../../model/split-parts.js';
import type { SplitOutcome } from '../assign.js';
import { buildCohort, SAMPLE_TOLERANCE } from './input.js';
import { explainCohort } from './error.js';
import { reportSample } from './report.js';
import { resolveTargets, type SampleRequest } from './targets.js';
import { boundCohort, solveCohort } from './cohort.js';
import { byCodeUnit, type SplitInput } from '../input/problem.js';
import type { GroupVerdict } from '../input/verdict.js';

/** How the reason of a case begins that a sample leaves out. */
export const NOT_IN_SAMPLE = 'not in the sample';

/** A drawn sample: its cases are in the part `sample`, all others in none. */
export interface SampleOutcome extends SplitOutcome {
  sample: SampleReport;
}

/**
 * Draws a sample, or extends one: frozen cases stay, cases linked to them join, and the rest is chosen so that the whole is
 * as large as possible, or of the given size, within its targets. Pure: equal input in any order gives an equal outcome.
 * @throws {CurationError} SPLIT_INFEASIBLE with the targets that contradict each other; CONFIG_INVALID
 */
export async function drawSample(input: SplitInput, request: SampleRequest): Promise<SampleOutcome> {
  const cohort = buildCohort(input, resolveTargets(input, request), request.sample);
  const solution = await solveCohort(cohort.problem);
  if (solution.kind !== 'chosen') throw await explainCohort(input, cohort, solution.kind);
  const chosen = new Set(solution.groups);
  const outcome: SplitOutcome = { assigned: [], unassigned: [], conflicts: [], unpaired: [], objective: 0, effort: 'normal' };
  for (const [id, verdict] of cohort.verdicts) settle(verdict, chosen.has(id), cohort.barred.get(id), outcome);
  outcome.assigned.sort((a, b) => byCodeUnit(a.case_id, b.case_id));
  outcome.unassigned.sort((a, b) => byCodeUnit(a.case_id, b.case_id));
  const members = new Set(outcome.assigned.map(({ case_id }) => case_id));
  return { ...outcome, sample: reportSample(input, cohort, (id) => members.has(id), { ...factsOf(request), largest: solution.bound }) };
}

/**
 * Measures a sample that was drawn before, against the cases and targets of now.
 * @throws {CurationError} CONFIG_INVALID
 */
export async function measureSample(input: SplitInput, request: SampleRequest, inSample: (caseId: string) => boolean): Promise<SampleReport> {
  const cohort = buildCohort(input, resolveTargets(input, request), request.sample);
  const largest = request.sample.size === undefined ? await boundCohort(cohort.problem) : null;
  return reportSample(input, cohort, inSample, { ...factsOf(request), largest });
}

function factsOf({ sample, reference }: SampleRequest): Pick<SampleReport, 'tolerance' | 'reference'> {
  return { tolerance: sample.tolerance ?? SAMPLE_TOLERANCE, reference: reference === null ? null : { source: reference.source, sha256: reference.sha256 } };
}

function settle({ members, group_id, frozen, heldOut, conflict }: GroupVerdict, chosen: boolean, barred: readonly string[] | undefined, into: SplitOutcome): void {
  if (conflict !== null) into.conflicts.push(conflict);
  for (const case_id of members) {
    const isFrozen = frozen.has(case_id);
    if (isFrozen || (chosen && conflict === null)) into.assigned.push({ case_id, group_id, part: SAMPLE_PART, frozen: isFrozen, held_out: heldOut });
    else if (conflict !== null) into.unassigned.push({ case_id, reason: `withheld: ${conflict.message}` });
    else into.unassigned.push({ case_id, reason: barred === undefined ? NOT_IN_SAMPLE : `${NOT_IN_SAMPLE}: no target names the ${barred.join(' and ')} of ${members.length === 1 ? 'this case' : 'its group'}` });
  }
}
