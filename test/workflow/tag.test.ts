import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { Catalog } from '../../src/catalog/catalog.js';
import type { ModelConfig, TagReport } from '../../src/model/tagging.js';
import { checkWorkspace } from '../../src/workflow/check.js';
import { pullWorkspace } from '../../src/workflow/pull.js';
import { tagWorkspace } from '../../src/workflow/tag.js';
import { workspacePaths, type Workspace } from '../../src/workspace/workspace.js';
import { brightnessBytes, brightnessConfig } from '../support/model/brightness-network.js';
import { grayImage, radiograph } from '../support/model/gray-image.js';
import { useTemporaryFolders } from '../support/temporary-folder.js';
import { writeFiles } from './pull-workspace.js';
import { configure as configureAt, EFFECTS as effects, makeTaggable } from './tag-workspace.js';

const makeFolder = useTemporaryFolders();
let root: string;
beforeEach(async () => {
  root = makeFolder();
  await makeTaggable(root);
});

const configure = (model?: Partial<ModelConfig> | null, more?: object): Workspace => configureAt(root, model, more);

async function tag(workspace = configure()): Promise<TagReport['models'][number]> {
  const report = await tagWorkspace(workspace, { jobs: 1 }, effects);
  return report.models[0]!;
}

async function findings(workspace = configure(), group = 'TAG'): Promise<string[]> {
  const report = await checkWorkspace(workspace, { only: [group] }, effects);
  return report.findings.map(({ code, level, location, found }) => `${code} ${level} ${location.path ?? location.key}: ${found}`);
}

async function rows(sql: string): Promise<Record<string, unknown>[]> {
  const catalog = await Catalog.open(workspacePaths(root).catalog);
  try {
    return await catalog.all(sql);
  } finally {
    catalog.close();
  }
}

