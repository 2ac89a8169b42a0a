/** Types of the compact protocol of Apache Thrift, as they stand in the header of a field or a list. */
const TYPES = { i32: 5, i64: 6, binary: 8, list: 9, struct: 12 } as const;

/** A value that Parquet's metadata needs, with its Thrift type. */
export type ThriftValue =
  | { type: 'i32' | 'i64'; value: number }
  | { type: 'binary'; value: string }
  | { type: 'list'; of: keyof typeof TYPES; values: readonly ThriftValue[] }
  | { type: 'struct'; fields: readonly (readonly [id: number, value: ThriftValue])[] };

export const i32 = (value: number): ThriftValue => ({ type: 'i32', value });
export const i64 = (value: number): ThriftValue => ({ type: 'i64', value });
export const binary = (value: string): ThriftValue => ({ type: 'binary', value });
export const list = (of: keyof typeof TYPES, ...values: readonly ThriftValue[]): ThriftValue => ({ type: 'list', of, values });
export const struct = (...fields: readonly (readonly [id: number, value: ThriftValue])[]): ThriftValue => ({ type: 'struct', fields });

/** Writes a value in the compact protocol (thrift-compact-protocol.md). Ids of fields ascend by 15 at most. */
export function encodeThrift(value: ThriftValue): Buffer {
  const bytes: number[] = [];
  write(value, bytes);
  return Buffer.from(bytes);
}

/** The depth is that of Parquet's metadata, which we make ourselves. */
function write(value: ThriftValue, bytes: number[]): void {
  switch (value.type) {
    case 'i32':
    case 'i64':
      return varint(value.value * 2, bytes); // zigzag; no value of ours is negative
    case 'binary': {
      const text = Buffer.from(value.value);
      varint(text.length, bytes);
      bytes.push(...text);
      return;
    }
    case 'list': {
      const { values, of } = value;
      if (values.length < 15) bytes.push((values.length << 4) | TYPES[of]);
      else {
        bytes.push(0xf0 | TYPES[of]);
        varint(values.length, bytes);
      }
      for (const each of values) write(each, bytes);
      return;
    }
    case 'struct': {
      let last = 0;
      for (const [id, field] of value.fields) {
        bytes.push(((id - last) << 4) | TYPES[field.type]);
        write(field, bytes);
        last = id;
      }
      bytes.push(0);
    }
  }
}

function varint(value: number, bytes: number[]): void {
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  bytes.push(rest);
}
