import type { DatasetConfig } from '../model/config.js';
import type { TableResource } from './datapackage.js';

/** A split of the release with the names of its parts. */
export interface CroissantSplit {
  name: string;
  parts: readonly string[];
}

export interface CroissantFacts {
  version: string;
  /** Release date, YYYY-MM-DD. */
  date: string;
  tables: readonly TableResource[];
  splits: readonly CroissantSplit[];
  /** sha256 of manifest-sha256.txt is no part of it: the record is listed there itself. */
  images: number;
}

/** The JSON-LD context of Croissant 1.1 (docs.mlcommons.org/croissant). */
const CONTEXT = {
  '@language': 'en',
  '@vocab': 'https://schema.org/',
  citeAs: 'cr:citeAs',
  column: 'cr:column',
  conformsTo: 'dct:conformsTo',
  containedIn: 'cr:containedIn',
  cr: 'http://mlcommons.org/croissant/',
  data: { '@id': 'cr:data', '@type': '@json' },
  dataType: { '@id': 'cr:dataType', '@type': '@vocab' },
  dct: 'http://purl.org/dc/terms/',
  equivalentProperty: 'cr:equivalentProperty',
  examples: { '@id': 'cr:examples', '@type': '@json' },
  extract: 'cr:extract',
  field: 'cr:field',
  fileObject: 'cr:fileObject',
  fileProperty: 'cr:fileProperty',
  fileSet: 'cr:fileSet',
  format: 'cr:format',
  includes: 'cr:includes',
  isArray: 'cr:isArray',
  arrayShape: 'cr:arrayShape',
  isLiveDataset: 'cr:isLiveDataset',
  key: 'cr:key',
  parentField: 'cr:parentField',
  path: 'cr:path',
  rai: 'http://mlcommons.org/croissant/RAI/',
  recordSet: 'cr:recordSet',
  references: 'cr:references',
  regex: 'cr:regex',
  repeated: 'cr:repeated',
  replace: 'cr:replace',
  samplingRate: 'cr:samplingRate',
  sc: 'https://schema.org/',
  separator: 'cr:separator',
  source: 'cr:source',
  subField: 'cr:subField',
  transform: 'cr:transform',
};

/** Columns of the images whose values are the key of another table. */
const REFERENCES: Readonly<Record<string, string>> = { case_id: 'cases/case_id' };

/**
 * data/croissant.json: the release as a Croissant 1.1 dataset: every table a FileObject with its sha256 and a RecordSet, the
 * images a FileSet whose digests the table of instances gives, every split a RecordSet of the type cr:Split.
 */
export function formatCroissant(dataset: DatasetConfig, facts: CroissantFacts): string {
  const record = {
    '@context': CONTEXT,
    '@type': 'sc:Dataset',
    conformsTo: 'http://mlcommons.org/croissant/1.1',
    name: dataset.id,
    alternateName: dataset.title,
    description: dataset.description ?? dataset.title,
    license: `https://spdx.org/licenses/${dataset.license}.html`,
    url: dataset.url ?? `urn:colophon:${dataset.id}`,
    version: facts.version,
    datePublished: facts.date,
    isLiveDataset: false,
    citeAs: citation(dataset, facts),
    ...(dataset.creators === undefined ? {} : { creator: dataset.creators.map(({ name }) => ({ '@type': 'sc:Person', name })) }),
    ...(dataset.publisher === undefined ? {} : { publisher: { '@type': 'sc:Organization', name: dataset.publisher } }),
    distribution: [...facts.tables.map(fileObject), ...facts.tables.flatMap(arrowObject), ...(facts.images > 0 ? [IMAGES] : [])],
    recordSet: [...facts.splits.map(splitRecords), ...facts.tables.map(tableRecords)],
  };
  return `${JSON.stringify(record, null, 2)}\n`;
}

/** How a paper cites the release. */
export function citation({ title, creators, publisher }: DatasetConfig, { version, date }: Pick<CroissantFacts, 'version' | 'date'>): string {
  const names = (creators ?? []).map(({ name }) => name).join('; ');
  return `${names === '' ? '' : `${names} `}(${date.slice(0, 4)}): ${title}, version ${version}.${publisher === undefined ? '' : ` ${publisher}.`}`;
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

function splitRecords({ name, parts }: CroissantSplit): Record<string, unknown> {
  const id = `split_${name}`;
  return {
    '@type': 'cr:RecordSet',
    '@id': id,
    name: id,
    description: `The parts of the split ${name}.`,
    dataType: 'cr:Split',
    key: { '@id': `${id}/name` },
    field: [{ '@type': 'cr:Field', '@id': `${id}/name`, name: `${id}/name`, description: 'Name of the part.', dataType: 'sc:Text' }],
    data: parts.map((part) => ({ [`${id}/name`]: part })),
  };
}

function tableRecords({ name, description, columns }: TableResource): Record<string, unknown> {
  const key = name === 'cases' ? { key: { '@id': 'cases/case_id' } } : {};
  return {
    '@type': 'cr:RecordSet',
    '@id': name,
    name,
    description,
    ...key,
    field: columns.map((column) => {
      const id = `${name}/${column.name}`;
      const reference = REFERENCES[column.name];
      const list = column.sqlType.endsWith('[]');
      return {
        '@type': 'cr:Field',
        '@id': id,
        name: id,
        description: column.about.description ?? 'Nobody described this column.',
        dataType: dataType(list ? column.sqlType.slice(0, -2) : column.sqlType),
        ...(list ? { isArray: true, arrayShape: '-1' } : {}),
        source: { fileObject: { '@id': `${name}.parquet` }, extract: { column: column.name } },
        ...(reference === undefined || reference === id ? {} : { references: { field: { '@id': reference } } }),
      };
    }),
  };
}

function dataType(sqlType: string): string {
  if (/^(?:U?(?:BIG|HUGE|SMALL|TINY)INT|U?INTEGER)$/.test(sqlType)) return 'sc:Integer';
  if (/^(?:DOUBLE|FLOAT|DECIMAL.*)$/.test(sqlType)) return 'sc:Float';
  if (sqlType === 'BOOLEAN') return 'sc:Boolean';
  return sqlType === 'DATE' ? 'sc:Date' : 'sc:Text';
}
