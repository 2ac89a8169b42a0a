import type { Withdrawal } from './workspace-files.js';

/**
 * The case that takes the place of a withdrawn one in the end: where its replacement was withdrawn too, the replacement of that,
 * and so on. Null when there is none, when they replace each other in a circle, and when a case on the way was withdrawn for
 * `phi`: a public line from an identity that leaked to a case that is still there would hand the identity on.
 */
export function finalReplacement(case_id: string, withdrawals: ReadonlyMap<string, Withdrawal>, first: string | null = withdrawals.get(case_id)?.replacement ?? null): string | null {
  if (withdrawals.get(case_id)?.reason === 'phi') return null;
  const seen = new Set([case_id]);
  for (let at = first; at !== null; ) {
    const withdrawal = withdrawals.get(at);
    if (withdrawal === undefined) return at;
    if (seen.has(at) || withdrawal.reason === 'phi') return null;
    seen.add(at);
    at = withdrawal.replacement ?? null;
  }
  return null;
}
