import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CurationError } from '../errors.js';
import { withRelease } from '../exchange/opened-release.js';
import { caseNames, maskedCase } from '../model/amendment.js';
import type { WithdrawalsFile } from '../model/workspace-files.js';
import { openRelease } from '../release/open-release.js';
import { readLog, releaseStatus, type LogEntry } from '../release/release-log.js';
import { placesAround } from '../verify/amendment-places.js';
import { peekRelease } from '../verify/peek-release.js';
import type { WorkspacePaths } from '../workspace/workspace.js';
import { readYamlFile } from '../workspace/yaml-file.js';
import { readAmendedCases } from './amended-cases.js';

/** A release that may not be passed on as it is. */
export interface WithdrawnContent {
  entry: LogEntry;
  /** How many of its cases were withdrawn after it. */
  cases: number;
}

/** What the user of a command that has the flag can do. */
export const ALLOW_WITHDRAWN = 'If it has to be there for those who cite it: --allow-withdrawn';

/**
 * Refuses releases that hold cases which were withdrawn since: what is exported, packed or pushed is published once more. No case
 * is named.
 * @param remedies what else the user can do about it
 * @throws {CurationError} CONTENT_WITHDRAWN, RELEASE_INVALID, RELEASE_TOO_NEW, CONFIG_INVALID
 */
export async function refuseWithdrawn(entries: readonly LogEntry[], paths: WorkspacePaths | null, remedies: readonly string[] = []): Promise<void> {
  const [first] = await findWithdrawn(entries, paths);
  if (first !== undefined) throw withdrawnError(first, remedies);
}

/**
 * The releases that hold cases which were withdrawn after them, in the order given. What is known of withdrawals is in amendments and
 * in tombstones of later releases, both beside the release and in the workspace, and in the withdrawals.yaml of a workspace of the
 * same dataset. Fails closed: what lies there and cannot be read may be what tells it.
 * @param paths of the workspace; null when there is none
 * @throws {CurationError} RELEASE_INVALID, RELEASE_TOO_NEW, CONFIG_INVALID
 */
export async function findWithdrawn(entries: readonly LogEntry[], paths: WorkspacePaths | null): Promise<WithdrawnContent[]> {
  const log = paths === null ? [] : await readLog(paths);
  const found: WithdrawnContent[] = [];
  for (const entry of entries) {
    const own = log.filter(({ document }) => document.dataset.id === entry.document.dataset.id);
    const amended = (await readAmendedCases(entry, paths)).flatMap(caseNames);
    const names = [...amended, ...(await buried(entry, own)), ...(paths === null || own.length === 0 ? [] : pending(paths))];
    const cases = names.length === 0 ? 0 : await countHeld(entry, names);
    if (cases > 0) found.push({ entry, cases });
  }
  return found;
}

/** Why a release is not passed on. */
export function withdrawnError({ entry, cases }: WithdrawnContent, remedies: readonly string[] = []): CurationError {
  const { version } = entry.document;
  return new CurationError('CONTENT_WITHDRAWN', `The release ${version} holds ${cases} ${cases === 1 ? 'case that was' : 'cases that were'} withdrawn since: it is not passed on.`, {
    suggestions: ['Take a release that was cut after the withdrawal: colophon release list', 'If the withdrawal is in no release yet, cut one: colophon release cut', ...remedies],
  });
}

/** What the withdrawals.yaml of the workspace names. */
function pending(paths: WorkspacePaths): string[] {
  if (!existsSync(paths.withdrawals)) return [];
  return (readYamlFile<WithdrawalsFile>(paths.withdrawals, 'withdrawals.v1')?.withdrawals ?? []).map(({ case_id }) => case_id);
}

/** What the tombstones of the newest later release call their cases: it repeats those of all before it. */
async function buried(entry: LogEntry, own: readonly LogEntry[]): Promise<string[]> {
  const later = [...own, ...(await releasesBeside(entry))].filter((each) => each.sequence > entry.sequence && releaseStatus(each) === 'published');
  const newest = later.sort((a, b) => a.sequence - b.sequence).at(-1);
  if (newest === undefined) return [];
  return withRelease(newest, async ({ catalog, side }) => (await catalog.all<{ case_id: string }>(`SELECT case_id FROM ${side.own('tombstones')} ORDER BY case_id`)).map(({ case_id }) => case_id));
}

/** Releases of the same dataset in the folder above: by their log, or where a copy has none by their release.json. */
async function releasesBeside({ folder, document }: LogEntry): Promise<LogEntry[]> {
  const beside = dirname(folder);
  const releaseLog = join(beside, 'log');
  if (existsSync(releaseLog)) return (await readLog({ releases: beside, releaseLog })).filter((each) => each.document.dataset.id === document.dataset.id);
  const entries: LogEntry[] = [];
  for (const { path } of placesAround(folder).releases) {
    const peeked = peekRelease(path);
    if (peeked?.dataset === document.dataset.id && peeked.sequence > document.sequence) entries.push(await openRelease(path, null));
  }
  return entries;
}

function countHeld(entry: LogEntry, names: readonly string[]): Promise<number> {
  return withRelease(entry, async ({ catalog, side }) => {
    const [held] = await catalog.all<{ n: number }>(
      `WITH told AS (SELECT unnest($names::VARCHAR[]) AS name)
       SELECT count(*) AS n FROM ${side.own('cases')} WHERE case_id IN (FROM told) OR $mask || digest IN (FROM told)`,
      { names: [...names], mask: maskedCase('') },
    );
    return held?.n ?? 0;
  });
}
