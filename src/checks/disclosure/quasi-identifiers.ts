import { POLICY_PROFILES } from '../../model/policy-profiles.js';
import type { QuasiIdentifier } from '../../model/policy.js';
import type { CheckInput } from '../check.js';
import { findColumn, type ViewColumn } from './view-column.js';

/** Why nothing was judged where no quasi-identifier is there. */
export const NO_QUASI_IDENTIFIERS = 'no quasi-identifier of the policy is in the public view';

/** The quasi-identifiers that are in the public view, and the names that the policy adds to its profile in vain. */
export function readQuasiIdentifiers(input: CheckInput): { columns: ViewColumn[]; missing: string[] } {
  const named = [...new Map(input.policy.quasi_identifiers.map((each) => [each.column, each])).values()];
  const columns = named.map((each) => findColumn(input, each));
  return {
    columns: columns.filter((column) => column !== null),
    missing: named.filter((each, at) => columns[at] === null && !isOfProfile(input, each)).map(({ column }) => column),
  };
}

/** A profile and a pack name columns that some datasets have and others have not; what somebody wrote down is meant to be there. */
function isOfProfile(input: CheckInput, { column }: QuasiIdentifier): boolean {
  const named = [...POLICY_PROFILES[input.policy.profile].quasi_identifiers, ...(input.pack?.policy?.quasi_identifiers ?? [])];
  return named.some((each) => (typeof each === 'string' ? each : each.column) === column);
}
