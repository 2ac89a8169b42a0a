import { resolve } from 'node:path';
import { openForQuery } from '../catalog/query.js';
import type { Effects } from '../effects.js';
import { CurationError } from '../errors.js';
import { compareWithFolder, matchByName, type Comparison } from '../exchange/compare-folder.js';
import { compareWithRelease } from '../exchange/compare-release.js';
import { readBag } from '../exchange/bag-reading.js';
import { countEntries, reportRepeats, reportUneven } from '../exchange/expected-defects.js';
import { ExpectedList } from '../exchange/expected-list.js';
import { writeExpectedList } from '../exchange/expected-output.js';
import { readGen3Manifest } from '../manifests/read-gen3.js';
import { ImportLog } from '../exchange/import-log.js';
import { readS5cmdManifest } from '../manifests/s5cmd-commands.js';
import { readTciaManifest } from '../manifests/tcia-manifest.js';
import { UnreadableFileError } from '../fixity/file.js';
import type { ImportedManifest } from '../model/exchange.js';
import { openRelease } from '../release/open-release.js';
import type { LogEntry } from '../release/release-log.js';
import type { WorkspacePaths } from '../workspace/workspace.js';

export type ManifestFormat = 'gen3' | 'tcia' | 's5cmd' | 'bagit';

export interface ImportRequest {
  format: ManifestFormat;
  /** The manifest; the folder of a bag. */
  path: string;
  /** A folder whose files are compared; null for none. */
  compare: string | null;
  /** A release that is compared with, by its version or folder; null for none. */
  release: string | null;
  /** Compare with the series of the catalog. */
  catalog: boolean;
  /** Where the list of what should exist goes; null for none. */
  output: string | null;
  dryRun: boolean;
  force: boolean;
  signal?: AbortSignal;
}

/**
 * Reads a manifest of another system: what it holds, what is wrong with it, and how it differs from a folder, a release or the catalog.
 * @throws {CurationError} MANIFEST_INVALID when it cannot be read as one; USAGE, SOURCE_MISSING, RELEASE_*, NOT_A_RELEASE, CATALOG_EMPTY
 */
export async function importManifest(request: ImportRequest, paths: WorkspacePaths | null, effects: Effects): Promise<ImportedManifest> {
  const log = new ImportLog(request.path);
  const release = request.release === null ? null : await openRelease(request.release, paths);
  const list = await ExpectedList.open(log, release === null ? [] : [release.folder]);
  try {
    const format = readManifest(request, list, log);
    list.finish();
    refuseUnreadable(request.path, list, log);
    if (format === 'bagit 1.0') await reportUneven(list, log);
    await reportRepeats(list, log);
    const read = list.entries;
    if (request.format === 'bagit') await list.mergeByPath();
    const counts = { ...(await countEntries(list)), entries: read };
    const compared = await compare(request, list, log, release, paths, effects);
    const output = request.output === null ? null : await writeExpectedList(list, log, request.output, request);
    const { total, problems, notes } = log;
    return { format, path: request.path, ...counts, bundles: list.bundles, total_problems: total, problems, compared, output, notes };
  } finally {
    list.close();
  }
}

function readManifest({ format, path }: ImportRequest, list: ExpectedList, log: ImportLog): string {
  try {
    if (format === 'bagit') return readBag(path, list, log);
    if (format === 'tcia') return readTciaManifest(path, list, log);
    if (format === 's5cmd') return readS5cmdManifest(path, list, log);
    return readGen3Manifest(path, list, log);
  } catch (error) {
    if (!(error instanceof UnreadableFileError)) throw error;
    throw new CurationError('MANIFEST_INVALID', `The manifest cannot be read: ${error.message}`, { cause: error, suggestions: ['Check the path; it is relative to the current folder.'] });
  }
}

/** A file of which nothing could be read is none of this format: a fault of the input, not a finding about it. */
function refuseUnreadable(path: string, list: ExpectedList, log: ImportLog): void {
  const [first] = log.problems;
  if (list.entries > 0 || first === undefined) return;
  throw new CurationError('MANIFEST_INVALID', `Nothing in ${path} can be read as an entry. ${first.path}: ${first.message}`, {
    ...(first.expected === undefined ? {} : { expected: first.expected }),
    ...(first.found === undefined ? {} : { found: first.found }),
  });
}

async function compare(request: ImportRequest, list: ExpectedList, log: ImportLog, release: LogEntry | null, paths: WorkspacePaths | null, effects: Effects): Promise<ImportedManifest['compared']> {
  const { signal } = request;
  if (release !== null) return { with: `release ${release.document.dataset.id} ${release.document.version}`, ...(await compareWithRelease(list, log, release, signal)) };
  if (request.catalog) return { with: 'catalog', ...(await compareWithCatalog(list, log, paths)) };
  if (request.compare === null) return null;
  const options = { within: request.format === 'bagit' ? 'data/' : '', ...(signal === undefined ? {} : { signal }) };
  return { with: request.compare, ...(await compareWithFolder(list, log, resolve(request.compare), options, effects)) };
}

async function compareWithCatalog(list: ExpectedList, log: ImportLog, paths: WorkspacePaths | null): Promise<Comparison> {
  if (paths === null) throw new CurationError('WORKSPACE_NOT_FOUND', 'There is no workspace here, and so no catalog to compare with.', { suggestions: ['Name one with `--workspace DIR`.'] });
  const catalog = await openForQuery(paths.catalog);
  await list.catalog.run('CREATE TABLE element (name VARCHAR)');
  const element = await list.catalog.appender('element');
  let series = 0;
  try {
    for await (const rows of catalog.stream<{ uid: string }>('SELECT DISTINCT SeriesInstanceUID AS uid FROM instance WHERE SeriesInstanceUID IS NOT NULL')) {
      for (const { uid } of rows) element.appendRow([uid]);
      series += rows.length;
    }
  } finally {
    element.close();
    catalog.close();
  }
  log.notes.push(`The catalog has ${series} series.`);
  return { matched: await matchByName(list, log), files: 0, bytes: 0 };
}
