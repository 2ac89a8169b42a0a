import type { CreatorConfig, DatasetConfig } from '../../model/config.js';
import type { ListedFile } from '../bag-lists.js';
import { citation } from './citation.js';
import type { TableResource } from './datapackage.js';
import { licenseLink } from '../../model/license.js';

/** What the documents of data/ are, and as what they are read; the crate describes those that a release has. */
const DOCUMENTS: ReadonlyMap<string, readonly [description: string, mediaType: string]> = new Map([
  ['croissant.json', ['This dataset as Croissant 1.1.', 'application/ld+json']],
  ['datacite.json', ['This dataset as a record of DataCite 4.5.', 'application/json']],
  ['datapackage.json', ['The tables as a Data Package v2.', 'application/json']],
  ['dictionary.json', ['What every table and column means.', 'application/json']],
  ['dictionary.md', ['What every table and column means, for people.', 'text/markdown']],
  ['gate.json', ['What judged this release: rules, policy, waivers.', 'application/json']],
]);

/** Files that there are many of, by their place. */
const PLACES: readonly (readonly [place: RegExp, description: string, mediaType: string])[] = [
  [/^commitments\/.+\.txt$/, 'Commitments to the rows of a hidden part.', 'text/plain'],
  [/^tables\/.+\.arrow$/, 'The table of that name once more, as an Arrow file.', 'application/vnd.apache.arrow.file'],
];

export interface CrateFacts {
  version: string;
  /** Release date, YYYY-MM-DD. */
  date: string;
  tables: readonly TableResource[];
  /** The files of data/ that are written already, tables among them; by their paths from the root of the release. */
  files: readonly ListedFile[];
  /** Image files that the release carries. */
  images: number;
}

type Entity = { '@id': string; '@type': string } & Record<string, unknown>;

/**
 * data/ro-crate-metadata.json: the payload as an attached RO-Crate 1.2 (w3id.org/ro/crate/1.2). The crate is the folder data/, as
 * the specification places it in a bag. The images are one folder of it: their digests are in the table of instances and the manifest.
 */
export function formatRoCrate(dataset: DatasetConfig, facts: CrateFacts): string {
  const { tables, images } = facts;
  const files = [...tables.map(describeTable), ...facts.files.flatMap(describeDocument)];
  const parts: Entity[] = images > 0 ? [...files, describeImages(images)] : files;
  const license = describeLicense(dataset.license);
  const creators = describeAgents(dataset.creators ?? [{ name: dataset.publisher ?? dataset.title, kind: 'organization' }], 'creator');
  const contributors = describeAgents(dataset.contributors ?? [], 'contributor');
  const publisher: Entity[] = dataset.publisher === undefined ? [] : [{ '@id': '#publisher', '@type': 'Organization', name: dataset.publisher }];
  const identifier: Entity[] = dataset.doi === undefined ? [] : [{ '@id': `https://doi.org/${dataset.doi}`, '@type': 'PropertyValue', name: 'DOI', propertyID: 'https://registry.identifiers.org/registry/doi', value: `doi:${dataset.doi}`, url: `https://doi.org/${dataset.doi}` }];
  const root: Entity = {
    '@id': './',
    '@type': 'Dataset',
    name: dataset.title,
    description: dataset.description ?? dataset.title,
    version: facts.version,
    datePublished: facts.date,
    license: reference(license),
    ...refer('identifier', identifier),
    ...(dataset.url === undefined ? {} : { url: dataset.url }),
    ...(dataset.keywords === undefined ? {} : { keywords: dataset.keywords.join(', ') }),
    creditText: citation(dataset, facts),
    ...refer('creator', creators.agents),
    ...refer('contributor', contributors.agents),
    ...refer('publisher', publisher),
    ...refer('hasPart', parts),
  };
  const descriptor: Entity = { '@id': 'ro-crate-metadata.json', '@type': 'CreativeWork', conformsTo: { '@id': 'https://w3id.org/ro/crate/1.2' }, about: reference(root) };
  const graph = [descriptor, root, ...parts, license, ...creators.all, ...contributors.all, ...publisher, ...identifier];
  return `${JSON.stringify({ '@context': 'https://w3id.org/ro/crate/1.2/context', '@graph': graph }, null, 2)}\n`;
}

function reference({ '@id': id }: Entity): { '@id': string } {
  return { '@id': id };
}

/** A property that leads to entities: none, one alone, or a list, as the specification wants it written. */
function refer(property: string, entities: readonly Entity[]): Record<string, unknown> {
  const references = entities.map(reference);
  return references.length === 0 ? {} : { [property]: references.length === 1 ? references[0] : references };
}

function describeTable({ name, description, size_bytes, sha256 }: TableResource): Entity {
  return {
    '@id': encodeURI(`tables/${name}.parquet`),
    '@type': 'File',
    name: `${name}.parquet`,
    description,
    encodingFormat: 'application/vnd.apache.parquet',
    contentSize: `${size_bytes}`,
    sha256,
  };
}

function describeDocument({ path, size_bytes, sha256 }: ListedFile): Entity[] {
  const id = path.replace(/^data\//, '');
  const place = PLACES.find(([pattern]) => pattern.test(id));
  const [description, encodingFormat] = DOCUMENTS.get(id) ?? (place === undefined ? [] : [place[1], place[2]]);
  if (description === undefined) return [];
  return [{ '@id': encodeURI(id), '@type': 'File', name: id, description, encodingFormat, contentSize: `${size_bytes}`, sha256 }];
}

function describeImages(images: number): Entity {
  return { '@id': 'images/', '@type': 'Dataset', name: 'images', description: `${images} DICOM ${images === 1 ? 'file' : 'files'}; tables/instances.parquet gives path, size and sha256 of every one.` };
}

function describeLicense(license: string): Entity {
  const link = licenseLink(license);
  return { '@id': link ?? '#license', '@type': 'CreativeWork', name: license, description: link === null ? 'The licence of the dataset.' : `The licence ${license} of the SPDX list.`, ...(link === null ? {} : { url: link }) };
}

/** People and organizations, and behind them those that they belong to. */
function describeAgents(configured: readonly CreatorConfig[], role: string): { agents: Entity[]; all: Entity[] } {
  const agents: Entity[] = [];
  const affiliations: Entity[] = [];
  for (const [index, { name, kind, affiliation, orcid }] of configured.entries()) {
    const organization: Entity | null = affiliation === undefined ? null : { '@id': `#${role}-${index + 1}-affiliation`, '@type': 'Organization', name: affiliation };
    if (organization !== null) affiliations.push(organization);
    agents.push({
      '@id': orcid === undefined ? `#${role}-${index + 1}` : `https://orcid.org/${orcid.replace(/^.*\//, '')}`,
      '@type': kind === 'organization' ? 'Organization' : 'Person',
      name,
      ...(organization === null ? {} : { affiliation: reference(organization) }),
    });
  }
  return { agents, all: [...agents, ...affiliations] };
}
