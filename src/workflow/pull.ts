import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Catalog } from '../catalog/catalog.js';
import type { HarmonizationPlan } from '../clinical/harmonization/plan.js';
import { defaultEffects, type Effects } from '../effects.js';
import type { Engine } from '../engine/engine.js';
import { CurationError, EXIT } from '../errors.js';
import type { DicomFolderSource, SourceConfig } from '../model/config.js';
import { nearMiss } from '../model/near-miss.js';
import type { CaseCounts, ImageSourceReport, PullReport, TableSourceReport } from '../model/pull.js';
import { isImageSource, isManifestSource, isTableSource, ownFolder, type ImageSourceConfig } from '../model/source-config.js';
import { loadHarmonization } from '../workspace/harmonization.js';
import { sourceFolder } from '../workspace/source-folders.js';
import type { Workspace } from '../workspace/workspace.js';
import { locateInYaml } from '../workspace/yaml-file.js';
import { loadStudyMappings, reportHarmonization } from './harmonization.js';
import { inBatch } from './in-batch.js';
import { pullImages } from './pull-images.js';
import { pullManifestSource } from './pull-manifest.js';
import { pullRemoteSource } from './pull-remote-source.js';
import { pullTableSource } from './pull-table-source.js';
import { dropOtherTableSources } from './pull-tables.js';
import { refreshCaseTables, withSession, type Session } from './session.js';

export interface PullOptions {
  /** Names of the sources to pull; empty or absent: all. */
  sources?: readonly string[];
  /** Where images are read; default: worker threads here. */
  engine?: Engine;
  /** Worker threads for images. */
  jobs?: number;
  /** Read every file again, also those whose size and time did not change. */
  rehash?: boolean;
  signal?: AbortSignal;
}

/**
 * Pulls the sources of a workspace; see `pullSources`.
 * @throws {CurationError} LOCKED, SCHEMA_INVALID, and what `pullSources` throws
 */
export function pullWorkspace(workspace: Workspace, options: PullOptions = {}, effects: Effects = defaultEffects): Promise<PullReport> {
  return withSession(workspace, 'pulling', effects, (session) => pullSources(session, options, effects), ({ ok }) => (ok ? EXIT.done : EXIT.findings));
}

/**
 * Brings the catalog up to date with the sources: tables first, then images, then which cases are in. What was read
 * before an interruption is kept.
 * @throws {CurationError} USAGE for an unknown source, SOURCE_MISSING, SOURCE_UNREADABLE, CONFIG_INVALID, INTERRUPTED,
 *   DISK_FULL, CATALOG_FAILED
 */
export async function pullSources(session: Session, options: PullOptions = {}, effects: Effects = defaultEffects): Promise<PullReport> {
  const begun = effects.now().getTime();
  const { catalog, workspace } = session;
  const sources = selectSources(workspace.config.sources, options.sources ?? []);
  const plan = loadHarmonization(workspace, session.pack);
  await loadStudyMappings(catalog);
  await dropForgottenSources(session, plan);
  const tables: TableSourceReport[] = [];
  for (const source of sources) {
    if (!isTableSource(source)) continue;
    tables.push(await placed(session, source, () => inBatch(session, source, effects, (batch) => pullTableSource(session, source, { batch, harmonization: plan }, options, effects))));
  }
  const images: ImageSourceReport[] = [];
  for (const source of sources) {
    if (!isImageSource(source)) continue;
    images.push(await placed(session, source, () => inBatch(session, source, effects, () => pullImageSource(session, source, options, effects))));
  }
  await refreshCaseTables(session);
  const harmonization = await reportHarmonization(session, plan);
  return {
    ok: tables.every((report) => report.tables.every(({ status }) => status !== 'refused')),
    images,
    tables,
    cases: await countCases(catalog),
    ...(harmonization === null ? {} : { harmonization }),
    seconds: (effects.now().getTime() - begun) / 1000,
  };
}

function selectSources(sources: readonly SourceConfig[], names: readonly string[]): SourceConfig[] {
  for (const name of names) {
    if (sources.some((source) => source.name === name)) continue;
    const known = sources.map((source) => source.name);
    const near = nearMiss(name, known);
    throw new CurationError('USAGE', `There is no source called ${name}.`, {
      expected: known.join(', '),
      found: name,
      suggestions: near === undefined ? [] : [`Did you mean ${near}?`],
    });
  }
  return names.length === 0 ? [...sources] : sources.filter(({ name }) => names.includes(name));
}

