import type { DictionaryColumn } from '../../model/dictionary.js';
import { ownKey } from './own-columns.js';

/** A table of the release with what the dictionary says of its columns. */
export interface DescribedTable {
  name: string;
  columns: readonly { about: DictionaryColumn }[];
}

/**
 * The Table Schema (datapackage.org/standard/table-schema) of a table: fields with description, unit and constraints, and its keys.
 * @param tables all tables of the release: a key that leads to a column that is not there is left out
 */
export function tableSchema({ name, columns }: DescribedTable, tables: readonly DescribedTable[]): Record<string, unknown> {
  const key = columns.filter(({ about }) => about.key).map(({ about }) => about.column);
  const unique = ownKey(name).length > 0 || key.length === 1 ? key : [];
  const foreign = columns.flatMap(({ about }) => foreignKey(about, tables));
  return {
    fields: columns.map(({ about }) => describeField(about)),
    ...(unique.length === 0 ? {} : { primaryKey: unique }),
    ...(foreign.length === 0 ? {} : { foreignKeys: foreign }),
  };
}

function describeField(column: DictionaryColumn): Record<string, unknown> {
  const { column: name, description, type, items, unit, missing, values } = column;
  const meanings = values?.filter(({ meaning }) => meaning !== null) ?? [];
  const constraints = describeConstraints(column);
  return {
    name,
    type,
    ...(description === null ? {} : { description }),
    ...(unit === null ? {} : { unit }),
    missing,
    ...(items === null ? { ...constraints } : { arrayItem: { type: items, ...constraints } }),
    ...(meanings.length === 0 ? {} : { meanings: meanings.map(({ value, meaning }) => ({ value, meaning })) }),
  };
}

function describeConstraints({ items, required, enum: allowed, minimum, maximum }: DictionaryColumn): { constraints?: Record<string, unknown> } {
  const constraints = {
    ...(required && items === null ? { required } : {}),
    ...(allowed === null ? {} : { enum: allowed }),
    ...(minimum === null ? {} : { minimum }),
    ...(maximum === null ? {} : { maximum }),
  };
  return Object.keys(constraints).length === 0 ? {} : { constraints };
}

/** A list cannot be a key, and a key must lead to a column of the release. */
function foreignKey({ column, items, link }: DictionaryColumn, tables: readonly DescribedTable[]): Record<string, unknown>[] {
  if (link === null || items !== null) return [];
  const target = tables.find(({ name }) => name === link.resource);
  if (target?.columns.some(({ about }) => about.column === link.column) !== true) return [];
  return [{ fields: [column], reference: { resource: target.name.toLowerCase(), fields: [link.column] } }];
}
