import { appendFileSync, chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, statSync, symlinkSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Catalog } from '../../src/catalog/catalog.js';
import { defaultEffects } from '../../src/effects.js';
import { sha256Hex } from '../../src/fixity/digest.js';
import { walkTree } from '../../src/fixity/walk.js';
import type { ReleaseDocument } from '../../src/model/release.js';
import { cutRelease, type CutOptions, type CutOutcome } from '../../src/release/cut.js';
import { planRelease } from '../../src/release/plan.js';
import { readLog } from '../../src/release/release-log.js';
import { verifyRelease } from '../../src/verify/verify.js';
import { cutOptions, fillCatalog, image, openStoreCatalog, smallStore, type Store } from '../support/release-store.js';
import { useTemporaryFolders } from '../support/temporary-folder.js';

const temporaryFolder = useTemporaryFolders();
let root: string;
let catalog: Catalog;
let store: Store;
beforeEach(async () => {
  root = temporaryFolder();
  catalog = await openStoreCatalog(root);
  store = smallStore();
});
afterEach(() => catalog.close());

async function cut(changes: Partial<CutOptions> = {}): Promise<CutOutcome> {
  await fillCatalog(catalog, store, root);
  return cutRelease(catalog, cutOptions(root, changes), defaultEffects);
}

const release = (version: string, ...path: string[]): string => join(root, 'releases', version, ...path);
const text = (...path: [string, ...string[]]): string => readFileSync(release(...path), 'utf8');
const document = (version: string): ReleaseDocument => JSON.parse(text(version, 'release.json')) as ReleaseDocument;
const files = (folder: string): string[] => [...walkTree(folder)].map(({ path }) => path);
const rows = (version: string, table: string): Promise<Record<string, unknown>[]> => catalog.all(`FROM '${release(version, 'data/tables', `${table}.parquet`)}'`);

test('a first release: what it holds, what stays out, and that verify accepts it', async () => {
  const { plan, published } = await cut();
  expect(plan).toMatchObject({ version: '1.0.0', sequence: 1, level: null, reasons: [], blocked: [] });
  expect(plan.counts).toMatchObject({ cases: 3, studies: 2, series: 3, instances: 4, withdrawn: 0, tables: 10 });
  expect(plan.tables).toEqual([
    { table: 'annotation', rows: 1, left_out: 2 },
    { table: 'case', rows: 3, left_out: 1 },
    { table: 'dataset', rows: 1, left_out: 0 },
  ]);
  expect(files(release('1.0.0')).filter((path) => !path.startsWith('data/tables/'))).toEqual([
    'CHANGES.md', 'bag-info.txt', 'bagit.txt',
    'data/croissant.json', 'data/datacite.json', 'data/datapackage.json', 'data/dictionary.json', 'data/dictionary.md',
    'data/images/case-a/1.2.1/1.2.1.1/1.2.1.1.1.dcm', 'data/images/case-a/1.2.1/1.2.1.1/1.2.1.1.2.dcm',
    'data/images/case-b/1.2.2/1.2.2.1/1.2.2.1.1.dcm', 'data/images/case-b/1.2.2/1.2.2.2/1.2.2.2.1.dcm',
    'data/ro-crate-metadata.json',
    'manifest-sha256.txt', 'payload-sizes.txt', 'release.json', 'tagmanifest-sha256.txt',
  ]); // prettier-ignore
  const report = await verifyRelease(release('1.0.0'));
  expect(report).toMatchObject({ ok: true, problems: [], digest: `sha256:${published?.digest}` });
  expect(published?.digest).toBe(sha256Hex(readFileSync(release('1.0.0', 'release.json'))));
  expect(readFileSync(join(root, 'releases/log/1.json'))).toEqual(readFileSync(release('1.0.0', 'release.json')));
  expect(readdirSync(join(root, '.colophon/staging'))).toEqual([]);
  expect(await catalog.all("SELECT table_name FROM duckdb_tables() WHERE table_name LIKE 'candidate%'")).toEqual([]);
});

