import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { md5Hex, sha256Hex } from '../../src/fixity/digest.js';
import type { ImportedManifest } from '../../src/model/exchange.js';
import { renderImportedManifest } from '../../src/report/import-text.js';
import { exportGen3 } from '../../src/workflow/export-manifests.js';
import { cutStore, EXCHANGE_FIXTURES, readManifest } from '../support/exchange.js';
import { goldenSecond, smallStore } from '../support/release-store.js';
import { useTemporaryFolders } from '../support/temporary-folder.js';

const temporaryFolder = useTemporaryFolders();
const fixture = (path: string): string => join(EXCHANGE_FIXTURES, path);

function write(path: string, content: string | Buffer): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
}

function problemsOf({ problems }: ImportedManifest): string[] {
  return problems.map(({ kind, path }) => `${kind} ${path}`);
}

describe('Gen3 manifests of others', () => {
  test.each([
    ['manifest_test_1.json', 'gen3-manifest', 4, 2_618_176, { 'dg.XXTS': 4 }],
    ['manifest_test_2.json', 'gen3-manifest', 1, 0, { 'dg.XXTS': 1 }],
    ['manifest_test_bad_id.json', 'gen3-manifest', 1, 0, { 'dg.XXTST': 1 }],
    ['manifest_test_drs_compact.json', 'gen3-manifest', 5, 0, { 'dg.XXTS': 5 }],
    ['dataguids_commons1.json', 'indexd-records', 1, 1_566_369, { 'dg.XXTS': 1 }],
    ['indexing_manifest1.tsv', 'indexd-table', 3, 2094, {}],
    ['bundle_valid_manifest.csv', 'bundle-table', 6, 0, { 'dg.xxxx': 2 }],
    ['midrc_100_ids.json', 'gen3-manifest', 100, 0, { 'dg.MD1R': 100 }],
  ])('%s', async (name, format, entries, bytes, origins) => {
    expect(await readManifest('gen3', fixture(`gen3/${name}`))).toMatchObject({ format, entries, distinct: entries, bytes, origins, total_problems: 0 });
  });

  test('ids that are none, and bundles of what is not there, are told with their lines', async () => {
    expect(problemsOf(await readManifest('gen3', fixture('gen3/drs_objects.json')))).toEqual(['manifest-malformed drs_objects.json:466', 'manifest-malformed drs_objects.json:496']);
    expect(problemsOf(await readManifest('gen3', fixture('gen3/bundle_invalid_manifest.csv')))).toEqual(['manifest-malformed bundle_invalid_manifest.csv:5']);
    expect(problemsOf(await readManifest('gen3', fixture('gen3/indexing_multiple_guids_per_hash.tsv')))).toHaveLength(3);
  });

  test.each(['bad_format.json', 'index_dist.json'])('%s is no manifest', async (name) => {
    await expect(readManifest('gen3', fixture(`gen3/${name}`))).rejects.toMatchObject({ code: 'MANIFEST_INVALID', exitCode: 3 });
  });

  test('a map of superseded files tells what was replaced and what removed', async () => {
    const report = await readManifest('gen3', fixture('gdc/CMI-MBC_supersede_map_15_rows.tsv'));
    expect(report).toMatchObject({ format: 'gdc-supersede-map', entries: 15, superseded: { replaced: 9, removed: 6 }, total_problems: 0 });
  });
});

