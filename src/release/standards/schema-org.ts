import type { CreatorConfig, DatasetConfig } from '../../model/config.js';
import { citation } from './citation.js';
import { licenseLink } from '../../model/license.js';

/** A file that the landing page offers: a table, or a document of data/. */
export interface SchemaOrgFile {
  /** Path from the root of the release, e.g. `data/tables/cases.parquet`. */
  path: string;
  /** One sentence for people. */
  description: string;
  /** Media type, e.g. `application/vnd.apache.parquet`. */
  mediaType: string;
  size_bytes: number;
  sha256: string;
}

/** What the landing page says of a release, besides the configuration. */
export interface SchemaOrgFacts {
  version: string;
  /** Release date, YYYY-MM-DD. */
  date: string;
  /** sha256 of release.json, 64 hex digits; null where the page is itself part of what is digested. */
  digest: string | null;
  /** Version that this one follows; null for the first release. */
  previous: string | null;
  counts: { cases: number; studies: number; instances: number };
  files: readonly SchemaOrgFile[];
  /** Where the files of this release can be fetched, ending in `/`; null: beside the page. */
  baseUrl: string | null;
}

/**
 * The release as a Dataset of schema.org, which search engines read from a page: every table a DataDownload with its
 * sha256. Pure; put it into a page by `schemaOrgText`.
 */
export function schemaOrgDataset(dataset: DatasetConfig, facts: SchemaOrgFacts): Record<string, unknown> {
  const { version, date, digest, counts } = facts;
  const page = dataset.url?.replace(/\/+$/, '');
  return {
    '@context': 'https://schema.org/',
    '@type': 'Dataset',
    ...(page === undefined ? {} : { '@id': `${page}/${version}` }),
    name: dataset.title,
    alternateName: dataset.id,
    description: describe(dataset, counts),
    version,
    datePublished: date,
    license: licenseLink(dataset.license) ?? dataset.license,
    ...(dataset.keywords === undefined ? {} : { keywords: dataset.keywords }),
    ...(page === undefined ? {} : { url: `${page}/${version}` }),
    ...identifiers(dataset, digest),
    ...(dataset.creators === undefined ? {} : { creator: dataset.creators.map(describeAgent) }),
    ...(dataset.contributors === undefined ? {} : { contributor: dataset.contributors.map(describeAgent) }),
    ...(dataset.publisher === undefined ? {} : { publisher: { '@type': 'Organization', name: dataset.publisher } }),
    citation: citation(dataset, facts),
    ...versions(page, facts),
    measurementTechnique: 'Medical imaging (DICOM)',
    distribution: facts.files.map((file) => describeDownload(file, facts.baseUrl)),
  };
}

/** The JSON of a record as it may stand inside `<script type="application/ld+json">`: no character that HTML reads. */
export function schemaOrgText(record: Record<string, unknown>): string {
  return JSON.stringify(record, null, 2).replace(/[<>&\u2028\u2029]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Search engines pass over a description of less than 50 characters: the counts are always part of it. */
function describe({ title, description }: DatasetConfig, { cases, studies, instances }: SchemaOrgFacts['counts']): string {
  const sentence = (description ?? title).trim();
  return `${sentence}${/[.!?]$/.test(sentence) ? '' : '.'} ${cases} ${cases === 1 ? 'case' : 'cases'}, ${studies} imaging ${studies === 1 ? 'study' : 'studies'}, ${instances} DICOM ${instances === 1 ? 'image' : 'images'}, with clinical tables.`;
}

function identifiers({ doi }: DatasetConfig, digest: string | null): Record<string, unknown> {
  const identifier = [
    ...(doi === undefined ? [] : [`https://doi.org/${doi}`]),
    ...(digest === null ? [] : [{ '@type': 'PropertyValue', propertyID: 'release digest: sha256 of release.json', value: `sha256:${digest}` }]),
  ];
  return identifier.length === 0 ? {} : { identifier };
}

function describeAgent({ name, kind, affiliation, orcid }: CreatorConfig): Record<string, unknown> {
  return {
    '@type': kind === 'organization' ? 'Organization' : 'Person',
    ...(orcid === undefined ? {} : { '@id': `https://orcid.org/${orcid.replace(/^.*\//, '')}` }),
    name,
    ...(affiliation === undefined ? {} : { affiliation: { '@type': 'Organization', name: affiliation } }),
  };
}

/** A release is a version of the dataset, made from the release before; both are told by their pages. */
function versions(page: string | undefined, { previous }: SchemaOrgFacts): Record<string, unknown> {
  if (page === undefined) return {};
  return {
    exampleOfWork: { '@type': 'Dataset', '@id': page },
    ...(previous === null ? {} : { isBasedOn: { '@type': 'Dataset', '@id': `${page}/${previous}`, version: previous } }),
  };
}

function describeDownload({ path, description, mediaType, size_bytes, sha256 }: SchemaOrgFile, baseUrl: string | null): Record<string, unknown> {
  const location = path.split('/').map(encodeURIComponent).join('/');
  return {
    '@type': 'DataDownload',
    name: path,
    description,
    contentUrl: `${baseUrl ?? ''}${location}`,
    encodingFormat: mediaType,
    contentSize: `${size_bytes} B`,
    sha256,
  };
}
