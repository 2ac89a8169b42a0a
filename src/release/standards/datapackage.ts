import { basename, extname } from 'node:path';
import type { CreatorConfig, DatasetConfig } from '../../model/config.js';
import type { DictionaryColumn } from '../../model/dictionary.js';
import type { ListedFile } from '../bag-lists.js';
import { licenseLink } from '../../model/license.js';
import { tableSchema } from './table-schema.js';

/** A table of the release as the descriptor names it. */
export interface TableResource {
  name: string;
  description: string;
  size_bytes: number;
  sha256: string;
  rows: number;
  columns: ResourceColumn[];
  /** The same table as an Arrow file; null when the release has none. */
  arrow: { size_bytes: number; sha256: string } | null;
}

/** A column with all that the data dictionary says of it. */
export interface ResourceColumn {
  name: string;
  sqlType: string;
  about: DictionaryColumn;
}

/** A document that lies beside the tables. */
export interface DocumentResource extends ListedFile {
  name: string;
  description: string;
  mediatype: string;
}

/** What a data package lists besides its tables. */
export interface OtherResources {
  commitments?: readonly ListedFile[];
  documents?: readonly DocumentResource[];
}

/** data/datapackage.json: the tables as resources of a Data Package v2 (datapackage.org/standard). */
export function formatDatapackage(dataset: DatasetConfig, version: string, tables: readonly TableResource[], { commitments = [], documents = [] }: OtherResources = {}): string {
  const descriptor = {
    $schema: 'https://datapackage.org/profiles/2.0/datapackage.json',
    name: dataset.id.toLowerCase(),
    title: dataset.title,
    ...(dataset.description === undefined ? {} : { description: dataset.description }),
    version,
    ...(dataset.url === undefined ? {} : { homepage: dataset.url }),
    ...(dataset.doi === undefined ? {} : { id: `https://doi.org/${dataset.doi}` }),
    ...(dataset.keywords === undefined ? {} : { keywords: dataset.keywords }),
    licenses: [describeLicense(dataset.license)],
    ...describeContributors(dataset),
    resources: [...tables.map((table) => describeTable(table, tables)), ...tables.flatMap(describeArrow), ...documents.map(describeDocument), ...commitments.map(describeCommitment)],
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

function describeArrow({ name, description, arrow }: TableResource): Record<string, unknown>[] {
  if (arrow === null) return [];
  const about = { path: `tables/${name}.arrow`, description, format: 'arrow', mediatype: 'application/vnd.apache.arrow.file' };
  return [{ name: `${name.toLowerCase()}-arrow`, ...about, bytes: arrow.size_bytes, hash: `sha256:${arrow.sha256}` }];
}

function describeDocument({ name, path, description, mediatype, size_bytes, sha256 }: DocumentResource): Record<string, unknown> {
  return { name, path: basename(path), description, format: extname(path).slice(1), mediatype, bytes: size_bytes, hash: `sha256:${sha256}` };
}

/** A licence is named by its id of the SPDX list, and otherwise has a title (the standard asks for a name of letters and digits, or a path). */
function describeLicense(license: string): Record<string, string> {
  const link = licenseLink(license);
  return link === null ? { name: license.replace(/[^A-Za-z0-9._-]+/g, '-'), title: license } : { name: license, path: link };
}

function describeContributors({ creators = [], contributors = [], publisher }: DatasetConfig): Record<string, unknown> {
  const all = [
    ...creators.map((each) => describeContributor(each, 'creator')),
    ...contributors.map((each) => describeContributor(each, each.role)),
    ...(publisher === undefined ? [] : [{ title: publisher, roles: ['publisher'] }]),
  ];
  return all.length === 0 ? {} : { contributors: all };
}

function describeContributor({ name, affiliation, orcid }: CreatorConfig, role: string): Record<string, unknown> {
  return {
    title: name,
    roles: [role],
    ...(orcid === undefined ? {} : { path: `https://orcid.org/${orcid.replace(/^.*\//, '')}` }),
    ...(affiliation === undefined ? {} : { organization: affiliation }),
  };
}

function describeTable(table: TableResource, tables: readonly TableResource[]): Record<string, unknown> {
  const { name, description, size_bytes, sha256 } = table;
  return {
    name: name.toLowerCase(),
    path: `tables/${name}.parquet`,
    description,
    format: 'parquet',
    mediatype: 'application/vnd.apache.parquet',
    bytes: size_bytes,
    hash: `sha256:${sha256}`,
    type: 'table',
    schema: tableSchema(table, tables),
  };
}
