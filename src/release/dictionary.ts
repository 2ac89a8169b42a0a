import { buildDictionary } from '../clinical/dictionary.js';
import type { Catalog } from '../catalog/catalog.js';
import type { ColumnSchema, ColumnSqlType, DataDictionary, DictionaryColumn, SchemaPack, TableSchema } from '../model/clinical.js';
import { candidateRows, type CandidateTable } from './candidate-table.js';

/** What the dictionary says of the column that we add. */
const CASE_COLUMN: DictionaryColumn = {
  column: 'case_id',
  description: 'The case that the row belongs to, added by Colophon; null when it belongs to none, or to several.',
  type: 'string',
  items: null,
  sql_type: 'VARCHAR',
  unit: null,
  required: false,
  enum: null,
  minimum: null,
  maximum: null,
  dicom_tag: null,
  link: null,
};

/** Stands in for a pack where there is none. */
const NO_PACK: SchemaPack = { name: 'none', version: '', dictionary: null, digest: '', tables: new Map() };

/** data/dictionary.json: every clinical table and column of the release, described by the pack or, without one, by its types. */
export async function formatDictionary(catalog: Catalog, pack: SchemaPack | null, tables: readonly CandidateTable[]): Promise<string> {
  const known = pack ?? NO_PACK;
  const described = new Map(known.tables);
  for (const table of tables) if (!described.has(table.table)) described.set(table.table, await describeTable(catalog, table));
  const dictionary = buildDictionary({ ...known, tables: described }, tables);
  const byName = new Map(tables.map((table) => [table.table, table]));
  const released: DataDictionary = {
    ...dictionary,
    tables: dictionary.tables.map((table) => {
      const { key, linked } = byName.get(table.table) ?? { key: null, linked: false };
      return { ...table, key: key ?? '', columns: linked ? [CASE_COLUMN, ...table.columns] : table.columns };
    }),
  };
  return `${JSON.stringify(released, null, 2)}\n`;
}

async function describeTable(catalog: Catalog, { table, columns, key }: CandidateTable): Promise<TableSchema> {
  const rows = await catalog.all<{ column_name: string; column_type: string }>(`DESCRIBE ${candidateRows(table)}`);
  const types = new Map(rows.map(({ column_name, column_type }) => [column_name, column_type]));
  return { table, key: key ?? '', unique: [], columns: columns.map((name) => describeColumn(name, types.get(name) ?? 'VARCHAR')), links: [], listSeparator: ',', json: {} };
}

function describeColumn(name: string, sqlType: string): ColumnSchema {
  const list = sqlType.endsWith('[]');
  const scalar = SCALARS[list ? sqlType.slice(0, -2) : sqlType] ?? 'string';
  return { name, type: list ? 'array' : scalar, ...(list ? { items: scalar } : {}), sqlType: sqlType as ColumnSqlType, required: false };
}

const SCALARS: Record<string, 'string' | 'integer' | 'number' | 'boolean'> = { BIGINT: 'integer', DOUBLE: 'number', BOOLEAN: 'boolean' };
