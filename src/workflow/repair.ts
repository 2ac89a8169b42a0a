import { lstatSync, mkdirSync, rmSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { defaultEffects, type Effects } from '../effects.js';
import { CurationError } from '../errors.js';
import { compareBytewise } from '../fixity/order.js';
import { unsafePathReason } from '../fixity/safe-path.js';
import { AMENDMENT_FOLDER } from '../model/amendment.js';
import type { Receipt, RepairAction, RepairReport } from '../model/fetch.js';
import type { Problem, ProblemKind, VerifyReport } from '../model/verification.js';
import { openRelease } from '../release/open-release.js';
import { Downloader, partPath } from '../transfer/fetch/downloader.js';
import { FetchProgress, fetchFiles, requireSpace } from '../transfer/fetch/payload-fetch.js';
import { RateLimit } from '../transfer/fetch/rate-limit.js';
import { findReceipt, resolveFetched } from '../transfer/fetch/receipt-file.js';
import { findRemoteRelease, type RemoteRelease } from '../transfer/fetch/remote-index.js';
import { saveAmendments, saveMetadata } from '../transfer/fetch/remote-metadata.js';
import { SafeFolder } from '../transfer/fetch/safe-folder.js';
import { EntryMover } from '../transfer/fetch/set-aside.js';
import { seedPart } from '../transfer/fetch/part-file.js';
import { wantedFiles, type WantedFile } from '../transfer/fetch/wanted-file.js';
import type { SourceOpener } from '../network/open-source.js';
import { DEFAULT_RETRY, type Retry } from '../network/retry.js';
import type { VerifyOptions } from '../verify/inspection.js';
import { verifyRelease } from '../verify/verify.js';
import { imageSelection } from './image-selection.js';
import { DEFAULT_TRANSFER_JOBS, type TransferOptions } from './fetch-options.js';
import { copyOf } from './release-fetch.js';
import { seedOf, withTransfer } from './transfer-connections.js';

export interface RepairOptions extends TransferOptions {
  /** URL, bucket or folder of the release, or of the releases of its dataset; the receipt tells by default. */
  from?: string;
  /** Delete extra files, instead of moving them aside. */
  deleteExtra?: boolean;
  dryRun?: boolean;
  trust?: Pick<VerifyOptions, 'expect' | 'signers' | 'minisignKeys' | 'threshold' | 'tables' | 'amendments'>;
}

/** Problems that new bytes mend. */
const FETCHED_KINDS: ReadonlySet<ProblemKind> = new Set(['corrupt', 'truncated', 'missing', 'link', 'special', 'unreadable']);

/** Problems of release.json and of the lists: what they say of files is not believed then. */
const METADATA_KINDS: ReadonlySet<ProblemKind> = new Set(['manifest-malformed', 'manifest-tampered', 'duplicate', 'collision', 'unsafe-path', ...FETCHED_KINDS]);

/**
 * Mends a copy of a release: gives files back their names, brings what is missing or damaged, and only that, moves aside
 * what is no part of it, and verifies it again. Images of withdrawn cases do not come back.
 * @throws {CurationError} RELEASE_NOT_FOUND, NOT_A_RELEASE, RELEASE_INVALID, RELEASE_TOO_NEW, USAGE, TRANSFER_FAILED, DISK_FULL, IO_FAILED, INTERRUPTED
 */
export async function repairRelease(named: string, options: RepairOptions = {}, effects: Effects = defaultEffects): Promise<RepairReport> {
  const started = effects.now().getTime();
  const folder = resolve(resolveFetched(named));
  const notes: string[] = [];
  const note = (sentence: string): void => void notes.push(sentence);
  return withTransfer(options, effects, note, async (opener, retry) => {
    const repair = new Repair(folder, options, effects, opener, retry, note);
    const outcome = await repair.run();
    return { dry_run: options.dryRun === true, path: folder, ...outcome, seconds: (effects.now().getTime() - started) / 1000, notes };
  });
}

type Outcome = Pick<RepairReport, 'release' | 'source' | 'problems' | 'actions' | 'fetched' | 'verified'>;

/** One repair. */
class Repair {
  readonly #release: SafeFolder;
  readonly #mover: EntryMover;
  readonly #receipt: Receipt | null;
  readonly #work: string;
  readonly #actions: RepairAction[] = [];
  readonly #fetched = { files: 0, bytes: 0 };
  /** Folders with what the place where files come from says was withdrawn. */
  readonly #amendments: string[] = [];
  #remote: RemoteRelease | null = null;

  constructor(
    readonly folder: string,
    readonly options: RepairOptions,
    readonly effects: Effects,
    readonly opener: SourceOpener,
    readonly retry: Retry,
    readonly note: (sentence: string) => void,
  ) {
    this.#release = new SafeFolder(folder);
    this.#mover = new EntryMover(this.#release, options.dryRun === true);
    this.#receipt = findReceipt(folder);
    this.#work = join(dirname(folder), `.repair-${basename(folder)}`);
  }

  async run(): Promise<Outcome> {
    const first = await this.#verify();
    const { problems } = first;
    if (problems.length === 0) return this.#outcome(first, first);
    const broken = problems.filter(isOfMetadata);
    if (broken.length === 0) {
      await this.#mend(first);
    } else {
      await this.#mendMetadata(broken);
      if (this.options.dryRun !== true) await this.#mend(await this.#verify());
    }
    const last = this.options.dryRun === true ? first : await this.#verify();
    if (this.options.dryRun !== true) rmSync(this.#work, { recursive: true, force: true });
    return this.#outcome(first, last);
  }

  #outcome(first: VerifyReport, last: VerifyReport): Outcome {
    const actions = this.#actions.sort((a, b) => compareBytewise(a.path, b.path));
    return { release: last.release, source: this.#remote?.source.name ?? null, problems: first.problems.length, actions, fetched: this.#fetched, verified: copyOf(last) };
  }

  #verify(): Promise<VerifyReport> {
    const { trust = {}, signal } = this.options;
    const [expect, only] = [this.#expected, this.#receipt?.only ?? null];
    const amendments = [...(trust.amendments ?? []), ...this.#amendments];
    return verifyRelease(this.folder, { ...trust, ...(amendments.length === 0 ? {} : { amendments }), ...(only === null ? {} : { only: imageSelection(only) }), ...(expect === null ? {} : { expect }), ...(signal === undefined ? {} : { signal }) }, this.effects);
  }

  /** The digest that the caller, or the receipt, says that the release has. */
  get #expected(): string | null {
    return this.options.trust?.expect ?? this.#receipt?.digest ?? null;
  }

  /**
   * Brings the files beside data/ again, from a release.json with the digest that is expected.
   * @throws {CurationError} RELEASE_INVALID when nobody says which one that is
   */
  async #mendMetadata(problems: readonly Problem[]): Promise<void> {
    const expected = this.#expected;
    if (expected === null) {
      throw new CurationError('RELEASE_INVALID', `What the release says of itself cannot be trusted, so nothing can be repaired by its word: ${problems[0]?.path} (${problems[0]?.kind})`, {
        suggestions: ['Name the release digest that its publisher printed: --expect sha256:HEX', 'See all that is wrong with it: colophon verify'],
      });
    }
    const remote = await this.#findRemote();
    for (const path of new Set(problems.map((problem) => problem.path))) this.#actions.push({ action: 'fetched', path });
    if (this.options.dryRun === true) return;
    const staged = join(this.#work, 'metadata');
    mkdirSync(staged, { recursive: true });
    await saveMetadata(remote, this.retry, staged);
    // What is a link or no file at all in their place goes aside; files are replaced by their renamed successors.
    for (const { kind, path } of problems) if ((kind === 'link' || kind === 'special') && unsafePathReason(path) === null) this.#mover.setAside(path);
    await saveMetadata(remote, this.retry, this.folder);
  }

  async #mend({ problems, withdrawn }: VerifyReport): Promise<void> {
    if (problems.some(isOfMetadata)) return this.#leave(problems.filter(isOfMetadata), 'it is still not what release.json vouches for');
    for (const { path, found } of problems.filter(({ kind }) => kind === 'renamed')) this.#actions.push(this.#mover.renameBack(path, found ?? ''));
    for (const { path } of problems.filter(({ kind }) => kind === 'extra')) this.#actions.push(this.options.deleteExtra === true ? this.#mover.delete(path) : this.#mover.setAside(path));
    this.#leave(problems.filter(({ kind, path }) => kind !== 'renamed' && kind !== 'extra' && !(FETCHED_KINDS.has(kind) && path.startsWith('data/'))), 'no file that could be fetched mends it');
    await this.#fetchBroken(problems, new Set(withdrawn));
  }

  #leave(problems: readonly Problem[], reason: string): void {
    for (const { path } of problems) this.#actions.push({ action: 'left', path, reason });
  }

  /** Brings what is listed and is not there as it should be; never images of withdrawn cases. */
  async #fetchBroken(problems: readonly Problem[], withdrawn: ReadonlySet<string>): Promise<void> {
    const broken = new Map(problems.flatMap((problem) => (FETCHED_KINDS.has(problem.kind) && problem.path.startsWith('data/') ? [[problem.path, problem] as const] : [])));
    if (broken.size === 0) return;
    const remote = await this.#findRemote();
    const amended = await this.#lookForAmendments(remote);
    const isGone = (path: string): boolean => [...withdrawn, ...amended].some((case_id) => path.startsWith(`data/images/${case_id}/`));
    const { document } = await openRelease(this.folder, null);
    const wanted = [...wantedFiles(this.folder, document, (path) => broken.has(path))];
    for (const { path } of wanted.filter((file) => isGone(file.path))) this.#actions.push({ action: 'left', path, reason: 'its case was withdrawn: it must not come back' });
    const files = wanted.filter(({ path }) => !isGone(path));
    for (const { path } of files) if (broken.get(path)?.kind === 'link' || broken.get(path)?.kind === 'special') this.#actions.push(this.#mover.setAside(path));
    for (const { path } of files) this.#actions.push({ action: 'fetched', path });
    for (const { size_bytes } of files) Object.assign(this.#fetched, { files: this.#fetched.files + 1, bytes: this.#fetched.bytes + size_bytes });
    if (this.options.dryRun !== true && files.length > 0) await this.#fetch(files, broken, remote);
  }

  async #fetch(files: readonly WantedFile[], broken: ReadonlyMap<string, Problem>, remote: RemoteRelease): Promise<void> {
    const { jobs = DEFAULT_TRANSFER_JOBS, limitRate = null, signal, retry = { ...DEFAULT_RETRY, seed: seedOf(this.effects) } } = this.options;
    const parts = join(this.#work, 'parts');
    mkdirSync(parts, { recursive: true });
    requireSpace(parts, this.#fetched);
    // What is left of a file that was cut short is its beginning, as far as anybody knows: only the rest is asked for.
    for (const file of files) if (broken.get(file.path)?.kind === 'truncated' && this.#release.sizeOf(file.path) !== null) await seedPart(partPath(parts, file), file.size_bytes, join(this.folder, file.path));
    const progress = new FetchProgress(this.effects, 'fetching', this.#fetched);
    const downloader = new Downloader(this.#release, parts, { jobs, retry, limit: new RateLimit(limitRate, signal), signal, onBytes: (file, bytes) => progress.onBytes(file, bytes) });
    await fetchFiles(files[Symbol.iterator](), downloader, remote.source, this.opener, (file) => progress.onFile(file), false);
  }

  /** Cases that the dataset says, where the files come from, were withdrawn since. */
  async #lookForAmendments({ dataset }: RemoteRelease): Promise<string[]> {
    if (dataset === null || this.options.dryRun === true) return [];
    const beside = join(this.#work, 'amendments-there');
    mkdirSync(beside, { recursive: true });
    if ((await saveAmendments({ source: dataset, retry: this.retry }, beside)) === 0) return [];
    this.#amendments.push(join(beside, AMENDMENT_FOLDER));
    const { trust = {} } = this.options;
    const { withdrawn } = await verifyRelease(this.folder, { ...trust, fast: true, amendments: [...(trust.amendments ?? []), ...this.#amendments] }, { ...this.effects, progress: () => {} });
    return withdrawn;
  }

  /**
   * The release where files come from; it has to be the very same one.
   * @throws {CurationError} USAGE, RELEASE_INVALID, TRANSFER_FAILED
   */
  async #findRemote(): Promise<RemoteRelease> {
    if (this.#remote !== null) return this.#remote;
    const from = this.options.from ?? this.#receipt?.url;
    if (from === undefined) throw new CurationError('USAGE', 'Files have to be fetched, and nothing says from where.', { suggestions: ['Name a place that has the release: --from URL, or --from DIR for another copy.'] });
    const expected = this.#expected ?? (await openRelease(this.folder, null)).digest;
    const digest = expected.replace(/^sha256:/i, '').toLowerCase();
    const version = await this.#versionHere();
    const source = await this.opener.open(from);
    const remote = await findRemoteRelease({ source, retry: this.retry }, null, this.note);
    const found = remote.digest === digest || version === null ? remote : await findRemoteRelease({ source, retry: this.retry }, version, this.note);
    if (found.digest !== digest) throw new CurationError('RELEASE_INVALID', `${found.source.name} is another release than this copy; nothing was fetched from it.`, { expected: `sha256:${digest}`, found: `sha256:${found.digest}`, suggestions: ['Name a place that has this release: --from'] });
    this.#remote = found;
    return found;
  }

  /** Null when release.json cannot be read and no receipt tells. */
  async #versionHere(): Promise<string | null> {
    if (this.#receipt !== null) return this.#receipt.version;
    if (lstatSync(join(this.folder, 'release.json'), { throwIfNoEntry: false })?.isFile() !== true) return null;
    return openRelease(this.folder, null).then(({ document }) => document.version, () => null);
  }
}

/** Problems of the files beside data/, but for signatures, extras, and what concerns other releases. */
function isOfMetadata({ kind, path }: Problem): boolean {
  return METADATA_KINDS.has(kind) && !path.startsWith('data/');
}
