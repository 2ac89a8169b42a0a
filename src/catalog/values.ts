import {
  DuckDBTypeId,
  listValue,
  type DuckDBDataChunk,
  type DuckDBType,
  type DuckDBValue,
  DuckDBArrayValue,
  DuckDBBlobValue,
  DuckDBDecimalValue,
  DuckDBListValue,
  DuckDBMapValue,
  DuckDBStructValue,
} from '@duckdb/node-api';

/** What a statement may be given as a parameter; lists become DuckDB lists. */
export type SqlParameter = string | number | bigint | boolean | null | readonly (string | number | null)[];

/** A parameter as node-api binds it. */
export function toDuckDB(value: SqlParameter): DuckDBValue {
  return Array.isArray(value) ? listValue(value as DuckDBValue[]) : (value as DuckDBValue);
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

function decimal(value: DuckDBDecimalValue): number | string {
  return Number.isSafeInteger(Number(value.value)) ? value.toDouble() : value.toString();
}