describe('tags', () => {
  test('land in the catalog with digest and version of the model', async () => {
    const report = await tag();
    expect(report).toMatchObject({ model: 'light', version: '1', images: 6, looked: 6, unchanged: 0, dropped: 0, undecided: 0, failed: 0 });
    expect(report.labels).toEqual([{ label: 'bright', images: 3 }, { label: 'dark', images: 3 }]);
    const [row] = await rows("SELECT t.path, t.label, t.score > 0.99 AS sure, json_array_length(t.scores) AS scores, m.version, m.sha256 FROM tag AS t JOIN tag_model AS m USING (model) WHERE path = '1.dcm'");
    expect(row).toEqual({ path: '1.dcm', label: 'dark', sure: true, scores: 2, version: '1', sha256: report.sha256 });
  });

  test('are made once: a second run looks at what is new or changed only', async () => {
    await tag();
    expect(await tag()).toMatchObject({ looked: 0, unchanged: 6, dropped: 0 });
    writeFiles(root, { 'dicom/7.dcm': radiograph('P7', 7, 10, 'PA'), 'dicom/1.dcm': radiograph('P1', 1, 190, 'PA') });
    await pullWorkspace(configure(), { jobs: 1 }, effects);
    expect(await tag()).toMatchObject({ images: 7, looked: 2, unchanged: 5, dropped: 1, labels: [{ images: 4 }, { images: 3 }] });
  });

  test.each<[string, Partial<ModelConfig>]>([
    ['another version', { version: '2' }],
    ['another threshold', { output: { ...brightnessConfig().output, threshold: 0.6 } }],
    ['another window', { input: { ...brightnessConfig().input, window: { center: 110, width: 200 } } }],
  ])('of %s are stale: judged as missing, dropped, and made anew', async (_what, change) => {
    await tag();
    expect(await findings(configure(change))).toEqual(['TAG-004 warning light: 6 without a current tag, 0 that could not be tagged']);
    expect(await tag(configure(change))).toMatchObject({ looked: 6, unchanged: 0, dropped: 6 });
    expect(await findings(configure(change))).toEqual([]);
  });

  test('of another file are stale, and of no file; a pinned model need not be there', async () => {
    const { sha256 } = await tag();
    writeFiles(root, { 'models/light.onnx': brightnessBytes({ description: 'retrained' }) });
    expect(await findings()).toEqual(['TAG-004 warning light: 6 without a current tag, 0 that could not be tagged']);
    rmSync(join(root, 'models/light.onnx'));
    expect(await findings()).toHaveLength(1);
    expect(await findings(configure({ sha256 }))).toEqual([]);
  });

  test('of a model that is no longer configured are gone', async () => {
    await tag();
    const renamed = configure({ name: 'other' });
    await tag(renamed);
    expect(await rows('SELECT DISTINCT model FROM tag UNION ALL SELECT model FROM tag_model')).toEqual([{ model: 'other' }, { model: 'other' }]);
  });

  test('are not made of images outside modalities, without pixels, or of no accepted case; failures are tried again', async () => {
    writeFiles(root, { 'dicom/ct.dcm': radiograph('P8', 8, 10, 'PA', 'CT'), 'dicom/cut.dcm': radiograph('P9', 9, 10, 'PA').subarray(0, -30) });
    const workspace = configure({ modalities: ['DX'] });
    await pullWorkspace(workspace, { jobs: 1 }, effects);
    expect(await tag(workspace)).toMatchObject({ images: 7, looked: 7, failed: 1, problems: [{ path: 'images/cut.dcm', code: 'not-decodable' }] });
    expect(await findings(workspace)).toEqual(['TAG-004 warning light: 0 without a current tag, 1 that could not be tagged']);
    expect(await tag(workspace)).toMatchObject({ looked: 1, unchanged: 6, failed: 1 });
  });

  test('stay when a run is interrupted', async () => {
    const controller = new AbortController();
    for (let n = 10; n < 80; n += 1) writeFiles(root, { [`dicom/${n}.dcm`]: radiograph(`P${n}`, n, 10, 'PA') });
    await pullWorkspace(configure(), { jobs: 1 }, effects);
    const stopping = { ...effects, progress: ({ stage }: { stage: string }) => void (stage === 'tagging images' && controller.abort()) };
    await expect(tagWorkspace(configure(), { jobs: 1, signal: controller.signal }, stopping)).rejects.toMatchObject({ code: 'INTERRUPTED' });
    const report = await tag();
    expect(report.unchanged).toBeGreaterThan(0);
    expect(report.unchanged + report.looked).toBe(76);
  });
});

describe('what cannot be run', () => {
  test('is named before anything is read', async () => {
    await expect(tagWorkspace(configure(null), {}, effects)).rejects.toMatchObject({ code: 'USAGE' });
  });

  test('an unknown model, a missing file, a wrong pin and a model that does not fit leave the tags as they are', async () => {
    await tag();
    const { input } = brightnessConfig();
    await expect(tagWorkspace(configure(), { models: ['lihgt'] }, effects)).rejects.toMatchObject({ code: 'USAGE', suggestions: ['Did you mean light?'] });
    for (const wrong of [{ path: 'models/none.onnx' }, { sha256: 'a'.repeat(64) }, { input: { ...input, width: 9 } }])
      await expect(tagWorkspace(configure(wrong), {}, effects)).rejects.toMatchObject({ code: 'MODEL_INVALID' });
    expect(await tag()).toMatchObject({ looked: 0, unchanged: 6 });
  });

  test('nothing was pulled', async () => {
    root = makeFolder();
    mkdirSync(join(root, 'models'));
    await expect(tag()).rejects.toMatchObject({ code: 'CATALOG_EMPTY' });
  });

  test('an image that is another one than was pulled gets no tag', async () => {
    writeFiles(root, { 'dicom/1.dcm': grayImage(190) });
    expect(await tag()).toMatchObject({ failed: 1, problems: [{ path: 'images/1.dcm', code: 'changed' }] });
  });
});
