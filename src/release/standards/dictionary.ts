import { describeSchemaColumn, plainColumn, type CarriedColumn } from '../../clinical/dictionary.js';
import type { Catalog } from '../../catalog/catalog.js';
import type { SchemaPack } from '../../model/clinical.js';
import type { DataDictionary, DictionaryColumn, DictionaryTable } from '../../model/dictionary.js';
import type { CandidateTable } from '../candidate/table.js';
import type { HiddenColumn } from '../candidate/hidden-cells.js';
import { describeOwnColumn, ownKey } from './own-columns.js';
import { CLINICAL_PREFIX, type ReleaseTable } from '../release-table.js';

/** Where the meaning of columns is found. */
export interface MeaningSources {
  pack: SchemaPack | null;
  /** The clinical tables of the release. */
  tables: readonly CandidateTable[];
  /** Cells that stay empty, which the missing-value rule has to say. */
  hidden: readonly HiddenColumn[];
}

/** The data dictionary of a release: every table and every column of it, our own tables before the clinical ones. */
export async function describeRelease(catalog: Catalog, tables: readonly ReleaseTable[], sources: MeaningSources): Promise<DataDictionary> {
  const own: DictionaryTable[] = [];
  const clinical: DictionaryTable[] = [];
  for (const table of tables) {
    const columns = await describeColumns(catalog, table, sources);
    if (table.name.startsWith(CLINICAL_PREFIX)) clinical.push(clinicalTable(table, columns, sources));
    else own.push(ownTable(table, columns));
  }
  const { name = 'none', version = '', digest = '', dictionary = null } = sources.pack ?? {};
  return { pack: { name, version, digest, dictionary }, tables: [...own, ...clinical] };
}

/**
 * What the columns of a table of the release mean, in their order: the one source of dictionary, data package, Croissant record and
 * the metadata of the Parquet and Arrow files.
 */
export async function describeColumns(catalog: Catalog, { name: resource, query }: ReleaseTable, { pack, tables, hidden }: MeaningSources): Promise<DictionaryColumn[]> {
  const rows = await catalog.all<{ column_name: string; column_type: string }>(`DESCRIBE ${query}`);
  const carried: CarriedColumn[] = rows.map(({ column_name, column_type }) => ({ name: column_name, sqlType: column_type }));
  if (!resource.startsWith(CLINICAL_PREFIX)) return carried.map((column) => describeOwnColumn(resource, column));
  const table = resource.slice(CLINICAL_PREFIX.length);
  const { key = null, linked = false } = tables.find((each) => each.table === table) ?? {};
  const schema = pack?.tables.get(table);
  const names = new Set(tables.map((each) => each.table));
  const kept = hidden.filter((each) => each.table === table);
  return carried.map((column, at) => {
    if (linked && at === 0) return caseColumn(column);
    return withhold(describeSchemaColumn(column, schema, key, names), kept);
  });
}

/** The column that we add in front of a clinical table. */
function caseColumn(column: CarriedColumn): DictionaryColumn {
  return {
    ...plainColumn(column),
    description: 'The case that the row belongs to, added by Colophon.',
    missing: 'NULL: the row belongs to no case, or to several.',
    link: { table: 'cases', column: 'case_id', multiplicity: 'many_to_one', resource: 'cases' },
  };
}

function withhold(column: DictionaryColumn, hidden: readonly HiddenColumn[]): DictionaryColumn {
  const parts = hidden.filter((each) => each.column === column.column).map(({ split, part }) => ` NULL as well in every row of a case in the hidden part ${part} of the split ${split}.`);
  return parts.length === 0 ? column : { ...column, required: false, missing: column.missing + parts.join('') };
}

function ownTable({ name, description }: ReleaseTable, columns: DictionaryColumn[]): DictionaryTable {
  const key = ownKey(name);
  return { table: name, kind: 'release', resource: name, description, key: key.length === 1 ? (key[0] ?? '') : '', unique: key.length === 0 ? [] : [[...key]], columns };
}

function clinicalTable({ name: resource }: ReleaseTable, columns: DictionaryColumn[], { pack, tables }: MeaningSources): DictionaryTable {
  const table = resource.slice(CLINICAL_PREFIX.length);
  const schema = pack?.tables.get(table);
  const names = new Set(columns.map(({ column }) => column));
  return {
    table,
    kind: 'clinical',
    resource,
    description: schema?.description ?? null,
    key: tables.find((each) => each.table === table)?.key ?? '',
    unique: (schema?.unique ?? []).filter((set) => set.every((name) => names.has(name))),
    columns,
  };
}

/** Columns that a note names. */
const NAMED = 5;

/** A note about the columns that nobody described; null when there are none. */
export function noteUndescribed({ tables }: DataDictionary): string | null {
  const names = tables.flatMap(({ resource, columns }) => columns.filter(({ description }) => description === null).map(({ column }) => `${resource}.${column}`));
  if (names.length === 0) return null;
  const listed = names.slice(0, NAMED).map((name) => JSON.stringify(name)).join(', ');
  const more = names.length > NAMED ? `, and ${names.length - NAMED} more` : '';
  return `${names.length} ${names.length === 1 ? 'column is' : 'columns are'} described by nobody, and the data dictionary says so: ${listed}${more}. A schema can describe them.`;
}
