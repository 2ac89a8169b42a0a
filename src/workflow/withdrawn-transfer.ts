import { CurationError } from '../errors.js';
import { findWithdrawn } from '../exchange/withdrawn-content.js';
import { releaseStatus, type LogEntry } from '../release/release-log.js';
import { loadWithdrawals, type Workspace } from '../workspace/workspace.js';

/**
 * Refuses to pass on a release that holds cases which were withdrawn since, as later releases, withdrawals.yaml and, for
 * `told`, amendments say. No case is named.
 * @param told cases that a verification of the release found withdrawn
 * @throws {CurationError} CONTENT_WITHDRAWN, RELEASE_INVALID, CONFIG_INVALID
 */
export async function refuseWithdrawnTransfer(workspace: Workspace, log: readonly LogEntry[], entry: LogEntry, told = 0): Promise<void> {
  const newest = log.filter((each) => releaseStatus(each) === 'published').at(-1) ?? entry;
  const [found] = await findWithdrawn([entry], newest, loadWithdrawals(workspace).map(({ case_id }) => case_id));
  const cases = Math.max(told, found?.cases ?? 0);
  if (cases === 0) return;
  const { version } = entry.document;
  throw new CurationError('CONTENT_WITHDRAWN', `The release ${version} holds ${cases} ${cases === 1 ? 'case that was' : 'cases that were'} withdrawn since: it is not passed on.`, {
    suggestions: ['Take a release that was cut after the withdrawal: colophon release list', 'If it has to be there for those who cite it: --allow-withdrawn'],
  });
}
