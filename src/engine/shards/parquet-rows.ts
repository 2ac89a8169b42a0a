import { gzipSync } from 'node:zlib';
import { binary, encodeThrift, i32, i64, list, struct, type ThriftValue } from './thrift.js';

/**
 * A row of a shard's result: the number of the item in its shard, whether the task `answered` or `failed` on it, and its answer
 * (see wire.ts) or the reason.
 */
export interface ResultRow {
  item: number;
  outcome: 'answered' | 'failed';
  result: string;
}

export const MAGIC = Buffer.from('PAR1');
/** Numbers of the enums of parquet.thrift. */
const [INT64, BYTE_ARRAY] = [2, 6];
const [PLAIN, RLE, GZIP, REQUIRED, UTF8, DATA_PAGE] = [0, 3, 2, 0, 0, 0];
const COLUMNS = [
  { name: 'item', type: INT64 },
  { name: 'outcome', type: BYTE_ARRAY },
  { name: 'result', type: BYTE_ARRAY },
] as const;

/** A row group: its bytes, and how the footer tells of it. */
export interface RowGroup {
  bytes: Buffer;
  metadata: ThriftValue;
}

/**
 * Writes rows as one row group of a Parquet file that begins at `offset`: plain values in one gzip page a column.
 *
 * This and `encodeFooter` are all of Parquet that is needed for three columns without nulls. DuckDB would do it as well, at 100 ms of
 * start-up for every shard (measured), and could not seal the file with a digest of itself.
 */
export function encodeRowGroup(rows: readonly ResultRow[], offset: number): RowGroup {
  const values = [encodeIntegers(rows), encodeTexts(rows.map(({ outcome }) => outcome)), encodeTexts(rows.map(({ result }) => result))];
  const parts: Buffer[] = [];
  const chunks: ThriftValue[] = [];
  let at = offset;
  let total = 0;
  for (const [index, { name, type }] of COLUMNS.entries()) {
    const plain = values[index] as Buffer;
    const page = gzipSync(plain, { level: 1 });
    const header = encodeThrift(pageHeader(plain.length, page.length, rows.length));
    const [size, packed] = [header.length + plain.length, header.length + page.length];
    const metadata = struct([1, i32(type)], [2, list('i32', i32(PLAIN), i32(RLE))], [3, list('binary', binary(name))], [4, i32(GZIP)], [5, i64(rows.length)], [6, i64(size)], [7, i64(packed)], [9, i64(at)]);
    chunks.push(struct([2, i64(at)], [3, metadata]));
    parts.push(header, page);
    at += packed;
    total += size;
  }
  return { bytes: Buffer.concat(parts), metadata: struct([1, list('struct', ...chunks)], [2, i64(total)], [3, i64(rows.length)]) };
}

/** Writes the FileMetaData of a file, its key-value pairs last and in the order given. */
export function encodeFooter(groups: readonly ThriftValue[], rows: number, pairs: readonly (readonly [key: string, value: string])[]): Buffer {
  const columns = COLUMNS.map(({ name, type }) => struct([1, i32(type)], [3, i32(REQUIRED)], [4, binary(name)], ...(type === BYTE_ARRAY ? [[6, i32(UTF8)] as const] : [])));
  const root = struct([4, binary('schema')], [5, i32(COLUMNS.length)]);
  return encodeThrift(struct([1, i32(1)], [2, list('struct', root, ...columns)], [3, i64(rows)], [4, list('struct', ...groups)], [5, keyValues(pairs)]));
}

/** The key-value pairs as they stand in a footer. */
export function encodePairs(pairs: readonly (readonly [key: string, value: string])[]): Buffer {
  return encodeThrift(keyValues(pairs));
}

function keyValues(pairs: readonly (readonly [key: string, value: string])[]): ThriftValue {
  return list('struct', ...pairs.map(([key, value]) => struct([1, binary(key)], [2, binary(value)])));
}

function pageHeader(size: number, packed: number, values: number): ThriftValue {
  return struct([1, i32(DATA_PAGE)], [2, i32(size)], [3, i32(packed)], [5, struct([1, i32(values)], [2, i32(PLAIN)], [3, i32(RLE)], [4, i32(RLE)])]);
}

function encodeIntegers(rows: readonly ResultRow[]): Buffer {
  const bytes = Buffer.alloc(8 * rows.length);
  for (const [index, { item }] of rows.entries()) bytes.writeBigInt64LE(BigInt(item), 8 * index);
  return bytes;
}

function encodeTexts(texts: readonly string[]): Buffer {
  const lengths = texts.map((text) => Buffer.byteLength(text));
  const bytes = Buffer.allocUnsafe(lengths.reduce((sum, length) => sum + 4 + length, 0));
  let at = 0;
  for (const [index, text] of texts.entries()) {
    at = bytes.writeUInt32LE(lengths[index] as number, at);
    at += bytes.write(text, at);
  }
  return bytes;
}
