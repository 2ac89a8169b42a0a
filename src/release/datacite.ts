import type { DatasetConfig } from '../model/config.js';

/** What DataCite's record says besides the configuration. */
export interface DataciteFacts {
  version: string;
  /** Release date, YYYY-MM-DD. */
  date: string;
  /** Version that this one follows; null for the first release. */
  previous: string | null;
  instances: number;
  bytes: number;
  /** Days on which cases were withdrawn that earlier releases held, YYYY-MM-DD. */
  withdrawn: readonly string[];
}

/**
 * data/datacite.json: the release as DataCite Metadata Schema 4.5 describes it (doi 10.14454/g8e5-6293), ready to be
 * completed with a DOI. The version before, and what was withdrawn, are told by URL and date.
 */
export function formatDatacite(dataset: DatasetConfig, facts: DataciteFacts): string {
  const { version, date, instances, bytes } = facts;
  const publisher = dataset.publisher ?? dataset.creators?.[0]?.affiliation ?? dataset.creators?.[0]?.name ?? dataset.title;
  const record = {
    schemaVersion: 'http://datacite.org/schema/kernel-4',
    types: { resourceTypeGeneral: 'Dataset', resourceType: 'Medical images with clinical tables' },
    creators: (dataset.creators ?? [{ name: publisher }]).map(describeCreator),
    titles: [{ title: dataset.title }],
    publisher: { name: publisher },
    publicationYear: date.slice(0, 4),
    version,
    dates: [{ date, dateType: 'Issued' }, ...[...new Set(facts.withdrawn)].sort().map((day) => ({ date: day, dateType: 'Withdrawn', dateInformation: 'Cases of earlier versions were withdrawn.' }))],
    rightsList: [{ rights: dataset.license, rightsIdentifier: dataset.license, rightsIdentifierScheme: 'SPDX', schemeUri: 'https://spdx.org/licenses/' }],
    descriptions: dataset.description === undefined ? [] : [{ description: dataset.description, descriptionType: 'Abstract' }],
    sizes: [`${instances} images`, `${bytes} bytes`],
    formats: ['application/dicom', 'application/vnd.apache.parquet'],
    relatedIdentifiers: relatedVersions(dataset, facts),
    ...(dataset.doi === undefined ? {} : { doi: dataset.doi }),
    ...(dataset.url === undefined ? {} : { url: dataset.url }),
  };
  return `${JSON.stringify(record, null, 2)}\n`;
}

function describeCreator({ name, affiliation, orcid }: { name: string; affiliation?: string; orcid?: string }): Record<string, unknown> {
  return {
    name,
    ...(affiliation === undefined ? {} : { affiliation: [{ name: affiliation }] }),
    ...(orcid === undefined ? {} : { nameIdentifiers: [{ nameIdentifier: `https://orcid.org/${orcid.replace(/^.*\//, '')}`, nameIdentifierScheme: 'ORCID', schemeUri: 'https://orcid.org' }] }),
  };
}

/** A version is told by the landing page of the dataset; without one there is nothing to point at. */
function relatedVersions({ url }: DatasetConfig, { previous }: DataciteFacts): Record<string, string>[] {
  if (url === undefined) return [];
  const of = (version: string) => `${url.replace(/\/+$/, '')}/${version}`;
  return [
    { relatedIdentifier: url, relatedIdentifierType: 'URL', relationType: 'IsVersionOf', resourceTypeGeneral: 'Dataset' },
    ...(previous === null ? [] : [{ relatedIdentifier: of(previous), relatedIdentifierType: 'URL', relationType: 'IsNewVersionOf', resourceTypeGeneral: 'Dataset' }]),
  ];
}
