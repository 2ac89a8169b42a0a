import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { Catalog } from '../../src/catalog/catalog.js';
import { builtInPackFolder, loadPack } from '../../src/clinical/pack.js';
import { plainColumn } from '../../src/clinical/dictionary.js';
import { defaultEffects } from '../../src/effects.js';
import type { SchemaPack } from '../../src/model/clinical.js';
import type { DataDictionary, DictionaryColumn } from '../../src/model/dictionary.js';
import { cutRelease, type CutOutcome } from '../../src/release/cut.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { formatDictionaryText } from '../../src/release/standards/dictionary-text.js';
import { cutOptions, fillCatalog, goldenSecond, NOTHING_HIDDEN, openStoreCatalog, row, smallStore } from '../support/release-store.js';
import { verifyRelease } from '../../src/verify/verify.js';

/** The pack of MIDRC with a day in one of its tables. */
function packWithDay(): SchemaPack {
  const pack = loadPack(builtInPackFolder('midrc'));
  const annotation = pack.tables.get('annotation')!;
  const columns = [...annotation.columns, ...(['read_on', 'seen_on'] as const).map((name) => ({ name, type: 'string' as const, sqlType: 'VARCHAR' as const, required: false, date: true as const, description: 'Day of the reading.' }))];
  return { ...pack, tables: new Map([...pack.tables, ['annotation', { ...annotation, columns }]]) };
}

let folder: string;
let release: string;
let outcome: CutOutcome;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'colophon-test-'));
  const store = smallStore();
  store.tables.annotation = {
    columns: { submitter_id: 'VARCHAR', read_on: 'VARCHAR', seen_on: 'VARCHAR', 'evil | <b>`name`</b>': 'VARCHAR' },
    key: 'submitter_id',
    rows: [
      row(['case-a'], { submitter_id: 'n1', read_on: '2020-02-29', seen_on: '2020-02-30', 'evil | <b>`name`</b>': 'x' }),
      row(['case-b'], { submitter_id: 'n2', read_on: null, seen_on: '2021-01-01', 'evil | <b>`name`</b>': null }),
    ],
  };
  const catalog = await openStoreCatalog(folder);
  await fillCatalog(catalog, store, folder);
  await catalog.run(`UPDATE instance SET SliceThickness = '5.00', PixelSpacing = '0.5\\0.25', ImageType = 'ORIGINAL\\PRIMARY', KVP = 'high' WHERE case_id = 'case-a'`);
  await catalog.run(`UPDATE instance SET SliceThickness = '1,5', PixelSpacing = '0.5\\', ImageType = '' WHERE case_id = 'case-b'`);
  const hidden = { ...NOTHING_HIDDEN, columns: [{ table: 'case', column: 'score', split: 'fold', part: 'test' }] };
  outcome = await cutRelease(catalog, cutOptions(folder, { pack: packWithDay(), hidden, arrow: true }), defaultEffects);
  release = outcome.published!.path;
  catalog.close();
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const read = (path: string): string => readFileSync(join(release, path), 'utf8');
const dictionary = (): DataDictionary => JSON.parse(read('data/dictionary.json')) as DataDictionary;
const column = (resource: string, name: string): DictionaryColumn => dictionary().tables.find((each) => each.resource === resource)!.columns.find((each) => each.column === name)!;

async function tables<T>(work: (catalog: Catalog, path: (name: string) => string) => Promise<T>): Promise<T> {
  const catalog = await Catalog.open(':memory:', { bare: true, folders: [release] });
  try {
    return await work(catalog, (name) => join(release, 'data/tables', `${name}.parquet`));
  } finally {
    catalog.close();
  }
}

test('it has every table and every column of the release, with its type', async () => {
  const { tables: described, pack } = dictionary();
  expect(pack.name).toBe('midrc');
  expect(described.map(({ resource, kind }) => [resource, kind])).toEqual([
    ...['cases', 'changes', 'instances', 'series', 'splits', 'studies', 'tombstones'].map((name) => [name, 'release']),
    ...['annotation', 'case', 'dataset'].map((name) => [`clinical_${name}`, 'clinical']),
  ]);
  await tables(async (catalog, path) => {
    for (const { resource, columns } of described) {
      const rows = await catalog.all<{ column_name: string; column_type: string }>(`DESCRIBE FROM '${path(resource)}'`);
      expect([resource, columns.map((each) => [each.column, each.sql_type])]).toEqual([resource, rows.map((each) => [each.column_name, each.column_type])]);
    }
  });
});

