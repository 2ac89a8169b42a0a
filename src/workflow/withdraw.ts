import { defaultEffects, type Effects } from '../effects.js';
import { CurationError } from '../errors.js';
import { nearMiss } from '../model/near-miss.js';
import type { ConcernedRelease, WithdrawReport } from '../model/release-reports.js';
import type { Withdrawal, WithdrawalReason } from '../model/workspace-files.js';
import { recordReleases } from '../release/record.js';
import { readLog, releaseStatus, type LogEntry } from '../release/release-log.js';
import { releaseSide } from '../release/diff/side.js';
import { appendWithdrawals } from '../release/withdrawal/withdraw.js';
import { loadWithdrawals, type Workspace } from '../workspace/workspace.js';
import { announceWithdrawals } from './amendments.js';
import { refreshIndex } from './page.js';
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
 * Records cases as withdrawn, and tells the readers of every release that holds one of them by an amendment: the next release
 * leaves them out and publishes a tombstone for each. Run again, it completes what was interrupted.
 * @throws {CurationError} CASE_UNKNOWN when a case, or the replacement, is neither in the catalog nor in a release; USAGE when a case is withdrawn
 * otherwise already; SIGNING_FAILED, with the withdrawal recorded; CONFIG_INVALID, CATALOG_EMPTY, RELEASE_INVALID
 */
export function withdrawCases(workspace: Workspace, cases: readonly string[], options: WithdrawOptions, effects: Effects = defaultEffects): Promise<WithdrawReport> {
  return withSession(workspace, 'withdrawing cases', effects, async (session) => {
    await requirePull(session);
    await refreshCaseTables(session);
    await recordReleases(session.catalog, await readLog(workspace.paths)).catch(ignoreFailure);
    const { replacement, dryRun = false } = options;
    await requireCases(session, replacement === undefined ? cases : [...cases, replacement]);
    const before = loadWithdrawals(workspace);
    const known = new Map(before.map((each) => [each.case_id, each]));
    const unique = [...new Set(cases)];
    assertReplacement(replacement, unique, known);
    for (const case_id of unique) assertSame(known.get(case_id), options);
    const date = options.date ?? effects.now().toISOString().slice(0, 10);
    const added = unique.filter((case_id) => !known.has(case_id)).map((case_id) => toWithdrawal(case_id, date, options));
    if (added.length > 0 && !dryRun) {
      appendWithdrawals(workspace.paths.withdrawals, added);
      await refreshCaseTables(session);
    }
    const { amendment, indexed, log } = await announceWithdrawals(session, { withdrawals: [...before, ...added], date, dryRun }, effects);
    if (!dryRun && !indexed) await refreshIndex(workspace, effects);
    const held = await versionsOf(session, unique);
    return {
      dry_run: dryRun,
      withdrawn: added.map(({ case_id }) => case_id),
      already: unique.filter((id) => known.has(id)),
      reason: options.reason,
      date,
      unreleased: unique.filter((id) => !held.has(id)),
      releases: log.map(({ document }) => document.version).filter((version) => [...held.values()].some((versions) => versions.includes(version))),
      concerned: await countConcerned(session, log, held),
      amendment: held.size === 0 ? null : amendment,
    };
  });
}

/** The same is tried, and told, when the amendment is made. */
function ignoreFailure(error: unknown): void {
  if (!(error instanceof CurationError)) throw error;
}

function toWithdrawal(case_id: string, date: string, { reason, replacement, note }: WithdrawOptions): Withdrawal {
  return { case_id, reason, date, ...(replacement === undefined ? {} : { replacement }), ...(note === undefined ? {} : { note }) };
}

function assertReplacement(replacement: string | undefined, cases: readonly string[], known: ReadonlyMap<string, Withdrawal>): void {
  if (replacement === undefined || !(known.has(replacement) || cases.includes(replacement))) return;
  const next = known.get(replacement)?.replacement;
  throw new CurationError('USAGE', `The replacement ${replacement} is withdrawn itself.`, {
    suggestions: next === undefined ? ['Name a case that is still released, or none.'] : [`It was replaced by ${next}: name that case, if it is still released.`],
  });
}

