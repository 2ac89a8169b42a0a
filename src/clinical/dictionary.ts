import type { ColumnSchema, DataDictionary, DictionaryColumn, DictionaryTable, SchemaPack, TableSchema } from '../model/clinical.js';

/** A table as a release carries it: which of its schema's columns are there, in the order of the file. */
export interface CarriedTable {
  table: string;
  columns: readonly string[];
}

/**
 * The data dictionary of a release: every table and column that it carries, tables sorted by name, columns in the order of
 * the table. A column or table that the pack does not know is text without a description.
 */
export function buildDictionary(pack: SchemaPack, tables: readonly CarriedTable[]): DataDictionary {
  const sorted = tables.toSorted((a, b) => (a.table < b.table ? -1 : 1));
  return {
    pack: { name: pack.name, version: pack.version, digest: pack.digest, dictionary: pack.dictionary },
    tables: sorted.map(({ table, columns }) => describeTable(pack.tables.get(table), table, columns)),
  };
}

function describeTable(schema: TableSchema | undefined, table: string, columns: readonly string[]): DictionaryTable {
  const known = new Map(schema?.columns.map((column) => [column.name, column]));
  return {
    table,
    description: schema?.description ?? null,
    key: schema?.key ?? columns[0] ?? '',
    unique: (schema?.unique ?? []).filter((set) => set.every((name) => columns.includes(name))),
    columns: columns.map((name) => describeColumn(known.get(name) ?? unknownColumn(name), schema)),
  };
}

function unknownColumn(name: string): ColumnSchema {
  return { name, type: 'string', sqlType: 'VARCHAR', required: false };
}

function describeColumn(column: ColumnSchema, schema: TableSchema | undefined): DictionaryColumn {
  const link = schema?.links.find((candidate) => candidate.column === column.name);
  return {
    column: column.name,
    description: column.description ?? null,
    type: column.type,
    items: column.items ?? null,
    sql_type: column.sqlType,
    unit: column.unit ?? null,
    required: column.required,
    enum: column.enum ?? null,
    minimum: column.minimum ?? null,
    maximum: column.maximum ?? null,
    dicom_tag: column.dicomTag ?? null,
    link: link === undefined ? null : { table: link.target, column: link.targetKey, multiplicity: link.multiplicity },
  };
}