test('it is valid by its printed schema', () => {
  const schema = JSON.parse(readFileSync(join(PACKAGE_ROOT, 'schemas/format/dictionary.v1.schema.json'), 'utf8')) as object;
  const validate = new Ajv2020({ strict: false }).compile(schema);
  expect([validate(dictionary()), validate.errors]).toEqual([true, null]);
});

test('of our own tables every column is described, every number has a unit, and every column says what NULL means', () => {
  const own = dictionary().tables.filter(({ kind }) => kind === 'release');
  const lacking = own.flatMap(({ resource, columns }) =>
    columns
      .filter(({ description, unit, type, items, missing }) => description === null || missing === '' || (unit === null && ['integer', 'number'].includes(items ?? type)))
      .map((each) => `${resource}.${each.column}`),
  );
  expect(lacking).toEqual([]);
  expect(own.filter(({ description }) => description === null)).toEqual([]);
});

test('what nobody described is not made up, and the plan counts it', () => {
  expect(column('clinical_case', 'score')).toMatchObject({ description: null, unit: null, enum: null, values: null });
  expect(outcome.plan.notes).toContain('2 columns are described by nobody, and the data dictionary says so: "clinical_annotation.evil | <b>`name`</b>", "clinical_case.score". A schema can describe them.');
});

test('it says which column is the key, what a column leads to, which values are allowed and why a cell may be empty', () => {
  expect(column('cases', 'case_id')).toMatchObject({ key: true, required: true, missing: 'Never NULL.', link: null });
  expect(column('series', 'StudyInstanceUID')).toMatchObject({ key: true, dicom_tag: '0020000d', link: { table: 'studies', column: 'StudyInstanceUID', resource: 'studies' } });
  expect(column('tombstones', 'reason').values).toContainEqual({ value: 'phi', meaning: 'it could identify somebody', codes: [] });
  expect(column('clinical_case', 'sex')).toMatchObject({ enum: ['Female', 'Male', 'Not Reported'], values: [{ value: 'Female', codes: [{ system: 'DICOM (0010,0040)', code: 'F' }] }, { value: 'Male' }, { value: 'Not Reported' }] });
  expect(column('clinical_case', 'age_at_index')).toMatchObject({ unit: 'years', maximum: 89, missing: 'NULL: not known, or above 89 years, which the column age_at_index_gt89 then says.' });
  expect(column('clinical_case', 'score').missing).toBe('NULL: an empty cell, or one with a value that is not of this type. NULL as well in every row of a case in the hidden part test of the split fold.');
});

test('data package, Croissant record and the metadata of the files say the same', async () => {
  const { tables: described } = dictionary();
  const datapackage = JSON.parse(read('data/datapackage.json')) as { resources: { name: string; schema?: { fields: { name: string; description?: string; unit?: string }[] } }[] };
  const croissant = JSON.parse(read('data/croissant.json')) as { recordSet: { '@id': string; field: { description: string }[] }[]; distribution: { '@id': string }[] };
  const content = (JSON.parse(read('release.json')) as { digests: { content: string } }).digests.content;
  await tables(async (catalog, path) => {
    for (const { resource, columns } of described) {
      const told = columns.map(({ description }) => description ?? undefined);
      const fields = datapackage.resources.find(({ name }) => name === resource)?.schema?.fields;
      expect(fields?.map(({ description }) => description)).toEqual(told);
      expect(fields?.map(({ unit }) => unit)).toEqual(columns.map(({ unit }) => unit ?? undefined));
      const meanings = croissant.recordSet.find((each) => each['@id'] === resource)?.field.map(({ description }) => description) ?? [];
      expect(told.filter((text, at) => meanings[at]?.startsWith(text ?? 'Nobody described this column.') !== true)).toEqual([]);
      const rows = await catalog.all<{ key: string; value: string }>(`SELECT decode(key) AS key, decode(value) AS value FROM parquet_kv_metadata('${path(resource)}')`);
      const metadata = new Map(rows.map(({ key, value }) => [key, value]));
      expect(JSON.parse(metadata.get('colophon:columns')!)).toEqual(columns);
      expect(['dataset', 'version', 'table', 'content'].map((key) => metadata.get(`colophon:${key}`))).toEqual(['demo', '1.0.0', resource, `sha256:${content}`]);
      expect(croissant.distribution.map((each) => each['@id'])).toEqual(expect.arrayContaining([`${resource}.parquet`, `${resource}.arrow`]));
    }
  });
  for (const name of ['dictionary', 'dictionary-text', 'cases-arrow']) expect(datapackage.resources.map((each) => each.name)).toContain(name);
  expect(await verifyRelease(release, { jobs: 1 })).toMatchObject({ ok: true });
});

