import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { CurationError } from '../../src/errors.js';
import { sha256Hex } from '../../src/fixity/digest.js';
import { identifyModel } from '../../src/tagging/configured.js';
import { MAX_MODEL_BYTES, readModelFile } from '../../src/tagging/model-file.js';
import { brightnessBytes, brightnessConfig, brightnessNetwork } from '../support/model/brightness-network.js';
import { useTemporaryFolders } from '../support/temporary-folder.js';

const makeFolder = useTemporaryFolders();

function refusal(path: string, sha256?: string): CurationError {
  try {
    readModelFile({ name: 'light', ...(sha256 === undefined ? {} : { sha256 }) }, path);
  } catch (error) {
    if (error instanceof CurationError) return error;
    throw error;
  }
  throw new Error('it was read');
}

describe('the file of a model', () => {
  test('is read once: what is hashed is what is run', () => {
    const path = join(makeFolder(), 'light.onnx');
    writeFileSync(path, brightnessBytes());
    const { sha256, bytes } = readModelFile({ name: 'light' }, path);
    expect(sha256).toBe(sha256Hex(brightnessBytes()));
    expect(sha256Hex(new Uint8Array(bytes))).toBe(sha256);
  });

  test('must be the one that is pinned', () => {
    const path = join(makeFolder(), 'light.onnx');
    writeFileSync(path, brightnessBytes());
    const pinned = 'a'.repeat(64);
    const error = refusal(path, pinned);
    expect(error).toMatchObject({ code: 'MODEL_INVALID', exitCode: 3, expected: `sha256 ${pinned}`, found: `sha256 ${sha256Hex(brightnessBytes())}` });
  });

  test('must be a regular file of a size that can be run', () => {
    const folder = makeFolder();
    expect(refusal(join(folder, 'none.onnx')).message).toMatch(/no such file/);
    mkdirSync(join(folder, 'folder.onnx'));
    expect(refusal(join(folder, 'folder.onnx')).message).toMatch(/not a regular file/);
    symlinkSync('/dev/zero', join(folder, 'link.onnx'));
    expect(refusal(join(folder, 'link.onnx')).message).toMatch(/a link/);
    writeFileSync(join(folder, 'huge.onnx'), '');
    truncateSync(join(folder, 'huge.onnx'), MAX_MODEL_BYTES + 1);
    expect(refusal(join(folder, 'huge.onnx'))).toMatchObject({ code: 'MODEL_INVALID', expected: `at most ${MAX_MODEL_BYTES} bytes` });
  });

  test('must be an ONNX model that is whole in one file', () => {
    const path = join(makeFolder(), 'light.onnx');
    writeFileSync(path, 'hello');
    expect(refusal(path).message).toMatch(/is not an ONNX model/);
    writeFileSync(path, brightnessBytes({ weights: [{ name: 'weights', shape: [1, 2], values: [], externalFile: '../../secret' }, brightnessNetwork().weights[1]!] }));
    expect(refusal(path).message).toMatch(/keeps weights in another file/);
  });
});

describe('who a configured model is', () => {
  test('its pin, else the digest of its file, else nobody', () => {
    const path = join(makeFolder(), 'light.onnx');
    expect(identifyModel(brightnessConfig(), path).sha256).toBeNull();
    writeFileSync(path, brightnessBytes());
    expect(identifyModel(brightnessConfig(), path).sha256).toBe(sha256Hex(brightnessBytes()));
    expect(identifyModel(brightnessConfig({ sha256: 'b'.repeat(64) }), join(path, 'nowhere')).sha256).toBe('b'.repeat(64));
  });

  test('settings that decide tags change its digest, all others do not, nor does writing out a default', () => {
    const settings = (changes: Parameters<typeof brightnessConfig>[0]): string => identifyModel(brightnessConfig(changes), '/nowhere').settings;
    const { input, output } = brightnessConfig();
    const same = settings({});
    expect(settings({ version: '2', path: 'elsewhere.onnx', modalities: ['CR'], flag: ['dark'], agrees_with: { attribute: 'Modality', values: { CR: 'dark' } } })).toBe(same);
    expect(settings({ input: { ...input, layout: 'nchw', scale: [0, 1], fit: 'stretch' }, output: { ...output, several: false } })).toBe(same);
    const others = [{ input: { ...input, window: 'full' as const } }, { input: { ...input, fit: 'pad' as const } }, { output: { ...output, threshold: 0.7 } }, { output: { ...output, labels: ['dark', 'bright'] } }];
    expect(new Set([same, ...others.map(settings)]).size).toBe(5);
  });
});
