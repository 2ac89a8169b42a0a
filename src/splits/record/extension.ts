import type { ExtensionPlan, PlannedPlace } from '../../model/split-extension.js';
import type { BalanceReport, SplitReport, UnassignedCase } from '../../model/split.js';
import type { SplitOutcome } from '../assign.js';
import { byCodeUnit, type SplitInput } from '../input/problem.js';
import { buildReport } from '../report/report.js';
import { judgeGroups } from '../input/verdict.js';

/** Places that a plan lists; all are counted. */
const MAX_LISTED = 1000;

/** Where a case stands before a draw. */
export interface StandingPlace {
  part: string;
  frozen: boolean;
}

/**
 * What a draw would change: who is new and where they would go, who would move, and how the balance would.
 * @param current places of accepted cases, by the record and the last draw
 */
export function planExtension(input: SplitInput, current: ReadonlyMap<string, StandingPlace>, outcome: Pick<SplitOutcome, 'assigned' | 'unassigned'>, outside: readonly UnassignedCase[], input_digest: string): ExtensionPlan {
  const unassigned = [...outside, ...outcome.unassigned];
  const after = buildReport(input, { places: new Map(outcome.assigned.map((place) => [place.case_id, place])), unassigned, input_digest }, { permutations: 0 });
  const before = current.size === 0 ? null : buildReport(input, { places: current, unassigned: [], input_digest }, { permutations: 0 });
  const why = reasonsOf(input);
  const placed: PlannedPlace[] = [];
  const newcomers = new Map<string, number>(input.parts.map(({ name }) => [name, 0]));
  for (const { case_id, part } of outcome.assigned) {
    const standing = current.get(case_id);
    if (standing?.part === part) continue;
    if (standing === undefined) newcomers.set(part, (newcomers.get(part) ?? 0) + 1);
    placed.push({ case_id, part, before: standing?.part ?? null, why: why.get(case_id) ?? 'drawn' });
  }
  const counts = [...newcomers].sort(([a], [b]) => byCodeUnit(a, b));
  return {
    dry_run: true,
    after,
    before: before === null ? null : { parts: before.parts, variables: shortenBalance(before) },
    newcomers: Object.fromEntries(counts),
    moved: placed.filter((place) => place.before !== null).length,
    placed: placed.slice(0, MAX_LISTED),
  };
}

function shortenBalance({ variables }: SplitReport): Record<string, BalanceReport> {
  return Object.fromEntries(Object.entries(variables).map(([name, { max_difference, total_variation, jsd }]) => [name, { max_difference, total_variation, jsd }]));
}

/** Why cases go where they go, of those that are not drawn. */
function reasonsOf(input: SplitInput): Map<string, PlannedPlace['why']> {
  const bound = new Set([...input.holdOuts, ...input.forced].map(({ case_id }) => case_id));
  const reasons = new Map<string, PlannedPlace['why']>();
  for (const { members, part, frozen } of judgeGroups(input)) {
    if (part === null) continue;
    const byRule = frozen.size === 0 && members.some((id) => bound.has(id));
    for (const id of members) reasons.set(id, byRule ? 'rule' : 'follows');
  }
  return reasons;
}