test('tables join on case_id and hold nothing that names or locates a person', async () => {
  await cut();
  expect(await rows('1.0.0', 'clinical_case')).toEqual([
    { case_id: 'case-a', submitter_id: 'case-a', sex: 'Female', age_at_index: 41, score: 0.1, covid19_positive: 'Yes' },
    { case_id: 'case-b', submitter_id: 'case-b', sex: 'Male', age_at_index: 70, score: 1e21, covid19_positive: 'No' },
    { case_id: 'case-c', submitter_id: 'case-c', sex: null, age_at_index: null, score: null, covid19_positive: 'No' },
  ]);
  expect(await rows('1.0.0', 'clinical_annotation')).toEqual([{ case_id: null, submitter_id: 'n1', note: 'of two cases' }]);
  expect(await rows('1.0.0', 'splits')).toEqual([
    { split: 'fold', case_id: 'case-a', part: 'train' },
    { split: 'fold', case_id: 'case-b', part: 'test' },
    { split: 'fold', case_id: 'case-c', part: 'train' },
    { split: 'other', case_id: 'case-a', part: 'open' },
  ]);
  const [first] = await rows('1.0.0', 'instances');
  expect(first).toMatchObject({ path: 'data/images/case-a/1.2.1/1.2.1.1/1.2.1.1.1.dcm', size_bytes: 16, Modality: 'CT', Rows: 512 });
  expect(Object.keys(first ?? {}).filter((name) => /Patient|Birth|Date|Institution|source|mtime/.test(name))).toEqual([
    'PatientIdentityRemoved', 'PatientPosition', 'ImagePositionPatient', 'ImageOrientationPatient',
  ]); // prettier-ignore
  for (const path of files(release('1.0.0'))) expect(readFileSync(release('1.0.0', path)).includes('case-x')).toBe(false);
});

test('same catalog, same date, same digest: whatever the order of rows and files and the number of threads', async () => {
  const digests = new Set<string>();
  for (const [reversed, threads] of [[false, 1], [true, 2], [true, 1], [false, 4]] as const) {
    const clone = temporaryFolder();
    const other = await openStoreCatalog(clone, { threads });
    await fillCatalog(other, store, clone, { reversed });
    const { published } = await cutRelease(other, cutOptions(clone, { release: { md5: true } }), defaultEffects);
    digests.add(published?.digest ?? '');
    other.close();
  }
  expect(digests.size).toBe(1);
});

test('a second release is chained to the first, numbered by what changed, and keeps a tombstone', async () => {
  await cut();
  store.cases['case-b'] = 'withdrawn';
  store.cases['case-d'] = 'accepted';
  const withdrawals = [
    { case_id: 'case-b', reason: 'consent' as const, date: '2026-02-10', note: 'internal words' },
    { case_id: 'never-seen', reason: 'phi' as const, date: '2026-02-11' },
  ];
  const { plan } = await cut({ withdrawals, date: '2026-03-01' });
  expect(plan).toMatchObject({ version: '2.0.0', sequence: 2, level: 'major', previous: { version: '1.0.0' } });
  expect(plan.reasons.map(({ rule, count }) => [rule, count])).toEqual([['case-withdrawn', 1], ['row-removed', 1], ['case-added', 1]]);
  expect(document('2.0.0').previous?.digest).toBe(sha256Hex(readFileSync(release('1.0.0', 'release.json'))));
  expect(await rows('2.0.0', 'tombstones')).toEqual([{ case_id: 'case-b', reason: 'consent', since_version: '2.0.0', date: '2026-02-10', replacement: null }]);
  expect(await rows('2.0.0', 'changes')).toEqual([
    { rule: 'case-added', case_id: 'case-d', table_name: null, key: null, column_name: null, before: null, after: null },
    { rule: 'case-withdrawn', case_id: 'case-b', table_name: null, key: null, column_name: null, before: null, after: 'consent' },
    // It also named the withdrawn case.
    { rule: 'row-removed', case_id: null, table_name: 'annotation', key: 'n1', column_name: null, before: null, after: null },
  ]);
  expect(await verifyRelease(release('2.0.0'))).toMatchObject({ ok: true });
  for (const path of files(release('2.0.0'))) expect(readFileSync(release('2.0.0', path)).includes('internal words')).toBe(false);

  store.cases['case-e'] = 'accepted';
  expect((await cut({ withdrawals, date: '2026-03-02' })).plan.version).toBe('2.1.0');
  expect(await rows('2.1.0', 'tombstones')).toMatchObject([{ case_id: 'case-b', since_version: '2.0.0' }]);
});

test('a withdrawn case does not come back when withdrawals.yaml is lost', async () => {
  await cut();
  store.cases['case-b'] = 'withdrawn';
  await cut({ withdrawals: [{ case_id: 'case-b', reason: 'consent', date: '2026-02-10' }] });
  store.cases['case-b'] = 'accepted';
  await expect(cut()).rejects.toMatchObject({ code: 'RELEASE_INVALID', message: expect.stringContaining('withdrawn since 2.0.0') });
});

