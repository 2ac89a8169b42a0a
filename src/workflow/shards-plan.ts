import { basename, dirname, resolve } from 'node:path';
import { ImageLoad } from '../catalog/image-load.js';
import { defaultEffects, type Effects } from '../effects.js';
import type { Engine } from '../engine/engine.js';
import { PlanMade, PlanningEngine } from '../engine/shards/plan-engine.js';
import type { ShardLimits } from '../engine/shards/plan-writer.js';
import { readPlan } from '../engine/shards/plan.js';
import { CurationError } from '../errors.js';
import { makeParentFolder } from '../fixity/atomic-file.js';
import type { DicomFolderSource, SourceConfig } from '../model/source-config.js';
import type { ShardPurpose, ShardsPlanReport } from '../model/shards.js';
import { assertSourceFolder, readDicomFiles } from '../sources/dicom-folder.js';
import { verifyRelease } from '../verify/verify.js';
import { sourceFolder } from '../workspace/source-folders.js';
import type { Workspace } from '../workspace/workspace.js';
import { listSource } from './pull-images.js';
import { withSession } from './session.js';
import { rememberPlan, shardsRoot } from './shards-place.js';
import { releaseTableReader } from './release-tables.js';

/** Where a plan goes and how it is cut. */
export interface PlanOptions {
  limits: ShardLimits;
  /** The shard folder; default: one in the workspace, named by the plan. */
  output?: string;
  signal?: AbortSignal;
}

/**
 * Plans the reading of the images that the next pull would read. Changes nothing in the catalog.
 * @param name of the source; may be absent when there is one alone
 * @throws {CurationError} USAGE, LOCKED, SOURCE_MISSING, SOURCE_UNREADABLE, INTERRUPTED, DISK_FULL
 */
export function planPull(workspace: Workspace, name: string | undefined, options: PlanOptions & { rehash?: boolean }, effects: Effects = defaultEffects): Promise<ShardsPlanReport> {
  const source = chooseSource(workspace, name);
  return withSession(workspace, 'planning a pull', effects, async ({ catalog }) => {
    const pull = { source: source.name, folder: sourceFolder(workspace, source), md5: workspace.config.release?.md5 === true, rehash: options.rehash === true, ...(options.signal === undefined ? {} : { signal: options.signal }) };
    assertSourceFolder(pull.source, pull.folder);
    const load = await ImageLoad.begin(catalog, source.name);
    try {
      await listSource(load, pull, effects);
      await load.notePending(pull);
      return await makePlan({ kind: 'pull', source: source.name }, shardsRoot(workspace.paths.cache), options, (engine) => readDicomFiles(pull.folder, load.pending(), { engine, md5: pull.md5, onResults: () => undefined }));
    } finally {
      await load.discard();
    }
  });
}

/**
 * Plans the hashing of what a release, a bag or a list of checksums holds.
 * @param root where the plan goes when `options` names no place; null: there is none
 * @throws {CurationError} USAGE, and what `verifyRelease` throws
 */
export async function planVerify(path: string, root: string | null, options: PlanOptions, effects: Effects = defaultEffects): Promise<ShardsPlanReport> {
  const place = root ?? (options.output === undefined ? null : dirname(resolve(options.output)));
  if (place === null) throw new CurationError('USAGE', 'There is no workspace here that could hold the plan.', { suggestions: ['Name a folder for it: --output DIR'] });
  const target = resolve(path);
  return makePlan({ kind: 'verify', path: target }, place, options, async (engine) => void (await verifyRelease(target, { engine, tables: releaseTableReader, ...(options.signal === undefined ? {} : { signal: options.signal }) }, effects)));
}

function chooseSource({ config }: Workspace, name: string | undefined): DicomFolderSource {
  const elsewhere = config.sources.find((source) => source.name === name && source.kind !== 'dicom-folder');
  if (elsewhere !== undefined) throw notPlannable(elsewhere);
  const sources = config.sources.filter((source) => source.kind === 'dicom-folder');
  const [found, other] = name === undefined ? sources : sources.filter((source) => source.name === name);
  if (found !== undefined && other === undefined) return found;
  const names = sources.map((source) => source.name).join(', ');
  const message = found !== undefined ? 'There are several folders of images, and a plan is for one.' : name === undefined ? 'There is no folder of images in this workspace.' : `There is no folder of images called ${name}.`;
  throw new CurationError('USAGE', message, { expected: names === '' ? 'a source of kind dicom-folder' : `one of ${names}`, suggestions: [names === '' ? 'Images that are elsewhere are pulled from one machine: colophon pull' : 'Name it: colophon shards plan pull SOURCE'] });
}

/** What is elsewhere is read by one machine, over several connections at once. */
function notPlannable({ name, kind }: SourceConfig): CurationError {
  return new CurationError('USAGE', `The source ${name} is of kind ${kind}, and only a folder of images can be cut into shards.`, {
    expected: 'a source of kind dicom-folder',
    found: kind,
    suggestions: [`Pull it from this machine: colophon pull ${name}`, 'Or keep copies on a shared folder, and make that folder a source of kind dicom-folder.'],
  });
}

/** Runs work up to the point where it would be spread, and writes the plan of what it would spread there. */
async function makePlan(purpose: ShardPurpose, root: string, { limits, output }: PlanOptions, work: (engine: Engine) => Promise<void>): Promise<ShardsPlanReport> {
  const place = output === undefined ? root : dirname(resolve(output));
  makeParentFolder(resolve(place, 'plan'));
  const engine = new PlanningEngine(place, purpose, limits, output === undefined ? undefined : basename(resolve(output)));
  let folder: string | null = null;
  try {
    await work(engine);
  } catch (error) {
    if (!(error instanceof PlanMade)) throw error;
    folder = error.folder;
  }
  if (folder === null) return { folder, plan: null, purpose, items: 0, bytes: 0, shards: [] };
  if (output === undefined) rememberPlan(root, basename(folder));
  const plan = readPlan(folder);
  const shards = plan.shards.map(({ items, bytes }, index) => ({ index, items, bytes }));
  const total = (key: 'items' | 'bytes'): number => shards.reduce((sum, shard) => sum + shard[key], 0);
  return { folder, plan: plan.digest, purpose, items: total('items'), bytes: total('bytes'), shards };
}
