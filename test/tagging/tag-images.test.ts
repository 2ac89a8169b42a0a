import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { sha256Hex } from '../../src/fixity/digest.js';
import type { ModelSetup } from '../../src/tagging/session.js';
import { probeModels, tagImages, type TagRun } from '../../src/tagging/tag-images.js';
import type { TagItem, TagResult } from '../../src/tagging/tag-task.js';
import { writeDicom } from '../support/dicom-writer.js';
import { brightnessBytes, brightnessConfig, shareBytes } from '../support/model/brightness-network.js';
import { grayImage } from '../support/model/gray-image.js';
import { useTemporaryFolders } from '../support/temporary-folder.js';

const makeFolder = useTemporaryFolders();
let folder: string;
beforeEach(() => {
  folder = makeFolder();
});

function setup(bytes = brightnessBytes(), changes: Partial<ModelSetup> = {}): ModelSetup {
  const { name, input, output } = brightnessConfig();
  return { name, input, output, bytes: shareBytes(bytes), ...changes };
}

function put(path: string, bytes: Buffer): TagItem {
  writeFileSync(join(folder, path), bytes);
  return { source: 'images', path, size_bytes: bytes.length, sha256: sha256Hex(bytes), models: ['light'] };
}

async function tag(items: TagItem[], changes: Partial<TagRun> = {}): Promise<Record<string, string>> {
  const results: TagResult[] = [];
  const run = { folders: new Map([['images', folder]]), models: [setup()], limits: { pixels: 10_000, inflated_bytes: 1 << 20 }, jobs: 2, ...changes };
  await tagImages(items, { ...run, onResults: (some) => void results.push(...some) });
  return Object.fromEntries(results.flatMap(({ item, verdicts }) => verdicts.map(({ model, verdict, error }) => [`${item.path} ${model}`, error ?? verdict.tags.map(({ label }) => label).join()])));
}

describe('models look at images', () => {
  test('in several threads, each image once, every model that was asked', async () => {
    const dark = setup(brightnessBytes(), { name: 'turned', output: { labels: ['dark', 'bright'], activation: 'softmax' } });
    const items = Array.from({ length: 40 }, (_, index) => ({ ...put(`${index}.dcm`, grayImage(index % 2 === 0 ? 10 : 190)), models: index < 20 ? ['light'] : ['light', 'turned'] }));
    const tagged = await tag(items, { models: [setup(), dark] });
    expect(Object.keys(tagged)).toHaveLength(60);
    expect([tagged['0.dcm light'], tagged['1.dcm light'], tagged['20.dcm turned'], tagged['21.dcm turned']]).toEqual(['dark', 'bright', 'bright', 'dark']);
  });

  test('what cannot be judged says why, and the others go on', async () => {
    const big = put('big.dcm', grayImage(10, 128));
    const items = [
      put('good.dcm', grayImage(10)),
      put('unsure.dcm', grayImage(100)),
      put('text.dcm', Buffer.from('no DICOM at all')),
      put('report.dcm', writeDicom({ elements: [{ tag: '00080060', vr: 'CS', value: 'SR' }] })),
      put('cut.dcm', grayImage(10).subarray(0, -20)),
      big,
      { ...put('changed.dcm', grayImage(10)), sha256: 'a'.repeat(64) },
      { ...put('gone.dcm', grayImage(10)), path: 'gone/away.dcm' },
    ];
    expect(await tag(items)).toEqual({
      'good.dcm light': 'dark',
      'unsure.dcm light': '',
      'text.dcm light': 'not-decodable',
      'report.dcm light': 'no-pixels',
      'cut.dcm light': 'not-decodable',
      'big.dcm light': 'not-decodable',
      'changed.dcm light': 'changed',
      'gone/away.dcm light': 'unreadable',
    });
  });

  test('a model that gives no numbers, or fails on a picture, fails on that picture only', async () => {
    const endless = brightnessBytes({ weights: [{ name: 'weights', shape: [1, 2], values: [Infinity, 0] }, { name: 'bias', shape: [2], values: [0, 0] }] });
    expect(await tag([put('a.dcm', grayImage(10))], { models: [setup(endless)] })).toEqual({ 'a.dcm light': 'no-number' });
  });

  test('an interruption is heard', async () => {
    const controller = new AbortController();
    const items = Array.from({ length: 200 }, (_, index) => put(`${index}.dcm`, grayImage(10)));
    const onResults = (): void => controller.abort();
    await expect(tagImages(items, { folders: new Map([['images', folder]]), models: [setup()], limits: { pixels: 10_000, inflated_bytes: 1 << 20 }, jobs: 1, signal: controller.signal, onResults })).rejects.toMatchObject({ code: 'INTERRUPTED' });
  });
});

describe('before any image is read', () => {
  test('every model looks at a blank picture', async () => {
    await expect(probeModels([setup()])).resolves.toBeUndefined();
  });

  test('a model that does not fit is named, with what does not', async () => {
    const other = setup(brightnessBytes(), { name: 'other', output: { labels: ['a', 'b', 'c'], activation: 'none' } });
    await expect(probeModels([setup(), other])).rejects.toMatchObject({ code: 'MODEL_INVALID', message: 'The model other cannot be used: it gives 2 numbers for 3 labels.' });
  });

  test('a model that the runtime refuses, or does not survive, is an error and not a crash', async () => {
    for (const length of [10, 100, 200]) await expect(probeModels([setup(brightnessBytes().subarray(0, length))])).rejects.toMatchObject({ code: 'MODEL_INVALID' });
    const huge = brightnessBytes({ nodes: [{ operator: 'Conv', inputs: ['picture', 'weights'], outputs: ['kinds'], attributes: { pads: [2 ** 31, 2 ** 31, 2 ** 31, 2 ** 31] } }] });
    await expect(probeModels([setup(huge)])).rejects.toMatchObject({ code: 'MODEL_INVALID' });
  });
});