/** What readers were told once is not told otherwise by a second run of the command. */
function assertSame(known: Withdrawal | undefined, { reason, replacement }: WithdrawOptions): void {
  if (known === undefined || (known.reason === reason && (replacement === undefined || replacement === known.replacement))) return;
  throw new CurationError('USAGE', `The case ${known.case_id} was withdrawn already, on ${known.date}, for another reason or with another replacement.`, {
    expected: `--reason ${known.reason}${known.replacement === undefined ? '' : ` --replacement ${known.replacement}`}`,
    found: `--reason ${reason}${replacement === undefined ? '' : ` --replacement ${replacement}`}`,
    suggestions: ['To correct it, edit its entry in withdrawals.yaml, then run this command with what it says: the next amendment has it.'],
  });
}

/** Cases of the catalog, and those that a release holds though their sources are gone: they can be withdrawn still. */
async function requireCases({ catalog }: Session, wanted: readonly string[]): Promise<void> {
  const named = "(SELECT case_id FROM case_ UNION SELECT id FROM release_item WHERE level = 'case')";
  const rows = await catalog.all<{ case_id: string }>(`SELECT case_id FROM ${named} WHERE list_contains(?::VARCHAR[], case_id)`, [wanted]);
  const found = new Set(rows.map(({ case_id }) => case_id));
  const missing = wanted.filter((case_id) => !found.has(case_id));
  if (missing.length === 0) return;
  const known = await catalog.all<{ case_id: string }>(`SELECT case_id FROM ${named} ORDER BY case_id`);
  const guess = nearMiss(missing[0] ?? '', known.map(({ case_id }) => case_id));
  throw new CurationError('CASE_UNKNOWN', `There is no case ${missing.join(', ')} in the catalog, nor in a release.`, {
    suggestions: guess === undefined ? ['See: colophon query "SELECT case_id, status FROM case_"'] : [`Did you mean ${guess}?`],
  });
}

/** The releases that hold each of the cases, by the catalog's record of what was released; a case that none holds is not in it. */
async function versionsOf({ catalog }: Session, cases: readonly string[]): Promise<Map<string, string[]>> {
  const rows = await catalog.all<{ id: string; versions: string[] }>(
    "SELECT id, list(version) AS versions FROM release_item JOIN release USING (version) WHERE level = 'case' AND list_contains(?::VARCHAR[], id) GROUP BY id ORDER BY id",
    [cases],
  );
  return new Map(rows.map(({ id, versions }) => [id, versions]));
}

async function countConcerned({ catalog }: Session, log: readonly LogEntry[], held: ReadonlyMap<string, readonly string[]>): Promise<ConcernedRelease[]> {
  const concerned: ConcernedRelease[] = [];
  for (const entry of log) {
    const { version } = entry.document;
    const cases = [...held].filter(([, versions]) => versions.includes(version)).map(([id]) => id);
    if (cases.length === 0) continue;
    concerned.push({ version, cases: cases.length, ...(await countFiles(entry, cases)) });
  }
  return concerned;

  async function countFiles(entry: LogEntry, cases: readonly string[]): Promise<{ files: number | null; bytes: number | null }> {
    const nothing = { files: null, bytes: null };
    if (releaseStatus(entry) !== 'published') return nothing;
    try {
      const side = await releaseSide(catalog, entry);
      const [row] = await catalog.all<{ files: number; bytes: number }>(
        `SELECT coalesce(sum(instances), 0)::BIGINT AS files, coalesce(sum(size_bytes), 0)::BIGINT AS bytes FROM ${side.own('cases')} WHERE list_contains(?::VARCHAR[], case_id)`,
        [cases],
      );
      return row ?? nothing;
    } catch (error) {
      ignoreFailure(error);
      return nothing;
    }
  }
}