describe('hostile manifests', () => {
  const id = 'dg.XXTS/b96018c5-db06-4af8-a195-28e339ba815e';

  test('a path that leads out, a link end, an escape sequence and a key twice', async () => {
    const root = temporaryFolder();
    const entries = ['../../etc/passwd', '/etc/passwd', 'a\u001b[2Jb', 'c\nd'].map((file_name, at) => ({ object_id: id.replace(/.$/, String(at)), file_name }));
    const path = write(join(root, 'm.json'), `[${entries.map((entry) => JSON.stringify(entry)).join(',\n')},\n{"object_id":"${id}","object_id":"x"}]`);
    const report = await readManifest('gen3', path, { output: join(root, 'list.md5') });
    expect(problemsOf(report)).toEqual(['unsafe-path m.json:1', 'unsafe-path m.json:2', 'unsafe-path m.json:3', 'unsafe-path m.json:4', 'manifest-malformed m.json:5']);
    expect(readFileSync(join(root, 'list.md5'), 'utf8')).toBe('');
    expect(renderImportedManifest(report)).not.toMatch(/\u001b/);
  });

  test.each([
    ['a million open brackets', Buffer.concat([Buffer.from('[{"object_id":'), Buffer.alloc(1_000_000, '[')])],
    ['a text without end', Buffer.concat([Buffer.from('[{"object_id":"'), Buffer.alloc(3_000_000, 'x')])],
    ['something behind the array', Buffer.from(`[{"object_id":"${id}"}] {}`)],
    ['two objects without a comma', Buffer.from(`[{"object_id":"${id}"}{}]`)],
    ['nothing', Buffer.alloc(0)],
    ['no text', Buffer.from([0xff, 0xfe, 0, 1])],
  ])('%s is refused', async (_name, bytes) => {
    await expect(readManifest('gen3', write(join(temporaryFolder(), 'm.json'), bytes))).rejects.toMatchObject({ code: 'MANIFEST_INVALID' });
  });

  test('nesting within an entry is refused with its line, and the next one is read', async () => {
    const path = write(join(temporaryFolder(), 'm.json'), `[{"a":${'['.repeat(100)}${']'.repeat(100)}},\n{"object_id":"${id}"}]`);
    const report = await readManifest('gen3', path);
    expect([report.entries, problemsOf(report)]).toEqual([1, ['manifest-malformed m.json:1']]);
  });

  test('a line of many megabytes does not stop the others', async () => {
    const path = write(join(temporaryFolder(), 'm.tcia'), `ListOfSeriesToDownload=\n1.2.3\n${'9'.repeat(5_000_000)}\n1.2.4\n`);
    const report = await readManifest('tcia', path);
    expect([report.entries, problemsOf(report)]).toEqual([2, ['manifest-malformed m.tcia:3']]);
  });

  test('cells that a spreadsheet would run are kept out of the CSV', async () => {
    const root = temporaryFolder();
    const path = write(join(root, 'm.json'), JSON.stringify([{ object_id: id, file_name: '=cmd()' }, { object_id: id.replace('5e', '5f'), file_name: 'a,"b' }]));
    const report = await readManifest('gen3', path, { output: join(root, 'list.csv') });
    expect(readFileSync(join(root, 'list.csv'), 'utf8').split('\n')).toEqual(['id,path,size_bytes,md5,sha1,sha256,sha512,url,replaced_by', `${id.replace('5e', '5f')},"a,""b",,,,,,,`, '']);
    expect(report.notes.join()).toMatch(/1 entries are not in the CSV/);
  });

  test('entries that contradict one another', async () => {
    const path = write(join(temporaryFolder(), 'm.json'), JSON.stringify([{ object_id: id, file_name: 'a', file_size: 1 }, { object_id: id, file_name: 'b', file_size: 2 }, { object_id: id.replace('5e', '5f'), file_name: 'A' }, { object_id: id, file_name: 'a' }]).replaceAll('},', '},\n')); // prettier-ignore
    expect(problemsOf(await readManifest('gen3', path))).toEqual(['duplicate m.json:4', 'manifest-malformed m.json:2', 'collision m.json:1']);
  });
});

describe('comparing with a folder', () => {
  test('tells what is missing, extra, cut short, changed, or a link', async () => {
    const root = temporaryFolder();
    const files = ['kept', 'changed', 'short', 'gone', 'linked'].map((name, at) => ({ object_id: `dg.X/00000000-0000-4000-8000-00000000000${at}`, file_name: `d/${name}`, file_size: 5, md5sum: md5Hex('12345') }));
    const manifest = write(join(root, 'm.json'), JSON.stringify(files));
    for (const [name, text] of Object.entries({ kept: '12345', changed: '12346', short: '123', new: 'x' })) write(join(root, 'data/d', name), text);
    symlinkSync('kept', join(root, 'data/d/linked'));
    const report = await readManifest('gen3', manifest, { compare: join(root, 'data') });
    expect(problemsOf(report)).toEqual(['corrupt d/changed', 'missing d/gone', 'link d/linked', 'truncated d/short', 'extra d/new']);
    expect(report.compared).toMatchObject({ matched: 1, files: 5 });
    await expect(readManifest('gen3', manifest, { compare: join(root, 'nowhere') })).rejects.toMatchObject({ code: 'SOURCE_MISSING' });
  });

  test('ids alone are looked for as names', async () => {
    const root = temporaryFolder();
    const manifest = fixture('gen3/manifest_test_3.json');
    write(join(root, 'b96018c5-db06-4af8-a195-28e339ba815e/x.dcm'), 'x');
    const report = await readManifest('gen3', manifest, { compare: root });
    expect(problemsOf(report)).toEqual(['missing dg.XXTS/6f9a924f-9d83-4597-8f66-fe7d3021729f']);
  });
});

describe('comparing with a release', () => {
  test('our own manifest matches, and that of a later release does not', async () => {
    const root = temporaryFolder();
    const first = await cutStore(root, smallStore());
    const { store, options } = goldenSecond();
    const second = await cutStore(root, store, options);
    const manifest = join(root, 'second.json');
    await exportGen3({ release: second, output: manifest, baseUrl: null, dryRun: false, force: false, prefix: 'dg.MD1R', commons: null, authz: [] }, null);
    expect(await readManifest('gen3', manifest, { release: second })).toMatchObject({ total_problems: 0, compared: { matched: 3, files: 3 } });
    expect(problemsOf(await readManifest('gen3', manifest, { release: first }))).toEqual(['missing data/images/case-d/1.2.4/1.2.4.1/1.2.4.1.1.dcm']);
    const series = write(join(root, 'm.tcia'), 'ListOfSeriesToDownload=\n1.2.4.1\n1.2.9.1\n');
    expect(problemsOf(await readManifest('tcia', series, { release: second }))).toEqual(['missing 1.2.9.1']);
  });
});

