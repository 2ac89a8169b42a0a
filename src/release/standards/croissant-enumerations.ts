import type { DictionaryColumn } from '../../model/dictionary.js';
import { iriPart } from './croissant-ids.js';
import type { TableResource } from './datapackage.js';

/** The closed set of values of a column. */
export interface CroissantEnumeration {
  id: string;
  table: string;
  column: string;
  values: readonly { name: string; meaning: string }[];
}

/** Longest set that is written out: what is longer is a vocabulary. */
const MAX_VALUES = 200;

export function enumerationId(table: string, column: string): string {
  return `enum_${table}_${iriPart(column)}`;
}

/** The enumerations among the columns of tables, in their order. Only single text cells: a reference from a list joins nothing. */
export function findEnumerations(tables: readonly TableResource[]): CroissantEnumeration[] {
  return tables.flatMap(({ name: table, columns }) =>
    columns.flatMap(({ about }) => {
      const { column, type, link, enum: allowed } = about;
      if (type !== 'string' || link !== null || allowed === null || allowed.length === 0 || allowed.length > MAX_VALUES) return [];
      return [{ id: enumerationId(table, column), table, column, values: describeValues(about) }];
    }),
  );
}

/** An enumeration as a RecordSet of the type sc:Enumeration, its records inline. */
export function enumerationRecords({ id, table, column, values }: CroissantEnumeration): Record<string, unknown> {
  const told = values.some(({ meaning }) => meaning !== '');
  const field = (name: string, description: string) => ({ '@type': 'cr:Field', '@id': `${id}/${name}`, name, description, dataType: 'sc:Text' });
  return {
    '@type': 'cr:RecordSet',
    '@id': id,
    name: id,
    description: `The values that ${column} of ${table} can have.`,
    dataType: 'sc:Enumeration',
    key: { '@id': `${id}/name` },
    field: [field('name', 'The value.'), ...(told ? [field('description', 'What it means; empty where nobody said it.')] : [])],
    data: values.map(({ name, meaning }) => ({ [`${id}/name`]: name, ...(told ? { [`${id}/description`]: meaning } : {}) })),
  };
}

function describeValues({ enum: allowed, values }: DictionaryColumn): { name: string; meaning: string }[] {
  const meanings = new Map((values ?? []).map(({ value, meaning }) => [value, meaning ?? '']));
  return [...new Set(allowed ?? [])].map((name) => ({ name, meaning: meanings.get(name) ?? '' }));
}
