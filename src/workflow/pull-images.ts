import { setImmediate } from 'node:timers/promises';
import type { Catalog } from '../catalog/catalog.js';
import { ImageLoad, type ImageLoadPlan } from '../catalog/image-load.js';
import type { ImageRow } from '../catalog/image-rows.js';
import type { Effects } from '../effects.js';
import { CurationError } from '../errors.js';
import type { Engine } from '../engine/engine.js';
import { localEngine } from '../engine/local-engine.js';
import { walkTree, type TreeEntry } from '../fixity/walk.js';
import type { FileProblem, ImageSourceReport } from '../model/pull.js';
import { assertSourceFolder, emptySource, readDicomFiles } from '../sources/dicom-folder.js';
import type { DicomResult } from '../sources/dicom-task.js';

/** How a dicom-folder source is pulled. */
export interface ImagePull {
  source: string;
  folder: string;
  md5: boolean;
  /** Read every file, also those whose size and time did not change. */
  rehash: boolean;
  /** Default: worker threads here. */
  engine?: Engine;
  jobs?: number;
  signal?: AbortSignal;
  /** What of the folder is wanted; default: all of it. */
  listed?: ListedFiles;
}

/** A list that the files of a folder are held against. */
export interface ListedFiles {
  /** Takes from the listing of the folder what is not wanted, before it is read; returns how many files remain. */
  narrow(): Promise<number>;
  /** Judges the rows of what was read. */
  settle(): Promise<void>;
}

/** Of DuckDB while rows come in; it needs 80 MB to move a full group of rows into the file (measured). */
const LOAD_MEMORY = '128MB';

/** Files that are not ok which a report names; the rest is a query away. */
const NAMED_PROBLEMS = 20;

/**
 * Brings the catalog's rows of a dicom-folder source up to date. Interrupted or killed, it keeps what was committed,
 * and the next run goes on from there.
 * @throws {CurationError} SOURCE_MISSING, SOURCE_UNREADABLE, INTERRUPTED
 */
export async function pullImages(catalog: Catalog, pull: ImagePull, effects: Effects): Promise<ImageSourceReport> {
  const begun = effects.now().getTime();
  assertSourceFolder(pull.source, pull.folder);
  const load = await ImageLoad.begin(catalog, pull.source);
  const plan = await planLoad(load, pull, effects);
  const read_bytes = await catalog.withMemoryLimit(LOAD_MEMORY, () => readPending(load, plan, pull, effects));
  return {
    source: pull.source,
    files: plan.files,
    bytes: plan.bytes,
    read: plan.pending_files,
    read_bytes,
    unchanged: plan.unchanged,
    removed: plan.removed,
    ...(await countStatus(catalog, pull.source)),
    ...(await listProblems(catalog, pull.source)),
    seconds: (effects.now().getTime() - begun) / 1000,
  };
}

async function planLoad(load: ImageLoad, pull: ImagePull, effects: Effects): Promise<ImageLoadPlan> {
  await listSource(load, pull, effects);
  return load.plan(pull);
}

/**
 * Lists the files of a source for a load.
 * @throws {CurationError} SOURCE_MISSING, SOURCE_UNREADABLE, INTERRUPTED
 */
export async function listSource(load: ImageLoad, pull: ImagePull, effects: Effects): Promise<void> {
  const files = await load.scan(refuseUnreadableRoot(walkTree(pull.folder), pull), async (listed) => {
    effects.progress({ stage: 'listing images', files: listed, bytes: 0 });
    // The walk is synchronous: let an interruption be heard.
    await setImmediate();
    throwIfInterrupted(pull.signal);
  });
  if (files === 0) throw emptySource(pull.source, pull.folder);
  if (pull.listed !== undefined && (await pull.listed.narrow()) === 0) throw noneListed(pull);
}

function noneListed({ source, folder }: ImagePull): CurationError {
  return new CurationError('SOURCE_MISSING', `The folder of the source ${source} holds nothing that its manifest lists: ${folder}`, {
    suggestions: [
      `Is base_path of the source ${source} the folder that the names in the manifest are relative to?`,
      'Of a Gen3 manifest of ids without file names, files are looked for under their ids: gen3-client names them so with --filename-format=guid.',
    ],
  });
}

function* refuseUnreadableRoot(entries: Iterable<TreeEntry>, { source, folder }: ImagePull): Generator<TreeEntry> {
  for (const entry of entries) {
    if (entry.path === '.') throw new CurationError('SOURCE_UNREADABLE', `The folder of the source ${source} cannot be listed: ${folder}`);
    yield entry;
  }
}

/** Reads and loads all pending files; returns the bytes read. */
async function readPending(load: ImageLoad, plan: ImageLoadPlan, pull: ImagePull, effects: Effects): Promise<number> {
  const progress = { stage: 'reading images', files: 0, totalFiles: plan.pending_files, bytes: 0, totalBytes: plan.pending_bytes };
  try {
    await readDicomFiles(pull.folder, load.pending(), {
      engine: pull.engine ?? localEngine,
      md5: pull.md5,
      ...(pull.jobs === undefined ? {} : { jobs: pull.jobs }),
      ...(pull.signal === undefined ? {} : { signal: pull.signal }),
      async onResults(results) {
        await load.append(results.map(toRow));
        progress.files += results.length;
        for (const { digest } of results) progress.bytes += digest?.size_bytes ?? 0;
        effects.progress({ ...progress });
      },
    });
  } catch (error) {
    await load.end({ complete: false });
    throw error;
  }
  await load.end({ complete: true, settle: () => pull.listed?.settle() });
  return progress.bytes;
}

/** The row of the catalog that a reading gives. */
export function toRow({ path, digest, header }: DicomResult): ImageRow {
  return {
    path,
    size_bytes: digest?.size_bytes ?? null,
    mtime_ns: digest?.mtime_ns ?? null,
    sha256: digest?.sha256 ?? null,
    md5: digest?.md5 ?? null,
    status: header.status,
    error_code: header.errorCode,
    error: header.error,
    TransferSyntaxUID: header.TransferSyntaxUID,
    values: header.values,
    revision: null,
  };
}

/** How many files of a source could be read, in part or not. */
export async function countStatus(catalog: Catalog, source: string): Promise<{ ok: number; partial: number; unreadable: number }> {
  const rows = await catalog.all<{ status: 'ok' | 'partial' | 'unreadable'; files: number }>(
    'SELECT status, count(*) AS files FROM instance WHERE source = ? GROUP BY status',
    [source],
  );
  const counts = { ok: 0, partial: 0, unreadable: 0 };
  for (const { status, files } of rows) counts[status] = files;
  return counts;
}

/** The first files of a source that are not ok, and how to list all. */
export async function listProblems(catalog: Catalog, source: string): Promise<{ problems: FileProblem[]; problems_query: string }> {
  const problems = await catalog.all<FileProblem>(
    `SELECT path, status, error_code AS code, error AS message FROM instance WHERE source = ? AND status <> 'ok' ORDER BY path LIMIT ${NAMED_PROBLEMS}`,
    [source],
  );
  const problems_query = `SELECT path, status, error_code, error FROM instance WHERE source = '${source}' AND status <> 'ok' ORDER BY path`;
  return { problems, problems_query };
}

function throwIfInterrupted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new CurationError('INTERRUPTED', 'Interrupted.');
}
