import { relative, resolve } from 'node:path';
import type { Catalog } from '../catalog/catalog.js';
import { ManifestFolder } from '../catalog/manifest-folder.js';
import type { Effects } from '../effects.js';
import { CurationError } from '../errors.js';
import { unsafePathReason } from '../fixity/safe-path.js';
import type { ImageSourceReport, ManifestReport } from '../model/pull.js';
import { ownFolder, type ManifestSourceConfig } from '../model/source-config.js';
import { sourceFolder } from '../workspace/source-folders.js';
import { pullImages } from './pull-images.js';
import { pullRemoteSource } from './pull-remote-source.js';
import type { PullOptions } from './pull.js';
import { readManifest, type ManifestReading } from './read-manifest.js';
import type { Session } from './session.js';

/** Defects of a manifest that a report names; the gate names more. */
const NAMED_DEFECTS = 20;

const KINDS = { 'gen3-manifest': 'files', 'idc-manifest': 'sets', 'tcia-manifest': 'series' } as const;

/**
 * Pulls what a manifest lists: from a folder of the user, which is read in place and never written, or from where it is. What it lists
 * and is not there, or is not as it says, is a row of its own.
 * @throws {CurationError} SOURCE_MISSING, SOURCE_UNREADABLE, MANIFEST_INVALID, CONFIG_INVALID, INTERRUPTED, DISK_FULL
 */
export async function pullManifestSource(session: Session, source: ManifestSourceConfig, options: PullOptions, effects: Effects): Promise<ImageSourceReport> {
  const { catalog, workspace } = session;
  if (ownFolder(source) !== null) requireOwnFolder(session, source);
  const reading = await readManifest(catalog, workspace.root, source);
  try {
    if (ownFolder(source) === null) {
      const report = await pullRemoteSource(session, source, { ...options, manifest: reading.load }, effects);
      return { ...report, manifest: await describe(catalog, source, reading, report.remote?.left_out ?? 0) };
    }
    return await pullFolder(session, source, reading, options, effects);
  } finally {
    await reading.load.drop();
  }
}

async function pullFolder({ catalog, workspace }: Session, source: ManifestSourceConfig, reading: ManifestReading, options: PullOptions, effects: Effects): Promise<ImageSourceReport> {
  const folder = sourceFolder(workspace, source);
  const own = relative(folder, resolve(workspace.root, source.path));
  const listed = new ManifestFolder(catalog, source.name, KINDS[source.kind], unsafePathReason(own) === null ? own : null);
  const { engine, jobs, signal, rehash = false } = options;
  const pull = {
    source: source.name,
    folder,
    md5: workspace.config.release?.md5 === true || reading.claims_md5,
    rehash,
    listed,
    ...(engine === undefined ? {} : { engine }),
    ...(jobs === undefined ? {} : { jobs }),
    ...(signal === undefined ? {} : { signal }),
  };
  const report = await pullImages(catalog, pull, effects);
  return { ...report, manifest: await describe(catalog, source, reading, listed.left_out) };
}

/** The folder of copies is swept by pulls: what a user put there would be gone. */
function requireOwnFolder({ workspace }: Session, source: ManifestSourceConfig): void {
  const inside = relative(workspace.paths.sources, sourceFolder(workspace, source));
  if (inside === '..' || inside.startsWith('../')) return;
  throw new CurationError('CONFIG_INVALID', `The base_path of the source ${source.name} is in the folder that Colophon keeps copies in.`, { expected: 'a folder of your own', suggestions: ['Move the files, and name the new folder in colophon.yaml.'] });
}

async function describe(catalog: Catalog, { name }: ManifestSourceConfig, { entries, items, defect_count, defects, notes }: ManifestReading, left_out: number): Promise<ManifestReport> {
  const [rows] = await catalog.all<{ missing: number; unlike: number }>(
    "SELECT count(*) FILTER (error_code = 'not-given') AS missing, count(*) FILTER (error_code = 'checksum-mismatch') AS unlike FROM instance WHERE source = ?",
    [name],
  );
  return { entries, listed: items, missing: rows?.missing ?? 0, not_as_claimed: rows?.unlike ?? 0, left_out, defect_count, defects: defects.slice(0, NAMED_DEFECTS), notes };
}
