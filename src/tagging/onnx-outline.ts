/**
 * A look at the outline of an ONNX file (onnx.proto3) before the runtime gets it: that it is one, and that no tensor sends
 * the runtime to another file. Protocol buffers: a message is a run of fields, each a key (number and wire type) and a value.
 */
import { ByteCursor } from './byte-cursor.js';

type MessageType = 'model' | 'graph' | 'node' | 'attribute' | 'tensor' | 'sparse-tensor' | 'function' | 'training';

/** Fields of each message that lead to graphs and tensors; all others are jumped over. */
const FIELDS: Record<MessageType, ReadonlyMap<number, MessageType>> = {
  model: new Map([[7, 'graph'], [20, 'training'], [25, 'function']]), // prettier-ignore
  graph: new Map([[1, 'node'], [5, 'tensor'], [15, 'sparse-tensor']]), // prettier-ignore
  node: new Map([[5, 'attribute']]),
  attribute: new Map([[5, 'tensor'], [6, 'graph'], [10, 'tensor'], [11, 'graph'], [22, 'sparse-tensor'], [23, 'sparse-tensor']]), // prettier-ignore
  tensor: new Map(),
  'sparse-tensor': new Map([[1, 'tensor'], [2, 'tensor']]), // prettier-ignore
  function: new Map([[7, 'node'], [11, 'attribute']]), // prettier-ignore
  training: new Map([[1, 'graph'], [2, 'graph']]), // prettier-ignore
};

/** TensorProto: where the data lie (14), and the name of the file when they lie elsewhere (13). */
const DATA_LOCATION = 14;
const EXTERNAL_DATA = 13;

/** Graphs within graphs: the parser of the runtime goes no deeper either. */
const MAX_DEPTH = 100;

/** Why the bytes are no model that can be run by itself, as the rest of a sentence about the file; null when they are. */
export function findOnnxDefect(bytes: Uint8Array): string | null {
  const cursor = new ByteCursor(bytes);
  const open: { type: MessageType; end: number }[] = [{ type: 'model', end: bytes.length }];
  let graphs = 0;
  for (let current = open.at(-1); current !== undefined; current = open.at(-1)) {
    if (cursor.at === current.end) {
      open.pop();
      continue;
    }
    const field = cursor.field(current.end);
    if (field === null) return 'is not an ONNX model: its fields have no end';
    if (current.type === 'tensor' && (field.number === EXTERNAL_DATA || (field.number === DATA_LOCATION && field.value !== 0)))
      return 'keeps weights in another file, which is never read';
    const inner = field.length === null ? undefined : FIELDS[current.type].get(field.number);
    if (inner === undefined) cursor.at = field.end;
    else {
      if (open.length >= MAX_DEPTH) return 'nests its graphs too deeply';
      if (current.type === 'model' && inner === 'graph') graphs += 1;
      open.push({ type: inner, end: field.end });
    }
  }
  return graphs > 0 ? null : 'is not an ONNX model: it has no graph';
}
