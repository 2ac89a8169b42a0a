import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { exportPhysionet } from '../../src/exchange/physionet.js';
import { exportPlainBag } from '../../src/exchange/plain-bag.js';
import { exportDocuments } from '../../src/exchange/release-documents.js';
import { ReleaseFiles } from '../../src/exchange/release-files.js';
import { listTree } from '../../src/fixity/walk.js';
import type { LogEntry } from '../../src/release/release-log.js';
import { cutSeries } from '../support/release-series.js';
import { goldenSecond, smallStore } from '../support/release-store.js';
import { PYTHON, runPythonTool, testWithPython } from '../support/python.js';
import { useTemporaryFolders } from '../support/temporary-folder.js';

const temporaryFolder = useTemporaryFolders();
const URL = 'https://example.org/demo';
let cut: { root: string; log: LogEntry[] };
let root: string;
let log: LogEntry[];

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'colophon-archives-'));
  const dataset = { id: 'demo', title: 'A demo', license: 'CC-BY-4.0', url: URL };
  const { store, options } = goldenSecond();
  await cutSeries(folder, [smallStore()], { dataset });
  cut = { root: folder, log: await cutSeries(folder, [store], { ...options, dataset }) };
}, 60_000);

afterAll(() => rmSync(cut.root, { recursive: true }));

beforeEach(() => {
  root = temporaryFolder();
  cpSync(join(cut.root, 'releases'), join(root, 'releases'), { recursive: true });
  log = cut.log.map((entry) => ({ ...entry, folder: join(root, 'releases', entry.document.version) }));
});

const options = (name: string, changes: object = {}) => ({ output: join(root, name), hardlink: false, sha512: false, dryRun: false, ...changes });
const files = (folder: string): string[] => [...listTree(folder)].map(({ path }) => path);
const sums = (folder: string, list: string) => execFileSync('sha256sum', ['-c', '--quiet', '--strict', list], { cwd: folder, encoding: 'utf8' });

test('a plain bag has the payload, its manifests, and nothing that is ours alone', async () => {
  const outcome = await exportPlainBag(new ReleaseFiles(log[1]!), options('bag', { sha512: true }));
  const bag = join(root, 'bag');
  const payload = files(join(log[1]!.folder, 'data')).map((path) => `data/${path}`);
  expect(files(bag)).toEqual(['bag-info.txt', 'bagit.txt', ...payload, 'manifest-sha256.txt', 'manifest-sha512.txt', 'tagmanifest-sha256.txt', 'tagmanifest-sha512.txt']);
  expect(outcome.files).toBe(payload.length);
  for (const list of ['manifest-sha256.txt', 'tagmanifest-sha256.txt']) expect(sums(bag, list)).toBe('');
  for (const list of ['manifest-sha512.txt', 'tagmanifest-sha512.txt']) execFileSync('sha512sum', ['-c', '--quiet', '--strict', list], { cwd: bag });
  expect(readFileSync(join(bag, 'manifest-sha256.txt'), 'utf8')).toBe(readFileSync(join(log[1]!.folder, 'manifest-sha256.txt'), 'utf8'));
  expect(readFileSync(join(bag, 'bag-info.txt'), 'utf8')).toContain(`Internal-Sender-Identifier: sha256:${log[1]!.digest}\n`);
});

testWithPython(['bagit'], 'bagit.py accepts the plain bag', async () => {
  await exportPlainBag(new ReleaseFiles(log[1]!), options('bag', { sha512: true }));
  expect(PYTHON).toBeDefined();
  expect(runPythonTool('bagit.py', '--validate', join(root, 'bag'))).toMatchObject({ status: 0 });
});

test('a PhysioNet project: sums with one space that sha256sum reads, records, licence, no folder data/', async () => {
  await exportPhysionet(new ReleaseFiles(log[1]!), options('project', { hardlink: true }));
  const project = join(root, 'project');
  expect(sums(project, 'SHA256SUMS.txt')).toBe('');
  const listed = readFileSync(join(project, 'SHA256SUMS.txt'), 'utf8').trimEnd().split('\n');
  for (const line of listed) expect(line).toMatch(/^[0-9a-f]{64} [^ ].*$/);
  expect(listed.map((line) => line.slice(65)).sort()).toEqual(files(project).filter((path) => path !== 'SHA256SUMS.txt').sort());
  expect(readFileSync(join(project, 'RECORDS'), 'utf8').trimEnd().split('\n')).toEqual(files(project).filter((path) => path.endsWith('.dcm')));
  expect(readFileSync(join(project, 'LICENSE.txt'), 'utf8')).toContain('https://spdx.org/licenses/CC-BY-4.0.html');
  const image = files(project).find((path) => path.endsWith('.dcm'))!;
  expect(statSync(join(project, image)).ino).toBe(statSync(join(log[1]!.folder, 'data', image)).ino);
});

test('what a killed run left beside the place is gone on with; a folder that is there is not touched', async () => {
  mkdirSync(join(root, 'bag.partial/data/tables'), { recursive: true });
  writeFileSync(join(root, 'bag.partial/data/tables/cases.parquet'), 'half of it');
  writeFileSync(join(root, 'bag.partial/manifest-sha256.txt'), 'half of it');
  await exportPlainBag(new ReleaseFiles(log[1]!), options('bag'));
  expect(sums(join(root, 'bag'), 'manifest-sha256.txt')).toBe('');
  expect(existsSync(join(root, 'bag.partial'))).toBe(false);
  await expect(exportPlainBag(new ReleaseFiles(log[1]!), options('bag'))).rejects.toMatchObject({ code: 'USAGE' });
  await expect(exportPlainBag(new ReleaseFiles(log[1]!), options('releases/2.0.0/bag'))).rejects.toMatchObject({ code: 'USAGE' });
});

test('a changed file is found while it is copied, and no folder appears', async () => {
  const path = join(log[1]!.folder, 'data/tables/cases.parquet');
  writeFileSync(path, readFileSync(path).fill(0, 4, 5));
  await expect(exportPlainBag(new ReleaseFiles(log[1]!), options('bag'))).rejects.toMatchObject({ code: 'RELEASE_INVALID' });
  expect(existsSync(join(root, 'bag'))).toBe(false);
});

test("DataCite's record also names the version that followed; other documents are as they were published", () => {
  const [first, second] = log as [LogEntry, LogEntry];
  const related = (entry: LogEntry) => (JSON.parse(exportDocuments('datacite', entry, log).text) as { relatedIdentifiers: { relationType: string; relatedIdentifier: string }[] }).relatedIdentifiers;
  expect(related(first).map(({ relationType, relatedIdentifier }) => [relationType, relatedIdentifier])).toEqual([
    ['IsVersionOf', URL],
    ['IsPreviousVersionOf', `${URL}/2.0.0`],
  ]);
  expect(related(second).map(({ relationType, relatedIdentifier }) => [relationType, relatedIdentifier])).toEqual([
    ['IsVersionOf', URL],
    ['IsNewVersionOf', `${URL}/1.0.0`],
  ]);
  expect((JSON.parse(exportDocuments('datacite', second, log).text) as { dates: unknown }).dates).toContainEqual(expect.objectContaining({ dateType: 'Withdrawn', dateInformation: expect.stringMatching(/^1 case of earlier versions was withdrawn; reason: \w+; first version without: 2\.0\.0$/) }));
  for (const name of ['croissant', 'datapackage', 'ro-crate'] as const)
    expect(exportDocuments(name, second, log).text).toBe(readFileSync(join(second.folder, 'data', name === 'ro-crate' ? 'ro-crate-metadata.json' : `${name}.json`), 'utf8'));
});
