import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Effects } from '../effects.js';
import { CurationError } from '../errors.js';
import { AMENDMENT_FOLDER } from '../model/amendment.js';
import type { FetchReport, VerifiedCopy } from '../model/fetch.js';
import type { FileTotals } from '../model/transfer.js';
import type { ProblemKind, VerifyReport } from '../model/verification.js';
import type { SourceOpener } from '../network/open-source.js';
import { DEFAULT_RETRY, type Retry } from '../network/retry.js';
import { Downloader } from '../transfer/fetch/downloader.js';
import { FetchProgress, fetchFiles, planFetch, requireSpace } from '../transfer/fetch/payload-fetch.js';
import { RateLimit } from '../transfer/fetch/rate-limit.js';
import type { RemoteRelease } from '../transfer/fetch/remote-index.js';
import { saveAmendments, saveMetadata } from '../transfer/fetch/remote-metadata.js';
import { SafeFolder } from '../transfer/fetch/safe-folder.js';
import { wantedFiles, type WantedFile } from '../transfer/fetch/wanted-file.js';
import { IMAGE_FOLDER } from '../transfer/shard-plan.js';
import type { VerifyOptions } from '../verify/inspection.js';
import { tableOfPath } from '../verify/sound-tables.js';
import { verifyRelease } from '../verify/verify.js';
import { DEFAULT_TRANSFER_JOBS, type FetchOptions } from './fetch-options.js';
import { makePlace, settle, withScratch, type FetchPlace } from './fetch-place.js';
import { recordFetch } from './fetch-receipt.js';
import { seedOf } from './transfer-connections.js';

/** Problems of single files, which are judged when all of them have come. */
const FILE_KINDS: ReadonlySet<ProblemKind> = new Set(['corrupt', 'truncated', 'missing', 'extra', 'renamed', 'link', 'special', 'amendment-invalid', 'unreadable']);

const isNoImage = (path: string): boolean => !path.startsWith(IMAGE_FOLDER);

/** What a fetch came to. */
export type FetchOutcome = Pick<FetchReport, 'fetched' | 'there' | 'only' | 'not_selected' | 'verified' | 'receipt'>;

/** One fetch: metadata, then what they vouch for, then a verification of all of it. */
export class ReleaseFetch {
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
  plan(): Promise<FetchOutcome> {
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

  async run(): Promise<FetchOutcome> {
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
    const receipt = sound ? recordFetch(this.folder, this.remote, this.#only, payload, this.effects) : null;
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
    const { jobs = DEFAULT_TRANSFER_JOBS, limitRate = null, retry = { ...DEFAULT_RETRY, seed: seedOf(this.effects) }, signal } = this.options;
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
}

/** What a report says of a verification. */
export function copyOf({ ok, problems, withdrawn, not_checked }: VerifyReport): VerifiedCopy {
  return { ok, problems, withdrawn, not_checked };
}
