import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formatsPlugin from 'ajv-formats';
import { parse } from 'yaml';
import { Catalog } from '../../src/catalog/catalog.js';
import { makeBundleTables } from '../../src/exchange/bundle-tables.js';
import { uuidOf } from '../../src/exchange/idc-index.js';
import { contentGuid, contentUuid, parseGuid } from '../../src/manifests/guid.js';
import type { OpenedRelease } from '../../src/exchange/opened-release.js';
import { md5Hex, sha256Hex } from '../../src/fixity/digest.js';
import { exportDrs, exportGen3, exportIdc, exportS5cmd } from '../../src/workflow/export-manifests.js';
import { cutStore, EXCHANGE_FIXTURES } from '../support/exchange.js';
import { goldenSecond, image, smallStore } from '../support/release-store.js';

const BASE = 's3://bucket/rel';
let root: string;
let first: string;
let second: string;
/** A release from which the next one, beside it, withdrew a case. */
let superseded: string;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'colophon-exchange-'));
  const store = smallStore();
  // The same bytes in two series: one content of an index, with two places.
  store.images.push(image('case-a', '1.2.1', '1.2.1.9', '1.2.1.9.1', 'first image of a'));
  first = await cutStore(join(root, 'one'), store);
  const { store: later, options } = goldenSecond();
  superseded = await cutStore(join(root, 'two'), smallStore());
  second = await cutStore(join(root, 'two'), later, options);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

function request(release: string, name: string): { release: string; output: string; baseUrl: string | null; dryRun: boolean; force: boolean } {
  return { release, output: join(root, name), baseUrl: BASE, dryRun: false, force: false };
}

const gen3 = (release: string, name: string, changes: object = {}) => exportGen3({ ...request(release, name), prefix: 'dg.MD1R', commons: null, authz: [], ...changes }, null);

interface Entry {
  object_id: string;
  file_name: string;
  file_size: number;
  md5sum: string;
}

function readJson<T>(name: string): T {
  return JSON.parse(readFileSync(join(root, name), 'utf8')) as T;
}

