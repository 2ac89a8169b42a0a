import type { DictionaryColumn } from '../../model/dictionary.js';
import { enumerationId, type CroissantEnumeration } from './croissant-enumerations.js';
import { fieldId } from './croissant-ids.js';
import type { ResourceColumn, TableResource } from './datapackage.js';
import { ownKey } from './own-columns.js';

/** What the record sets of tables lead to. */
export interface RecordContext {
  enumerations: readonly CroissantEnumeration[];
  /** Record set that names the parts of splits; null when no split is published. */
  partsId: string | null;
  /** `<table>/<column>` of what a model is to learn or to be tested on. */
  labels: ReadonlySet<string>;
}

/** The rows of a table as a RecordSet: its key, and a typed, described field for every column. */
export function tableRecords(table: TableResource, context: RecordContext): Record<string, unknown> {
  const { name, description, columns } = table;
  const key = columns.filter(({ about }) => about.key).map((column) => ({ '@id': fieldId(name, column.name) }));
  const unique = ownKey(name).length > 0 || key.length === 1 ? key : [];
  return {
    '@type': 'cr:RecordSet',
    '@id': name,
    name,
    description,
    ...(unique.length === 0 ? {} : { key: unique.length === 1 ? unique[0] : unique }),
    field: columns.map((column) => columnField(name, column, context)),
  };
}

/**
 * The tables so that those that others lead to come first, else in their order: a reader that loads record sets one after another has then
 * what it joins.
 */
export function targetsFirst(tables: readonly TableResource[]): TableResource[] {
  const ordered: TableResource[] = [];
  const done = new Set<string>();
  let waiting = [...tables];
  while (waiting.length > 0) {
    const ready = waiting.filter(({ name, columns }) => columns.every(({ about }) => isReached(about, name, done)));
    // A circle of links has no first table: the order of the release breaks it.
    for (const table of ready.length > 0 ? ready : waiting.slice(0, 1)) {
      ordered.push(table);
      done.add(table.name);
    }
    waiting = waiting.filter(({ name }) => !done.has(name));
  }
  return ordered;
}

function isReached({ link }: DictionaryColumn, table: string, done: ReadonlySet<string>): boolean {
  const target = link?.resource ?? null;
  return target === null || target === table || done.has(target);
}

function columnField(table: string, { name, about }: ResourceColumn, context: RecordContext): Record<string, unknown> {
  const id = fieldId(table, name);
  const type = dataType(about.items ?? about.type);
  const target = reference(table, about, context);
  return {
    '@type': 'cr:Field',
    '@id': id,
    name,
    description: describe(about),
    dataType: context.labels.has(`${table}/${name}`) ? [type, 'cr:Label'] : type,
    ...(about.items === null ? {} : { isArray: true, arrayShape: '-1' }),
    source: { fileObject: { '@id': `${table}.parquet` }, extract: { column: name } },
    ...(target === null || target === id ? {} : { references: { field: { '@id': target } } }),
  };
}

/** The field that the values of a column are taken from: the key of a table, a part of a split, or an enumeration. */
function reference(table: string, about: DictionaryColumn, { enumerations, partsId }: RecordContext): string | null {
  const { column, link, items } = about;
  if (link !== null && link.resource !== null) return fieldId(link.resource, link.column);
  if (table === 'splits' && column === 'part') return partsId === null ? null : `${partsId}/name`;
  const id = enumerationId(table, column);
  return items === null && enumerations.some((each) => each.id === id) ? `${id}/name` : null;
}

function describe({ description, unit, missing }: DictionaryColumn): string {
  const sentences = [description ?? 'Nobody described this column.', ...(unit === null || unit === '1' ? [] : [`Unit: ${unit}.`]), missing];
  return sentences.map((each) => each.trim()).join(' ');
}

const DATA_TYPES: Readonly<Record<DictionaryColumn['type'], string>> = {
  array: 'sc:Text',
  boolean: 'sc:Boolean',
  date: 'sc:Date',
  datetime: 'sc:DateTime',
  integer: 'sc:Integer',
  number: 'sc:Float',
  string: 'sc:Text',
};

function dataType(type: DictionaryColumn['type']): string {
  return DATA_TYPES[type];
}