test('attributes of the headers are numbers and lists; what is no number is NULL, and the plan says so', async () => {
  await tables(async (catalog, path) => {
    const rows = await catalog.all(`SELECT DISTINCT case_id, SliceThickness, PixelSpacing, ImageType, "Rows", KVP FROM '${path('instances')}' ORDER BY case_id`);
    expect(rows).toEqual([
      { case_id: 'case-a', SliceThickness: 5, PixelSpacing: [0.5, 0.25], ImageType: ['ORIGINAL', 'PRIMARY'], Rows: 512, KVP: null },
      { case_id: 'case-b', SliceThickness: null, PixelSpacing: null, ImageType: [], Rows: 512, KVP: null },
    ]);
  });
  expect(outcome.plan.notes).toContain('6 values of image headers are no numbers and NULL in the table instances: SliceThickness (2), KVP (2), PixelSpacing (2).');
  expect(column('instances', 'PixelSpacing')).toMatchObject({ type: 'array', items: 'number', unit: 'mm', dicom_tag: '00280030' });
});

test('days are dates where every one of them is a day, and text otherwise', async () => {
  expect(column('clinical_annotation', 'read_on')).toMatchObject({ type: 'date', sql_type: 'DATE' });
  expect(column('clinical_annotation', 'seen_on')).toMatchObject({ type: 'string', sql_type: 'VARCHAR' });
  await tables(async (catalog, path) => {
    expect(await catalog.all(`SELECT submitter_id, read_on, seen_on FROM '${path('clinical_annotation')}'`)).toEqual([
      { submitter_id: 'n1', read_on: '2020-02-29', seen_on: '2020-02-30' },
      { submitter_id: 'n2', read_on: null, seen_on: '2021-01-01' },
    ]);
  });
});

