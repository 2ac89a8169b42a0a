import { setMaxListeners } from 'node:events';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { defaultEffects, type Effects } from '../effects.js';
import { CurationError, wrapSystemError } from '../errors.js';
import { AMENDMENT_FOLDER } from '../model/amendment.js';
import { RECEIPT_NAME, type FetchReport, type Receipt, type VerifiedCopy } from '../model/fetch.js';
import type { FileTotals } from '../model/transfer.js';
import type { ProblemKind, VerifyReport } from '../model/verification.js';
import { Downloader } from '../transfer/fetch/downloader.js';
import { FetchProgress, fetchFiles, planFetch, requireSpace } from '../transfer/fetch/payload-fetch.js';
import { RateLimit } from '../transfer/fetch/rate-limit.js';
import { readReceipts, requirePinned, writeReceipt } from '../transfer/fetch/receipt-file.js';
import { findRemoteRelease, type RemoteRelease } from '../transfer/fetch/remote-index.js';
import { saveAmendments, saveMetadata } from '../transfer/fetch/remote-metadata.js';
import { SafeFolder } from '../transfer/fetch/safe-folder.js';
import { wantedFiles, type WantedFile } from '../transfer/fetch/wanted-file.js';
import { SourceOpener } from '../network/open-source.js';
import { DEFAULT_RETRY, Retry, type RetryOptions } from '../network/retry.js';
import { IMAGE_FOLDER } from '../transfer/shard-plan.js';
import type { ImageSelection } from '../verify/image-selection.js';
import type { VerifyOptions } from '../verify/inspection.js';
import { tableOfPath } from '../verify/sound-tables.js';
import { verifyRelease } from '../verify/verify.js';
import { withLock } from '../workspace/lock.js';
import { choosePlace, makePlace, settle, withScratch, type FetchPlace } from './fetch-place.js';
import { readTool } from './tool.js';

/** How files come from elsewhere; the same for fetch, repair and verify of a URL. */
export interface TransferOptions {
  /** Files, and parts of files, that are read at once; 8 by default. */
  jobs?: number;
  /** Bytes a second, all together; no limit by default. */
  limitRate?: number;
  /** S3 server that is not Amazon's, and region of the bucket. */
  endpoint?: string;
  region?: string;
  /** How long a server may send nothing, in ms; 60,000 by default. */
  timeout_ms?: number;
  /** How often, and how patiently, failures are tried again. */
  retry?: RetryOptions;
  signal?: AbortSignal;
}

export interface FetchOptions extends TransferOptions {
  /** `latest`, or the beginning of a version, when the source holds several releases. */
  version?: string;
  /** Also fetch a release that holds cases which were withdrawn since. */
  allowWithdrawn?: boolean;
  dryRun?: boolean;
  /** Images that are wanted; all others are left where they are. */
  only?: ImageSelection;
  /** Expected digest, signers and the like, as `verify` takes them. */
  trust?: Pick<VerifyOptions, 'expect' | 'signers' | 'minisignKeys' | 'threshold' | 'tables'>;
}

const DEFAULT_JOBS = 8;
const DEFAULT_TIMEOUT_MS = 60_000;
/** How long a fetch waits for another one into the same folder, in ms. */
const LOCK_WAIT_MS = 1000;

/** Problems of single files, which are judged when all of them have come. */
const FILE_KINDS: ReadonlySet<ProblemKind> = new Set(['corrupt', 'truncated', 'missing', 'extra', 'renamed', 'link', 'special', 'amendment-invalid', 'unreadable']);

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

/** Opens connections, and closes them. */
export async function withTransfer<T>({ jobs = DEFAULT_JOBS, timeout_ms = DEFAULT_TIMEOUT_MS, endpoint, region, signal, retry }: TransferOptions, effects: Effects, note: (sentence: string) => void, work: (opener: SourceOpener, retry: Retry) => Promise<T>): Promise<T> {
  // every request that is under way listens, and there are as many as jobs
  if (signal !== undefined) setMaxListeners(0, signal);
  const opener = new SourceOpener({ jobs, timeout_ms, endpoint, region, signal, note });
  try {
    return await work(opener, new Retry(retry ?? { ...DEFAULT_RETRY, seed: seedOf(effects) }, signal));
  } finally {
    opener.close();
  }
}

