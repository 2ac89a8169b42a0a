import { basename, dirname, extname } from 'node:path';
import { CurationError } from '../errors.js';
import { parseBaseUrl, releaseUrl } from '../exchange/base-url.js';
import { parseHost, writeDrsObjects } from '../exchange/drs-objects.js';
import { textJob, writeExport, type ExportJob, type ExportOptions } from '../exchange/export-target.js';
import { writeGen3Manifest } from '../exchange/gen3-manifest.js';
import { parsePrefix } from '../manifests/guid.js';
import { idcIndexJob } from '../exchange/idc-index.js';
import { hasMd5 } from '../exchange/image-rows.js';
import { parseAuthz, writeIndexdTable } from '../exchange/indexd-table.js';
import { withRelease, type OpenedRelease } from '../exchange/opened-release.js';
import { writeS5cmdManifest } from '../exchange/s5cmd-manifest.js';
import type { ExportReport } from '../model/exchange.js';
import { openRelease } from '../release/open-release.js';
import { readLog } from '../release/release-log.js';
import { openWorkspace, type WorkspacePaths } from '../workspace/workspace.js';
import { refuseWithdrawn } from './withdrawn-content.js';

/** What all exports of manifests are asked. */
export interface ManifestExport extends ExportOptions {
  /** A version of the workspace, or the folder of a release anywhere. */
  release: string;
  /** A folder, or a file whose ending says which of the files it is. */
  output: string;
  /** Where releases lie: files are at `<base>/<version>/<path>`. Default: what the fetch.txt of the release says, then release.base_url of its workspace. */
  baseUrl: string | null;
  signal?: AbortSignal;
}

export interface Gen3Export extends ManifestExport {
  prefix: string;
  /** Host of the commons; null leaves it to the client. */
  commons: string | null;
  authz: readonly string[];
}

const NO_MD5 = 'This release has no md5, which a Gen3 index asks for of every file. Set `md5: true` under `release:` in colophon.yaml, run `colophon pull --rehash`, and cut the next release.';
const NO_URL = 'No base URL is known, so no file has a URL. To give them: --base-url URL, or `base_url` under `release:` in colophon.yaml';

/**
 * Writes the images of a release as a Gen3 file manifest and as a table for its index.
 * @throws {CurationError} USAGE, RELEASE_*, NOT_A_RELEASE; EXPORT_IMPOSSIBLE: the table is wanted and the release has no md5
 */
export function exportGen3(request: Gen3Export, paths: WorkspacePaths | null): Promise<ExportReport> {
  const prefix = parsePrefix(request.prefix);
  const commons = request.commons === null ? null : parseHost(request.commons);
  const authz = request.authz.map(parseAuthz);
  return exportRelease('gen3', request, paths, async (release, root) => {
    const options = { prefix, commons, authz, root, ...signalOf(request) };
    const manifest = textJob('gen3-manifest.json', (sink) => writeGen3Manifest(release, sink, options));
    const table = textJob('indexd-manifest.tsv', (sink) => writeIndexdTable(release, sink, options));
    const notes = root === null ? [NO_URL] : [];
    if (await hasMd5(release)) return { jobs: [manifest, table], notes };
    if (extname(request.output) === '.tsv') throw new CurationError('EXPORT_IMPOSSIBLE', NO_MD5, { suggestions: ['Export the file manifest, which can do without: --output gen3-manifest.json'] });
    return { jobs: [manifest], notes: [...notes, `The table for the index was left out. ${NO_MD5}`] };
  });
}

/**
 * Writes a release as DRS objects and bundles.
 * @throws {CurationError} USAGE when it is unknown where files lie, or at which host; RELEASE_*, NOT_A_RELEASE
 */
