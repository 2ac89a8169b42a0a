import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { defaultEffects, type Effects } from '../effects.js';
import { CurationError } from '../errors.js';
import { AMENDMENT_FOLDER } from '../model/amendment.js';
import type { Problem, VerifyReport } from '../model/verification.js';
import { digestRemote, transferFailed } from '../transfer/fetch/downloader.js';
import { FetchProgress, planFetch } from '../transfer/fetch/payload-fetch.js';
import { findRemoteRelease } from '../transfer/fetch/remote-index.js';
import { saveAmendments, saveMetadata } from '../transfer/fetch/remote-metadata.js';
import { SafeFolder } from '../transfer/fetch/safe-folder.js';
import { wantedFiles, type WantedFile } from '../transfer/fetch/wanted-file.js';
import { interrupted, type Retry } from '../network/retry.js';
import { SourceFailure, type Source } from '../network/source.js';
import type { VerifyOptions } from '../verify/inspection.js';
import { verifyRelease } from '../verify/verify.js';
import { withScratch } from './fetch-place.js';
import { DEFAULT_TRANSFER_JOBS } from './fetch-options.js';
import { withTransfer } from './transfer-connections.js';

/**
 * Verifies a release where it is: its metadata as in a folder, and each file of its payload by reading all of it, keeping
 * nothing. Both by what its lists name: nobody can ask a web server what else it has.
 * @throws {CurationError} as `verifyRelease` and `fetchRelease` do
 */
export async function verifyRemote(named: string, options: VerifyOptions = {}, effects: Effects = defaultEffects): Promise<VerifyReport> {
  const started = effects.now().getTime();
  const { only, jobs = DEFAULT_TRANSFER_JOBS, signal, resume: _resume, ...settings } = options;
  if (only !== undefined) throw new CurationError('USAGE', '--only needs the tables of the release on this machine.', { suggestions: ['Fetch the part, which verifies it: colophon fetch URL DIR --only EXPR'] });
  const notes: string[] = [];
  return withTransfer({ jobs, ...(signal === undefined ? {} : { signal }) }, effects, (sentence) => void notes.push(sentence), async (opener, retry) => {
    const remote = await findRemoteRelease({ source: await opener.open(named), retry }, null, (sentence) => void notes.push(sentence));
    return withScratch(async (scratch) => {
      const folder = join(scratch, 'release');
      mkdirSync(folder);
      await saveMetadata(remote, retry, folder);
      const amended = remote.dataset === null ? 0 : await saveAmendments({ source: remote.dataset, retry }, scratch);
      const amendments = [...(settings.amendments ?? []), ...(amended > 0 ? [join(scratch, AMENDMENT_FOLDER)] : [])];
      const base = await verifyRelease(folder, { ...settings, fast: true, ...(amendments.length === 0 ? {} : { amendments }) }, { ...effects, progress: () => {} });
      const faults = base.problems.filter(({ path }) => !path.startsWith('data/'));
      const payload = settings.fast === true ? new RemotePayload(remote.source, retry, signal) : await readPayload(new RemotePayload(remote.source, retry, signal), wantedFilesOf(folder, remote), jobs, effects);
      const problems = [...faults, ...payload.problems].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
      for (const problem of problems) await options.onProblem?.(problem);
      const unread = payload.elsewhere === 0 ? [] : [`${payload.elsewhere} payload files that are not there: fetch.txt says where they are.`];
      const not_checked = [...base.not_checked.filter((sentence) => settings.fast === true || !sentence.startsWith('The bytes of the payload:')), ...unread, 'What else is there: only what its lists name can be asked for.'];
      return { ...base, fast: settings.fast === true, ok: problems.length === 0 && base.withdrawn.length === 0, files: base.files + payload.files, bytes: base.bytes + payload.bytes, seconds: (effects.now().getTime() - started) / 1000, problems, notes: [...base.notes, ...notes], not_checked };
    });
  });
}

function wantedFilesOf(folder: string, { document }: { document: Parameters<typeof wantedFiles>[1] }): { files: Generator<WantedFile>; totals: { files: number; bytes: number } } {
  const { wanted } = planFetch(wantedFiles(folder, document), new SafeFolder(folder));
  return { files: wantedFiles(folder, document), totals: wanted };
}

/** Reads all files, several at once. */
async function readPayload(payload: RemotePayload, { files, totals }: ReturnType<typeof wantedFilesOf>, jobs: number, effects: Effects): Promise<RemotePayload> {
  const progress = new FetchProgress(effects, 'verifying', totals);
  const worker = async (): Promise<void> => {
    for (let step = files.next(); step.done !== true; step = files.next()) {
      await payload.judge(step.value);
      progress.onBytes(step.value, step.value.size_bytes);
      progress.onFile(step.value);
    }
  };
  await Promise.all(Array.from({ length: jobs }, worker));
  return payload;
}

/** The payload at a source, and what is wrong with it. */
class RemotePayload {
  readonly problems: Problem[] = [];
  files = 0;
  bytes = 0;
  /** Files that are not there and need not be. */
  elsewhere = 0;

  constructor(
    readonly source: Source,
    readonly retry: Retry,
    readonly signal: AbortSignal | undefined,
  ) {}

  /** @throws {CurationError} TRANSFER_FAILED when the source does not answer, INTERRUPTED */
  async judge(file: WantedFile): Promise<void> {
    if (this.signal?.aborted === true) throw interrupted();
    const { path, size_bytes, sha256, url } = file;
    const report = (kind: Problem['kind'], message: string, comparison: { expected?: string; found?: string } = {}): void => void this.problems.push({ kind, path, ...comparison, message });
    try {
      const found = await digestRemote(this.source, path, file, this.retry);
      if (found === null && url !== null) return void (this.elsewhere += 1);
      if (found === null) return report('missing', 'The manifest lists it and it is not there.');
      this.files += 1;
      this.bytes += found.size_bytes;
      const sizes = { expected: `${size_bytes} bytes`, found: `${found.size_bytes} bytes` };
      if (found.size_bytes < size_bytes) report('truncated', `It was cut short: ${size_bytes - found.size_bytes} of ${size_bytes} bytes are gone.`, sizes);
      else if (found.size_bytes > size_bytes) report('corrupt', `It is longer than the ${size_bytes} bytes that were released.`, { expected: sizes.expected });
      else if (found.sha256 !== sha256) report('corrupt', 'Its bytes are not those that were released.', { expected: sha256, found: found.sha256 });
    } catch (error) {
      if (!(error instanceof SourceFailure)) throw error;
      if (error.details.retry) throw transferFailed(error);
      report('unreadable', `${error.message}.`);
    }
  }
}