/** Two clients that lost the same server do not come back in the same moment. */
export function seedOf(effects: Effects): number {
  return (effects.now().getTime() ^ (process.pid << 16)) >>> 0;
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

const isNoImage = (path: string): boolean => !path.startsWith(IMAGE_FOLDER);

type Outcome = Pick<FetchReport, 'fetched' | 'there' | 'only' | 'not_selected' | 'verified' | 'receipt'>;

/** One fetch: metadata, then what they vouch for, then a verification of all of it. */
class ReleaseFetch {
  constructor(
    readonly remote: RemoteRelease,
    readonly place: FetchPlace,
    readonly folder: string,
    readonly options: FetchOptions,
    readonly effects: Effects,
    readonly opener: SourceOpener,
    readonly retry: Retry,
  ) {}

  /** What would come; metadata, and tables where they choose, are read into a folder that is gone afterwards. */
  plan(): Promise<Outcome> {
    return withScratch(async (scratch) => {
      const [metadata, parts] = [join(scratch, 'release'), join(scratch, 'parts')];
      for (const made of [metadata, parts]) mkdirSync(made);
      await saveMetadata(this.remote, this.retry, metadata);
      const amendments = await this.#fetchAmendments(scratch);
      this.#refuseUnsound(await this.#verify(metadata, amendments, true));
      if (this.options.only !== undefined) await this.#bring(metadata, parts, isNoImage, { files: 0, bytes: 0 });
      const isWanted = await this.#choose(metadata);
      const { wanted, there } = planFetch(this.#files(metadata, isWanted), new SafeFolder(this.place.root));
      return { fetched: wanted, there, only: this.#only, not_selected: this.#notSelected(metadata, isWanted), verified: null, receipt: null };
    });
  }

  async run(): Promise<Outcome> {
    const { root, parts } = this.place;
    makePlace(this.place);
    await saveMetadata(this.remote, this.retry, root);
    const amendments = await this.#fetchAmendments(this.folder);
    this.#refuseUnsound(await this.#verify(root, amendments, true));
    const target = new SafeFolder(root);
    requireSpace(root, planFetch(this.#files(root, this.options.only === undefined ? () => true : isNoImage), target).wanted);
    const fetched = { files: 0, bytes: 0 };
    await this.#bring(root, parts, isNoImage, fetched);
    // The tables may tell that the release holds withdrawn cases: then no image comes.
    if (amendments) this.#refuseUnsound(await this.#verify(root, amendments, true));
    const isWanted = await this.#choose(root);
    if (this.options.only !== undefined) requireSpace(root, planFetch(this.#files(root, isWanted), target).wanted);
    await this.#bring(root, parts, (path) => !isNoImage(path) && isWanted(path), fetched);
    const report = await this.#verify(root, amendments, false);
    const again = await this.#fetchAgain(target, report);
    const verified = again ? await this.#verify(root, amendments, false) : report;
    const sound = verified.problems.every(({ kind }) => kind === 'amendment-invalid');
    const payload = planFetch(this.#files(root, isWanted), target).there;
    const not_selected = this.#notSelected(root, isWanted);
    if (sound) settle(this.place);
    const receipt = sound ? this.#writeReceipt(payload) : null;
    const there = { files: payload.files - fetched.files, bytes: payload.bytes - fetched.bytes };
    return { fetched, there, only: this.#only, not_selected, verified: copyOf(verified), receipt };
  }

  get #only(): string | null {
    return this.options.only?.text ?? null;
  }

  #files(folder: string, isWanted: (path: string) => boolean): Generator<WantedFile> {
    return wantedFiles(folder, this.remote.document, isWanted);
  }

  /** Brings the payload that is not there, and counts it. */
  async #bring(root: string, parts: string, isWanted: (path: string) => boolean, fetched: FileTotals): Promise<void> {
    const target = new SafeFolder(root);
    const { wanted } = planFetch(this.#files(root, isWanted), target);
    const progress = new FetchProgress(this.effects, isWanted === isNoImage ? 'fetching tables' : 'fetching images', wanted);
    await fetchFiles(this.#files(root, isWanted), this.#downloader(target, parts, progress), this.remote.source, this.opener, (file) => {
      fetched.files += 1;
      fetched.bytes += file.size_bytes;
      progress.onFile(file);
    });
  }

  /**
   * Which files are asked for: all that are no images, and the images that the expression chooses by the tables in `folder`.
   * @throws {CurationError} USAGE when the tables do not have what it names
   */
  async #choose(folder: string): Promise<(path: string) => boolean> {
    const { only } = this.options;
    if (only === undefined) return () => true;
    const tables = new Map<string, string>();
    for (const { path } of this.#files(folder, isNoImage)) {
      const name = tableOfPath(path);
      if (name !== null) tables.set(name, join(folder, path));
    }
    const chosen = new Set<string>();
    for await (const paths of only.select(tables)) for (const path of paths) chosen.add(path);
    return (path) => isNoImage(path) || chosen.has(path);
  }

  #notSelected(folder: string, isWanted: (path: string) => boolean): FileTotals {
    const totals = { files: 0, bytes: 0 };
    if (this.options.only === undefined) return totals;
    for (const { size_bytes } of this.#files(folder, (path) => !isWanted(path))) Object.assign(totals, { files: totals.files + 1, bytes: totals.bytes + size_bytes });
    return totals;
  }

  #downloader(target: SafeFolder, parts: string, progress: FetchProgress): Downloader {
    const { jobs = DEFAULT_JOBS, limitRate = null, retry = { ...DEFAULT_RETRY, seed: seedOf(this.effects) }, signal } = this.options;
    return new Downloader(target, parts, { jobs, retry, limit: new RateLimit(limitRate, signal), signal, onBytes: (file, bytes) => progress.onBytes(file, bytes) });
  }

  /** What an earlier run left with the right size and wrong bytes, before a power cut say, comes once more. True when anything did. */
  async #fetchAgain(target: SafeFolder, { problems }: VerifyReport): Promise<boolean> {
    if (this.place.root === this.place.final) return false;
    const damaged = new Set(problems.flatMap(({ kind, path }) => ((kind === 'corrupt' || kind === 'truncated') && path.startsWith('data/') ? [path] : [])));
    if (damaged.size === 0) return false;
    for (const path of damaged) rmSync(target.place(path), { force: true });
    const progress = new FetchProgress(this.effects, 'fetching again', { files: damaged.size, bytes: 0 });
    const files = wantedFiles(this.place.root, this.remote.document, (path) => damaged.has(path));
    await fetchFiles(files, this.#downloader(target, this.place.parts, progress), this.remote.source, this.opener, (file) => progress.onFile(file));
    return true;
  }

  async #fetchAmendments(folder: string): Promise<boolean> {
    const { dataset } = this.remote;
    if (dataset !== null) await saveAmendments({ source: dataset, retry: this.retry }, folder);
    return existsSync(join(folder, AMENDMENT_FOLDER));
  }

  #verify(root: string, amendments: boolean, fast: boolean): Promise<VerifyReport> {
    const { trust = {}, signal } = this.options;
    const beside = root === this.place.root ? this.folder : join(root, '..');
    const settings: VerifyOptions = { ...trust, expect: this.remote.digest, fast, ...(fast || this.options.only === undefined ? {} : { only: this.options.only }), ...(signal === undefined ? {} : { signal }), ...(amendments ? { amendments: [join(beside, AMENDMENT_FOLDER)] } : {}) };
    return verifyRelease(root, settings, fast ? { ...this.effects, progress: () => {} } : this.effects);
  }

  /** Nothing more comes of a release whose metadata do not hold, or that holds withdrawn cases. */
  #refuseUnsound({ problems, withdrawn }: VerifyReport): void {
    const { version } = this.remote.document;
    const faults = problems.filter(({ kind, path }) => !FILE_KINDS.has(kind) || !path.startsWith('data/')).filter(({ kind }) => kind !== 'amendment-invalid' && kind !== 'extra');
    if (faults.length > 0) {
      const quoted = faults.slice(0, 5).map(({ kind, path, message }) => `  ${kind} ${path}: ${message}`);
      throw new CurationError('RELEASE_INVALID', [`What the release ${version} says of itself does not hold, and no more of it is fetched:`, ...quoted].join('\n'), { suggestions: ['Ask its publisher, or fetch from another place.'] });
    }
    if (withdrawn.length === 0 || this.options.allowWithdrawn === true) return;
    throw new CurationError('CONTENT_WITHDRAWN', `The release ${version} holds ${withdrawn.length} ${withdrawn.length === 1 ? 'case that was' : 'cases that were'} withdrawn since: its images are not fetched.`, {
      suggestions: ['Fetch a release that was cut after the withdrawal: --version latest', 'If you have to repeat what was done with it, and may: --allow-withdrawn'],
    });
  }

  #writeReceipt(payload: FileTotals): { path: string; methods: string } {
    const { document, digest, source } = this.remote;
    const date = this.effects.now().toISOString().slice(0, 10);
    const { name, version } = readTool();
    const tool = `${name} ${version}`;
    const part = this.#only === null ? '' : `, the images for which ${this.#only}`;
    const methods = `We used release ${document.version} of ${document.dataset.title} (${document.dataset.id}; release digest sha256:${digest})${part}, fetched from ${source.name} on ${date} and verified with ${tool}.`;
    const receipt: Receipt = { dataset: document.dataset.id, title: document.dataset.title, version: document.version, sequence: document.sequence, digest: `sha256:${digest}`, url: source.name, date, tool, only: this.#only, payload, methods };
    writeReceipt(this.folder, receipt);
    return { path: join(this.folder, RECEIPT_NAME), methods };
  }
}

/** What a report says of a verification. */
export function copyOf({ ok, problems, withdrawn, not_checked }: VerifyReport): VerifiedCopy {
  return { ok, problems, withdrawn, not_checked };
}
