import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { Ajv2019 } from 'ajv/dist/2019.js';
import addFormats from 'ajv-formats';
import { cutRelease } from '../../src/release/cut.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { defaultEffects } from '../../src/effects.js';
import { describeOwnColumn } from '../../src/release/standards/own-columns.js';
import { cutOptions, fillCatalog, openStoreCatalog, smallStore } from '../support/release-store.js';
import { useTemporaryFolders } from '../support/temporary-folder.js';

const temporaryFolder = useTemporaryFolders();
const python = process.env.COLOPHON_TEST_PYTHON;
const has = (module: string) => python !== undefined && existsSync(python) && spawnSync(python, ['-c', `import ${module}`]).status === 0;

interface Croissant {
  distribution: { '@id': string; contentUrl?: string; sha256?: string }[];
  recordSet: { '@id': string; dataType?: string; data?: object[]; field: { '@id': string; description: string }[] }[];
}

let release: string;

beforeEach(async () => {
  const root = temporaryFolder();
  const catalog = await openStoreCatalog(root);
  await fillCatalog(catalog, smallStore(), root);
  const dataset = { id: 'demo', title: 'A demo', description: 'Made for a test.', license: 'CC-BY-4.0', url: 'https://example.org/demo', publisher: 'Example Institute', creators: [{ name: 'Ada Example', affiliation: 'Example Institute', orcid: '0000-0002-1825-0097' }] };
  const { published } = await cutRelease(catalog, cutOptions(root, { dataset }), defaultEffects);
  catalog.close();
  release = published!.path;
});

const read = <T>(path: string) => JSON.parse(readFileSync(join(release, path), 'utf8')) as T;

test('data/datacite.json is a record of DataCite 4.5, by its own schema', () => {
  const text = readFileSync(join(PACKAGE_ROOT, 'test/fixtures/formats/datacite-v4.5.schema.json'), 'utf8');
  // the schema spells its own name in the way of draft 4
  const schema = JSON.parse(text.replace('"id":', '"$id":')) as object;
  const ajv = new Ajv2019({ strict: false, allErrors: true });
  addFormats.default(ajv);
  for (const format of ['year', 'yearmonth', 'datetime', 'year-range', 'yearmonth-range', 'date-range', 'datetime-range']) ajv.addFormat(format, true);
  const validate = ajv.compile(schema);
  const record = read<Record<string, unknown>>('data/datacite.json');
  expect([validate(record), validate.errors]).toEqual([true, null]);
  expect(record).toMatchObject({ version: '1.0.0', titles: [{ title: 'A demo' }], creators: [{ name: 'Ada Example' }], publisher: { name: 'Example Institute' }, rightsList: [{ rightsIdentifier: 'CC-BY-4.0' }] });
  expect(validate({ ...record, titles: undefined, publicationYear: 'soon' })).toBe(false);
});

describe('data/croissant.json', () => {
  test('gives every table with its digest, every split with its parts, and a meaning for every column', () => {
    const { distribution, recordSet } = read<Croissant>('data/croissant.json');
    const manifest = readFileSync(join(release, 'manifest-sha256.txt'), 'utf8');
    for (const { contentUrl, sha256 } of distribution) if (contentUrl !== undefined) expect(manifest).toContain(`${sha256}  data/${contentUrl}\n`);
    const document = read<{ splits: { name: string; parts: Record<string, number> }[] }>('release.json');
    expect(document.splits.length).toBeGreaterThan(0);
    for (const { name, parts } of document.splits) {
      const records = recordSet.find((each) => each['@id'] === `split_${name}`);
      expect(records).toMatchObject({ dataType: 'cr:Split', data: Object.keys(parts).map((part) => ({ [`split_${name}/name`]: part })) });
    }
    const own = recordSet.filter((each) => each['@id'].match(/^(split_|parts$|enum_|clinical_)/) === null);
    expect(own.length).toBeGreaterThan(5);
    for (const { field } of own) for (const each of field) {
      const [table = '', name = ''] = each['@id'].split('/');
      expect([each['@id'], each.description]).toEqual([each['@id'], expect.stringContaining(describeOwnColumn(table, { name, sqlType: 'VARCHAR' }).description!)]);
    }
  });

  (has('mlcroissant') ? test : test.skip)('mlcroissant reads it without errors (needs COLOPHON_TEST_PYTHON with mlcroissant)', () => {
    const script = 'import sys, json, mlcroissant as mlc\nd = mlc.Dataset(jsonld=sys.argv[1])\nissues = d.metadata.ctx.issues\nprint(json.dumps([sorted(issues.errors), [r.uuid for r in d.metadata.record_sets]]))';
    const output = execFileSync(python!, ['-c', script, join(release, 'data/croissant.json')], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    const [errors, records] = JSON.parse(output.trim().split('\n').at(-1)!) as [string[], string[]];
    expect(errors).toEqual([]);
    expect(records).toEqual(read<Croissant>('data/croissant.json').recordSet.map((each) => each['@id']));
  }, 60_000);
});

(has('frictionless') ? test : test.skip)('frictionless accepts the data package as metadata (needs COLOPHON_TEST_PYTHON with frictionless)', () => {
  const script = "import sys, json\nfrom frictionless import Package\np = Package(sys.argv[1])\nprint(json.dumps([r.path for r in p.resources]))";
  const paths = JSON.parse(execFileSync(python!, ['-c', script, join(release, 'data/datapackage.json')], { encoding: 'utf8' })) as string[];
  for (const path of paths) expect(existsSync(join(release, 'data', path))).toBe(true);
}, 60_000);
