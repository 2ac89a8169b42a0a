import type { DuckDBDataChunk, DuckDBDecimalValue as DecimalValue, DuckDBType, DuckDBValue } from '@duckdb/node-api';
import {
  BIGINT,
  BOOLEAN,
  DOUBLE,
  DuckDBArrayValue,
  DuckDBBlobValue,
  DuckDBDecimalValue,
  DuckDBListValue,
  DuckDBMapValue,
  DuckDBStructValue,
  DuckDBTypeId,
  LIST,
  listValue,
  SQLNULL,
  VARCHAR,
} from './duckdb.js';

/** What a statement may be given as a parameter; a list of text becomes VARCHAR[]. */
export type SqlParameter = string | number | bigint | boolean | null | readonly (string | null)[];

/** Parameters in order (`?`) or by name (`$name`). */
export type SqlParameters = readonly SqlParameter[] | Readonly<Record<string, SqlParameter>>;

/** Values and types as node-api binds them: it cannot tell the type of an empty list. */
export function bindParameters(params: SqlParameters): [DuckDBValue[] | Record<string, DuckDBValue>, DuckDBType[] | Record<string, DuckDBType>] {
  if (isPositional(params)) return [params.map(toDuckDB), params.map(typeOf)];
  const entries = Object.entries(params);
  return [
    Object.fromEntries(entries.map(([name, value]) => [name, toDuckDB(value)])),
    Object.fromEntries(entries.map(([name, value]) => [name, typeOf(value)])),
  ];
}

function isPositional(params: SqlParameters): params is readonly SqlParameter[] {
  return Array.isArray(params);
}

function isTextList(value: SqlParameter): value is readonly (string | null)[] {
  return Array.isArray(value);
}

function toDuckDB(value: SqlParameter): DuckDBValue {
  if (isTextList(value)) return listValue(value);
  return Number.isSafeInteger(value) ? BigInt(value as number) : value;
}

function typeOf(value: SqlParameter): DuckDBType {
  if (isTextList(value)) return LIST(VARCHAR);
  if (value === null) return SQLNULL;
  if (typeof value === 'bigint') return BIGINT;
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BIGINT : DOUBLE;
  return typeof value === 'boolean' ? BOOLEAN : VARCHAR;
}

/**
 * The rows of a chunk as plain objects. Decided here for the whole of Colophon: integers and decimals are numbers, or
 * their exact decimal text beyond 2^53; dates are `YYYY-MM-DD`; lists are arrays; structs and maps are objects; blobs
 * are bytes; every other type is its text. No bigint leaves this room.
 */
export function chunkRows(chunk: DuckDBDataChunk, names: readonly string[], types: readonly DuckDBType[]): Record<string, unknown>[] {
  const rows: Record<string, unknown>[] = Array.from({ length: chunk.rowCount }, () => ({}));
  names.forEach((name, column) => {
    const vector = chunk.getColumnVector(column);
    const plain = isPlain(types[column]);
    for (let row = 0; row < rows.length; row++) {
      const value = vector.getItem(row);
      const target = rows[row] as Record<string, unknown>;
      const converted = plain ? value : fromDuckDB(value);
      // A column may be called __proto__: an assignment would be swallowed in silence.
      if (name === '__proto__') Object.defineProperty(target, name, { value: converted, enumerable: true, configurable: true, writable: true });
      else target[name] = converted;
    }
  });
  return rows;
}

const PLAIN_TYPES = new Set<DuckDBTypeId | undefined>([
  DuckDBTypeId.VARCHAR,
  DuckDBTypeId.DOUBLE,
  DuckDBTypeId.BOOLEAN,
  DuckDBTypeId.INTEGER,
  DuckDBTypeId.SQLNULL,
]);

function isPlain(type: DuckDBType | undefined): boolean {
  return PLAIN_TYPES.has(type?.typeId);
}

function fromDuckDB(value: DuckDBValue): unknown {
  if (value === null || typeof value !== 'object') return typeof value === 'bigint' ? integer(value) : value;
  if (value instanceof DuckDBListValue || value instanceof DuckDBArrayValue) return value.items.map(fromDuckDB);
  if (value instanceof DuckDBDecimalValue) return decimal(value);
  if (value instanceof DuckDBStructValue)
    return Object.fromEntries(Object.entries(value.entries).map(([key, member]) => [key, fromDuckDB(member)]));
  if (value instanceof DuckDBMapValue)
    return Object.fromEntries(value.entries.map(({ key, value: member }) => [String(fromDuckDB(key)), fromDuckDB(member)]));
  if (value instanceof DuckDBBlobValue) return value.bytes;
  return value.toString();
}

function integer(value: bigint): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value.toString();
}

function decimal(value: DecimalValue): number | string {
  return Number.isSafeInteger(Number(value.value)) ? value.toDouble() : value.toString();
}
