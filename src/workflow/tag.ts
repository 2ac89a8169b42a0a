import { resolve } from 'node:path';
import { countTags } from '../catalog/tag-counts.js';
import { provenModels, TagLoad, type PendingImage, type RunningModel, type TaggedImage } from '../catalog/tag-load.js';
import { defaultEffects, type Effects } from '../effects.js';
import { CurationError, EXIT } from '../errors.js';
import { nearMiss } from '../model/near-miss.js';
import type { ModelConfig, ModelReport, TagReport } from '../model/tagging.js';
import { settingsDigest } from '../tagging/configured.js';
import { readModelFile } from '../tagging/model-file.js';
import type { ModelSetup } from '../tagging/session.js';
import { probeModels, tagImages } from '../tagging/tag-images.js';
import type { TagResult } from '../tagging/tag-task.js';
import { loadPolicy } from '../workspace/policy.js';
import { imageFolders } from '../workspace/source-folders.js';
import type { Workspace } from '../workspace/workspace.js';
import { LocalFiles } from './local-files.js';
import { refreshCaseTables, requirePull, withSession, type Session } from './session.js';

export interface TagOptions {
  /** Names of the models to run; empty or absent: all. */
  models?: readonly string[];
  /** Worker threads. */
  jobs?: number;
  signal?: AbortSignal;
}

/**
 * Lets the configured models tag the images of accepted cases; what the same model tagged before is not looked at again.
 * What was tagged before an interruption is kept.
 * @throws {CurationError} USAGE for an unknown model, MODEL_INVALID, CATALOG_EMPTY, CONFIG_INVALID, LOCKED, INTERRUPTED
 */
export async function tagWorkspace(workspace: Workspace, options: TagOptions = {}, effects: Effects = defaultEffects): Promise<TagReport> {
  const configs = selectModels(workspace.config.models ?? [], options.models ?? []);
  return withSession(workspace, 'tagging images', effects, (session) => tagSession(session, configs, options, effects), ({ ok }) => (ok ? EXIT.done : EXIT.findings));
}

async function tagSession(session: Session, configs: readonly ModelConfig[], options: TagOptions, effects: Effects): Promise<TagReport> {
  const begun = effects.now().getTime();
  const { catalog, workspace } = session;
  await requirePull(session);
  const models = configs.map((config) => loadModel(config, workspace.root));
  const isKnown = await provenModels(catalog, models.map(({ running }) => running));
  await probeModels(models.filter(({ running }) => !isKnown(running)).map(({ setup }) => setup), options.signal);
  await refreshCaseTables(session);
  const load = await TagLoad.begin(catalog, models.map(({ running }) => running));
  const looked = new Map<string, number>();
  const read = await tagPending(session, load, models.map(({ setup }) => setup), looked, options, effects);
  const reports: ModelReport[] = [];
  for (const { running } of models) {
    const { model, version, sha256, labels } = running;
    const counts = await countTags(catalog, model, labels);
    reports.push({ model, version, sha256, looked: looked.get(model) ?? 0, unchanged: load.unchanged.get(model) ?? 0, dropped: load.dropped.get(model) ?? 0, ...counts });
  }
  return { ok: reports.every(({ failed }) => failed === 0), models: reports, ...read, seconds: (effects.now().getTime() - begun) / 1000 };
}

function selectModels(models: readonly ModelConfig[], names: readonly string[]): ModelConfig[] {
  const known = models.map(({ name }) => name);
  if (models.length === 0) throw new CurationError('USAGE', 'colophon.yaml names no model.', { suggestions: ['Describe one under `models:` in colophon.yaml.'] });
  for (const name of names) {
    if (known.includes(name)) continue;
    const near = nearMiss(name, known);
    throw new CurationError('USAGE', `There is no model called ${name}.`, { expected: known.join(', '), found: name, suggestions: near === undefined ? [] : [`Did you mean ${near}?`] });
  }
  return models.filter(({ name }) => names.length === 0 || names.includes(name));
}

function loadModel(config: ModelConfig, root: string): { setup: ModelSetup; running: RunningModel } {
  const { name, version, input, output, modalities = null } = config;
  const { sha256, bytes } = readModelFile(config, resolve(root, config.path));
  const running = { model: name, version, sha256, settings: settingsDigest(config), modalities, labels: output.labels };
  return { setup: { name, input, output, bytes }, running };
}

/** Tags all pending images; returns what was read. */
async function tagPending(
  { workspace }: Session,
  load: TagLoad,
  models: readonly ModelSetup[],
  looked: Map<string, number>,
  { jobs, signal }: TagOptions,
  effects: Effects,
): Promise<{ read: number; read_bytes: number }> {
  const folders = imageFolders(workspace);
  const { limits } = loadPolicy(workspace);
  const done = { files: 0, bytes: 0 };
  const local = new LocalFiles(workspace, { effects, signal });
  const tag = (images: readonly PendingImage[]): Promise<void> =>
      tagImages(images, {
        folders,
        models,
        limits,
        ...(jobs === undefined ? {} : { jobs }),
        ...(signal === undefined ? {} : { signal }),
        async onResults(results) {
          await load.append(results.flatMap(toRows));
          for (const { item, verdicts } of results) {
            done.files += 1;
            done.bytes += item.size_bytes;
            for (const { model } of verdicts) looked.set(model, (looked.get(model) ?? 0) + 1);
          }
          effects.progress({ stage: 'tagging images', ...done, totalFiles: load.pending.images, totalBytes: load.pending.bytes });
        },
      });
  try {
    for (let pending = await load.nextPending(); pending.length > 0; pending = await load.nextPending()) await local.eachBatch(pending, tag);
  } finally {
    await local.close();
    await load.end();
  }
  return { read: done.files, read_bytes: done.bytes };
}

function toRows({ item: { source, path, sha256 }, verdicts }: TagResult): TaggedImage[] {
  return verdicts.map(({ model, verdict, error }) => ({ source, path, sha256, model, tags: verdict?.tags ?? [], scores: verdict?.scores ?? null, error }));
}
