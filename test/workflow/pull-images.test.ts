import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFileSync, chmodSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Catalog } from '../../src/catalog/catalog.js';
import { defaultEffects } from '../../src/effects.js';
import { KEPT_ATTRIBUTES } from '../../src/model/header.js';
import type { ImageSourceReport } from '../../src/model/pull.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { workspacePaths } from '../../src/workspace/workspace.js';
import { asOrdinaryUser } from '../support/ordinary-user.js';
import { useTemporaryFolders } from '../support/temporary-folder.js';
import { IMAGES_ONLY, makeConfig, pullAt, slice, writeFiles } from './pull-workspace.js';

const makeFolder = useTemporaryFolders();
const config = makeConfig(IMAGES_ONLY);

const rows = (catalog: Catalog) => catalog.all('SELECT * EXCLUDE (mtime_ns, batch), mtime_ns::VARCHAR AS mtime_ns FROM instance ORDER BY path');
const counts = ({ images }: { images: ImageSourceReport[] }) => {
  const { files, read, unchanged, removed, ok, partial, unreadable } = images[0]!;
  return { files, read, unchanged, removed, ok, partial, unreadable };
};

describe('what a folder may hold', () => {
  test('every entry gets a row: images, oddities, links, fifos, hidden files; nothing is skipped or crashes', async () => {
    const root = makeFolder();
    const good = slice('p1', 1);
    writeFiles(join(root, 'dicom'), {
      "a/good 'quoted' \n*?[x]%20ü.dcm": good,
      'a/text.dcm': 'This is no DICOM file, whatever its name says.',
      'a/empty.dcm': '',
      'a/truncated.dcm': good.subarray(0, good.length - 110),
      '.hidden/.dot': slice('p2', 2),
      '.DS_Store': Buffer.from([0, 0, 0, 1, 0x42, 0x75, 0x64, 0x31]),
    });
    symlinkSync('/etc/passwd', join(root, 'dicom/a/link.dcm'));
    symlinkSync(join(root, 'dicom/a'), join(root, 'dicom/folder-link'));
    execFileSync('mkfifo', [join(root, 'dicom/pipe.dcm')]);
    await pullAt(root, config, async (catalog, report) => {
      const found = await catalog.all<{ path: string; status: string; error_code: string | null; sha256: string | null }>('SELECT path, status, error_code, sha256 FROM instance ORDER BY path');
      const status = Object.fromEntries(found.map(({ path, status, error_code }) => [path, error_code ?? status]));
      expect(status).toEqual({
        "a/good 'quoted' \n*?[x]%20ü.dcm": 'ok',
        'a/text.dcm': 'not-dicom',
        'a/empty.dcm': 'empty',
        'a/truncated.dcm': expect.stringMatching(/truncated|malformed/),
        'a/link.dcm': 'link',
        'folder-link': 'link',
        'pipe.dcm': 'special-file',
        '.hidden/.dot': 'ok',
        '.DS_Store': 'not-dicom',
      });
      for (const { path, sha256, error_code } of found) {
        if (error_code === 'link' || error_code === 'special-file') expect(sha256).toBeNull();
        else expect(sha256).toBe(createHash('sha256').update(readFileSync(join(root, 'dicom', path))).digest('hex'));
      }
      expect(report.images[0]).toMatchObject({ files: 9, read: 6, ok: 2, unchanged: 0, removed: 0 });
      expect(report.images[0]!.problems.map(({ path }) => path)).toEqual(found.filter((row) => row.status !== 'ok').map(({ path }) => path));
      expect((await catalog.all(report.images[0]!.problems_query)).length).toBe(7);
      expect(report.cases).toMatchObject({ accepted: 2, images_without_case: 7, accepted_images: 2 });
    });
  });

  test('attributes land under their keywords, decoded; size, time and md5 as on disk', async () => {
    const root = makeFolder();
    writeFiles(join(root, 'dicom'), { 'a.dcm': slice('p1', 1, []) });
    await pullAt(root, { ...config, release: { md5: true } }, async (catalog) => {
      const [row] = await rows(catalog);
      const bytes = readFileSync(join(root, 'dicom/a.dcm'));
      expect(row).toMatchObject({
        source: 'images',
        path: 'a.dcm',
        size_bytes: bytes.length,
        mtime_ns: statSync(join(root, 'dicom/a.dcm'), { bigint: true }).mtimeNs.toString(),
        md5: createHash('md5').update(bytes).digest('hex'),
        TransferSyntaxUID: '1.2.840.10008.1.2.1',
        SOPInstanceUID: '2.25.1.1',
        PatientID: 'p1',
        Modality: 'CT',
        case_id: 'p1',
        Rows: null,
      });
      expect(Object.keys(row!).filter((name) => KEPT_ATTRIBUTES.some(({ keyword }) => keyword === name))).toHaveLength(KEPT_ATTRIBUTES.length);
    });
  });

  test('a file and a folder without permission are rows, and are tried again (as another user when the tests run as root)', async () => {
    const root = makeFolder();
    writeFiles(join(root, 'dicom'), { 'a.dcm': slice('p1', 1), 'b/c.dcm': slice('p1', 2) });
    chmodSync(join(root, 'dicom/a.dcm'), 0);
    chmodSync(join(root, 'dicom/b'), 0);
    await asOrdinaryUser(root, async () => {
      await pullAt(root, config, async (_, report) => expect(counts(report)).toMatchObject({ files: 2, unreadable: 2 }));
      chmodSync(join(root, 'dicom/a.dcm'), 0o600);
      chmodSync(join(root, 'dicom/b'), 0o700);
      await pullAt(root, config, async (_, report) => expect(counts(report)).toMatchObject({ files: 2, ok: 2, read: 2 }));
    });
  });

  test('a missing folder, a file in its place and an empty folder are errors that drop no rows', async () => {
    const root = makeFolder();
    writeFiles(join(root, 'dicom'), { 'a.dcm': slice('p1', 1) });
    await pullAt(root, config, async () => undefined);
    renameSync(join(root, 'dicom'), join(root, 'away'));
    await expect(pullAt(root, config, async () => undefined)).rejects.toMatchObject({ code: 'SOURCE_MISSING', message: expect.stringContaining('not there') });
    writeFileSync(join(root, 'dicom'), '');
    await expect(pullAt(root, config, async () => undefined)).rejects.toMatchObject({ code: 'SOURCE_MISSING', message: expect.stringContaining('is a file') });
    rmSync(join(root, 'dicom'));
    mkdirSync(join(root, 'dicom'));
    await expect(pullAt(root, config, async () => undefined)).rejects.toMatchObject({ code: 'SOURCE_MISSING', message: expect.stringContaining('empty') });
    rmSync(join(root, 'dicom'), { recursive: true });
    renameSync(join(root, 'away'), join(root, 'dicom'));
    await pullAt(root, config, async (catalog, report) => {
      expect(counts(report)).toMatchObject({ unchanged: 1, read: 0 });
      expect(await catalog.all('SELECT * FROM source_defect')).toEqual([]);
    });
  });
});