/** Says where in colophon.yaml a source that is not there was named. */
async function placed<T>({ workspace }: Session, source: SourceConfig, pull: () => Promise<T>): Promise<T> {
  try {
    return await pull();
  } catch (error) {
    if (!(error instanceof CurationError) || error.code !== 'SOURCE_MISSING' || !('path' in source)) throw error;
    const place = locateInYaml(workspace.paths.config, ['sources', workspace.config.sources.indexOf(source), missingKey(workspace.root, source)]);
    const { code, message, expected, found, suggestions, cause } = error;
    throw new CurationError(code, `${place}: ${message}`, { suggestions, cause, ...(expected === undefined ? {} : { expected }), ...(found === undefined ? {} : { found }) });
  }
}

/** Which of its settings names what is not there: of a manifest that is there, the folder of its files. */
function missingKey(root: string, source: Extract<SourceConfig, { path: string }>): string {
  return isManifestSource(source) && source.base_path !== undefined && existsSync(resolve(root, source.path)) ? 'base_path' : 'path';
}

function pullImageSource(session: Session, source: ImageSourceConfig, options: PullOptions, effects: Effects): Promise<ImageSourceReport> {
  if (source.kind === 'dicom-folder') return pullFolder(session, source, options, effects);
  return isManifestSource(source) ? pullManifestSource(session, source, options, effects) : pullRemoteSource(session, source, options, effects);
}

function pullFolder({ catalog, workspace }: Session, source: DicomFolderSource, options: PullOptions, effects: Effects): Promise<ImageSourceReport> {
  const pull = {
    source: source.name,
    folder: sourceFolder(workspace, source),
    md5: workspace.config.release?.md5 === true,
    rehash: options.rehash === true,
    ...(options.engine === undefined ? {} : { engine: options.engine }),
    ...(options.jobs === undefined ? {} : { jobs: options.jobs }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  };
  return pullImages(catalog, pull, effects);
}

/** Rows of a source that is no longer configured would be released by nobody's decision. */
async function dropForgottenSources({ catalog, workspace, pack }: Session, harmonization: HarmonizationPlan | null): Promise<void> {
  const { sources } = workspace.config;
  const images = sources.filter(isImageSource).map(({ name }) => name);
  dropForgottenCopies(workspace);
  await catalog.run('DELETE FROM instance WHERE NOT list_contains(?::VARCHAR[], source)', [images]);
  await catalog.run('DELETE FROM source_defect WHERE NOT list_contains(?::VARCHAR[], source)', [sources.map(({ name }) => name)]);
  // A source that no manifest lists any more has none with lines out of order.
  const unlisted = sources.filter((source) => isImageSource(source) && !isManifestSource(source)).map(({ name }) => name);
  await catalog.run("DELETE FROM source_defect WHERE path <> '' AND list_contains(?::VARCHAR[], source)", [unlisted]);
  const tables = sources.filter(isTableSource).map(({ name }) => name);
  await dropOtherTableSources(catalog, { pack, keys: workspace.config.tables ?? {}, harmonization }, tables);
}

/** What was read of a source that is no longer named is data of patients that nobody would look after. */
function dropForgottenCopies({ config, paths }: Workspace): void {
  const elsewhere = new Set(config.sources.filter((source) => ownFolder(source) === null).map(({ name }) => name));
  if (!existsSync(paths.sources)) return;
  for (const name of readdirSync(paths.sources)) if (!name.startsWith('.') && !elsewhere.has(name)) rmSync(join(paths.sources, name), { recursive: true, force: true });
}

async function countCases(catalog: Catalog): Promise<CaseCounts> {
  const rows = await catalog.all<{ status: string; reason: string; cases: number }>(
    'SELECT status, reason, count(*) AS cases FROM case_ GROUP BY status, reason ORDER BY status, reason',
  );
  const total = (status: string): number => rows.filter((row) => row.status === status).reduce((sum, { cases }) => sum + cases, 0);
  const rejected = rows.filter(({ status }) => status === 'rejected').map(({ reason, cases }) => [reason, cases] as const);
  const [images] = await catalog.all<{ accepted: number; alone: number }>(`
    SELECT count(*) FILTER (status = 'accepted') AS accepted, count(*) FILTER (instance_case IS NULL) AS alone
    FROM (SELECT case_id AS instance_case FROM instance) LEFT JOIN case_ ON case_.case_id = instance_case`);
  return {
    accepted: total('accepted'),
    rejected: Object.fromEntries(rejected),
    unknown: total('unknown'),
    withdrawn: total('withdrawn'),
    accepted_images: images?.accepted ?? 0,
    images_without_case: images?.alone ?? 0,
  };
}
