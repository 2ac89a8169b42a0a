import { opendirSync } from 'node:fs';
import type { HttpTablesSource, PostgresSource, RemoteImageSourceConfig, SourceConfig } from '../../model/source-config.js';
import { Retry } from '../../network/retry.js';
import { assertSourceFolder } from '../../sources/dicom-folder.js';
import { probeService } from '../../sources/dicomweb/probe-service.js';
import { expandVariables } from '../../sources/environment.js';
import { probeHttpTables } from '../../sources/http-tables/probe-http-tables.js';
import { probeRegistry } from '../../sources/postgres/probe-registry.js';
import { fetchHeader } from '../../sources/remote/fetch-header.js';
import { HeadSize } from '../../sources/remote/head-size.js';
import type { ManifestItems } from '../../sources/remote/manifest-items.js';
import { openRemote } from '../../sources/remote/open-remote.js';
import { listTables } from '../../sources/table-folder.js';
import { readTableHeader } from '../../sources/table-header.js';
import { sourceFolder } from '../../workspace/source-folders.js';
import type { Workspace } from '../../workspace/workspace.js';
import { tryManifest } from './manifests.js';
import { failed, ok, warning, type Answer, type Probe } from './probe.js';

/** How long a server may send nothing, in ms. */
const SILENCE_MS = 5000;

/** A probe of every source of the workspace: as little of each is read as shows that it can be. */
export function sourceProbes(workspace: Workspace): Probe[] {
  return workspace.config.sources.map((source) => ({ area: 'sources', what: `source ${source.name} (${source.kind})`, run: (signal) => trySource(workspace, source, signal) }));
}

function trySource(workspace: Workspace, source: SourceConfig, signal: AbortSignal): Answer | Promise<Answer> {
  switch (source.kind) {
    case 'dicom-folder':
      return tryFolder(source.name, sourceFolder(workspace, source));
    case 'tables':
      return tryTables(source.name, sourceFolder(workspace, source));
    case 'postgres':
      return tryRegistry(source, signal);
    case 'http-tables':
      return tryWebTables(source, signal);
    case 'dicomweb':
      return probeService(source, { environment: process.env, timeout_ms: SILENCE_MS, signal }).then(({ name, found }) => (found ? ok(`${name} answers a search`) : warning(`${name} answers, and finds no study`, 'Is it the right service, and does `match` fit what it holds?')));
    case 'gen3-manifest':
    case 'idc-manifest':
    case 'tcia-manifest':
      return tryManifest(workspace, source, (manifest) => tryRemote(workspace, source, signal, manifest));
    default:
      return tryRemote(workspace, source, signal);
  }
}

function tryFolder(name: string, folder: string): Answer {
  assertSourceFolder(name, folder);
  const entries = opendirSync(folder);
  try {
    return entries.readSync() === null ? failed(`the folder is empty: ${folder}`, 'Is the disk or the network share mounted?') : ok('can be read, and is not empty');
  } finally {
    entries.closeSync();
  }
}

async function tryTables(name: string, folder: string): Promise<Answer> {
  assertSourceFolder(name, folder);
  const { files, clashes } = listTables(folder);
  const [clash] = clashes;
  if (clash !== undefined) return failed(`several files for one table: ${clash.map(({ path }) => path).join(', ')}`, 'Leave one of them there: none is taken.');
  if (files.length === 0) return failed(`no table in ${folder}`, 'Tables are files named <table>.csv, .tsv, .json, .ndjson or .parquet.');
  for (const file of files) {
    const header = await readTableHeader(folder, file);
    if (!header.ok) return failed(`${file.path}: ${header.reason}`, `Mend ${file.path}: a pull would refuse it.`);
  }
  return ok(`${files.length} ${files.length === 1 ? 'table' : 'tables'}, the beginning of each can be read`);
}

/** Lists one file, and reads its header. */
async function tryRemote(workspace: Workspace, source: RemoteImageSourceConfig, signal: AbortSignal, manifest?: ManifestItems): Promise<Answer> {
  const remote = await openRemote(source, { root: workspace.root, environment: process.env, timeout_ms: SILENCE_MS, signal, retry: { attempts: 1, base_ms: 0, max_ms: 0 }, note: () => {}, ...(manifest === undefined ? {} : { manifest }) });
  try {
    for await (const file of remote.list()) {
      if (file.unusable !== undefined) continue;
      const retry = new Retry({ attempts: 1, base_ms: 0, max_ms: 0, seed: 0 }, signal);
      const { header } = await fetchHeader(file, { source: remote, retry, head: new HeadSize(), onBytes: () => {} });
      if (header.status === 'ok') return ok(`${remote.name}: can be listed, and the header of the first file read`);
      return warning(`${remote.name}: can be listed, but its first file is no DICOM file that can be read`, 'Is everything there an image? Others are left out by `suffix`, or reported by the next check.');
    }
    return warning(`${remote.name} answers, and lists no file`, 'Correct the place of the source in colophon.yaml, or fill it.');
  } finally {
    remote.close();
  }
}

async function tryRegistry(source: PostgresSource, signal: AbortSignal): Promise<Answer> {
  const url = expandVariables(source.url, process.env, `sources, ${source.name}, url`);
  const name = await probeRegistry(source, url, { timeout_ms: SILENCE_MS, signal });
  return ok(`${name}: connects, and plans every query`);
}

async function tryWebTables(source: HttpTablesSource, signal: AbortSignal): Promise<Answer> {
  const url = expandVariables(source.url, process.env, `sources, ${source.name}, url`);
  const authorization = source.authorization === undefined ? null : expandVariables(source.authorization, process.env, `sources, ${source.name}, authorization`);
  const name = await probeHttpTables(source, { url, authorization }, { timeout_ms: SILENCE_MS, signal });
  return ok(`${name}: every table can be fetched`);
}
