import { writeOnnx, type OnnxNode, type OnnxWeights } from './onnx-writer.js';

/** Side of the picture that the network sees, in pixels. */
export const SIDE = 64;

/** Labels in the order of the network's numbers. */
export const LABELS = ['radiograph', 'ct'] as const;

/** Brightness, and its differences to the right, left, below and above (3 by 3, edges left out). */
const DIFFERENCES = [
  [0, 0, 0, 0, 1, 0, 0, 0, 0],
  [0, 0, 0, -1, 0, 1, 0, 0, 0],
  [0, 0, 0, 1, 0, -1, 0, 0, 0],
  [0, -1, 0, 0, 0, 0, 0, 1, 0],
  [0, 1, 0, 0, 0, 0, 0, -1, 0],
];

/** What is counted over the picture, as max(0, brightness * b + slope * s + c): tones, flat stretches, edges. */
const TONES: readonly { brightness: number; slope: number; constant: number }[] = [
  { brightness: 1, slope: 0, constant: 0 },
  { brightness: -10, slope: 0, constant: 1 }, // dark
  { brightness: 10, slope: 0, constant: -9 }, // bright
  { brightness: 2, slope: 0, constant: -1 },
  { brightness: 0, slope: 1, constant: 0 },
  { brightness: 0, slope: -50, constant: 1 }, // flat
  { brightness: 0, slope: -20, constant: 1 },
  { brightness: 0, slope: 1, constant: -0.1 }, // edges, ever sharper
  { brightness: 0, slope: 1, constant: -0.3 },
  { brightness: -10, slope: -20, constant: 1 }, // dark and flat: air around a body
  { brightness: 10, slope: -20, constant: -3 }, // lit and flat: soft tissue in a slice
  { brightness: 10, slope: -100, constant: -3 },
];

/** Numbers that the fixed layers give for a picture. */
export const FEATURES = TONES.length;

/** The last layer: two numbers from the features. */
export interface LastLayer {
  /** FEATURES times 2, feature by feature. */
  weights: readonly number[];
  bias: readonly [number, number];
}

/** The network: two fixed layers of filters, the mean over the picture, and a last layer; without one it gives the features. */
export function writeNetwork(last: LastLayer | null): Buffer {
  const weights: OnnxWeights[] = [
    { name: 'differences', shape: [5, 1, 3, 3], values: DIFFERENCES.flat() },
    { name: 'tones', shape: [FEATURES, 5, 1, 1], values: TONES.flatMap(({ brightness, slope }) => [brightness, slope, slope, slope, slope]) },
    { name: 'constants', shape: [FEATURES], values: TONES.map(({ constant }) => constant) },
  ];
  const nodes: OnnxNode[] = [
    { operator: 'Conv', inputs: ['picture', 'differences'], outputs: ['d'] },
    { operator: 'Relu', inputs: ['d'], outputs: ['dr'] },
    { operator: 'Conv', inputs: ['dr', 'tones', 'constants'], outputs: ['t'] },
    { operator: 'Relu', inputs: ['t'], outputs: ['tr'] },
    { operator: 'GlobalAveragePool', inputs: ['tr'], outputs: ['mean'] },
    { operator: 'Flatten', inputs: ['mean'], outputs: ['features'] },
  ];
  const inputs = [{ name: 'picture', shape: [1, 1, SIDE, SIDE] }];
  if (last === null) return writeOnnx({ inputs, outputs: [{ name: 'features', shape: [1, FEATURES] }], nodes, weights });
  weights.push({ name: 'weights', shape: [FEATURES, 2], values: last.weights }, { name: 'bias', shape: [2], values: last.bias });
  nodes.push({ operator: 'Gemm', inputs: ['features', 'weights', 'bias'], outputs: ['kinds'] });
  const description = 'Tells radiographs from CT slices; made for the tests of Colophon, of no use for patients.';
  return writeOnnx({ inputs, outputs: [{ name: 'kinds', shape: [1, 2] }], nodes, weights, description });
}
