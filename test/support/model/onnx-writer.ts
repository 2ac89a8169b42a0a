/** Writes ONNX models by hand: protocol buffers of onnx.proto3, only what small networks need. */

/** A node of a graph: an operator, the names of its inputs and outputs, and its attributes. */
export interface OnnxNode {
  operator: string;
  inputs: readonly string[];
  outputs: readonly string[];
  /** A list of integers, one integer, or a number `{float}`. */
  attributes?: Record<string, readonly number[] | number | { float: number }>;
}

/** Weights, float32. */
export interface OnnxWeights {
  name: string;
  shape: readonly number[];
  values: ArrayLike<number>;
  /** Say that the values lie in this file instead; for models that must be refused. */
  externalFile?: string;
}

/** A named value with its shape; a text is a size that only a run decides. */
export interface OnnxValue {
  name: string;
  shape: readonly (number | string)[];
}

export interface OnnxModel {
  inputs: readonly OnnxValue[];
  outputs: readonly OnnxValue[];
  nodes: readonly OnnxNode[];
  weights: readonly OnnxWeights[];
  /** A sentence about the model. */
  description?: string;
}

const FLOAT = 1;
const IR_VERSION = 8;
const OPSET = 13;

/** The bytes of a model; equal models give equal bytes. */
export function writeOnnx({ inputs, outputs, nodes, weights, description }: OnnxModel): Buffer {
  const graph = [
    ...nodes.map((node) => message(1, nodeFields(node))),
    text(2, 'graph'),
    ...weights.map((each) => message(5, tensorFields(each))),
    ...inputs.map((value) => message(11, valueFields(value))),
    ...outputs.map((value) => message(12, valueFields(value))),
  ];
  const fields = [integer(1, IR_VERSION), text(2, 'colophon-tests'), ...(description === undefined ? [] : [text(6, description)]), message(7, graph)];
  return Buffer.concat([...fields, message(8, [text(1, ''), integer(2, OPSET)])]);
}

function nodeFields({ operator, inputs, outputs, attributes = {} }: OnnxNode): Buffer[] {
  const written = Object.entries(attributes).map(([name, value]) => message(5, attributeFields(name, value)));
  return [...inputs.map((name) => text(1, name)), ...outputs.map((name) => text(2, name)), text(4, operator), ...written];
}

/** AttributeProto: its types FLOAT, INT and INTS. */
function attributeFields(name: string, value: readonly number[] | number | { float: number }): Buffer[] {
  if (typeof value === 'number') return [text(1, name), integer(3, value), integer(20, 2)];
  if ('float' in value) {
    const bytes = Buffer.alloc(4);
    bytes.writeFloatLE(value.float);
    return [text(1, name), Buffer.concat([key(2, 5), bytes]), integer(20, 1)];
  }
  return [text(1, name), ...value.map((number) => integer(8, number)), integer(20, 7)];
}

function tensorFields({ name, shape, values, externalFile }: OnnxWeights): Buffer[] {
  const head = [...shape.map((size) => integer(1, size)), integer(2, FLOAT), text(8, name)];
  if (externalFile !== undefined) return [...head, message(13, [text(1, 'location'), text(2, externalFile)]), integer(14, 1)];
  const bytes = Buffer.alloc(4 * values.length);
  Array.from(values).forEach((value, index) => bytes.writeFloatLE(value, 4 * index));
  return [...head, content(9, bytes)];
}

function valueFields({ name, shape }: OnnxValue): Buffer[] {
  const sizes = shape.map((size) => message(1, [typeof size === 'number' ? integer(1, size) : text(2, size)]));
  return [text(1, name), message(2, [message(1, [integer(1, FLOAT), message(2, sizes)])])];
}

function message(field: number, fields: readonly Buffer[]): Buffer {
  return content(field, Buffer.concat(fields));
}

function text(field: number, value: string): Buffer {
  return content(field, Buffer.from(value, 'utf8'));
}

function content(field: number, bytes: Buffer): Buffer {
  return Buffer.concat([key(field, 2), varint(bytes.length), bytes]);
}

function integer(field: number, value: number): Buffer {
  return Buffer.concat([key(field, 0), varint(value)]);
}

function key(field: number, wireType: number): Buffer {
  return varint(field * 8 + wireType);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; rest >= 128 || bytes.push(rest) === 0; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return Buffer.from(bytes);
}