describe('data/dictionary.md', () => {
  const lines = (): string[] => read('data/dictionary.md').split('\n');

  test('has a section a table and a row a column, all with as many cells', () => {
    const rows = lines().filter((line) => line.startsWith('|'));
    const described = dictionary().tables;
    expect(lines().filter((line) => line.startsWith('## '))).toHaveLength(described.length);
    expect(rows).toHaveLength(described.reduce((sum, { columns }) => sum + columns.length + 2, 0));
    expect(rows.filter((line) => (line.match(/(?<!\\)\|/g) ?? []).length !== 8)).toEqual([]);
  });

  test('names and texts cannot leave their cell, nor become markup', () => {
    const line = lines().find((each) => each.includes('evil'))!;
    expect(line).toMatch(/^\| evil \\\| \\<b\\>\\`name\\`\\<\/b\\> \| Nobody described it\. \| string \|/);
    const hostile = { ...plainColumn({ name: 'a\n## b', sqlType: 'VARCHAR' }), description: '[x](javascript:y) ![](z) <script>|`', unit: '|', enum: ['| x |', '<img>'], form: '`' };
    const text = formatDictionaryText({ title: '# <b>', version: '1.0.0' }, { pack: dictionary().pack, tables: [{ table: 't', kind: 'clinical', resource: 'clinical_t', description: '| `', key: 'a\n## b', unique: [], columns: [hostile] }] });
    expect(text.split('\n').filter((each) => each.startsWith('#'))).toHaveLength(2);
    expect(text.replace(/\\./g, '').replace(/ <br> /g, '').replace(/`1`/, '')).not.toMatch(/[<>`[\]]/);
    expect(text).toContain('| a \\#\\# b |');
  });
});

const python = process.env.COLOPHON_TEST_PYTHON;
const has = (module: string) => python !== undefined && existsSync(python) && spawnSync(python, ['-c', `import ${module}`]).status === 0;
const READERS: [module: string, script: string, expected: Record<string, string>][] = [
  ['pandas', 'import pandas as pd\ntypes = lambda t: {n: str(d) for n, d in pd.read_parquet(p(t)).dtypes.items()}', { sex: 'category', age_at_index: 'float64', read_on: 'object', Rows: 'int64', date: 'object', size_bytes: 'int64' }],
  ['polars', 'import polars as pl\ntypes = lambda t: {n: str(d) for n, d in pl.read_parquet(p(t)).schema.items()}', { sex: 'Categorical', age_at_index: 'Int64', read_on: 'Date', Rows: 'Int64', date: 'Date', PixelSpacing: 'List(Float64)', ImageType: 'List(String)', size_bytes: 'Int64' }],
  ['duckdb', 'import duckdb\ntypes = lambda t: {r[0]: r[1] for r in duckdb.sql(f"DESCRIBE FROM \'{p(t)}\'").fetchall()}', { sex: 'VARCHAR', age_at_index: 'BIGINT', read_on: 'DATE', Rows: 'BIGINT', date: 'DATE', PixelSpacing: 'DOUBLE[]', ImageType: 'VARCHAR[]', size_bytes: 'BIGINT' }],
  ['pyarrow', 'import pyarrow.parquet as pq\ntypes = lambda t: {f.name: str(f.type) for f in pq.read_schema(p(t))}', { sex: 'dictionary<values=string, indices=int32, ordered=0>', age_at_index: 'int64', read_on: 'date32[day]', Rows: 'int64', date: 'date32[day]', PixelSpacing: 'list<element: double>', ImageType: 'list<element: string>' }],
];

describe.each(READERS)('%s', (module, script, expected) => {
  (has(module) ? test : test.skip)(`sees native types (needs COLOPHON_TEST_PYTHON with ${module})`, () => {
    const all = `import json, sys\np = lambda t: f"{sys.argv[1]}/data/tables/{t}.parquet"\n${script}\nprint(json.dumps({**types('clinical_annotation'), **types('clinical_case'), **types('tombstones'), **types('instances')}))`;
    const run = spawnSync(python!, ['-c', all, release], { encoding: 'utf8' });
    expect(run.stderr).toBe('');
    expect(JSON.parse(run.stdout)).toMatchObject(expected);
  }, 60_000);
});

test('a release upon one whose attributes and days were text differs from it in nothing', async () => {
  const root = mkdtempSync(join(tmpdir(), 'colophon-test-'));
  cpSync(join(PACKAGE_ROOT, 'releases/golden/colophon-release-1'), join(root, 'releases'), { recursive: true });
  const catalog = await openStoreCatalog(root);
  const { store, options } = goldenSecond();
  await fillCatalog(catalog, store, root);
  const before = await catalog.all(`SELECT typeof(date) AS day, date FROM '${join(root, 'releases/2.0.0/data/tables/tombstones.parquet')}'`);
  expect(before).toEqual([{ day: 'VARCHAR', date: '2026-02-20' }]);
  const { plan, published } = await cutRelease(catalog, cutOptions(root, { ...options, release: { md5: true }, bump: 'patch' }), defaultEffects);
  expect([plan.version, plan.reasons]).toEqual(['2.0.1', []]);
  const after = await catalog.all(`SELECT typeof(date) AS day, date FROM '${join(published!.path, 'data/tables/tombstones.parquet')}'`);
  expect(after).toEqual([{ day: 'DATE', date: '2026-02-20' }]);
  // and the one after that reads dates
  const third = await cutRelease(catalog, cutOptions(root, { ...options, release: { md5: true }, bump: 'patch' }), defaultEffects);
  expect([third.plan.version, third.plan.reasons]).toEqual(['2.0.2', []]);
  catalog.close();
  rmSync(root, { recursive: true });
});

test('a day that no calendar has stops a cut instead of getting lost', async () => {
  const root = mkdtempSync(join(tmpdir(), 'colophon-test-'));
  cpSync(join(PACKAGE_ROOT, 'releases/golden/colophon-release-1'), join(root, 'releases'), { recursive: true });
  const catalog = await openStoreCatalog(root);
  const { store, options } = goldenSecond();
  await fillCatalog(catalog, store, root);
  const withdrawals = [{ case_id: 'case-b', reason: 'consent' as const, date: '2026-02-30' }];
  await expect(cutRelease(catalog, cutOptions(root, { ...options, withdrawals }), defaultEffects)).rejects.toMatchObject({ code: 'RELEASE_INVALID', found: '2026-02-30' });
  catalog.close();
  rmSync(root, { recursive: true });
});
