import { describe, expect, test } from '@jest/globals';
import { ModelMismatch, ModelSession } from '../../src/tagging/session.js';
import { brightnessBytes, brightnessConfig, brightnessNetwork, shareBytes } from '../support/model/brightness-network.js';
import type { OnnxModel } from '../support/model/onnx-writer.js';

const { input, output } = brightnessConfig();

async function refusal(bytes: Buffer, changes: { input?: object; output?: object } = {}): Promise<string> {
  try {
    const session = await ModelSession.load({ name: 'light', input: { ...input, ...changes.input }, output: { ...output, ...changes.output }, bytes: shareBytes(bytes) });
    await session.run(new Float32Array(64));
  } catch (error) {
    if (error instanceof ModelMismatch) return error.message;
    throw error;
  }
  return 'none';
}

const otherNodes = (nodes: OnnxModel['nodes']): Buffer => brightnessBytes({ nodes });

describe('a model in the runtime', () => {
  test('gives its numbers for a picture', async () => {
    const session = await ModelSession.load({ name: 'light', input, output, bytes: shareBytes(brightnessBytes()) });
    expect(Array.from(await session.run(new Float32Array(64).fill(0.75)))).toEqual([2.5, -2.5]);
    expect(Array.from(await session.run(new Float32Array(64)))).toEqual([-5, 5]);
  });

  test('takes sizes that only a run decides', async () => {
    const bytes = brightnessBytes({ inputs: [{ name: 'picture', shape: ['n', 1, 'h', 'w'] }], outputs: [{ name: 'kinds', shape: ['n', 2] }] });
    expect(await refusal(bytes)).toBe('none');
  });

  test('must be one that the runtime understands', async () => {
    expect(await refusal(Buffer.from('hello world, this is no model'))).toMatch(/^is refused by the runtime: .*protobuf/);
    expect(await refusal(otherNodes([{ operator: 'PhoneHome', inputs: ['picture'], outputs: ['kinds'] }]))).toMatch(/^is refused by the runtime: .*PhoneHome/);
  });

  test('must fit what is configured', async () => {
    expect(await refusal(brightnessBytes(), { input: { width: 16 } })).toBe('wants an input of the shape [1, 1, 8, 8], not [1, 1, 8, 16]');
    expect(await refusal(brightnessBytes(), { input: { layout: 'nhwc' } })).toMatch(/not \[1, 8, 8, 1\]/);
    expect(await refusal(brightnessBytes(), { input: { name: 'image' } })).toBe('has no input image, but picture');
    expect(await refusal(brightnessBytes(), { output: { name: 'views' } })).toBe('has no output views, but kinds');
    expect(await refusal(brightnessBytes(), { output: { labels: ['a', 'b', 'c'] } })).toBe('gives 2 numbers for 3 labels');
  });

  test('must give one number a label, also where only a run tells', async () => {
    const bytes = brightnessBytes({ outputs: [{ name: 'kinds', shape: ['n', 'm'] }] });
    expect(await refusal(bytes, { output: { labels: ['a', 'b', 'c'] } })).toBe('gives 2 numbers for 3 labels');
  });

  test('must take one picture and nothing else', async () => {
    const { inputs } = brightnessNetwork();
    const bytes = brightnessBytes({ inputs: [...inputs, { name: 'age', shape: [1, 1] }], nodes: [...brightnessNetwork().nodes, { operator: 'Relu', inputs: ['age'], outputs: ['old'] }] });
    expect(await refusal(bytes, { input: { name: 'picture' } })).toBe('wants 2 inputs: picture, age');
    expect(await refusal(bytes)).toMatch(/several inputs, and none is named/);
  });
});
