import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { defaultEffects, type Effects } from '../effects.js';
import { CurationError, wrapSystemError } from '../errors.js';
import type { FetchReport } from '../model/fetch.js';
import { readReceipts, requirePinned } from '../transfer/fetch/receipt-file.js';
import { findRemoteRelease, type RemoteRelease } from '../transfer/fetch/remote-index.js';
import { parseMinRelease } from '../verify/min-release.js';
import { withLock } from '../workspace/lock.js';
import type { FetchOptions } from './fetch-options.js';
import { choosePlace } from './fetch-place.js';
import { ReleaseFetch } from './release-fetch.js';
import { withTransfer } from './transfer-connections.js';

/** How long a fetch waits for another one into the same folder, in ms. */
const LOCK_WAIT_MS = 1000;

/**
 * Fetches a release into `<folder>/<version>`, where it is seen only when it is whole and verified, and writes a receipt
 * beside it. Run again, it goes on where it stopped.
 * @param named URL, bucket or folder of a release, or of the releases of a dataset
 * @throws {CurationError} USAGE, RELEASE_NOT_FOUND, RELEASE_INVALID, RELEASE_TOO_NEW, CONTENT_WITHDRAWN, TRANSFER_FAILED, DISK_FULL, IO_FAILED, LOCKED, INTERRUPTED
 */
export async function fetchRelease(named: string, into: string, options: FetchOptions = {}, effects: Effects = defaultEffects): Promise<FetchReport> {
  const started = effects.now().getTime();
  const folder = resolve(into);
  const notes: string[] = [];
  if (options.trust?.minRelease !== undefined) parseMinRelease(options.trust.minRelease, undefined);
  return withTransfer(options, effects, (sentence) => void notes.push(sentence), async (opener, retry) => {
    const remote = await findRemoteRelease({ source: await opener.open(named), retry }, options.version ?? null, (sentence) => void notes.push(sentence));
    requireExpected(remote, options.trust?.expect);
    requirePinned(readReceipts(folder), { dataset: remote.document.dataset.id, version: remote.document.version, digest: `sha256:${remote.digest}` });
    const place = choosePlace(folder, remote);
    const fetching = new ReleaseFetch(remote, place, folder, options, effects, opener, retry);
    const outcome = options.dryRun === true ? await fetching.plan() : await alone(folder, remote, effects, () => fetching.run());
    const { dataset, version } = remote.document;
    return { dry_run: options.dryRun === true, release: { dataset: dataset.id, version, digest: `sha256:${remote.digest}` }, source: remote.source.name, path: place.final, ...outcome, seconds: (effects.now().getTime() - started) / 1000, notes };
  });
}

function requireExpected({ digest, source }: RemoteRelease, expect: string | undefined): void {
  if (expect === undefined) return;
  const expected = /^(?:sha256:)?([0-9a-f]{64})$/i.exec(expect.trim())?.[1]?.toLowerCase();
  if (expected === undefined) throw new CurationError('USAGE', 'The expected digest is not one.', { expected: 'sha256: and 64 hex digits', found: expect.slice(0, 100) });
  if (expected !== digest) throw new CurationError('RELEASE_INVALID', `${source.name} is not the release that was expected; nothing of it was fetched.`, { expected: `sha256:${expected}`, found: `sha256:${digest}`, suggestions: ['Compare the digest, and the version, with what its publisher names.'] });
}

function alone<T>(folder: string, { document }: RemoteRelease, effects: Effects, work: () => Promise<T>): Promise<T> {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw wrapSystemError(error, 'making the folder', folder);
  }
  return withLock(join(folder, '.fetch.lock'), { doing: `fetching ${document.version}`, waitMs: LOCK_WAIT_MS, onWait: (message) => effects.warn(message) }, work);
}
