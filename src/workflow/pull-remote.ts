import type { Catalog } from '../catalog/catalog.js';
import type { ImageLoadPlan } from '../catalog/image-load.js';
import type { ImageRow } from '../catalog/image-rows.js';
import { RemoteLoad, type ListedFile, type PendingImage } from '../catalog/remote-load.js';
import type { Effects } from '../effects.js';
import { CurationError } from '../errors.js';
import { DigestThreads } from '../fixity/digest-threads.js';
import type { ImageSourceReport, RemoteTraffic } from '../model/pull.js';
import { Slots } from '../network/slots.js';
import { SourceFailure } from '../network/source.js';
import { fetchHeader } from '../sources/remote/fetch-header.js';
import { fetchWhole } from '../sources/remote/fetch-whole.js';
import { HeadSize } from '../sources/remote/head-size.js';
import { failedResult, type RemoteResult } from '../sources/remote/image-row.js';
import type { KeptFolder } from '../sources/remote/kept-folder.js';
import { localNameReason } from '../sources/remote/local-name.js';
import type { RemoteFile, RemoteSource } from '../sources/remote/remote-source.js';
import { runAtOnce } from './at-once.js';
import { countStatus, listProblems } from './pull-images.js';
import { FailureCount, retryOf, sourceFailed, type OpenedSource } from './remote-access.js';

/** How images that are elsewhere are pulled. */
export interface RemotePull {
  source: string;
  opened: OpenedSource;
  /** `headers`: only as much of each file as its attributes take. */
  read: 'whole' | 'headers';
  /** Where copies of what is read stay; null: nowhere. */
  kept: KeptFolder | null;
  md5: boolean;
  rehash: boolean;
}

/** Of DuckDB while rows come in. */
const LOAD_MEMORY = '128MB';

/** Files that are received, and wait for the disk while others are received. */
const FINISHING = 8;

/** Rows that are handed over at once. */
const ROWS_AT_ONCE = 64;

/**
 * Brings the catalog's rows of a source that is elsewhere up to date. Interrupted or killed, it keeps what was committed, and the next
 * run goes on from there.
 * @throws {CurationError} SOURCE_MISSING, SOURCE_UNREADABLE, INTERRUPTED, DISK_FULL
 */
export async function pullRemote(catalog: Catalog, pull: RemotePull, effects: Effects): Promise<ImageSourceReport> {
  const begun = effects.now().getTime();
  const { source, opened } = pull;
  const traffic: RemoteTraffic = { requests: 0, transferred_bytes: 0, left_out: 0, headers_only: pull.read === 'headers', claims_met: 0, kept_files: 0, kept_bytes: 0 };
  try {
    const load = await RemoteLoad.begin(catalog, source);
    const plan = await planRemote(load, pull, effects);
    const read_bytes = await catalog.withMemoryLimit(LOAD_MEMORY, () => readPending(load, plan, pull, traffic, effects));
    return {
      source,
      files: plan.files,
      bytes: plan.bytes,
      read: plan.pending_files,
      read_bytes,
      unchanged: plan.unchanged,
      removed: plan.removed,
      ...(await countStatus(catalog, source)),
      ...(await listProblems(catalog, source)),
      remote: { ...traffic, requests: opened.remote.requests, left_out: opened.remote.left_out },
      seconds: (effects.now().getTime() - begun) / 1000,
    };
  } catch (error) {
    throw error instanceof SourceFailure ? sourceFailed(source, error) : error;
  }
}

async function planRemote(load: RemoteLoad, { source, opened: { remote }, read, kept, md5, rehash }: RemotePull, effects: Effects): Promise<ImageLoadPlan> {
  const files = await load.scan(listing(remote), (listed) => effects.progress({ stage: 'listing images', files: listed, bytes: 0 }));
  if (files === 0)
    throw new CurationError('SOURCE_MISSING', `The source ${source} holds no file: ${remote.name}`, {
      suggestions: [`Check what the source ${source} of colophon.yaml names, or remove the source.`, 'Nothing was dropped from the catalog.'],
    });
  const plan = await load.plan({
    rehash,
    whole: read === 'whole',
    md5,
    hasCopy: kept === null || read !== 'whole' ? null : ({ path, size_bytes, mtime_ns }) => kept.holds(path, size_bytes, BigInt(mtime_ns)),
    dropCopy: (path) => kept?.drop(path),
  });
  kept?.requireSpace(plan.pending_bytes);
  return plan;
}

