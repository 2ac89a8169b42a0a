import { expect, test } from '@jest/globals';
import type { DatasetConfig } from '../../src/model/config.js';
import { schemaOrgDataset, schemaOrgText, type SchemaOrgFacts } from '../../src/release/standards/schema-org.js';

const DATASET: DatasetConfig = {
  id: 'demo',
  title: 'A demo',
  license: 'CC-BY-4.0',
  url: 'https://example.org/demo/',
  doi: '10.1234/demo',
  keywords: ['chest'],
  creators: [{ name: 'Ada Example', orcid: '0000-0002-1825-0097' }, { name: 'Example Institute', kind: 'organization' }],
  contributors: [{ name: 'Bob Example', role: 'DataCurator' }],
};

const FACTS: SchemaOrgFacts = {
  version: '2.0.0',
  date: '2026-02-03',
  digest: 'a'.repeat(64),
  previous: '1.0.0',
  counts: { cases: 1, studies: 2, instances: 3 },
  files: [{ path: 'data/tables/cases.parquet', description: 'One row a case.', mediaType: 'application/vnd.apache.parquet', size_bytes: 7, sha256: 'b'.repeat(64) }],
  baseUrl: null,
};

test('a release is a Dataset of schema.org with its files, its versions and its people', () => {
  expect(schemaOrgDataset(DATASET, FACTS)).toEqual({
    '@context': 'https://schema.org/',
    '@type': 'Dataset',
    '@id': 'https://example.org/demo/2.0.0',
    name: 'A demo',
    alternateName: 'demo',
    description: 'A demo. 1 case, 2 imaging studies, 3 DICOM images, with clinical tables.',
    version: '2.0.0',
    datePublished: '2026-02-03',
    license: 'https://spdx.org/licenses/CC-BY-4.0.html',
    keywords: ['chest'],
    url: 'https://example.org/demo/2.0.0',
    identifier: ['https://doi.org/10.1234/demo', { '@type': 'PropertyValue', propertyID: 'release digest: sha256 of release.json', value: `sha256:${'a'.repeat(64)}` }],
    creator: [
      { '@type': 'Person', '@id': 'https://orcid.org/0000-0002-1825-0097', name: 'Ada Example' },
      { '@type': 'Organization', name: 'Example Institute' },
    ],
    contributor: [{ '@type': 'Person', name: 'Bob Example' }],
    citation: 'Ada Example; Example Institute (2026): A demo, version 2.0.0. https://doi.org/10.1234/demo',
    exampleOfWork: { '@type': 'Dataset', '@id': 'https://example.org/demo' },
    isBasedOn: { '@type': 'Dataset', '@id': 'https://example.org/demo/1.0.0', version: '1.0.0' },
    measurementTechnique: 'Medical imaging (DICOM)',
    distribution: [
      {
        '@type': 'DataDownload',
        name: 'data/tables/cases.parquet',
        description: 'One row a case.',
        contentUrl: 'data/tables/cases.parquet',
        encodingFormat: 'application/vnd.apache.parquet',
        contentSize: '7 B',
        sha256: 'b'.repeat(64),
      },
    ],
  });
});

test('without a landing page nothing is pointed at, and a licence of one\'s own is told by its name', () => {
  const record = schemaOrgDataset({ id: 'demo', title: 'A demo', license: 'LicenseRef-own' }, { ...FACTS, digest: null });
  expect(record).toMatchObject({ license: 'LicenseRef-own' });
  for (const key of ['@id', 'url', 'isBasedOn', 'exampleOfWork', 'identifier', 'creator']) expect(record).not.toHaveProperty([key]);
});

test('the text may stand in a script of a page, whatever the title says', () => {
  const text = schemaOrgText(schemaOrgDataset({ ...DATASET, title: '</script><script>alert(1)//&\u2028' }, FACTS));
  expect(text).not.toMatch(/[<>&\u2028]/);
  expect(JSON.parse(text)).toMatchObject({ name: '</script><script>alert(1)//&\u2028' });
});
