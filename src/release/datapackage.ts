import { basename } from 'node:path';
import type { DatasetConfig } from '../model/config.js';
import type { ListedFile } from './bag-lists.js';

/** A table of the release as the descriptor names it. */
export interface TableResource {
  name: string;
  description: string;
  size_bytes: number;
  sha256: string;
  rows: number;
  columns: { name: string; sqlType: string }[];
}

/** data/datapackage.json: the tables as resources of a Data Package v2 (datapackage.org/standard). */
export function formatDatapackage(dataset: DatasetConfig, version: string, tables: readonly TableResource[], commitments: readonly ListedFile[] = []): string {
  const descriptor = {
    $schema: 'https://datapackage.org/profiles/2.0/datapackage.json',
    name: dataset.id.toLowerCase(),
    title: dataset.title,
    ...(dataset.description === undefined ? {} : { description: dataset.description }),
    version,
    ...(dataset.url === undefined ? {} : { homepage: dataset.url }),
    licenses: [{ name: dataset.license }],
    ...(dataset.creators === undefined ? {} : { contributors: dataset.creators.map(describeCreator) }),
    resources: [...tables.map(describeTable), ...commitments.map(describeCommitment)],
  };
  return `${JSON.stringify(descriptor, null, 2)}\n`;
}

function describeCommitment({ path, size_bytes, sha256 }: ListedFile): Record<string, unknown> {
  const name = basename(path, '.txt');
  return {
    name: `commitment-${name.toLowerCase()}`,
    path: `commitments/${name}.txt`,
    description: `Commitments to the rows of the hidden part of the split ${name}, one a line; see commitments in release.json.`,
    format: 'txt',
    mediatype: 'text/plain',
    bytes: size_bytes,
    hash: `sha256:${sha256}`,
  };
}

function describeCreator({ name, affiliation }: { name: string; affiliation?: string }): Record<string, unknown> {
  return { title: name, roles: ['creator'], ...(affiliation === undefined ? {} : { organization: affiliation }) };
}

function describeTable({ name, description, size_bytes, sha256, columns }: TableResource): Record<string, unknown> {
  return {
    name: name.toLowerCase(),
    path: `tables/${name}.parquet`,
    description,
    format: 'parquet',
    mediatype: 'application/vnd.apache.parquet',
    bytes: size_bytes,
    hash: `sha256:${sha256}`,
    type: 'table',
    schema: { fields: columns.map((column) => ({ name: column.name, type: fieldType(column.sqlType) })) },
  };
}

/** The type of the Table Schema that a DuckDB type is. */
function fieldType(sqlType: string): string {
  if (sqlType.endsWith('[]')) return 'array';
  if (/^(?:U?(?:BIG|HUGE|SMALL|TINY)INT|U?INTEGER)$/.test(sqlType)) return 'integer';
  if (/^(?:DOUBLE|FLOAT|DECIMAL.*)$/.test(sqlType)) return 'number';
  if (sqlType === 'BOOLEAN') return 'boolean';
  if (sqlType === 'DATE') return 'date';
  return sqlType === 'VARCHAR' ? 'string' : 'any';
}