async function* listing(remote: RemoteSource): AsyncGenerator<ListedFile> {
  for await (const { path, size_bytes, revision, modified_ms, claimed, unusable = unusableName(path), unusable_code = 'unusable-name' } of remote.list())
    yield { path, size_bytes, revision, modified_ms, claimed_md5: claimed.md5 ?? null, claimed_sha256: claimed.sha256 ?? null, unusable, unusable_code };
}

function unusableName(path: string): string | null {
  const reason = localNameReason(path);
  return reason === null ? null : `The path ${reason}: no file here can have it.`;
}

/** Reads and loads all pending files; returns the bytes read. */
async function readPending(load: RemoteLoad, plan: ImageLoadPlan, pull: RemotePull, traffic: RemoteTraffic, effects: Effects): Promise<number> {
  const progress = { stage: pull.read === 'whole' ? 'fetching images' : 'reading headers', files: 0, totalFiles: plan.pending_files, bytes: 0, ...(pull.read === 'whole' ? { totalBytes: plan.pending_bytes } : {}) };
  const threads = new DigestThreads(pull.opened.connections + FINISHING);
  const read = readerOf(pull, threads, (bytes) => {
    traffic.transferred_bytes += bytes;
    progress.bytes += bytes;
  });
  let rows: ImageRow[] = [];
  const hand = async (): Promise<void> => {
    const full = rows;
    rows = [];
    await load.append(full);
    effects.progress({ ...progress });
  };
  let complete = false;
  try {
    await hand();
    const take = async (file: PendingImage): Promise<void> => {
      const result = await read(file);
      if (pull.kept !== null && result.sha256 !== null) {
        traffic.kept_files += 1;
        traffic.kept_bytes += result.size_bytes ?? 0;
      }
      if (result.claimMet) traffic.claims_met += 1;
      rows.push(toRow(result));
      progress.files += 1;
      if (rows.length >= ROWS_AT_ONCE) await hand();
    };
    const { remote, connections, stop } = pull.opened;
    await runAtOnce(load.pending(), pull.read === 'headers' ? (remote.headersAtOnce ?? connections) : connections + FINISHING, take, stop);
    complete = true;
  } finally {
    threads.close();
    await hand();
    await load.end({ complete });
  }
  return progress.bytes;
}

/** Reads one file after the other; one that cannot be had is a row like any other, until too many cannot. */
function readerOf({ opened: { remote: source, signal, connections }, read, kept, md5 }: RemotePull, threads: DigestThreads, onBytes: (bytes: number) => void): (file: PendingImage) => Promise<RemoteResult> {
  const failures = new FailureCount();
  const head = new HeadSize();
  const turns = new Slots(connections);
  return async (listed) => {
    const file = toFile(listed);
    const retry = retryOf(file.path, signal);
    const result = await failures.judge(
      () => (read === 'whole' ? fetchWhole(file, { source, retry, md5, turns, threads, kept, onBytes }) : fetchHeader(file, { source, retry, head, onBytes })),
      ({ message, details }) => failedResult(file, details.kind === 'range' ? 'changed-while-reading' : 'not-given', `${message}.`),
    );
    if (result.sha256 === null) kept?.drop(file.path);
    return result;
  };
}

function toFile({ path, size_bytes, revision, modified_ms, claimed_md5, claimed_sha256 }: PendingImage): RemoteFile {
  return { path, size_bytes, revision, modified_ms, claimed: { ...(claimed_md5 === null ? {} : { md5: claimed_md5 }), ...(claimed_sha256 === null ? {} : { sha256: claimed_sha256 }) } };
}

function toRow({ path, size_bytes, mtime_ns, sha256, md5, revision, header }: RemoteResult): ImageRow {
  const { status, errorCode: error_code, error, TransferSyntaxUID, values } = header;
  return { path, size_bytes, mtime_ns, sha256, md5, revision, status, error_code, error, TransferSyntaxUID, values };
}
