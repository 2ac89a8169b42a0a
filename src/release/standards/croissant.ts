import type { CreatorConfig, DatasetConfig, ResponsibleAiConfig } from '../../model/config.js';
import { bibtex } from './citation.js';
import { CROISSANT_CONTEXT } from './croissant-context.js';
import { enumerationRecords, findEnumerations } from './croissant-enumerations.js';
import { tableRecords, targetsFirst } from './croissant-records.js';
import { partsId, splitRecords, type CroissantSplit } from './croissant-splits.js';
import type { TableResource } from './datapackage.js';
import { licenseLink } from '../../model/license.js';

export interface CroissantFacts {
  version: string;
  /** Release date, YYYY-MM-DD. */
  date: string;
  tables: readonly TableResource[];
  splits: readonly CroissantSplit[];
  /** `<table>/<column>` of what a model is to learn or to be tested on. */
  labels: ReadonlySet<string>;
  /** Image files of the release. */
  images: number;
}

/**
 * data/croissant.json: the release as a Croissant 1.1 dataset: every table a FileObject with its sha256 and a RecordSet, the
 * images a FileSet whose digests the table of instances gives, every split a RecordSet of the type cr:Split, every closed set of
 * values one of the type sc:Enumeration. sha256 of manifest-sha256.txt is no part of it: the record is listed there itself.
 */
export function formatCroissant(dataset: DatasetConfig, facts: CroissantFacts): string {
  const { version, date, tables, splits, labels, images } = facts;
  const enumerations = findEnumerations(tables);
  const context = { enumerations, partsId: partsId(splits), labels };
  const record = {
    '@context': CROISSANT_CONTEXT,
    '@type': 'sc:Dataset',
    conformsTo: 'http://mlcommons.org/croissant/1.1',
    name: dataset.id,
    alternateName: dataset.title,
    description: dataset.description ?? dataset.title,
    license: licenseLink(dataset.license) ?? dataset.license,
    url: dataset.url ?? `urn:colophon:${dataset.id}`,
    ...(dataset.doi === undefined ? {} : { sameAs: `https://doi.org/${dataset.doi}` }),
    version,
    sdVersion: version,
    datePublished: date,
    isLiveDataset: false,
    citeAs: bibtex(dataset, facts),
    ...(dataset.keywords === undefined ? {} : { keywords: dataset.keywords }),
    creator: describeCreators(dataset),
    ...(dataset.publisher === undefined ? {} : { publisher: { '@type': 'sc:Organization', name: dataset.publisher } }),
    ...describeResponsibleAi(dataset.responsible_ai ?? {}),
    distribution: [...tables.map(fileObject), ...tables.flatMap(arrowObject), ...(images > 0 ? [IMAGES] : [])],
    recordSet: [
      ...splitRecords(splits),
      ...enumerations.map(enumerationRecords),
      ...targetsFirst(tables).map((table) => tableRecords(table, context)),
    ],
  };
  return `${JSON.stringify(record, null, 2)}\n`;
}

const IMAGES = {
  '@type': 'cr:FileSet',
  '@id': 'images',
  name: 'images',
  description: 'The images, one DICOM file each; the table instances gives path, size and sha256 of every one.',
  encodingFormat: 'application/dicom',
  includes: 'images/**/*.dcm',
};

function fileObject({ name, description, size_bytes, sha256 }: TableResource): Record<string, unknown> {
  return {
    '@type': 'cr:FileObject',
    '@id': `${name}.parquet`,
    name: `${name}.parquet`,
    description,
    contentUrl: `tables/${name}.parquet`,
    contentSize: `${size_bytes} B`,
    encodingFormat: 'application/x-parquet',
    sha256,
  };
}

function arrowObject({ name, description, arrow }: TableResource): Record<string, unknown>[] {
  if (arrow === null) return [];
  const file = `${name}.arrow`;
  const about = { '@type': 'cr:FileObject', '@id': file, name: file, description, contentUrl: `tables/${file}` };
  return [{ ...about, contentSize: `${arrow.size_bytes} B`, encodingFormat: 'application/vnd.apache.arrow.file', sha256: arrow.sha256 }];
}

/** Croissant asks for a creator: where none is named it is who publishes the dataset, or the dataset's own name. */
function describeCreators({ creators, publisher, title }: DatasetConfig): Record<string, unknown>[] {
  return (creators ?? [{ name: publisher ?? title, kind: 'organization' as const }]).map(describeCreator);
}

function describeCreator({ name, kind, affiliation, orcid }: CreatorConfig): Record<string, unknown> {
  return {
    '@type': kind === 'organization' ? 'sc:Organization' : 'sc:Person',
    name,
    ...(orcid === undefined ? {} : { url: `https://orcid.org/${orcid.replace(/^.*\//, '')}` }),
    ...(affiliation === undefined ? {} : { affiliation: { '@type': 'sc:Organization', name: affiliation } }),
  };
}

/** Our keys in the words of Croissant RAI 1.0. */
const RESPONSIBLE_AI: Readonly<Record<keyof ResponsibleAiConfig, string>> = {
  data_collection: 'rai:dataCollection',
  annotation_protocol: 'rai:dataAnnotationProtocol',
  preprocessing: 'rai:dataPreprocessingProtocol',
  biases: 'rai:dataBiases',
  limitations: 'rai:dataLimitations',
  use_cases: 'rai:dataUseCases',
  social_impact: 'rai:dataSocialImpact',
  sensitive_information: 'rai:personalSensitiveInformation',
  maintenance_plan: 'rai:dataReleaseMaintenancePlan',
};

function describeResponsibleAi(config: ResponsibleAiConfig): Record<string, string> {
  const keys = Object.keys(RESPONSIBLE_AI) as (keyof ResponsibleAiConfig)[];
  return Object.fromEntries(keys.flatMap((key) => (config[key] === undefined ? [] : [[RESPONSIBLE_AI[key], config[key]]])));
}
