import type { ModelConfig } from '../../../src/model/tagging.js';
import { writeOnnx, type OnnxModel } from './onnx-writer.js';

/** A network that gives STEEPNESS times the mean brightness, from the middle on, and its negative. */
export function brightnessNetwork(changes: Partial<OnnxModel> = {}): OnnxModel {
  return {
    inputs: [{ name: 'picture', shape: [1, 1, 8, 8] }],
    outputs: [{ name: 'kinds', shape: [1, 2] }],
    nodes: [
      { operator: 'GlobalAveragePool', inputs: ['picture'], outputs: ['mean'] },
      { operator: 'Flatten', inputs: ['mean'], outputs: ['flat'] },
      { operator: 'Gemm', inputs: ['flat', 'weights', 'bias'], outputs: ['kinds'] },
    ],
    weights: [
      { name: 'weights', shape: [1, 2], values: [STEEPNESS, -STEEPNESS] },
      { name: 'bias', shape: [2], values: [-STEEPNESS / 2, STEEPNESS / 2] },
    ],
    ...changes,
  };
}

const STEEPNESS = 10;

/** The bytes of that network, or of one like it. */
export function brightnessBytes(changes: Partial<OnnxModel> = {}): Buffer {
  return writeOnnx(brightnessNetwork(changes));
}

/** That network as colophon.yaml would name it: a fixed window from 0 to 200. */
export function brightnessConfig(changes: Partial<ModelConfig> = {}): ModelConfig {
  return {
    name: 'light',
    path: 'models/light.onnx',
    version: '1',
    input: { width: 8, height: 8, channels: 1, window: { center: 100, width: 200 } },
    output: { labels: ['bright', 'dark'], activation: 'softmax', threshold: 0.8 },
    ...changes,
  };
}

/** Bytes as workers get them. */
export function shareBytes(bytes: Uint8Array): SharedArrayBuffer {
  const shared = new SharedArrayBuffer(bytes.length);
  new Uint8Array(shared).set(bytes);
  return shared;
}