describe('nothing is published', () => {
  afterEach(() => {
    expect(existsSync(join(root, '.colophon/staging')) ? readdirSync(join(root, '.colophon/staging')) : []).toEqual([]);
  });

  test('when nothing changed, unless the number is raised', async () => {
    await cut();
    await expect(cut()).rejects.toMatchObject({ code: 'RELEASE_UNCHANGED', exitCode: 1 });
    expect((await cut({ bump: 'patch' })).plan.version).toBe('1.0.1');
    expect(text('1.0.1', 'CHANGES.md')).toContain('raised by hand');
  });

  test.each(['fail', 'none'] as const)('when the verdict of the gate is %s', async (verdict) => {
    const gate = { ...cutOptions(root).gate, verdict, errors: verdict === 'fail' ? 3 : 0 };
    await expect(cut({ gate })).rejects.toMatchObject(verdict === 'fail' ? { code: 'GATE_FAILED', exitCode: 1 } : { code: 'GATE_STALE', exitCode: 3 });
    expect(existsSync(release('1.0.0'))).toBe(false);
  });

  test('in a dry run, which computes it all', async () => {
    const { plan, published } = await cut({ dryRun: true });
    expect(plan.version).toBe('1.0.0');
    expect(published).toBeNull();
    expect(existsSync(join(root, 'releases'))).toBe(false);
  });

  test.each([
    ['is gone', (path: string) => rmSync(path), 'no such file'],
    ['has another size', (path: string) => appendFileSync(path, 'x'), 'bytes'],
    ['has another time', (path: string) => utimesSync(path, new Date(0), new Date(0)), 'modified'],
    ['became a link', (path: string) => (rmSync(path), symlinkSync('/etc/passwd', path)), 'no regular file'],
  ])('when an image %s since it was pulled', async (_what, change, found) => {
    await fillCatalog(catalog, store, root);
    change(join(root, 'incoming/a/2.dcm'));
    await expect(cutRelease(catalog, cutOptions(root), defaultEffects)).rejects.toMatchObject({
      code: 'RELEASE_INVALID',
      message: 'The image images/a/2.dcm is not as it was pulled.',
      found: expect.stringContaining(found),
    });
    expect(existsSync(release('1.0.0'))).toBe(false);
  });

  test('when an image has other bytes with the same size and time: verify reads what was written', async () => {
    await fillCatalog(catalog, store, root);
    const path = join(root, 'incoming/a/2.dcm');
    const { atime, mtime } = statSync(path);
    writeFileSync(path, 'IMAGE OF B');
    utimesSync(path, atime, mtime);
    await expect(cutRelease(catalog, cutOptions(root), defaultEffects)).rejects.toMatchObject({
      code: 'RELEASE_INVALID',
      message: expect.stringContaining('corrupt data/images/case-b/1.2.2/1.2.2.1/1.2.2.1.1.dcm'),
    });
    expect(existsSync(join(root, 'releases/log/1.json'))).toBe(false);
  });

  test('when the release before was edited by hand', async () => {
    await cut();
    store.cases['case-d'] = 'accepted';
    const path = release('1.0.0', 'release.json');
    writeFileSync(path, readFileSync(path, 'utf8').replace('A demo', 'A dame'));
    await expect(cut()).rejects.toMatchObject({ code: 'RELEASE_INVALID', message: expect.stringContaining('1.0.0 was edited') });
  });

  test('when a table of the release before was edited by hand', async () => {
    await cut();
    appendFileSync(release('1.0.0', 'data/tables/cases.parquet'), 'x');
    await expect(cut()).rejects.toMatchObject({ code: 'RELEASE_INVALID', message: expect.stringContaining('cases.parquet') });
  });

  test('when the folder of the release before is not here', async () => {
    await cut();
    rmSync(release('1.0.0'), { recursive: true });
    await expect(cut()).rejects.toMatchObject({ code: 'RELEASE_NOT_FOUND', message: expect.stringContaining('its folder is not here') });
  });

  test('when something lies where the release would', async () => {
    mkdirSync(release('1.0.0'), { recursive: true });
    await expect(cut()).rejects.toMatchObject({ code: 'RELEASE_INVALID', message: expect.stringContaining('is there already') });
    expect(readdirSync(join(root, 'releases/log'))).toEqual([]);
  });

  test('when the date is none, or before the release before', async () => {
    await expect(cut({ date: '2026-02-30' })).rejects.toMatchObject({ code: 'USAGE' });
    await cut();
    await expect(cut({ date: '2026-02-02', bump: 'minor' })).rejects.toMatchObject({ code: 'USAGE', expected: '2026-02-03 or later' });
  });

  test('when the dataset has another id', async () => {
    await cut();
    await expect(cut({ dataset: { ...cutOptions(root).dataset, id: 'other' } })).rejects.toMatchObject({ code: 'RELEASE_INVALID', found: 'dataset.id: other' });
  });

  test.each([
    ['../x', 'holds a slash'],
    ['..', 'leaves the folder through ..'],
    ['a/b', 'holds a slash'],
    ['CON', 'has a name that Windows reserves'],
    ['case\u202eb', 'holds a control or invisible character'],
    ['50%', 'holds %'],
    ['dot.', 'ends in a dot'],
  ])('when a case is called %j', async (name, reason) => {
    store.cases[name] = 'accepted';
    store.images.push(image(name, '1.2.7', '1.2.7.1', '1.2.7.1.1', 'x'));
    await expect(cut()).rejects.toMatchObject({ code: 'RELEASE_INVALID', message: expect.stringContaining(reason), found: JSON.stringify(name) });
  });

  test.each([
    ['../../x', 'holds a slash'],
    ['', 'is missing'],
    [null, 'is missing'],
    ['1.2.', 'ends in a dot'],
    ['1'.repeat(300), 'over 255 bytes'],
  ])('when a SOPInstanceUID is %j', async (uid, reason) => {
    store.images.push(image('case-a', '1.2.7', '1.2.7.1', uid, 'x'));
    await expect(cut()).rejects.toMatchObject({ code: 'RELEASE_INVALID', message: expect.stringContaining(reason) });
  });

  test('when two images have one SOPInstanceUID', async () => {
    store.images.push(image('case-c', '1.2.8', '1.2.8.1', '1.2.1.1.1', 'other bytes'));
    await expect(cut()).rejects.toMatchObject({ code: 'RELEASE_INVALID', found: '1.2.1.1.1', message: expect.stringContaining('images/a/0.dcm') });
  });

  test('when two cases are one folder where case does not count', async () => {
    store.cases['Case-A'] = 'accepted';
    store.images.push(image('Case-A', '1.2.8', '1.2.8.1', '1.2.8.1.1', 'x'));
    await expect(cut()).rejects.toMatchObject({ code: 'RELEASE_INVALID', message: expect.stringContaining('"case-a"') });
  });

  test('when md5 is asked for and an image has none', async () => {
    await fillCatalog(catalog, store, root);
    await catalog.run("UPDATE instance SET md5 = NULL WHERE path = 'a/0.dcm'");
    await expect(cutRelease(catalog, cutOptions(root, { release: { md5: true } }), defaultEffects)).rejects.toMatchObject({ code: 'RELEASE_INVALID', message: expect.stringContaining('1 images have no md5') });
  });

  test('when it is interrupted', async () => {
    const abort = new AbortController();
    await fillCatalog(catalog, store, root);
    const effects = { ...defaultEffects, progress: () => abort.abort() };
    const verify: CutOptions['verify'] = (folder) => verifyRelease(folder, { jobs: 1, signal: abort.signal });
    await expect(cutRelease(catalog, cutOptions(root, { signal: abort.signal, verify }), effects)).rejects.toMatchObject({ code: 'INTERRUPTED' });
    expect(existsSync(release('1.0.0'))).toBe(false);
  });
});

