import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CurationError } from '../errors.js';
import { withRelease, type OpenedRelease } from '../exchange/opened-release.js';
import type { WithdrawalsFile } from '../model/workspace-files.js';
import { readLog, releaseStatus, type ReleasePaths } from '../release/release-log.js';
import type { WorkspacePaths } from '../workspace/workspace.js';
import { readYamlFile } from '../workspace/yaml-file.js';

/**
 * Refuses a release that holds cases which were withdrawn since, as far as the releases beside it and the withdrawals.yaml of the
 * workspace it is of say: what is exported is published once more. No case is named.
 * @throws {CurationError} RELEASE_WITHDRAWN, RELEASE_INVALID, RELEASE_TOO_NEW, CONFIG_INVALID
 */
export async function refuseWithdrawn(release: OpenedRelease, paths: WorkspacePaths | null): Promise<void> {
  const beside = dirname(release.folder);
  const ids = [...(await tombstones(release, { releases: beside, releaseLog: join(beside, 'log') })), ...(await withdrawals(release, paths))];
  if (ids.length === 0) return;
  const [held] = await release.catalog.all<{ n: number }>(`SELECT count(*) AS n FROM ${release.side.own('cases')} WHERE list_contains(?, case_id)`, [ids]);
  const count = held?.n ?? 0;
  if (count === 0) return;
  throw new CurationError('RELEASE_WITHDRAWN', `The release ${release.document.version} holds ${count} cases that were withdrawn since: it is not exported.`, {
    suggestions: ['Export the newest release: colophon release list'],
  });
}

/** Cases that the newest release beside this one has tombstones of. */
async function tombstones(release: OpenedRelease, paths: ReleasePaths): Promise<string[]> {
  if (!existsSync(paths.releaseLog)) return [];
  const newest = (await readLog(paths)).filter((entry) => releaseStatus(entry) === 'published' && entry.document.dataset.id === release.document.dataset.id).at(-1);
  if (newest === undefined || newest.sequence <= release.document.sequence) return [];
  return withRelease(newest, async ({ catalog, side }) => (await catalog.all<{ case_id: string }>(`SELECT case_id FROM ${side.own('tombstones')}`)).map(({ case_id }) => case_id));
}

/** What withdrawals.yaml names, when the release is one of the workspace. */
async function withdrawals({ digest }: OpenedRelease, paths: WorkspacePaths | null): Promise<string[]> {
  if (paths === null || !existsSync(paths.withdrawals) || !(await readLog(paths)).some((entry) => entry.digest === digest)) return [];
  return (readYamlFile<WithdrawalsFile>(paths.withdrawals, 'withdrawals.v1')?.withdrawals ?? []).map(({ case_id }) => case_id);
}