test('the real files of the fixtures come in with the digests and identities that others established', async () => {
  const root = makeFolder();
  symlinkSync(join(PACKAGE_ROOT, 'test/fixtures/dicom/files'), join(root, 'dicom'));
  const lines = readFileSync(join(PACKAGE_ROOT, 'test/fixtures/dicom/expected.jsonl'), 'utf8').trim().split('\n');
  const expected = lines.map((line) => JSON.parse(line) as { file: string; sha256: string; bytes: number; SOPInstanceUID?: string; readable: boolean });
  await pullAt(root, config, async (catalog) => {
    const found = new Map((await rows(catalog)).map((row) => [`files/${String(row.path)}`, row]));
    expect([...found.keys()].sort()).toEqual(expected.map(({ file }) => file).sort());
    for (const { file, sha256, bytes } of expected) expect(found.get(file)).toMatchObject({ sha256, size_bytes: bytes });
    expect([...found.values()].filter(({ status }) => status === 'ok').length).toBeGreaterThan(expected.length / 2);
  });
});

describe('a second pull', () => {
  test('reads nothing when nothing changed, only what changed otherwise, everything with rehash', async () => {
    const root = makeFolder();
    const folder = join(root, 'dicom');
    writeFiles(folder, Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`${n % 3}/${n}.dcm`, slice(`p${n % 4}`, n)])));
    const first = await pullAt(root, config, (catalog) => rows(catalog));
    await pullAt(root, config, async (catalog, report) => {
      expect(counts(report)).toEqual({ files: 20, read: 0, unchanged: 20, removed: 0, ok: 20, partial: 0, unreadable: 0 });
      expect(report.images[0]!.read_bytes).toBe(0);
      expect(await rows(catalog)).toEqual(first);
    });
    rmSync(join(folder, '0/3.dcm'));
    appendFileSync(join(folder, '1/4.dcm'), 'x');
    const touched = join(folder, '2/5.dcm');
    writeFileSync(touched, slice('p9', 5));
    utimesSync(touched, 1, 1);
    writeFiles(folder, { 'new/100.dcm': slice('p1', 100) });
    const again = await pullAt(root, config, async (catalog, report) => {
      expect(counts(report)).toMatchObject({ files: 20, read: 3, unchanged: 17, removed: 1 });
      return rows(catalog);
    });
    const fresh = makeFolder();
    execFileSync('cp', ['-a', folder, join(fresh, 'dicom')]);
    expect(await pullAt(fresh, config, (catalog) => rows(catalog))).toEqual(again);
    await pullAt(root, config, async (_, report) => expect(counts(report)).toMatchObject({ read: 20, unchanged: 0 }), { rehash: true });
  });

  test('reads again for md5, and what changed in place under rehash only', async () => {
    const root = makeFolder();
    const path = join(root, 'dicom/a.dcm');
    writeFiles(join(root, 'dicom'), { 'a.dcm': slice('p1', 1) });
    await pullAt(root, config, async () => undefined);
    const { atime, mtime } = statSync(path);
    await pullAt(root, { ...config, release: { md5: true } }, async (_, report) => expect(counts(report)).toMatchObject({ read: 1 }));
    utimesSync(path, atime, mtime);
    await pullAt(root, { ...config, release: { md5: true } }, async () => undefined);
    const bytes = readFileSync(path);
    bytes[bytes.length - 1] = 99;
    writeFileSync(path, bytes);
    utimesSync(path, atime, mtime);
    const digest = createHash('sha256').update(bytes).digest('hex');
    await pullAt(root, { ...config, release: { md5: true } }, async (_, report) => expect(counts(report)).toMatchObject({ unchanged: 1 }));
    await pullAt(root, config, async (catalog) => expect(await rows(catalog)).toMatchObject([{ sha256: digest }]), { rehash: true });
  });

  test('a source that the configuration no longer names leaves', async () => {
    const root = makeFolder();
    writeFiles(root, { 'dicom/a.dcm': slice('p1', 1), 'other/b.dcm': slice('p2', 2) });
    const both = makeConfig({ sources: [...IMAGES_ONLY.sources!, { name: 'other', kind: 'dicom-folder', path: 'other' }] });
    await pullAt(root, both, async (catalog) => expect(await rows(catalog)).toHaveLength(2));
    await pullAt(root, both, async (_, report) => expect(report.images.map(({ source }) => source)).toEqual(['other']), { sources: ['other'] });
    await pullAt(root, config, async (catalog) => expect(await rows(catalog)).toMatchObject([{ source: 'images' }]));
    await expect(pullAt(root, both, async () => undefined, { sources: ['othr'] })).rejects.toMatchObject({ code: 'USAGE', suggestions: ['Did you mean other?'] });
  });
});