export function exportDrs(request: ManifestExport & { prefix: string; host: string | null }, paths: WorkspacePaths | null): Promise<ExportReport> {
  const prefix = parsePrefix(request.prefix);
  const host = request.host === null ? null : parseHost(request.host);
  return exportRelease('drs', request, paths, async (release, root) => {
    const options = { prefix, host: host ?? hostOf(root), root: needUrl(root), ...signalOf(request) };
    const notes = (await hasMd5(release)) ? [] : ['This release has no md5: the objects have sha-256 alone, which DRS allows.'];
    return { jobs: [textJob('drs-objects.json', (sink) => writeDrsObjects(release, sink, options))], notes };
  });
}

/**
 * Writes the series of a release as an index table in the form of IDC's.
 * @throws {CurationError} USAGE, RELEASE_*, NOT_A_RELEASE
 */
export function exportIdc(request: ManifestExport, paths: WorkspacePaths | null): Promise<ExportReport> {
  return exportRelease('idc', request, paths, async (release, root) => {
    const jobs = [idcIndexJob(release, root)];
    return { jobs, notes: root === null ? [NO_URL] : /^(?:s3|gs):/.test(root) ? [] : ['The files lie in no bucket, so aws_bucket and series_aws_url are empty.'] };
  });
}

/**
 * Writes the copy commands of s5cmd for the series of a release.
 * @throws {CurationError} USAGE when it is unknown where files lie, or they lie in no bucket; RELEASE_*, NOT_A_RELEASE
 */
export function exportS5cmd(request: ManifestExport & { tree: boolean }, paths: WorkspacePaths | null): Promise<ExportReport> {
  return exportRelease('s5cmd', request, paths, async (release, root) => {
    const name = extname(request.output) === '.s5cmd' ? basename(request.output) : 'manifest.s5cmd';
    const options = { root: needUrl(root), tree: request.tree, name, ...signalOf(request) };
    return { jobs: [textJob('manifest.s5cmd', (sink) => writeS5cmdManifest(release, sink, options))], notes: [] };
  });
}

type Preparation = (release: OpenedRelease, root: string | null) => Promise<{ jobs: ExportJob[]; notes: string[] }>;

async function exportRelease(format: string, request: ManifestExport, paths: WorkspacePaths | null, prepare: Preparation): Promise<ExportReport> {
  const base = request.baseUrl === null ? null : parseBaseUrl(request.baseUrl);
  const entry = await openRelease(request.release, paths);
  await refuseWithdrawn([entry], paths);
  return withRelease(entry, async (release) => {
    const { jobs, notes } = await prepare(release, releaseUrl(release, base) ?? (await workspaceUrl(release, paths)));
    const files = await writeExport(request.output, jobs, request);
    const { dataset, version } = entry.document;
    return { format, dry_run: request.dryRun, release: { dataset: dataset.id, version, digest: `sha256:${entry.digest}` }, files, notes };
  });
}

/** Where a release of this workspace is published, as release.base_url says; null when it is not of this workspace, or nothing is said. */
async function workspaceUrl(release: OpenedRelease, paths: WorkspacePaths | null): Promise<string | null> {
  if (paths === null || !(await readLog(paths)).some(({ digest }) => digest === release.digest)) return null;
  const base = openWorkspace(dirname(paths.config)).config.release?.base_url;
  return base === undefined ? null : releaseUrl(release, parseBaseUrl(base));
}

function needUrl(root: string | null): string {
  if (root !== null) return root;
  throw new CurationError('USAGE', 'It is not known where the files of this release lie: it carries them all, and has no fetch.txt.', {
    suggestions: ['Say where releases are published: --base-url s3://BUCKET/PREFIX', 'Or once for all: `base_url` under `release:` in colophon.yaml.'],
  });
}

function hostOf(root: string | null): string {
  const url = root === null ? null : new URL(root);
  if (url?.protocol === 'https:') return url.hostname;
  throw new CurationError('USAGE', 'It is not known at which host the objects will be served.', { suggestions: ['Name the DRS service: --host data.example.org'] });
}

function signalOf({ signal }: ManifestExport): { signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}
