import { ImageAdoption } from '../catalog/image-adoption.js';
import { defaultEffects, type Effects } from '../effects.js';
import { MergeEngine } from '../engine/shards/merge-engine.js';
import { readPlan } from '../engine/shards/plan.js';
import { takeResult } from '../engine/shards/result-taking.js';
import { resultFault } from '../engine/shards/result-file.js';
import { unfinished } from '../engine/shards/unfinished.js';
import { CurationError, EXIT } from '../errors.js';
import type { ShardPlan, ShardsMergeReport } from '../model/shards.js';
import type { DicomItem, DicomResult } from '../sources/dicom-task.js';
import type { VerifyOptions } from '../verify/inspection.js';
import { verifyRelease } from '../verify/verify.js';
import { tableSources } from '../workspace/source-folders.js';
import type { Workspace } from '../workspace/workspace.js';
import { toRow } from './pull-images.js';
import { pullSources } from './pull.js';
import { withSession, type Session } from './session.js';
import { ShardRows } from './shard-rows.js';
import { readTrust, type TrustFlags } from './trust.js';

export interface MergeOptions {
  /** Opens the workspace, for a plan of a pull. */
  workspace(): Workspace;
  jobs?: number;
  signal?: AbortSignal;
  /** For a plan of a verify: what the release is held against. */
  trust?: TrustFlags & { amendments?: string[] | undefined };
}

/**
 * Takes the results of a plan: into the catalog for a pull, into a report for a verify. Nothing is taken unless every shard has
 * exactly one valid result.
 * @throws {CurationError} SHARD_FAILED when one has none; USAGE when a pull is to be held against signers; SHARD_INVALID, LOCKED, INTERRUPTED, and what pull and verify throw
 */
export async function mergeShards(folder: string, options: MergeOptions, effects: Effects = defaultEffects): Promise<ShardsMergeReport> {
  const plan = readPlan(folder);
  const { trust = {} } = options;
  if (plan.purpose.kind !== 'verify' && Object.values(trust).some((value) => value !== undefined)) throw noVerify();
  const trusted = readTrust(trust);
  const open = [...plan.shards.keys()].filter((index) => resultFault(folder, plan, index) !== null);
  if (open.length > 0) throw unfinished(folder, plan, open);
  const rows = new ShardRows();
  const merge = { folder, plan, rows, failed: 0, options };
  try {
    const [pull, verify] = [plan.purpose.kind === 'pull' ? await mergePull(merge, effects) : null, plan.purpose.kind === 'verify' ? await mergeVerify(merge, { ...trusted, ...(trust.amendments === undefined ? {} : { amendments: trust.amendments }) }, effects) : null];
    if (pull === null && verify === null) throw new CurationError('SHARD_INVALID', 'The plan belongs to a command that is running or was interrupted, which takes the results itself.', { suggestions: ['Run that command again.'] });
    return { folder, plan: plan.digest, shards: plan.shards.length, items: plan.shards.reduce((sum, { items }) => sum + items, 0), failed: merge.failed, pull, verify };
  } finally {
    rows.close();
  }
}

interface Merge {
  folder: string;
  plan: ShardPlan;
  rows: ShardRows;
  failed: number;
  options: MergeOptions;
}

/**
 * Rows that were read by shards are put in; then the tables and the source are pulled, which reads what changed since and what could not
 * be read.
 */
function mergePull(merge: Merge, effects: Effects): Promise<ShardsMergeReport['pull']> {
  const { purpose } = merge.plan;
  const { jobs, signal } = merge.options;
  if (purpose.kind !== 'pull') return Promise.resolve(null);
  return withSession(merge.options.workspace(), 'merging shards', effects, async (session) => {
    if (!session.workspace.config.sources.some(({ name, kind }) => name === purpose.source && kind === 'dicom-folder'))
      throw new CurationError('SHARD_INVALID', `The plan is for a source that this workspace does not have: ${purpose.source}`, { suggestions: ['Merge in the workspace where the plan was made: --workspace DIR'] });
    await adopt(session, merge, purpose.source);
    // without their tables nobody knows whose the images are
    const sources = [...tableSources(session.workspace.config).map(({ name }) => name), purpose.source];
    return pullSources(session, { sources, ...(jobs === undefined ? {} : { jobs }), ...(signal === undefined ? {} : { signal }) }, effects);
  }, ({ ok }) => (ok ? EXIT.done : EXIT.findings));
}

async function adopt({ catalog }: Session, merge: Merge, source: string): Promise<void> {
  const { folder, plan, rows, options } = merge;
  const adoption = await ImageAdoption.begin(catalog, source);
  for (const index of plan.shards.keys())
    await takeResult<DicomItem, DicomResult>(folder, plan, index, rows.read, {
      ...(options.signal === undefined ? {} : { signal: options.signal }),
      onResults: (results) => adoption.append(results.filter(({ digest }) => digest !== null).map(toRow)),
      onFailure: () => void (merge.failed += 1),
    });
  await adoption.finish();
}

async function mergeVerify(merge: Merge, trusted: VerifyOptions, effects: Effects): Promise<ShardsMergeReport['verify']> {
  const { folder, plan, rows, options } = merge;
  if (plan.purpose.kind !== 'verify') return null;
  const engine = new MergeEngine(folder, plan, rows.read, () => void (merge.failed += 1));
  return verifyRelease(plan.purpose.path, { ...trusted, engine, ...(options.signal === undefined ? {} : { signal: options.signal }) }, effects);
}

function noVerify(): CurationError {
  return new CurationError('USAGE', 'The plan is no verify: there is no release to hold against a digest or signers.', { suggestions: ['Leave these flags out, or name the folder of a plan of `shards plan verify`.'] });
}