describe('broken off', () => {
  /** A digest over all rows and cells, whatever their order. */
  const digest = (catalog: Catalog) => catalog.all('SELECT count(*) AS files, bit_xor(md5_number(i::VARCHAR))::VARCHAR AS digest FROM (SELECT * EXCLUDE (batch) FROM instance) AS i');

  const FILES = 12_000;

  function makeMany(root: string): void {
    writeFiles(join(root, 'dicom'), Object.fromEntries(Array.from({ length: FILES }, (_, n) => [`${n % 40}/${n}.dcm`, slice(`p${n % 7}`, n)])));
  }

  async function expectResumed(root: string): Promise<void> {
    const before = await Catalog.open(workspacePaths(root).catalog);
    const [kept] = await before.all<{ n: number }>('SELECT count(*) AS n FROM instance');
    expect(await before.all('SELECT code FROM source_defect')).toEqual([{ code: 'GATE-INCOMPLETE' }]);
    before.close();
    const resumed = await pullAt(root, config, async (catalog, report) => {
      expect(counts(report)).toMatchObject({ files: FILES, ok: FILES, unchanged: kept!.n, read: FILES - kept!.n });
      expect(await catalog.all('SELECT code FROM source_defect')).toEqual([]);
      return digest(catalog);
    });
    const undisturbed = makeFolder();
    symlinkSync(join(root, 'dicom'), join(undisturbed, 'dicom'));
    expect(await pullAt(undisturbed, config, digest)).toEqual(resumed);
    expect(kept!.n).toBeGreaterThan(0);
    expect(kept!.n).toBeLessThan(FILES);
  }

  test('Ctrl-C keeps what was read; the next pull goes on and ends like an undisturbed one', async () => {
    const root = makeFolder();
    makeMany(root);
    const controller = new AbortController();
    const effects = {
      ...defaultEffects,
      progress: ({ stage, files }: { stage: string; files: number }) => {
        if (stage === 'reading images' && files > 3000) controller.abort();
      },
    };
    await expect(pullAt(root, config, async () => undefined, { signal: controller.signal, effects })).rejects.toMatchObject({ code: 'INTERRUPTED', exitCode: 130 });
    await expectResumed(root);
  });

  test('kill -9 loses no more than a batch; the next pull ends like an undisturbed one', async () => {
    const root = makeFolder();
    makeMany(root);
    const code = `
      const { pullAt } = await import(${JSON.stringify(new URL('./pull-workspace.js', import.meta.url).href)});
      const effects = { now: () => new Date(), warn() {}, progress({ stage, files }) { if (stage === 'reading images' && files > 9500) process.kill(process.pid, 'SIGKILL'); } };
      await pullAt(${JSON.stringify(root)}, ${JSON.stringify(config)}, async () => {}, { effects });`;
    writeFiles(root, { 'child.mjs': code });
    const child = spawn(process.execPath, [join(root, 'child.mjs')], { stdio: ['ignore', 'inherit', 'inherit'] });
    const signal = await new Promise((resolve) => child.once('exit', (_, name) => resolve(name)));
    expect(signal).toBe('SIGKILL');
    await expectResumed(root);
  });
});

test('the number of workers and the order of files do not matter', async () => {
  const root = makeFolder();
  const files = Array.from({ length: 300 }, (_, n) => [`${n % 5}/${n}.dcm`, slice(`p${n}`, n)] as const);
  writeFiles(join(root, 'dicom'), Object.fromEntries(files));
  const one = await pullAt(root, config, (catalog) => rows(catalog), { jobs: 1 });
  const copy = makeFolder();
  writeFiles(join(copy, 'dicom'), Object.fromEntries(files.toReversed()));
  for (const [path] of files) {
    const { mtimeMs } = statSync(join(root, 'dicom', path));
    utimesSync(join(copy, 'dicom', path), mtimeMs / 1000, mtimeMs / 1000);
  }
  const withoutTime = (list: Record<string, unknown>[]) => list.map(({ mtime_ns: _, ...row }) => row);
  expect(withoutTime(await pullAt(copy, config, (catalog) => rows(catalog), { jobs: 4 }))).toEqual(withoutTime(one));
});