describe('TCIA', () => {
  test.each([
    ['pediatric-ct-seg-nov-30-2021-manifest.tcia', 718, 718, []],
    ['retry-2022-12-25-manifest.tcia', 10, 10, []],
    ['ct-lower-extremity.tcia', 7, 5, ['duplicate ct-lower-extremity.tcia:9', 'duplicate ct-lower-extremity.tcia:10']],
  ])('%s', async (name, entries, distinct, problems) => {
    const report = await readManifest('tcia', fixture(`tcia/${name}`));
    expect([report.entries, report.distinct, problemsOf(report)]).toEqual([entries, distinct, problems]);
  });

  test('a list without its head is none', async () => {
    await expect(readManifest('tcia', write(join(temporaryFolder(), 'x.tcia'), '1.2.3\n'))).rejects.toMatchObject({ code: 'MANIFEST_INVALID' });
  });
});

describe('s5cmd', () => {
  test.each([
    ['prior_version_manifest.s5cmd', 5, { 'idc-open-data': 5 }, 0],
    ['study_manifest_aws.s5cmd', 3, { 'idc-open-data': 3 }, 1],
    ['study_manifest_gcs.s5cmd', 3, { 'idc-open-data': 3 }, 0],
    ['study_manifest_bogus.s5cmd', 3, { 'invalid-idc-open-data': 3 }, 1],
  ])('%s', async (name, entries, origins, notes) => {
    const report = await readManifest('s5cmd', fixture(`idc/${name}`));
    expect(report).toMatchObject({ entries, origins, total_problems: 0 });
    expect(report.notes).toHaveLength(notes);
  });

  test('what is no copy, or copies out of the folder, is told and never run', async () => {
    const path = write(join(temporaryFolder(), 'x.s5cmd'), "cp 's3://bucket/a b/*' 'd e/'\nrm s3://bucket/x/*\ncp s3://bucket/y/* ../../\ncp s3://bucket/z/*\ncp \"s3://bucket/z/* .\n");
    const report = await readManifest('s5cmd', path);
    expect(report.entries).toBe(2);
    expect(problemsOf(report)).toEqual(['manifest-malformed x.s5cmd:2', 'unsafe-path x.s5cmd:3', 'manifest-malformed x.s5cmd:4', 'manifest-malformed x.s5cmd:5']);
  });
});

describe('BagIt', () => {
  function makeBag(version = '1.0'): string {
    const bag = temporaryFolder();
    write(join(bag, 'bagit.txt'), `BagIt-Version: ${version}\nTag-File-Character-Encoding: UTF-8\n`);
    write(join(bag, 'data/a'), 'a');
    write(join(bag, 'data/b'), 'b');
    write(join(bag, 'manifest-md5.txt'), `${md5Hex('a')} *data/a\n${md5Hex('b')}  ./data/b\n${md5Hex('c')}  data/c\n`);
    return bag;
  }

  test.each(['0.93', '0.97', '1.0'])('version %s, by md5, with what is to be fetched', async (version) => {
    const bag = makeBag(version);
    write(join(bag, 'fetch.txt'), 'https://example.org/c 1 data/c\n');
    const report = await readManifest('bagit', bag, { compare: bag, output: join(temporaryFolder(), 'list.json') });
    expect(report).toMatchObject({ format: `bagit ${version}`, entries: 4, distinct: 3, bytes: 1, without_checksum: 0, origins: { 'example.org': 1 }, compared: { matched: 2 } });
    expect(problemsOf(report)).toEqual(['missing data/c']);
    expect((JSON.parse(readFileSync(report.output!.path, 'utf8')) as unknown[])[2]).toEqual({ md5: md5Hex('c'), path: 'data/c', size_bytes: 1, url: 'https://example.org/c' });
  });

  test('manifests that do not agree on what there is, lines of no form, files outside of the payload', async () => {
    const bag = makeBag();
    write(join(bag, 'manifest-sha256.txt'), `${sha256Hex('a')}  data/a\n${sha256Hex('b')}  data/b\nx  data/c\n${sha256Hex('x')}  ../x\n`);
    expect(problemsOf(await readManifest('bagit', bag))).toEqual(['manifest-malformed manifest-sha256.txt:3', 'unsafe-path manifest-sha256.txt:4', 'manifest-malformed manifest-md5.txt:3']);
  });

  test('a later version is told as such, and a folder without bagit.txt is no bag', async () => {
    await expect(readManifest('bagit', makeBag('2.0'))).rejects.toMatchObject({ code: 'RELEASE_TOO_NEW', exitCode: 4 });
    await expect(readManifest('bagit', temporaryFolder())).rejects.toMatchObject({ code: 'MANIFEST_INVALID' });
  });
});
