import { quoteIdentifier, type Catalog } from '../../catalog/catalog.js';
import type { DictionaryColumn } from '../../model/dictionary.js';
import type { TableResource } from './datapackage.js';
import { CLINICAL_PREFIX, type ReleaseTable } from '../release-table.js';

/** Own tables whose rows and keys are made from one another by GROUP BY: their keys and links hold as they are. */
const HELD_BY_MAKING = new Set(['cases', 'studies', 'series', 'instances', 'splits', 'draws']);

/** Columns of own tables that name a row alone, by their making. */
const UNIQUE_BY_MAKING = new Set(['cases/case_id', 'instances/path', 'instances/SOPInstanceUID']);

/**
 * The tables as a descriptor may state them: a key is one only where no two rows share it and none lacks it, a link only where every
 * value leads to exactly one row, and at least one value is there. What a schema says should hold, a waiver may have let through,
 * and a row may lead to one that is not released; a descriptor that says more than is true makes every validator refuse the release.
 */
export async function holdKeys(catalog: Catalog, tables: readonly ReleaseTable[], resources: readonly TableResource[]): Promise<TableResource[]> {
  const queries = new Map(tables.map(({ name, query }) => [name, `(${query})`]));
  const held: TableResource[] = [];
  for (const resource of resources) held.push(await holdTable(catalog, queries, resource));
  return held;
}

async function holdTable(catalog: Catalog, queries: ReadonlyMap<string, string>, resource: TableResource): Promise<TableResource> {
  const query = queries.get(resource.name) ?? '';
  const key = resource.columns.filter(({ about }) => about.key).map(({ name }) => name);
  const keyHolds = HELD_BY_MAKING.has(resource.name) || key.length === 0 || (await isKey(catalog, query, key));
  const columns: TableResource['columns'] = [];
  for (const column of resource.columns) {
    const { about } = column;
    const link = about.link !== null && (await linkHolds(catalog, queries, resource.name, about)) ? about.link : null;
    columns.push({ ...column, about: { ...about, key: about.key && keyHolds, link } });
  }
  return { ...resource, columns };
}

async function linkHolds(catalog: Catalog, queries: ReadonlyMap<string, string>, table: string, { column, items, link }: DictionaryColumn): Promise<boolean> {
  if (link === null || link.resource === null || items !== null) return false;
  const target = queries.get(link.resource);
  if (target === undefined) return false;
  if (!(await hasColumn(catalog, target, link.column))) return false;
  const unique = UNIQUE_BY_MAKING.has(`${link.resource}/${link.column}`) || (await isKey(catalog, target, [link.column]));
  if (!unique) return false;
  const [from, to] = [quoteIdentifier(column), quoteIdentifier(link.column)];
  const source = queries.get(table) ?? '';
  const broken = HELD_BY_MAKING.has(table) && !link.resource.startsWith(CLINICAL_PREFIX) ? 'false' : `EXISTS (FROM ${source} AS a ANTI JOIN ${target} AS b ON a.${from} = b.${to} WHERE a.${from} IS NOT NULL)`;
  return isTrue(catalog, `EXISTS (FROM ${source} WHERE ${from} IS NOT NULL) AND NOT ${broken}`);
}

async function hasColumn(catalog: Catalog, query: string, column: string): Promise<boolean> {
  const rows = await catalog.all<{ column_name: string }>(`DESCRIBE FROM ${query}`);
  return rows.some(({ column_name }) => column_name === column);
}

function isKey(catalog: Catalog, query: string, key: readonly string[]): Promise<boolean> {
  const columns = key.map(quoteIdentifier);
  const absent = columns.map((column) => `${column} IS NULL`).join(' OR ');
  return isTrue(catalog, `NOT EXISTS (FROM ${query} WHERE ${absent}) AND NOT EXISTS (SELECT 1 FROM ${query} GROUP BY ${columns.join(', ')} HAVING count(*) > 1)`);
}

async function isTrue(catalog: Catalog, condition: string): Promise<boolean> {
  const [row] = await catalog.all<{ holds: boolean }>(`SELECT ${condition} AS holds`);
  return row?.holds === true;
}
