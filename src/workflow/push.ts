import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { defaultEffects, type Effects } from '../effects.js';
import { CurationError, wrapSystemError } from '../errors.js';
import type { PushReport } from '../model/transfer.js';
import type { VerifyReport } from '../model/verification.js';
import { findRelease, readLog, type LogEntry } from '../release/release-log.js';
import { parseBucketUrl } from '../network/bucket-url.js';
import { FolderDestination } from '../transfer/folder-destination.js';
import { pushRelease } from '../transfer/push.js';
import type { BucketOptions } from '../network/s3-bucket.js';
import { S3Destination } from '../transfer/s3-destination.js';
import { verifyRelease } from '../verify/verify.js';
import { withLock } from '../workspace/lock.js';
import type { Workspace } from '../workspace/workspace.js';
import { ALLOW_WITHDRAWN, refuseWithdrawn } from './withdrawn-content.js';

export interface PushWorkspaceOptions {
  /** URL of an S3 server that is not Amazon's. */
  endpoint?: string;
  region?: string;
  /** Say what would be sent, write nothing. */
  dryRun?: boolean;
  /** Also push a release that holds cases which were withdrawn since. */
  allowWithdrawn?: boolean;
  /** Files that are sent at once; 8 by default. */
  jobs?: number;
  signal?: AbortSignal;
}

const DEFAULT_JOBS = 8;
/** How long a push waits for another one into the same folder, in ms. */
const LOCK_WAIT_MS = 10 * 60 * 1000;

/**
 * Verifies a published release and pushes it to a folder or a bucket.
 * @param to a folder, or `s3://bucket/prefix`
 * @throws {CurationError} RELEASE_NOT_FOUND, RELEASE_INVALID, CONTENT_WITHDRAWN, PUSH_CONFLICT, TRANSFER_FAILED, USAGE, DISK_FULL, INTERRUPTED
 */
export async function pushWorkspaceRelease(workspace: Workspace, version: string, to: string, options: PushWorkspaceOptions = {}, effects: Effects = defaultEffects): Promise<PushReport> {
  const { paths } = workspace;
  const bucket = parseBucket(to, options);
  const log = await readLog(paths);
  const entry = findRelease(log, version, paths);
  const { dryRun = false, jobs = DEFAULT_JOBS, signal } = options;
  const settings = { releases: paths.releases, log, dryRun, jobs, signal };
  const report = await verifyRelease(entry.folder, { fast: dryRun, ...(signal === undefined ? {} : { signal }) }, effects);
  refuseUnsound(report, version);
  if (options.allowWithdrawn !== true) await refuseWithdrawn([entry], paths, [ALLOW_WITHDRAWN]);
  if (bucket !== null) return pushRelease(entry, await S3Destination.open(bucket, entry), settings, effects);
  const folder = resolve(to);
  if (folder === paths.releases) throw new CurationError('USAGE', `The release is in this folder already: ${folder}`);
  const push = (): Promise<PushReport> => pushRelease(entry, new FolderDestination(folder, entry), settings, effects);
  return dryRun ? push() : alone(folder, entry, effects, push);
}

function alone(folder: string, { document }: LogEntry, effects: Effects, push: () => Promise<PushReport>): Promise<PushReport> {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw wrapSystemError(error, 'making the folder', folder);
  }
  return withLock(join(folder, '.push.lock'), { doing: `pushing ${document.version}`, waitMs: LOCK_WAIT_MS, onWait: (message) => effects.warn(message) }, push);
}

/** Problems that a message quotes. */
const MAX_QUOTED = 5;

function refuseUnsound({ problems }: VerifyReport, version: string): void {
  if (problems.length === 0) return;
  const quoted = problems.slice(0, MAX_QUOTED).map(({ kind, path, message }) => `  ${kind} ${path}: ${message}`);
  throw new CurationError('RELEASE_INVALID', [`The release ${version} does not verify, and is not pushed:`, ...quoted].join('\n'), {
    suggestions: [`See all: colophon verify releases/${version}`, 'Bring it back from a copy.'],
  });
}

/** Null for a folder. */
function parseBucket(to: string, options: PushWorkspaceOptions): BucketOptions | null {
  const bucket = parseBucketUrl(to, options);
  if (bucket !== null) return bucket;
  if (/^[a-zA-Z][a-zA-Z0-9+.-]*:\/\//.test(to)) throw new CurationError('USAGE', `Not a place to push to: ${to}`, { expected: 'a folder, or s3://bucket/prefix', found: to });
  if (options.endpoint !== undefined || options.region !== undefined) throw new CurationError('USAGE', '--endpoint and --region are for s3://bucket/prefix.', { found: to });
  return null;
}
