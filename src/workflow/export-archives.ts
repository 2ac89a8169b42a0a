import { resolve } from 'node:path';
import { CurationError } from '../errors.js';
import type { Effects } from '../effects.js';
import { exportDocuments, type DocumentName } from '../exchange/release-documents.js';
import { writeExport } from '../exchange/export-target.js';
import type { FolderExport, FolderOutcome } from '../exchange/folder-export.js';
import { exportOcfl, type OcflOptions } from '../exchange/ocfl-export.js';
import { exportPhysionet } from '../exchange/physionet.js';
import { exportPlainBag } from '../exchange/plain-bag.js';
import { ReleaseFiles } from '../exchange/release-files.js';
import type { ExportReport } from '../model/exchange.js';
import { openRelease } from '../release/open-release.js';
import { assertPublished, readLog, type LogEntry } from '../release/release-log.js';
import { withLock } from '../workspace/lock.js';
import type { WorkspacePaths } from '../workspace/workspace.js';
import { readTool } from './tool.js';
import { findWithdrawn, refuseWithdrawn, withdrawnError } from './withdrawn-content.js';

/** What exports of whole releases into a folder are asked. */
export interface ArchiveExport {
  /** A version of the workspace, or the folder of a release anywhere. */
  release: string;
  output: string;
  /** Links instead of copies. */
  hardlink: boolean;
  dryRun: boolean;
  signal?: AbortSignal;
}

/** What an export into an OCFL storage root is asked. */
export interface OcflRequest extends Omit<ArchiveExport, 'release'> {
  /** Versions, or folders of releases; ignored with `all`. */
  releases: readonly string[];
  /** Every release of the workspace that holds no withdrawn case. */
  all: boolean;
  /** Id of the object; null: `urn:colophon:<dataset id>`. */
  id: string | null;
  digest: OcflOptions['algorithm'];
}

/**
 * Writes the payload of a release as a plain BagIt bag.
 * @throws {CurationError} CONTENT_WITHDRAWN, USAGE, RELEASE_*, NOT_A_RELEASE, DISK_FULL, IO_FAILED, INTERRUPTED
 */
export function exportBagit(request: ArchiveExport & { sha512: boolean }, paths: WorkspacePaths | null, effects: Effects): Promise<ExportReport> {
  return exportOne('bagit', request, request.sha512, paths, effects, exportPlainBag);
}

/**
 * Writes a release as a project of PhysioNet.
 * @throws {CurationError} CONTENT_WITHDRAWN, USAGE, RELEASE_*, NOT_A_RELEASE, DISK_FULL, IO_FAILED, INTERRUPTED
 */
export async function exportPhysionetProject(request: ArchiveExport, paths: WorkspacePaths | null, effects: Effects): Promise<ExportReport> {
  const report = await exportOne('physionet', request, false, paths, effects, exportPhysionet);
  return { ...report, notes: [...report.notes, 'LICENSE.txt names the licence and its link: put its text there before you submit the project.'] };
}

/**
 * Writes one of the documents that describe a release, brought up to what is known now where the format has a place for it.
 * @throws {CurationError} USAGE, RELEASE_*, NOT_A_RELEASE
 */
export async function exportDocument(name: DocumentName, request: Omit<ArchiveExport, 'hardlink'> & { force: boolean }, paths: WorkspacePaths | null): Promise<ExportReport> {
  const entry = await openRelease(request.release, paths);
  const log = paths === null ? [] : await readLog(paths);
  const { job, notes } = exportDocuments(name, entry, log);
  const files = await writeExport(request.output, [job], request);
  return { format: name, dry_run: request.dryRun, release: describe(entry), files, notes };
}

/** The text of such a document. @throws {CurationError} RELEASE_*, NOT_A_RELEASE */
export async function printDocument(name: DocumentName, release: string, paths: WorkspacePaths | null): Promise<string> {
  const entry = await openRelease(release, paths);
  return exportDocuments(name, entry, paths === null ? [] : await readLog(paths)).text;
}

/**
 * Adds releases to an OCFL storage root, one object a dataset and one version a release.
 * @throws {CurationError} CONTENT_WITHDRAWN, ARCHIVE_INVALID, LOCKED, USAGE, RELEASE_*, DISK_FULL, IO_FAILED, INTERRUPTED
 */
