import { quoteLiteral, type Catalog } from '../catalog/catalog.js';
import { CurationError } from '../errors.js';
import { withRelease } from './opened-release.js';
import type { LogEntry } from '../release/release-log.js';

/** Cases that may not be passed on. */
export interface WithdrawnContent {
  entry: LogEntry;
  cases: number;
}

/**
 * How many cases of each release were withdrawn after it, oldest release first; releases that hold none are left out. What is known of
 * withdrawals are the tombstones of the newest release, which repeats all before it, and the cases of `withdrawals.yaml`.
 * @param pending cases that are withdrawn already, and in no tombstone yet
 */
export async function findWithdrawn(releases: readonly LogEntry[], newest: LogEntry, pending: readonly string[]): Promise<WithdrawnContent[]> {
  const withdrawn = await withRelease(newest, async ({ catalog, side }) => caseIds(catalog, side.own('tombstones')));
  const all = [...new Set([...withdrawn, ...pending])];
  const found: WithdrawnContent[] = [];
  for (const entry of all.length === 0 ? [] : releases) {
    const list = all.map(quoteLiteral).join(', ');
    const cases = await withRelease(entry, async ({ catalog, side }) => (await caseIds(catalog, `(FROM ${side.own('cases')} WHERE case_id IN (${list}))`)).length);
    if (cases > 0) found.push({ entry, cases });
  }
  return found;
}

async function caseIds(catalog: Catalog, relation: string): Promise<string[]> {
  return (await catalog.all<{ case_id: string }>(`SELECT case_id FROM ${relation} ORDER BY case_id`)).map(({ case_id }) => case_id);
}

/** Why a release is not passed on. */
export function refuseWithdrawn({ entry, cases }: WithdrawnContent): CurationError {
  const { version } = entry.document;
  return new CurationError('CONTENT_WITHDRAWN', `The release ${version} holds ${cases} ${cases === 1 ? 'case that was' : 'cases that were'} withdrawn since: it is not passed on.`, {
    suggestions: ['Export a release from after the withdrawal: colophon release list', 'If the withdrawal is not in a release yet, cut one first.'],
  });
}
