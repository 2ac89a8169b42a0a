import type { Catalog } from '../catalog/catalog.js';
import type { ImageLoadPlan } from '../catalog/image-load.js';
import type { ImageRow } from '../catalog/image-rows.js';
import { RemoteLoad, type ListedFile } from '../catalog/remote-load.js';
import type { Effects } from '../effects.js';
import { CurationError } from '../errors.js';
import type { ImageSourceReport, RemoteTraffic } from '../model/pull.js';
import { Retry, type RetryOptions } from '../network/retry.js';
import { SourceFailure } from '../network/source.js';
import { fetchHeader } from '../sources/remote/fetch-header.js';
import { fetchWhole } from '../sources/remote/fetch-whole.js';
import { failedResult, type RemoteResult } from '../sources/remote/image-row.js';
import type { KeptFolder } from '../sources/remote/kept-folder.js';
import type { RemoteFile, RemoteSource } from '../sources/remote/remote-source.js';
import { runAtOnce } from './at-once.js';
import { countStatus, listProblems } from './pull-images.js';

/** How images that are elsewhere are pulled. */
export interface RemotePull {
  source: string;
  remote: RemoteSource;
  /** `headers`: only as much of each file as its attributes take. */
  read: 'whole' | 'headers';
  /** Where copies of what is read stay; null: nowhere. */
  kept: KeptFolder | null;
  md5: boolean;
  rehash: boolean;
  connections: number;
  retry: RetryOptions;
  signal?: AbortSignal;
}

/** Of DuckDB while rows come in. */
const LOAD_MEMORY = '128MB';

/** Files in a row that could not be had, after which the source itself is taken to have failed. */
const MAX_FAILED_IN_ROW = 20;

/** Rows that are handed over at once. */
const ROWS_AT_ONCE = 64;

/**
 * Brings the catalog's rows of a source that is elsewhere up to date. Interrupted or killed, it keeps what was committed, and the next
 * run goes on from there.
 * @throws {CurationError} SOURCE_MISSING, SOURCE_UNREADABLE, INTERRUPTED, DISK_FULL
 */
export async function pullRemote(catalog: Catalog, pull: RemotePull, effects: Effects): Promise<ImageSourceReport> {
  const begun = effects.now().getTime();
  const { source, remote } = pull;
  const traffic: RemoteTraffic = { requests: 0, transferred_bytes: 0, left_out: 0, kept_files: 0, kept_bytes: 0 };
  try {
    const load = await RemoteLoad.begin(catalog, source);
    const { plan, read_bytes } = await catalog.withMemoryLimit(LOAD_MEMORY, async () => {
      const plan = await planRemote(load, pull, effects);
      return { plan, read_bytes: await readPending(load, plan, pull, traffic, effects) };
    });
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
      remote: { ...traffic, requests: remote.requests, left_out: remote.left_out },
      seconds: (effects.now().getTime() - begun) / 1000,
    };
  } catch (error) {
    throw error instanceof SourceFailure ? sourceFailed(source, error) : error;
  }
}

async function planRemote(load: RemoteLoad, { source, remote, read, kept, md5, rehash }: RemotePull, effects: Effects): Promise<ImageLoadPlan> {
  const files = await load.scan(listing(remote), (listed) => effects.progress({ stage: 'listing images', files: listed, bytes: 0 }));
  if (files === 0)
    throw new CurationError('SOURCE_MISSING', `The source ${source} holds no file: ${remote.name}`, {
      suggestions: [`Check what the source ${source} of colophon.yaml names, or remove the source.`, 'Nothing was dropped from the catalog.'],
    });
  return load.plan({
    rehash,
    whole: read === 'whole',
    md5,
    hasCopy: kept === null || read !== 'whole' ? null : ({ path, size_bytes, mtime_ns }) => kept.holds(path, size_bytes, BigInt(mtime_ns)),
    dropCopy: (path) => kept?.drop(path),
  });
}

async function* listing(remote: RemoteSource): AsyncGenerator<ListedFile> {
  for await (const { path, size_bytes, revision, modified_ms, claimed, unusable = null } of remote.list())
    yield { path, size_bytes, revision, modified_ms, claimed_md5: claimed.md5 ?? null, claimed_sha256: claimed.sha256 ?? null, unusable };
}

/** Reads and loads all pending files; returns the bytes read. */
async function readPending(load: RemoteLoad, plan: ImageLoadPlan, pull: RemotePull, traffic: RemoteTraffic, effects: Effects): Promise<number> {
  const progress = { stage: pull.read === 'whole' ? 'fetching images' : 'reading headers', files: 0, totalFiles: plan.pending_files, bytes: 0, ...(pull.read === 'whole' ? { totalBytes: plan.pending_bytes } : {}) };
  const read = readerOf(pull, (bytes) => {
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
    await runAtOnce(load.pending(), pull.connections, async (file) => {
      const result = await read(file);
      if (pull.kept !== null && result.sha256 !== null) {
        traffic.kept_files += 1;
        traffic.kept_bytes += result.size_bytes ?? 0;
      }
      rows.push(toRow(result));
      progress.files += 1;
      if (rows.length >= ROWS_AT_ONCE) await hand();
    });
    await hand();
    complete = true;
  } finally {
    await load.end({ complete });
  }
  return progress.bytes;
}

/** Reads one file after the other; one that cannot be had is a row like any other, until too many cannot. */
function readerOf({ remote, read, kept, md5, retry, signal }: RemotePull, onBytes: (bytes: number) => void): (file: ListedFile) => Promise<RemoteResult> {
  let failedInRow = 0;
  let seed = retry.seed;
  return async (listed) => {
    const { path, size_bytes, revision, modified_ms, claimed_md5, claimed_sha256 } = listed;
    const claimed = { ...(claimed_md5 === null ? {} : { md5: claimed_md5 }), ...(claimed_sha256 === null ? {} : { sha256: claimed_sha256 }) };
    const file: RemoteFile = { path, size_bytes, revision, modified_ms, claimed };
    const again = new Retry({ ...retry, seed: (seed += 1) }, signal);
    try {
      const result = read === 'whole' ? await fetchWhole(file, { source: remote, retry: again, md5, kept, onBytes }) : await fetchHeader(file, { source: remote, retry: again, onBytes });
      failedInRow = 0;
      if (result.sha256 === null) kept?.drop(path);
      return result;
    } catch (error) {
      if (!(error instanceof SourceFailure)) throw error;
      failedInRow += 1;
      if (error.details.wide === true || failedInRow >= MAX_FAILED_IN_ROW) throw error;
      kept?.drop(path);
      return failedResult(file, error.details.kind === 'range' ? 'changed-while-reading' : 'not-given', `${error.message}.`);
    }
  };
}

function toRow({ header, ...result }: RemoteResult): ImageRow {
  const { status, errorCode: error_code, error, TransferSyntaxUID, values } = header;
  return { ...result, status, error_code, error, TransferSyntaxUID, values };
}

function sourceFailed(source: string, failure: SourceFailure): CurationError {
  return new CurationError('SOURCE_UNREADABLE', `The source ${source} cannot be read: ${failure.message}.`, { suggestions: failure.details.suggestions ?? [], cause: failure });
}
