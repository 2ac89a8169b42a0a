import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { exportOcfl, type OcflOptions } from '../../src/exchange/ocfl-export.js';
import { objectPath } from '../../src/exchange/ocfl-layout.js';
import { OcflStore } from '../../src/exchange/ocfl-store.js';
import { listTree } from '../../src/fixity/walk.js';
import type { LogEntry } from '../../src/release/release-log.js';
import { verifyRelease } from '../../src/verify/verify.js';
import { cutSeries } from '../support/release-series.js';
import { image, smallStore } from '../support/release-store.js';
import { useTemporaryFolders } from '../support/temporary-folder.js';

const temporaryFolder = useTemporaryFolders();
const python = process.env.COLOPHON_TEST_PYTHON;
const hasOcfl = python !== undefined && existsSync(python) && spawnSync(python, ['-c', 'import ocfl']).status === 0;

let cut: { root: string; log: LogEntry[] };
let root: string;
let log: LogEntry[];

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'colophon-series-'));
  const grown = smallStore();
  grown.images.push(image('case-c', '1.2.3', '1.2.3.1', '1.2.3.1.1', 'image of c'));
  cut = { root: folder, log: await cutSeries(folder, [smallStore(), grown]) };
});

afterAll(() => rmSync(cut.root, { recursive: true }));

beforeEach(() => {
  root = temporaryFolder();
  cpSync(join(cut.root, 'releases'), join(root, 'releases'), { recursive: true });
  log = cut.log.map((entry) => ({ ...entry, folder: join(root, 'releases', entry.document.version) }));
});

function options(changes: Partial<OcflOptions> = {}): OcflOptions {
  return { root: join(root, 'ocfl'), id: 'urn:colophon:demo', algorithm: 'sha512', hardlink: false, dryRun: false, tool: { name: 'colophon', version: '0.0.0' }, ...changes };
}

const files = (folder: string): string[] => [...listTree(folder)].map(({ path }) => path);

interface Inventory {
  head: string;
  manifest: Record<string, string[]>;
  versions: Record<string, { created: string; message: string; state: Record<string, string[]> }>;
}