export async function exportOcflVersions(request: OcflRequest, paths: WorkspacePaths | null, effects: Effects): Promise<ExportReport> {
  const entries = await chooseReleases(request, paths);
  const withdrawn = await findWithdrawn(entries, paths);
  const [first] = withdrawn;
  if (first !== undefined && !request.all) throw withdrawnError(first);
  const kept = entries.filter((entry) => !withdrawn.some((each) => each.entry === entry));
  const newest = kept.at(-1);
  if (newest === undefined) throw first === undefined ? nothingToExport() : withdrawnError(first);
  const id = request.id ?? `urn:colophon:${newest.document.dataset.id}`;
  const options = { root: resolve(request.output), id, algorithm: request.digest, hardlink: request.hardlink, dryRun: request.dryRun, tool: readTool(), ...tell(request, kept, effects) };
  const run = () => exportOcfl(kept, options);
  const { object, added, present } = request.dryRun ? await run() : await withLock(`${options.root}.lock`, { doing: 'adding to the storage root' }, run);
  return {
    format: 'ocfl',
    dry_run: request.dryRun,
    release: describe(newest),
    files: added.map(({ head, new_files, bytes }) => ({ path: `${object}/${head}`, records: new_files, size_bytes: bytes })),
    notes: [
      ...added.map(({ head, entry, files, new_files }) => `${head} is the release ${entry.document.version}: ${files} files, ${files - new_files} of them as they are in the object already.`),
      ...present.map(({ document }) => `The release ${document.version} is in the object already.`),
      ...withdrawn.map(({ entry, cases }) => `The release ${entry.document.version} was left out: it holds ${cases} ${cases === 1 ? 'case' : 'cases'} that ${cases === 1 ? 'was' : 'were'} withdrawn since, and an OCFL version can never be changed.`),
    ],
  };
}

async function exportOne(format: string, request: ArchiveExport, sha512: boolean, paths: WorkspacePaths | null, effects: Effects, write: (release: ReleaseFiles, options: FolderExport) => Promise<FolderOutcome>): Promise<ExportReport> {
  const entry = await openRelease(request.release, paths);
  await refuseWithdrawn([entry], paths);
  const { output, hardlink, dryRun } = request;
  const { files, bytes } = await write(new ReleaseFiles(entry), { output, hardlink, dryRun, sha512, ...tell(request, [entry], effects) });
  return { format, dry_run: dryRun, release: describe(entry), files: [{ path: output, records: files, size_bytes: bytes }], notes: [] };
}

async function chooseReleases({ releases, all }: OcflRequest, paths: WorkspacePaths | null): Promise<LogEntry[]> {
  if (!all) {
    const entries: LogEntry[] = [];
    for (const release of new Set(releases)) entries.push(await openRelease(release, paths));
    return entries.sort((a, b) => a.sequence - b.sequence);
  }
  if (paths === null) throw new CurationError('USAGE', 'All releases of what? There is no workspace here.', { suggestions: ['Name the workspace: --workspace DIR', 'Or name the folders of releases.'] });
  const log = await readLog(paths);
  for (const entry of log) assertPublished(entry);
  return log;
}

function describe({ document, digest }: LogEntry): ExportReport['release'] {
  return { dataset: document.dataset.id, version: document.version, digest: `sha256:${digest}` };
}

function tell({ signal }: { signal?: AbortSignal }, entries: readonly LogEntry[], effects: Effects): Pick<FolderExport, 'signal' | 'onProgress'> {
  const totalFiles = entries.reduce((sum, { document }) => sum + document.counts.instances, 0);
  const totalBytes = entries.reduce((sum, { document }) => sum + document.counts.bytes, 0);
  return { signal, onProgress: (files, bytes) => effects.progress({ stage: 'exporting', files, bytes, totalFiles, totalBytes }) };
}

function nothingToExport(): CurationError {
  return new CurationError('RELEASE_NOT_FOUND', 'There is no release to export.', { suggestions: ['See: colophon release list', 'Name releases, or all of them: --all'] });
}
