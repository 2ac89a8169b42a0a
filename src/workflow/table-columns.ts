import type { Catalog } from '../catalog/catalog.js';
import { rawColumns } from '../catalog/table-load.js';
import { mendTable } from '../catalog/mended-table.js';
import { inferColumns, typeTable, type TypedColumn } from '../catalog/table-typing.js';
import { parseCell, splitList } from '../clinical/cell.js';
import { tableMending, type HarmonizationPlan } from '../clinical/harmonization/plan.js';
import type { SchemaPack, TableSchema } from '../model/clinical.js';
import type { ListSplitter } from '../sources/list-cell.js';

/** What decides the types of clinical columns. */
export interface TypingRules {
  /** Null: types are inferred. */
  pack: SchemaPack | null;
  /** Keys of tables that no pack knows; they stay text. */
  keys: Readonly<Record<string, { key: string; case?: string }>>;
  /** Between the values of a list cell; undefined: as the schema of the table says. */
  listSeparator?: string;
  /** Rules that mend cells before they are typed; null or absent: none. */
  harmonization?: HarmonizationPlan | null;
}

/** Makes the typed rows of a table anew from its raw ones: mended by the rules, then typed by its schema or by what the cells allow. */
export async function retypeTable(catalog: Catalog, rules: TypingRules, table: string): Promise<void> {
  const columns = await rawColumns(catalog, table);
  if (columns.length === 0) return;
  const schema = rules.pack?.tables.get(table);
  const key = rules.keys[table]?.key ?? schema?.key ?? null;
  const separator = rules.listSeparator ?? schema?.listSeparator ?? ',';
  const plan = rules.harmonization ?? null;
  const mending = plan === null ? null : tableMending(plan, table, columns, separator);
  const texts = await mendTable(catalog, table, columns, mending);
  const typed = schema === undefined ? await inferTypes(catalog, rules, table, texts, columns) : columns.map((name) => typeColumn(rules, schema, name));
  await typeTable(catalog, table, texts, typed, key);
}

function typeColumn(rules: TypingRules, schema: TableSchema, name: string): TypedColumn {
  const column = schema.columns.find((candidate) => candidate.name === name);
  if (column === undefined) return { name, sqlType: 'VARCHAR' };
  if (column.type !== 'array') return { name, sqlType: column.sqlType };
  const parseList = (text: string): readonly unknown[] | undefined => {
    const members = parseCell(text, column, rules.listSeparator ?? schema.listSeparator);
    return Array.isArray(members) ? members : undefined;
  };
  return { name, sqlType: column.sqlType, parseList };
}

/** Keys and columns that hold the case stay text whatever they look like, so that joins compare text. */
async function inferTypes(catalog: Catalog, rules: TypingRules, table: string, texts: string, columns: readonly string[]): Promise<TypedColumn[]> {
  const inferred = await inferColumns(catalog, texts, columns);
  const named = rules.keys[table];
  const text = new Set([named?.key, named?.case, ...Object.values(rules.keys).map(({ key }) => key)]);
  return inferred.map(({ name, sqlType }) => ({ name, sqlType: text.has(name) ? 'VARCHAR' : sqlType }));
}

/** How the list cells of a table are joined and taken apart. */
export function listSplitter(rules: TypingRules, table: string): ListSplitter {
  const schema = rules.pack?.tables.get(table);
  const separator = rules.listSeparator ?? schema?.listSeparator ?? ',';
  return (name) => {
    const column = schema?.columns.find((candidate) => candidate.name === name);
    return { separator, split: (text) => (column === undefined ? text.split(separator) : splitList(text, column, separator)) };
  };
}

/** Changes when the rows of a table would be typed in another way. */
export function typingDigest(rules: TypingRules, table: string): string {
  const separator = rules.listSeparator ?? '';
  const plan = rules.harmonization ?? null;
  const mended = plan === null ? '' : ` mended ${plan.digest}`;
  if (rules.pack?.tables.has(table) === true) return `${rules.pack.digest} ${separator}${mended}`;
  const keys = Object.entries(rules.keys).map(([name, { key, case: owner }]) => `${name}:${key}:${owner ?? ''}`);
  return `inferred ${keys.sort().join(' ')} ${separator}${mended}`;
}