/** What ocfl-py objects to, errors and warnings, in the storage root and in its object; nothing where it is not installed. */
function validate(storageRoot: string, alsoRoot = false): string[] {
  if (!hasOcfl) return [];
  const run = (tool: string, ...args: string[]) => spawnSync(python!, [join(dirname(python!), tool), ...args], { encoding: 'utf8' });
  const runs = [...(alsoRoot ? [run('ocfl-root.py', 'validate', '--root', storageRoot)] : []), run('ocfl-validate.py', join(storageRoot, objectPath('urn:colophon:demo')))];
  return runs.flatMap(({ stdout, stderr, status }) => {
    const lines = `${stdout}${stderr}`.split('\n').filter((line) => /^\[[EW]\d+/.test(line));
    return lines.length === 0 && (status !== 0 || !/ is VALID$/m.test(`${stdout}${stderr}`)) ? [`${status} ${stdout}${stderr}`] : lines;
  });
}

/** Writes a version of the object out as anybody may: by the inventory alone. */
function restore(object: string, head: string, to: string): void {
  const { manifest, versions } = JSON.parse(readFileSync(join(object, 'inventory.json'), 'utf8')) as Inventory;
  for (const [digest, paths] of Object.entries(versions[head]!.state))
    for (const path of paths) {
      mkdirSync(join(to, path, '..'), { recursive: true });
      writeFileSync(join(to, path), readFileSync(join(object, manifest[digest]![0]!)));
    }
}

test('the layout is that of the extension, by its own examples', () => {
  expect(objectPath('object-01')).toBe('3c0/ff4/240/object-01');
  expect(objectPath('..hor/rib:le-$id')).toBe('487/326/d8c/%2e%2ehor%2frib%3ale-%24id');
});

describe.each(['sha512', 'sha256'] as const)('with %s', (algorithm) => {
  test('every release is a version; content that is there is not written again, and every version verifies when it is written out', async () => {
    const { object, added, present } = await exportOcfl(log, options({ algorithm }));
    expect(present).toEqual([]);
    expect(added.map(({ head, entry }) => [head, entry.document.version])).toEqual([['v1', '1.0.0'], ['v2', '1.1.0']]);
    const inventory = JSON.parse(readFileSync(join(object, 'inventory.json'), 'utf8')) as Inventory;
    const contents = Object.values(inventory.manifest).flat();
    expect(files(object).filter((path) => path.includes('/content/'))).toEqual(contents.toSorted());
    expect(contents.filter((path) => path.endsWith('.dcm')).map((path) => path.split('/')[0])).toEqual(expect.arrayContaining(['v1', 'v2']));
    expect(contents.filter((path) => path.startsWith('v2/') && path.endsWith('.dcm'))).toHaveLength(1);
    expect(inventory.versions['v2']).toMatchObject({ created: '2026-02-03T00:00:00Z', message: `Release 1.1.0 of demo, release digest sha256:${log[1]!.digest}` });
    for (const [index, head] of ['v1', 'v2'].entries()) {
      const folder = join(root, 'out', log[index]!.document.version);
      restore(object, head, folder);
      expect(await verifyRelease(folder, { jobs: 1, expect: log[index]!.digest })).toMatchObject({ ok: true });
    }
    expect(validate(join(root, 'ocfl'), algorithm === 'sha512').filter((line) => algorithm === 'sha512' || !line.includes('W004'))).toEqual([]);
  });
});

test('a release that comes later becomes the next version, and a second run adds nothing', async () => {
  await exportOcfl(log.slice(0, 1), options());
  const { object, added, present } = await exportOcfl(log, options());
  expect([added.map(({ head }) => head), present.map(({ document }) => document.version)]).toEqual([['v2'], ['1.0.0']]);
  const before = files(join(root, 'ocfl'));
  expect(await exportOcfl(log, options())).toMatchObject({ added: [], present: log });
  expect(files(join(root, 'ocfl'))).toEqual(before);
  expect(existsSync(join(object, 'v2/inventory.json.sha512'))).toBe(true);
  expect(validate(join(root, 'ocfl'))).toEqual([]);
  expect(readdirSync(root).filter((name) => name.endsWith('.staging'))).toEqual([]);
});

test('what a killed run left is gone on with, and nothing of it that is wrong or strange gets in', async () => {
  await exportOcfl(log.slice(0, 1), options());
  const object = join(root, 'ocfl', objectPath('urn:colophon:demo'));
  const { staging: folder } = new OcflStore(join(root, 'ocfl'), 'urn:colophon:demo');
  mkdirSync(join(folder, 'v2/content/data/images/case-c/1.2.3/1.2.3.1'), { recursive: true });
  writeFileSync(join(folder, 'v2/content/data/images/case-c/1.2.3/1.2.3.1/1.2.3.1.1.dcm'), 'image');
  writeFileSync(join(folder, 'v2/content/stray.txt'), 'of another run');
  mkdirSync(join(folder, 'v3/content'), { recursive: true });
  await exportOcfl(log, options());
  expect(files(object).filter((path) => path.startsWith('v2/content/data/images'))).toEqual(['v2/content/data/images/case-c/1.2.3/1.2.3.1/1.2.3.1.1.dcm']);
  expect(files(object).filter((path) => path.includes('stray') || path.startsWith('v3'))).toEqual([]);
  expect(validate(join(root, 'ocfl'))).toEqual([]);
});

test('a version whose folder is in place and whose inventory is not is finished by the next run', async () => {
  await exportOcfl(log.slice(0, 1), options());
  const object = join(root, 'ocfl', objectPath('urn:colophon:demo'));
  const old = ['inventory.json', 'inventory.json.sha512'].map((name) => [name, readFileSync(join(object, name))] as const);
  await exportOcfl(log, options());
  for (const [name, bytes] of old) writeFileSync(join(object, name), bytes);
  expect(await exportOcfl(log, options())).toMatchObject({ added: [] });
  expect((JSON.parse(readFileSync(join(object, 'inventory.json'), 'utf8')) as Inventory).head).toBe('v2');
});

test('with hard links nothing is copied, and every byte is still read', async () => {
  const { object } = await exportOcfl(log, options({ hardlink: true }));
  const path = 'data/images/case-a/1.2.1/1.2.1.1/1.2.1.1.1.dcm';
  expect(statSync(join(object, 'v1/content', path)).ino).toBe(statSync(join(log[0]!.folder, path)).ino);
});

test('a dry run tells the same and writes nothing', async () => {
  const dry = await exportOcfl(log, options({ dryRun: true }));
  expect(existsSync(join(root, 'ocfl'))).toBe(false);
  const { added } = await exportOcfl(log, options());
  expect(added).toEqual(dry.added);
});

describe('refuses', () => {
  test('a release with a changed image, and leaves no object', async () => {
    writeFileSync(join(log[0]!.folder, 'data/images/case-a/1.2.1/1.2.1.1/1.2.1.1.1.dcm'), 'first imagE of a');
    await expect(exportOcfl(log, options())).rejects.toMatchObject({ code: 'RELEASE_INVALID' });
    expect(files(join(root, 'ocfl')).filter((path) => path.includes('inventory'))).toEqual([]);
  });

  test('a folder reached through a link', async () => {
    const folder = join(log[0]!.folder, 'data/images/case-a');
    renameSync(folder, join(root, 'elsewhere'));
    symlinkSync(join(root, 'elsewhere'), folder);
    await expect(exportOcfl(log, options())).rejects.toMatchObject({ code: 'RELEASE_INVALID' });
  });

  test('a release older than what the object holds', async () => {
    await exportOcfl(log.slice(1), options());
    await expect(exportOcfl(log, options())).rejects.toMatchObject({ code: 'USAGE' });
  });

  test('a folder that is something else', async () => {
    mkdirSync(join(root, 'ocfl'));
    writeFileSync(join(root, 'ocfl/notes.txt'), '');
    await expect(exportOcfl(log, options())).rejects.toMatchObject({ code: 'ARCHIVE_INVALID' });
    rmSync(join(root, 'ocfl/notes.txt'));
    await exportOcfl(log, options());
  });
});
