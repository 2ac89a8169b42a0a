import { quoteLiteral, type Catalog } from '../../catalog/catalog.js';
import { CurationError } from '../../errors.js';
import { caseNames, maskedCase, type AmendedCase } from '../../model/amendment.js';
import type { Tombstone } from '../../model/release.js';
import { finalReplacement } from '../../model/replacement.js';
import type { Withdrawal } from '../../model/workspace-files.js';
import type { Side } from '../diff/side.js';

export interface TombstoneOptions {
  withdrawals: readonly Withdrawal[];
  /** Cases that the newest amendment names. */
  announced: readonly AmendedCase[];
  /** SQL relations of the release before, or null for the first release. */
  previous: { version: string; cases: string; tombstones: string } | null;
}

/** SQL literal of what stands before a digest that takes the place of an id. */
export const MASK = quoteLiteral(maskedCase(''));

/** A tombstone to be; without `since_version`, the release that is being made is the first without the case. */
type Draft = Omit<Tombstone, 'since_version'> & { since_version: string | null };

/** A withdrawn case in the last release that held it. */
interface LastHeld {
  case_id: string;
  digest: string;
  /** The first release without it; null when it is in the release before. */
  since_version: string | null;
}

/**
 * Fills `candidate_tombstone`: what the release before has, and every withdrawn case that a release held. A case that was
 * withdrawn before it was ever published leaves no trace. One that was withdrawn for `phi` is told by its content digest,
 * never by its id, and a case that was once told so stays so.
 * @throws {CurationError} RELEASE_INVALID when a withdrawn case is accepted again
 */
export async function gatherTombstones(catalog: Catalog, { previous, withdrawals, announced }: TombstoneOptions): Promise<void> {
  await catalog.run('CREATE TABLE candidate_tombstone (case_id VARCHAR, reason VARCHAR, since_version VARCHAR, date VARCHAR, replacement VARCHAR)');
  if (previous === null) return;
  const known = await catalog.all<Draft>(`SELECT case_id, reason, since_version, date::VARCHAR AS date, replacement FROM ${previous.tombstones} ORDER BY case_id`);
  await refuseReturned(catalog, known, announced);
  refuseNoDay(withdrawals);
  const drafts = new Map(known.map((each) => [each.case_id, each]));
  const byCase = new Map(withdrawals.map((withdrawal) => [withdrawal.case_id, withdrawal]));
  for (const held of await lastHeld(catalog, previous, withdrawals.map(({ case_id }) => case_id))) addWithdrawn(drafts, held, byCase);
  assertHidden(drafts, byCase);
  const targets = new Map([...drafts].map(([id, draft]) => [id, finalReplacement(draft.case_id, byCase, byCase.get(draft.case_id)?.replacement ?? draft.replacement)]));
  const accepted = await acceptedAmong(catalog, [...targets.values()].filter((target) => target !== null));
  const rows = [...drafts.values()].map((draft) => ({ ...draft, replacement: replacementOf(draft, targets.get(draft.case_id) ?? null, accepted) }));
  await insert(catalog, rows);
}

function addWithdrawn(drafts: Map<string, Draft>, { case_id, digest, since_version }: LastHeld, byCase: ReadonlyMap<string, Withdrawal>): void {
  const withdrawal = byCase.get(case_id);
  if (withdrawal === undefined) return;
  const mask = maskedCase(digest);
  const known = drafts.get(mask) ?? drafts.get(case_id);
  const hidden = withdrawal.reason === 'phi' || drafts.has(mask);
  drafts.delete(case_id);
  const { reason, date } = withdrawal;
  const name = hidden ? mask : case_id;
  drafts.set(name, { case_id: name, reason, since_version: known?.since_version ?? since_version, date, replacement: known?.replacement ?? null });
}

/** Fails closed where an earlier tombstone names a case that must not be named any more, and no release tells its digest. */
function assertHidden(drafts: ReadonlyMap<string, Draft>, byCase: ReadonlyMap<string, Withdrawal>): void {
  const named = [...drafts.keys()].filter((case_id) => byCase.get(case_id)?.reason === 'phi');
  if (named.length === 0) return;
  throw new CurationError('RELEASE_INVALID', `${named.length} tombstones of the release before name cases that are withdrawn for phi now, and no release that held them is here.`, {
    expected: 'a release that held the case: its table cases has the digest that takes the place of the id',
    suggestions: ['Bring the folders of the earlier releases back, then run the same command again.'],
  });
}

function replacementOf({ case_id, reason }: Draft, target: string | null, accepted: ReadonlySet<string>): string | null {
  return reason === 'phi' || case_id.startsWith(maskedCase('')) || target === null || !accepted.has(target) ? null : target;
}

async function acceptedAmong(catalog: Catalog, cases: readonly string[]): Promise<Set<string>> {
  const rows = await catalog.all<{ case_id: string }>('SELECT case_id FROM candidate_case WHERE list_contains(?::VARCHAR[], case_id)', [cases]);
  return new Set(rows.map(({ case_id }) => case_id));
}

