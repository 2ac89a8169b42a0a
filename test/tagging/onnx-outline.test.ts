import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { findOnnxDefect } from '../../src/tagging/onnx-outline.js';
import { brightnessBytes, brightnessNetwork } from '../support/model/brightness-network.js';

const EXTERNAL = { name: 'weights', shape: [1, 2], values: [], externalFile: 'weights.bin' };

/** A field whose content is bytes. */
function field(number: number, content: Buffer): Buffer {
  const length: number[] = [];
  for (let rest = content.length; ; rest >>= 7) {
    length.push(rest > 127 ? (rest & 127) | 128 : rest);
    if (rest <= 127) break;
  }
  const key = number * 8 + 2;
  return Buffer.concat([Buffer.from(key < 128 ? [key] : [(key & 127) | 128, key >> 7]), Buffer.from(length), content]);
}

/** TensorProto with data_location EXTERNAL and nothing else. */
const EXTERNAL_TENSOR = Buffer.from([14 * 8, 1]);

describe('the outline of an ONNX file', () => {
  test('a whole model has no defect', () => {
    expect(findOnnxDefect(brightnessBytes())).toBeNull();
  });

  test('a tensor in another file is found', () => {
    const [, bias] = brightnessNetwork().weights;
    expect(findOnnxDefect(brightnessBytes({ weights: [EXTERNAL, bias!] }))).toMatch(/another file/);
  });

  test.each([
    ['an attribute of a node', field(7, field(1, field(5, field(5, EXTERNAL_TENSOR))))],
    ['a graph within an attribute', field(7, field(1, field(5, field(6, field(5, EXTERNAL_TENSOR)))))],
    ['a sparse tensor', field(7, field(15, field(1, EXTERNAL_TENSOR)))],
    ['a function', Buffer.concat([field(7, Buffer.alloc(0)), field(25, field(7, field(5, field(5, EXTERNAL_TENSOR))))])],
    ['what trains a model', Buffer.concat([field(7, Buffer.alloc(0)), field(20, field(1, field(5, EXTERNAL_TENSOR)))])],
  ])('also in %s', (_where, bytes) => {
    expect(findOnnxDefect(bytes)).toMatch(/another file/);
  });

  test('what is no model is told', () => {
    for (const bytes of [Buffer.alloc(0), Buffer.from('hello world, this is no model'), Buffer.from([8, 8]), Buffer.from('PK\x03\x04')])
      expect(findOnnxDefect(bytes)).toMatch(/is not an ONNX model/);
  });

  test('graphs in graphs end somewhere, however deep they go', () => {
    let nested: Buffer = Buffer.alloc(0);
    for (let depth = 0; depth < 5000; depth += 1) nested = field(1, field(5, field(6, nested)));
    expect(findOnnxDefect(field(7, nested))).toMatch(/too deeply/);
  });

  test('a model cut anywhere is no model, or one with fewer fields, and never a crash', () => {
    const bytes = brightnessBytes();
    for (let length = 0; length < bytes.length; length += 1) expect(['string', 'object']).toContain(typeof findOnnxDefect(bytes.subarray(0, length)));
    expect(findOnnxDefect(bytes.subarray(0, bytes.length - 20))).toMatch(/no end/);
  });

  test('no bytes make it throw', () => {
    const bytes = brightnessBytes();
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { maxLength: 20 }), fc.uint8Array({ maxLength: 200 }), (flips, tail) => {
        const bent = Buffer.concat([bytes, tail]);
        for (const [at, value] of flips) bent[at] = value;
        const defect = findOnnxDefect(bent);
        expect(defect === null || defect.length > 0).toBe(true);
      }),
    );
  });
});