describe('ids', () => {
  test('have the form of the ids that MIDRC publishes', () => {
    const published = JSON.parse(readFileSync(join(EXCHANGE_FIXTURES, 'gen3/midrc_100_ids.json'), 'utf8')) as { object_id: string }[];
    const form = /^dg\.MD1R\/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
    expect(published.filter(({ object_id }) => !form.test(object_id))).toEqual([]);
    expect(contentGuid('dg.MD1R', sha256Hex('x'))).toMatch(form);
  });

  test('are made from the bytes, in SQL as here', async () => {
    const catalog = await Catalog.open(':memory:', { bare: true });
    try {
      for (const text of ['', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']) {
        const [row] = await catalog.all<{ uuid: string }>(`SELECT ${uuidOf('$digest')} AS uuid`, { digest: sha256Hex(text) });
        expect(row?.uuid).toBe(contentUuid(sha256Hex(text)));
      }
    } finally {
      catalog.close();
    }
  });

  test('are read in every way that they are written', () => {
    const guid = 'dg.XXTS/b96018c5-db06-4af8-a195-28e339ba815e';
    for (const text of [guid, 'drs://dg.XXTS:b96018c5-db06-4af8-a195-28e339ba815e', 'drs://test.commons1.io/dg.XXTS/b96018c5-db06-4af8-a195-28e339ba815e', 'drs://h/dg.XXTS%2FB96018C5-db06-4af8-a195-28e339ba815e'])
      expect(parseGuid(text)).toEqual({ guid, prefix: 'dg.XXTS' });
    expect([parseGuid('dg/123'), parseGuid(''), parseGuid(`${guid}x`)]).toEqual([null, null, null]);
  });

  test('a file that two releases hold has one id in both', async () => {
    await gen3(first, 'first.json');
    await gen3(second, 'second.json');
    const ids = (name: string) => new Map(readJson<Entry[]>(name).map(({ file_name, object_id }) => [file_name, object_id]));
    const [before, after] = [ids('first.json'), ids('second.json')];
    const both = [...before.keys()].filter((path) => after.has(path));
    expect(both).toHaveLength(2);
    expect(both.map((path) => before.get(path))).toEqual(both.map((path) => after.get(path)));
    expect(after.get('data/images/case-d/1.2.4/1.2.4.1/1.2.4.1.1.dcm')).toBe(contentGuid('dg.MD1R', sha256Hex('image of d')));
  });
});

describe('Gen3', () => {
  test('the file manifest has every image, in the order of the paths', async () => {
    await gen3(first, 'g', { commons: 'data.midrc.org' });
    const entries = readJson<Entry[]>('g/gen3-manifest.json');
    const paths = entries.map(({ file_name }) => file_name);
    expect(paths).toHaveLength(5);
    expect(paths).toEqual([...paths].sort());
    expect(entries[0]).toEqual({ object_id: contentGuid('dg.MD1R', sha256Hex('first image of a')), file_name: 'data/images/case-a/1.2.1/1.2.1.1/1.2.1.1.1.dcm', file_size: 16, md5sum: md5Hex('first image of a'), commons_url: 'data.midrc.org' }); // prettier-ignore
    expect(readFileSync(join(root, 'g/gen3-manifest.json'), 'utf8')).not.toContain('Doe');
  });

  test('the table has one line a content, with all its places', async () => {
    await gen3(first, 'table.tsv', { authz: ['/programs/Open/projects/A1'] });
    const [head, ...lines] = readFileSync(join(root, 'table.tsv'), 'utf8').trimEnd().split('\n').map((line) => line.split('\t'));
    expect(head).toEqual(['guid', 'md5', 'size', 'authz', 'acl', 'file_name', 'urls']);
    expect(lines).toHaveLength(4);
    const shared = lines.find(([guid]) => guid === contentGuid('dg.MD1R', sha256Hex('first image of a')));
    expect(shared?.at(-1)).toBe(['1.2.1.1/1.2.1.1.1', '1.2.1.9/1.2.1.9.1'].map((place) => `${BASE}/1.0.0/data/images/case-a/1.2.1/${place}.dcm`).join(' '));
    expect(shared?.slice(1, 5)).toEqual([md5Hex('first image of a'), '16', '/programs/Open/projects/A1', '']);
  });

  test('a release without md5 gives the manifest alone and says why; the table is refused', async () => {
    const elsewhere = join(root, 'no-md5');
    const release = await cutStore(elsewhere, smallStore(), { release: {} });
    const report = await gen3(release, 'plain');
    expect(report.files.map(({ path }) => path)).toEqual([join(root, 'plain', 'gen3-manifest.json')]);
    expect(report.notes.join(' ')).toMatch(/md5: true/);
    expect(readJson<Entry[]>('plain/gen3-manifest.json')[0]).not.toHaveProperty('md5sum');
    await expect(gen3(release, 'plain.tsv')).rejects.toMatchObject({ code: 'EXPORT_IMPOSSIBLE', exitCode: 3 });
  });

  const python = process.env.COLOPHON_TEST_GEN3_PYTHON;
  (python === undefined ? test.skip : test)('the Gen3 SDK accepts both (needs COLOPHON_TEST_GEN3_PYTHON with gen3)', async () => {
    await gen3(first, 'sdk', { authz: ['/programs/Open/projects/A1'] });
    const script = `import sys
from gen3.tools.download.drs_download import Manifest
print(len(Manifest.load_manifest(sys.argv[1])))
from gen3.tools.utils import get_and_verify_fileinfos_from_manifest
print(len(get_and_verify_fileinfos_from_manifest(sys.argv[2])[0]))
from gen3.tools.indexing import is_valid_manifest_format
print(is_valid_manifest_format(sys.argv[2]))`;
    const output = execFileSync(python ?? '', ['-W', 'ignore', '-c', script, join(root, 'sdk/gen3-manifest.json'), join(root, 'sdk/indexd-manifest.tsv')], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    // It logs to stdout as well.
    expect(output.trim().split('\n').filter((line) => !line.startsWith('['))).toEqual(['5', '4', 'True']);
  });
});

interface DrsObject {
  id: string;
  name: string;
  size: number;
  checksums: { type: string; checksum: string }[];
  contents?: { id: string; name: string }[];
}

describe('DRS', () => {
  test('the objects are valid by the schemas of DRS 1.5', async () => {
    await exportDrs({ ...request(first, 'drs.json'), prefix: 'dg.MD1R', host: 'drs.example.org' }, null);
    const validate = drsValidator();
    for (const object of readJson<{ drs_objects: DrsObject[] }>('drs.json').drs_objects) expect([validate(object), validate.errors]).toEqual([true, null]);
    expect(validate({ id: 'x' })).toBe(false);
  });

  test('bundles nest, add up, and have the checksum of the sorted checksums of what they hold', async () => {
    await exportDrs({ ...request(first, 'bundles.json'), prefix: 'dg.MD1R', host: 'drs.example.org' }, null);
    const objects = readJson<{ drs_objects: DrsObject[] }>('bundles.json').drs_objects;
    const byId = new Map(objects.map((object) => [object.id, object]));
    expect(byId.size).toBe(objects.length);
    const bundles = objects.filter(({ contents }) => contents !== undefined);
    expect(bundles).toHaveLength(1 + 2 + 2 + 4);
    for (const bundle of bundles) {
      const members = (bundle.contents ?? []).map(({ id }) => byId.get(id)!);
      expect(bundle.size).toBe(members.reduce((sum, { size }) => sum + size, 0));
      for (const [at, hash] of [sha256Hex, md5Hex].entries()) expect(bundle.checksums[at]?.checksum).toBe(hash(members.map(({ checksums }) => checksums[at]!.checksum).sort().join('')));
    }
    expect(objects[0]).toMatchObject({ name: 'demo-1.0.0', contents: [{ name: 'case-a' }, { name: 'case-b' }] });
  });

  test('the md5 of the root is the content_md5 of the release, when every case has images', async () => {
    const store = smallStore();
    delete store.cases['case-c'];
    const release = await cutStore(join(root, 'with-images'), store);
    await exportDrs({ ...request(release, 'root.json'), prefix: 'dg.MD1R', host: 'drs.example.org' }, null);
    const { digests } = JSON.parse(readFileSync(join(release, 'release.json'), 'utf8')) as { digests: { content_md5: string } };
    expect(readJson<{ drs_objects: DrsObject[] }>('root.json').drs_objects[0]?.checksums[1]).toEqual({ type: 'md5', checksum: digests.content_md5 });
  });

  test('it is not guessed where files lie, nor at which host', async () => {
    await expect(exportDrs({ ...request(first, 'x.json'), prefix: 'dg.MD1R', host: null }, null)).rejects.toMatchObject({ code: 'USAGE' });
    await expect(exportDrs({ ...request(first, 'x.json'), baseUrl: null, prefix: 'dg.MD1R', host: 'h' }, null)).rejects.toMatchObject({ code: 'USAGE' });
  });
});

function drsValidator() {
  const ajv = new Ajv2020({ strict: false });
  (formatsPlugin as unknown as (ajv: Ajv2020) => void)(ajv);
  const folder = join(EXCHANGE_FIXTURES, 'drs');
  // One $ref of the five leads to a schema about logins, which no object of ours has.
  ajv.addSchema({ $id: 'Authorizations.yaml' });
  for (const name of readdirSync(folder)) ajv.addSchema({ ...(parse(readFileSync(join(folder, name), 'utf8').replaceAll('description: An `', 'description: An ')) as object), $id: name });
  return ajv.getSchema('DrsObject.yaml')!;
}

describe('IDC', () => {
  test('the index has one row a series, with the columns of idc-index', async () => {
    const report = await exportIdc(request(first, 'index.parquet'), null);
    expect(report.files[0]?.records).toBe(4);
    const catalog = await Catalog.open(':memory:', { bare: true, folders: [root] });
    try {
      const rows = await catalog.all<Record<string, unknown>>(`SELECT * FROM read_parquet('${join(root, 'index.parquet')}')`);
      expect(Object.keys(rows[0] ?? {})).toEqual(['collection_id', 'analysis_result_id', 'PatientID', 'SeriesInstanceUID', 'StudyInstanceUID', 'source_DOI', 'PatientAge', 'PatientSex', 'StudyDate', 'StudyDescription', 'BodyPartExamined', 'Modality', 'Manufacturer', 'ManufacturerModelName', 'SeriesDate', 'SeriesDescription', 'SeriesNumber', 'instanceCount', 'license_short_name', 'aws_bucket', 'crdc_series_uuid', 'series_aws_url', 'series_size_MB']); // prettier-ignore
      expect(rows[0]).toMatchObject({ collection_id: 'demo', PatientID: 'case-a', SeriesInstanceUID: '1.2.1.1', instanceCount: 2, Modality: 'CT', aws_bucket: 'bucket', series_aws_url: `${BASE}/1.0.0/data/images/case-a/1.2.1/1.2.1.1/*`, PatientAge: null }); // prettier-ignore
    } finally {
      catalog.close();
    }
  });

  test('the md5s of bundles over real images are those of IDC', async () => {
    const expected = JSON.parse(readFileSync(join(EXCHANGE_FIXTURES, 'idc/visible_human_expected_merkle.json'), 'utf8')) as { patients: Record<string, string>; collection: string };
    const catalog = await Catalog.open(':memory:', { bare: true });
    try {
      const keys = 'case_id VARCHAR, StudyInstanceUID VARCHAR, SeriesInstanceUID VARCHAR';
      await catalog.run(`CREATE TABLE instances (${keys}, SOPInstanceUID VARCHAR, size_bytes BIGINT, sha256 VARCHAR, md5 VARCHAR, path VARCHAR); CREATE TABLE series (${keys}, digest VARCHAR)`);
      const [instances, series] = [await catalog.appender('instances'), await catalog.appender('series')];
      for (const line of readFileSync(join(EXCHANGE_FIXTURES, 'idc/visible_human_md5s.tsv'), 'utf8').trimEnd().split('\n')) {
        const [patient = '', study = '', uid = '', packed = ''] = line.split('\t');
        const md5s = Buffer.from(packed, 'base64').toString('hex').match(/.{32}/g) ?? [];
        for (const [at, md5] of md5s.entries()) instances.appendRow([patient, study, uid, `${uid}.${at}`, 1, sha256Hex(md5), md5, `${uid}/${at}`]);
        series.appendRow([patient, study, uid, sha256Hex(uid)]);
      }
      instances.close();
      series.close();
      const release = { catalog, side: { own: (name: string) => name }, document: { dataset: { id: 'vhp' }, version: '1.0.0' } } as unknown as OpenedRelease;
      await makeBundleTables(release, true);
      const cases = await catalog.all<{ name: string; md5: string; size_bytes: number }>('SELECT name, md5, size_bytes FROM drs_case');
      expect(Object.fromEntries(cases.map(({ name, md5 }) => [name, md5]))).toEqual(expected.patients);
      expect(cases.reduce((sum, { size_bytes }) => sum + size_bytes, 0)).toBe(6032);
      expect(await catalog.all('SELECT md5 FROM drs_release')).toEqual([{ md5: expected.collection }]);
    } finally {
      catalog.close();
    }
  });

  test('s5cmd copies every series', async () => {
    await exportS5cmd({ ...request(first, 'm.s5cmd'), tree: false }, null);
    const lines = readFileSync(join(root, 'm.s5cmd'), 'utf8').trimEnd().split('\n').filter((line) => !line.startsWith('#'));
    expect(lines).toHaveLength(4);
    expect(lines[0]).toBe(`cp ${BASE}/1.0.0/data/images/case-a/1.2.1/1.2.1.1/* .`);
    await exportS5cmd({ ...request(first, 'tree.s5cmd'), tree: true, baseUrl: 'gs://bucket' }, null);
    const text = readFileSync(join(root, 'tree.s5cmd'), 'utf8');
    expect(text).toContain('cp s3://bucket/1.0.0/data/images/case-a/1.2.1/1.2.1.1/* data/images/case-a/1.2.1/1.2.1.1/\n');
    expect(text).toContain('--endpoint-url https://storage.googleapis.com run tree.s5cmd');
    await expect(exportS5cmd({ ...request(first, 'n.s5cmd'), tree: false, baseUrl: 'https://h/x' }, null)).rejects.toMatchObject({ code: 'USAGE' });
  });
});

describe('writing', () => {
  test('nothing is replaced unasked, and a dry run writes nothing', async () => {
    writeFileSync(join(root, 'there.json'), 'mine');
    await expect(gen3(first, 'there.json')).rejects.toMatchObject({ code: 'USAGE' });
    expect((await gen3(first, 'there.json', { force: true, dryRun: true })).files[0]).toMatchObject({ records: 5 });
    expect(readFileSync(join(root, 'there.json'), 'utf8')).toBe('mine');
    await gen3(first, 'there.json', { force: true });
    expect(readJson<Entry[]>('there.json')).toHaveLength(5);
    expect(readdirSync(root).filter((name) => name.startsWith('.export-'))).toEqual([]);
  });

  test('a release is left as it is', async () => {
    await expect(gen3(first, '', { output: join(first, 'data/manifest.json') })).rejects.toMatchObject({ code: 'USAGE' });
    expect(existsSync(join(first, 'data/manifest.json'))).toBe(false);
  });

  test('the same release gives the same bytes', async () => {
    await exportDrs({ ...request(first, 'one.json'), prefix: 'dg.MD1R', host: 'h' }, null);
    await exportDrs({ ...request(first, 'two.json'), prefix: 'dg.MD1R', host: 'h' }, null);
    expect(readFileSync(join(root, 'one.json'), 'utf8')).toBe(readFileSync(join(root, 'two.json'), 'utf8'));
  });

  test('a base URL with a secret is refused and not repeated', async () => {
    for (const baseUrl of ['https://user:hunter2@host/x', 'https://host/x?token=hunter2', 'file:///etc', 'bucket/x', 's3://bucket/a b'])
      await expect(gen3(first, 'secret.json', { baseUrl })).rejects.toMatchObject({ code: 'USAGE', message: expect.not.stringContaining('hunter2') as unknown });
  });

  test('a release with cases that were withdrawn since is not exported, and the case not named', async () => {
    await expect(gen3(superseded, 'withdrawn.json')).rejects.toMatchObject({ code: 'CONTENT_WITHDRAWN', exitCode: 5, message: expect.not.stringContaining('case-b') as unknown });
    expect(existsSync(join(root, 'withdrawn.json'))).toBe(false);
    const withoutLog = join(root, 'copy');
    cpSync(superseded, withoutLog, { recursive: true });
    expect((await gen3(withoutLog, 'copy.json')).files).toHaveLength(1);
  });

  test('a release whose tables were changed is not exported', async () => {
    const release = await cutStore(join(root, 'edited'), smallStore());
    const table = join(release, 'data/tables/instances.parquet');
    const bytes = readFileSync(table);
    bytes.writeUInt8((bytes.readUInt8(100) + 1) % 256, 100);
    writeFileSync(table, bytes);
    await expect(gen3(release, 'edited.json')).rejects.toMatchObject({ code: 'RELEASE_INVALID' });
  });
});