/** Withdrawn cases that the release before holds, or that an earlier one held by the catalog's record of releases. */
async function lastHeld(catalog: Catalog, { cases }: { cases: string }, withdrawn: readonly string[]): Promise<LastHeld[]> {
  return catalog.all<LastHeld>(
    `WITH withdrawn AS (SELECT unnest($withdrawn::VARCHAR[]) AS case_id),
     gone AS (
       SELECT i.id AS case_id, arg_max(i.digest, r.sequence) AS digest, max(r.sequence) AS sequence
       FROM release_item AS i JOIN release AS r USING (version) WHERE i.level = 'case' AND i.id IN (FROM withdrawn) GROUP BY i.id)
     SELECT case_id, digest, NULL AS since_version FROM ${cases} WHERE case_id IN (FROM withdrawn) AND case_id NOT IN (SELECT case_id FROM candidate_case)
     UNION ALL
     SELECT gone.case_id, gone.digest, next.version FROM gone JOIN release AS next ON next.sequence = gone.sequence + 1
     WHERE gone.case_id NOT IN (SELECT case_id FROM ${cases}) ORDER BY case_id`,
    { withdrawn: [...withdrawn] },
  );
}

async function insert(catalog: Catalog, rows: readonly Draft[]): Promise<void> {
  const columns = (['case_id', 'reason', 'since_version', 'date', 'replacement'] as const).map((name) => rows.map((row) => row[name]));
  await catalog.run(`INSERT INTO candidate_tombstone SELECT ${columns.map(() => 'unnest(?::VARCHAR[])').join(', ')}`, columns);
}

/** A date that no calendar has would become no date at all. */
function refuseNoDay(withdrawals: readonly Withdrawal[]): void {
  const wrong = withdrawals.find(({ date }) => !new Date(`${date}T00:00:00Z`).toJSON()?.startsWith(date));
  if (wrong === undefined) return;
  throw new CurationError('RELEASE_INVALID', `The withdrawal of the case ${JSON.stringify(wrong.case_id)} has a date that is no day.`, {
    expected: 'a day, YYYY-MM-DD',
    found: wrong.date,
    suggestions: ['Correct it in withdrawals.yaml.'],
  });
}

/** Losing withdrawals.yaml, or an entry of it, must not bring a case back that a tombstone or an amendment has told of. */
async function refuseReturned(catalog: Catalog, tombstones: readonly Draft[], announced: readonly AmendedCase[]): Promise<void> {
  const names = [...tombstones.map(({ case_id }) => case_id), ...announced.flatMap(caseNames)];
  const returned = await catalog.all<{ case_id: string }>(
    `WITH told AS (SELECT unnest($names::VARCHAR[]) AS name)
     SELECT case_id FROM candidate_case
     WHERE case_id IN (FROM told) OR case_id IN (SELECT id FROM release_item WHERE level = 'case' AND ${MASK} || digest IN (FROM told)) ORDER BY case_id`,
    { names },
  );
  const [first] = returned;
  if (first === undefined) return;
  const since = tombstones.find(({ case_id }) => case_id === first.case_id)?.since_version;
  const others = returned.length === 1 ? '' : `, and ${returned.length - 1} more withdrawn cases are`;
  throw new CurationError('RELEASE_INVALID', `The case ${JSON.stringify(first.case_id)}, ${since === undefined || since === null ? 'of whose withdrawal readers have been told' : `withdrawn since ${since}`}, is accepted again${others}.`, {
    suggestions: [
      'Put its entry back into withdrawals.yaml: colophon release withdraw CASE --reason R',
      'A withdrawn case never comes back under its id. If it may be used again, give it a new one.',
    ],
  });
}

/** Fills `candidate_announced` (name, reason, replacement): the cases that amendments tell of, by every name that they may have. */
export async function fillAnnounced(catalog: Catalog, announced: readonly AmendedCase[]): Promise<void> {
  const rows = announced.flatMap((each) => caseNames(each).map((name) => [name, each.reason, each.replacement] as const));
  await catalog.run('CREATE OR REPLACE TABLE candidate_announced (name VARCHAR, reason VARCHAR, replacement VARCHAR)');
  await catalog.run('INSERT INTO candidate_announced SELECT unnest(?::VARCHAR[]), unnest(?::VARCHAR[]), unnest(?::VARCHAR[])', [0, 1, 2].map((column) => rows.map((row) => row[column] ?? null)));
}

/**
 * SQL relation (case_id, reason, replacement) of the cases of one side that were withdrawn: those that the tombstones of a later one
 * tell of, by id or by digest, and those that it lacks and `candidate_announced` tells of.
 */
export function toldWithdrawn(before: Side, after: Side): string {
  const tombstones = after.own('tombstones');
  const held = before.own('cases');
  return `(WITH buried AS (
      SELECT case_id, reason, replacement FROM ${tombstones}
      UNION ALL SELECT held.case_id, told.reason, told.replacement FROM ${held} AS held JOIN ${tombstones} AS told ON told.case_id = ${MASK} || held.digest)
    FROM buried UNION ALL
    SELECT DISTINCT ON (held.case_id) held.case_id, told.reason, told.replacement
    FROM (SELECT case_id, unnest([case_id, ${MASK} || digest]) AS name FROM ${held}) AS held JOIN candidate_announced AS told USING (name)
    WHERE held.case_id NOT IN (SELECT case_id FROM candidate_common) AND held.case_id NOT IN (SELECT case_id FROM buried) ORDER BY ALL)`;
}