test('by reference: no image is carried, fetch.txt says where each is, verify accepts it', async () => {
  await cut({ release: { payload: 'none', base_url: 'https://example.org/data sets/' } });
  expect(existsSync(release('1.0.0', 'data/images'))).toBe(false);
  expect(text('1.0.0', 'fetch.txt').split('\n')[0]).toBe(
    'https://example.org/data%20sets/1.0.0/data/images/case-a/1.2.1/1.2.1.1/1.2.1.1.1.dcm 16 data/images/case-a/1.2.1/1.2.1.1/1.2.1.1.1.dcm',
  );
  expect(text('1.0.0', 'fetch.txt').split('\n')).toHaveLength(5);
  expect(document('1.0.0').digests.fetch).toBe(sha256Hex(readFileSync(release('1.0.0', 'fetch.txt'))));
  expect(await verifyRelease(release('1.0.0'))).toMatchObject({ problems: [] });
  await expect(cut({ release: { payload: 'none' }, bump: 'minor' })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
});

test('hard links share the bytes of the source, which is read-only from then on; an edit in place is told by verify', async () => {
  const warnings: string[] = [];
  await fillCatalog(catalog, store, root);
  await cutRelease(catalog, cutOptions(root, { release: { payload: 'hardlink' } }), { ...defaultEffects, warn: (message) => warnings.push(message) });
  const path = 'data/images/case-b/1.2.2/1.2.2.1/1.2.2.1.1.dcm';
  expect(statSync(release('1.0.0', path)).ino).toBe(statSync(join(root, 'incoming/a/2.dcm')).ino);
  expect(statSync(join(root, 'incoming/a/2.dcm')).mode & 0o222).toBe(0);
  expect(statSync(join(root, 'incoming/a/4.dcm')).mode & 0o200).toBe(0o200); // not released
  expect(warnings).toEqual([expect.stringContaining('read-only')]);
  chmodSync(join(root, 'incoming/a/2.dcm'), 0o644); // what root, or a program that has the file open, does not even need
  writeFileSync(join(root, 'incoming/a/2.dcm'), 'IMAGE OF B', { flag: 'r+' });
  expect((await verifyRelease(release('1.0.0'))).problems).toEqual([expect.objectContaining({ kind: 'corrupt', path })]);
});

test('reflinks give the same release as copies; a file system without them is told once, and the images are copied', async () => {
  const warnings: string[] = [];
  await fillCatalog(catalog, store, root);
  const { published } = await cutRelease(catalog, cutOptions(root, { release: { payload: 'reflink' } }), { ...defaultEffects, warn: (message) => warnings.push(message) });
  expect(warnings.length).toBeLessThanOrEqual(1);
  for (const warning of warnings) expect(warning).toMatch(/cannot share blocks .* are copied/);
  expect(await verifyRelease(release('1.0.0'))).toMatchObject({ ok: true });
  writeFileSync(join(root, 'incoming/a/2.dcm'), 'IMAGE OF B', { flag: 'r+' });
  expect(await verifyRelease(release('1.0.0'))).toMatchObject({ ok: true, digest: `sha256:${published?.digest}` });
});

test('the loser of a number plans anew, upon the release of the winner', async () => {
  const other = await openStoreCatalog(root);
  await fillCatalog(other, store, root);
  let raced = false;
  const verify: CutOptions['verify'] = async (folder) => {
    if (!raced) {
      raced = true;
      await cutRelease(other, cutOptions(root), defaultEffects);
    }
    return verifyRelease(folder, { jobs: 1 });
  };
  store.cases['case-d'] = 'accepted';
  const warnings: string[] = [];
  await fillCatalog(catalog, store, root);
  // The second publisher has another staging folder: on another machine, say.
  const paths = { ...cutOptions(root).paths, staging: join(root, '.colophon/other') };
  const { plan } = await cutRelease(catalog, cutOptions(root, { verify, paths, bump: 'major' }), { ...defaultEffects, warn: (message) => warnings.push(message) });
  other.close();
  expect(plan).toMatchObject({ version: '2.0.0', sequence: 2, previous: { version: '1.0.0' } });
  expect(warnings).toEqual([expect.stringContaining('just taken by another publisher')]);
  expect((await readLog(cutOptions(root).paths)).map((entry) => entry.document.version)).toEqual(['1.0.0', '2.0.0']);
  for (const version of ['1.0.0', '2.0.0']) expect(await verifyRelease(release(version))).toMatchObject({ ok: true });
});

test('a plan tells what is not frozen and which images stay out', async () => {
  await fillCatalog(catalog, store, root);
  await catalog.run("UPDATE assignment SET frozen = false WHERE split = 'other'");
  const { plan } = await planRelease(catalog, cutOptions(root));
  expect(plan.notes).toEqual([
    '3 table rows stay out: of no case that is released, or also of one that is not.',
    '1 image file stays out: of no case that is released, or not readable.',
    '1 assignment of other is not frozen: if one moves later, that is a MAJOR release.',
    '8 columns are described by nobody, and the data dictionary says so: "clinical_annotation.submitter_id", "clinical_annotation.note", "clinical_case.submitter_id", "clinical_case.sex", "clinical_case.age_at_index", and 3 more. A schema can describe them.',
  ]);
});
