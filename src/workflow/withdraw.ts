import { existsSync } from 'node:fs';
import { defaultEffects, type Effects } from '../effects.js';
import { CurationError } from '../errors.js';
import { nearMiss } from '../model/near-miss.js';
import type { WithdrawReport } from '../model/release.js';
import type { Withdrawal, WithdrawalReason } from '../model/workspace-files.js';
import { appendWithdrawals } from '../release/withdraw.js';
import { loadWithdrawals, type Workspace } from '../workspace/workspace.js';
import { refreshCaseTables, requirePull, withSession, type Session } from './session.js';

/** Why, when, and what takes the case's place. */
export interface WithdrawOptions {
  reason: WithdrawalReason;
  /** Day of the withdrawal, YYYY-MM-DD; today by default. */
  date?: string;
  replacement?: string;
  /** Internal; never published. */
  note?: string;
  dryRun?: boolean;
}

/**
 * Records cases as withdrawn: the next release leaves them out and publishes a tombstone for each.
 * @throws {CurationError} CASE_UNKNOWN when a case, or the replacement, is not in the catalog; CONFIG_INVALID, CATALOG_EMPTY
 */
export function withdrawCases(workspace: Workspace, cases: readonly string[], options: WithdrawOptions, effects: Effects = defaultEffects): Promise<WithdrawReport> {
  return withSession(workspace, 'withdrawing cases', effects, async (session) => {
    await requirePull(session);
    await refreshCaseTables(session);
    await requireCases(session, options.replacement === undefined ? cases : [...cases, options.replacement]);
    const known = new Set(loadWithdrawals(workspace).map(({ case_id }) => case_id));
    const unique = [...new Set(cases)];
    if (options.replacement !== undefined && (known.has(options.replacement) || unique.includes(options.replacement)))
      throw new CurationError('USAGE', `The replacement ${options.replacement} is withdrawn itself.`);
    const date = options.date ?? effects.now().toISOString().slice(0, 10);
    const added = unique.filter((case_id) => !known.has(case_id)).map((case_id) => toWithdrawal(case_id, date, options));
    if (added.length > 0 && options.dryRun !== true) appendWithdrawals(workspace.paths.withdrawals, added);
    const published = added.length === 0 || !existsSync(workspace.paths.releases) ? [] : await releasesWith(session, unique);
    if (options.dryRun !== true) await refreshCaseTables(session);
    return { withdrawn: added.map(({ case_id }) => case_id), already: unique.filter((id) => known.has(id)), reason: options.reason, date, releases: published };
  });
}

function toWithdrawal(case_id: string, date: string, { reason, replacement, note }: WithdrawOptions): Withdrawal {
  return { case_id, reason, date, ...(replacement === undefined ? {} : { replacement }), ...(note === undefined ? {} : { note }) };
}

async function requireCases({ catalog }: Session, wanted: readonly string[]): Promise<void> {
  const rows = await catalog.all<{ case_id: string }>('SELECT case_id FROM case_ WHERE list_contains(?::VARCHAR[], case_id)', [wanted]);
  const found = new Set(rows.map(({ case_id }) => case_id));
  const missing = wanted.filter((case_id) => !found.has(case_id));
  if (missing.length === 0) return;
  const known = await catalog.all<{ case_id: string }>('SELECT case_id FROM case_ ORDER BY case_id');
  const guess = nearMiss(missing[0] ?? '', known.map(({ case_id }) => case_id));
  throw new CurationError('CASE_UNKNOWN', `There is no case ${missing.join(', ')} in the catalog.`, {
    suggestions: guess === undefined ? ['See: colophon query "SELECT case_id, status FROM case_"'] : [`Did you mean ${guess}?`],
  });
}

/** Published releases that hold at least one of the cases, by the catalog's record of what was released. */
async function releasesWith({ catalog }: Session, cases: readonly string[]): Promise<string[]> {
  const rows = await catalog.all<{ version: string }>(
    "SELECT DISTINCT release.version, release.sequence FROM release_item JOIN release USING (version) WHERE level = 'case' AND list_contains(?::VARCHAR[], id) ORDER BY release.sequence",
    [cases],
  );
  return rows.map(({ version }) => version);
}
