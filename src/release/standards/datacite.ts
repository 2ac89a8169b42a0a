import type { CreatorConfig, DatasetConfig } from '../../model/config.js';
import { licenseLink } from '../../model/license.js';

/** Cases that were withdrawn on one day, for one class of reasons. */
export interface WithdrawnOn {
  /** YYYY-MM-DD. */
  date: string;
  reason: string;
  /** First release without them. */
  since_version: string;
  cases: number;
}

/** What DataCite's record says besides the configuration. */
export interface DataciteFacts {
  version: string;
  /** Release date, YYYY-MM-DD. */
  date: string;
  /** Version that this one follows; null for the first release. */
  previous: string | null;
  cases: number;
  instances: number;
  bytes: number;
  /** Withdrawals of cases that earlier releases held, sorted. */
  withdrawn: readonly WithdrawnOn[];
}

/**
 * data/datacite.json: the release as DataCite Metadata Schema 4.5 describes it (doi 10.14454/g8e5-6293), ready to be completed
 * with a DOI of its own. The dataset and the version before are told by DOI or URL; what follows it, `export datacite` knows.
 */
export function formatDatacite(dataset: DatasetConfig, facts: DataciteFacts): string {
  const { version, date, cases, instances, bytes } = facts;
  const publisher = dataset.publisher ?? dataset.creators?.[0]?.affiliation ?? dataset.creators?.[0]?.name ?? dataset.title;
  const page = versionPage(dataset, version);
  const record = {
    schemaVersion: 'http://datacite.org/schema/kernel-4',
    types: { resourceTypeGeneral: 'Dataset', resourceType: 'Medical images with clinical tables' },
    creators: (dataset.creators ?? [{ name: publisher, kind: 'organization' as const }]).map(describeAgent),
    titles: [{ title: dataset.title }],
    publisher: { name: publisher },
    publicationYear: date.slice(0, 4),
    version,
    ...(dataset.keywords === undefined ? {} : { subjects: dataset.keywords.map((subject) => ({ subject })) }),
    ...(dataset.contributors === undefined ? {} : { contributors: dataset.contributors.map((each) => ({ contributorType: each.role, ...describeAgent(each) })) }),
    dates: [{ date, dateType: 'Issued' }, ...facts.withdrawn.map(describeWithdrawal)],
    rightsList: [describeRights(dataset.license)],
    descriptions: dataset.description === undefined ? [] : [{ description: dataset.description, descriptionType: 'Abstract' }],
    sizes: [`${cases} cases`, `${instances} images`, `${bytes} bytes`],
    formats: [...(instances > 0 ? ['application/dicom'] : []), 'application/vnd.apache.parquet'],
    relatedIdentifiers: [
      ...relate(dataset.doi, dataset.url, 'IsVersionOf'),
      ...(facts.previous === null ? [] : relate(undefined, versionPage(dataset, facts.previous), 'IsNewVersionOf')),
    ],
    ...(page === undefined ? {} : { url: page }),
  };
  return `${JSON.stringify(record, null, 2)}\n`;
}

/** Landing page of a version; a version is told by it where it has no DOI. */
function versionPage({ url }: DatasetConfig, version: string): string | undefined {
  return url === undefined ? undefined : `${url.replace(/\/+$/, '')}/${version}`;
}

function describeAgent({ name, kind, affiliation, orcid }: CreatorConfig): Record<string, unknown> {
  return {
    name,
    ...(kind === undefined ? {} : { nameType: kind === 'person' ? 'Personal' : 'Organizational' }),
    ...(affiliation === undefined ? {} : { affiliation: [{ name: affiliation }] }),
    ...(orcid === undefined ? {} : { nameIdentifiers: [{ nameIdentifier: `https://orcid.org/${orcid.replace(/^.*\//, '')}`, nameIdentifierScheme: 'ORCID', schemeUri: 'https://orcid.org' }] }),
  };
}

function describeRights(license: string): Record<string, string> {
  const link = licenseLink(license);
  if (link === null) return { rights: license };
  return { rights: license, rightsUri: link, rightsIdentifier: license, rightsIdentifierScheme: 'SPDX', schemeUri: 'https://spdx.org/licenses/' };
}

function describeWithdrawal({ date, reason, since_version, cases }: WithdrawnOn): Record<string, string> {
  const what = cases === 1 ? '1 case of earlier versions was' : `${cases} cases of earlier versions were`;
  return { date, dateType: 'Withdrawn', dateInformation: `${what} withdrawn; reason: ${reason}; first version without: ${since_version}` };
}

/** One relation, by DOI where there is one, else by URL; none where nothing is known to point at. */
function relate(doi: string | undefined, url: string | undefined, relationType: string): Record<string, string>[] {
  const identifier = doi !== undefined ? { relatedIdentifier: doi, relatedIdentifierType: 'DOI' } : url === undefined ? null : { relatedIdentifier: url, relatedIdentifierType: 'URL' };
  return identifier === null ? [] : [{ ...identifier, relationType, resourceTypeGeneral: 'Dataset' }];
}
