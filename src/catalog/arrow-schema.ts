import type * as Arrow from 'apache-arrow';
import type { DataType, Field, Schema } from 'apache-arrow';

/** The module, which is loaded only where it is used: it takes as long to load as a small command to run. */
export type ArrowModule = typeof Arrow;

/** A column of an exported table, and what its metadata says. */
export interface ExportColumn {
  name: string;
  /** DuckDB type. */
  sqlType: string;
  /** Allowed values of a text column: it becomes a dictionary (categories); null when open. */
  categories: readonly string[] | null;
  /** Key-value metadata of the field, in this order. */
  metadata: readonly (readonly [key: string, value: string])[];
}

/** Key of the Parquet metadata under which Arrow's readers look for the schema with its field metadata. */
export const ARROW_SCHEMA_KEY = 'ARROW:schema';

/** Loads apache-arrow. */
export function loadArrow(): Promise<ArrowModule> {
  return import('apache-arrow');
}

/** The Arrow schema of an exported table: native types, fields with their metadata, the table's own metadata. */
export function arrowSchema(arrow: ArrowModule, columns: readonly ExportColumn[], metadata: ReadonlyMap<string, string>): Schema {
  const fields = columns.map(({ name, sqlType, categories, metadata: about }, id) => new arrow.Field(name, columnType(arrow, sqlType, categories === null ? null : id), true, new Map(about)));
  return new arrow.Schema(fields, new Map(metadata));
}

/**
 * The value of `ARROW:schema`: the schema as an encapsulated IPC message (Arrow columnar format, "Encapsulated message format"), in
 * base64. Arrow's readers (pyarrow, pandas, polars, R) take field metadata and categories from it.
 */
export function encodeArrowSchema(arrow: ArrowModule, schema: Schema): string {
  const stream = Buffer.from(arrow.tableToIPC(new arrow.Table(schema), 'stream'));
  // continuation mark, length, message; what follows are batches and the end mark
  return stream.subarray(0, 8 + stream.readInt32LE(4)).toString('base64');
}

/**
 * The Arrow type of a DuckDB type, as DuckDB's Parquet files hold it.
 * @param dictionary id of the dictionary of a column with categories; null for none
 */
function columnType(arrow: ArrowModule, sqlType: string, dictionary: number | null): DataType {
  if (sqlType.endsWith('[]')) return new arrow.List(elementField(arrow, sqlType.slice(0, -2)));
  if (sqlType === 'VARCHAR' && dictionary !== null) return new arrow.Dictionary(new arrow.Utf8(), new arrow.Int32(), dictionary);
  return scalarType(arrow, sqlType);
}

function elementField(arrow: ArrowModule, sqlType: string): Field {
  return new arrow.Field('element', scalarType(arrow, sqlType), true);
}

function scalarType(arrow: ArrowModule, sqlType: string): DataType {
  const decimal = /^DECIMAL\((\d+),(\d+)\)$/.exec(sqlType);
  if (decimal !== null) return new arrow.Decimal(Number(decimal[2]), Number(decimal[1]), 128);
  switch (sqlType) {
    case 'VARCHAR':
      return new arrow.Utf8();
    case 'BIGINT':
      return new arrow.Int64();
    case 'INTEGER':
      return new arrow.Int32();
    // DuckDB has no other place for 128 bits in Parquet
    case 'HUGEINT':
    case 'DOUBLE':
      return new arrow.Float64();
    case 'BOOLEAN':
      return new arrow.Bool();
    case 'DATE':
      return new arrow.DateDay();
    case 'TIMESTAMP WITH TIME ZONE':
      return new arrow.TimestampMicrosecond('UTC');
    case 'TIMESTAMP':
      return new arrow.TimestampMicrosecond();
    default:
      throw new Error(`a release has no columns of type ${sqlType}`);
  }
}
