import { rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { useTemporaryFolders } from '../support/temporary-folder.js';
import { codesOf, configOf, image, rowsOf, snapshot } from './manifest-files.js';
import { pullAt, writeFiles } from './pull-workspace.js';

const makeFolder = useTemporaryFolders();
const [ONE, TWO, GONE] = ['2.25.31', '2.25.32', '2.25.33'] as const;
const FILES = { 'p/1-1.dcm': image(ONE, 1), 'p/1-2.dcm': image(ONE, 2), 'q/1-1.dcm': image(TWO, 3) };
const TCIA = { name: 'archive', kind: 'tcia-manifest', path: 'list.tcia' } as const;

function tcia(series: readonly string[], files: Record<string, Uint8Array | string> = FILES): string {
  const root = makeFolder();
  writeFiles(join(root, 'files'), files);
  writeFileSync(join(root, 'list.tcia'), `downloadServerUrl=https://archive.example/x\nmanifestVersion=3.0\nListOfSeriesToDownload=\n${series.join('\n')}\n`);
  return root;
}

/** The API of the archive over the files of a folder; `answer` may say something else. */
class Archive {
  server: Server | null = null;
  asked: string[] = [];
  answer: (url: URL) => string | Uint8Array | null = () => null;

  async start(images: readonly Uint8Array[]): Promise<string> {
    const of = (series: string | null) => images.map((bytes) => ({ bytes, text: Buffer.from(bytes).toString('latin1') })).filter(({ text }) => text.includes(`${series}\0`) || text.includes(`${series} `));
    const uidOf = (text: string): string => /2\.25\.9\.\d+/.exec(text)![0];
    this.server = createServer((request, response) => {
      const url = new URL(request.url ?? '/', 'http://x');
      this.asked.push(url.pathname);
      const found = of(url.searchParams.get('SeriesInstanceUID'));
      const said = this.answer(url);
      if (said !== null) return void response.end(said);
      if (url.pathname.endsWith('/getSOPInstanceUIDs')) return void response.end(found.length === 0 ? '' : JSON.stringify(found.map(({ text }) => ({ SOPInstanceUID: uidOf(text) }))));
      const one = found.find(({ text }) => uidOf(text) === url.searchParams.get('SOPInstanceUID'));
      if (one === undefined) return void response.writeHead(404).end();
      response.writeHead(200, { 'content-type': 'application/dicom' }).end(one.bytes);
    });
    await new Promise<void>((done) => this.server!.listen(0, '127.0.0.1', done));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/nbia-api/services/v1`;
  }
}

let archive = new Archive();
afterEach(() => {
  archive.server?.closeAllConnections();
  archive.server?.close();
  archive = new Archive();
});

describe('a manifest of the archive', () => {
  test('takes the listed series out of a folder, leaves the others out, and tells the one that is not there', async () => {
    const root = tcia([ONE, ONE, GONE], { ...FILES, 'metadata.csv': 'Series UID\n', 'broken.dcm': 'no image at all' });
    const before = snapshot(join(root, 'files'));
    const config = configOf({ ...TCIA, base_path: 'files' });
    for (let pull = 0; pull < 2; pull++)
      await pullAt(root, config, async (catalog, report) => {
        expect(await codesOf(catalog)).toEqual({ 'p/1-1.dcm': 'ok', 'p/1-2.dcm': 'ok', 'broken.dcm': 'not-dicom', [GONE]: 'not-given' });
        expect(report.images[0]!.manifest).toMatchObject({ entries: 3, listed: 2, missing: 1, left_out: 2 });
        expect(report.images[0]).toMatchObject({ ok: 2, unreadable: 2, removed: 0 });
      });
    expect(snapshot(join(root, 'files'))).toEqual(before);
  });

  test('gives the same digests by the API as out of the folder; a series that it does not know is told', async () => {
    const root = tcia([ONE, TWO, GONE]);
    const pick = async (rows: Promise<Record<string, unknown>[]>) => (await rows).filter(({ status }) => status === 'ok').map(({ path: _path, ...row }) => row).toSorted((a, b) => (String(a.sha256) < String(b.sha256) ? -1 : 1));
    const local = await pullAt(root, configOf({ ...TCIA, base_path: 'files' }), (catalog) => pick(rowsOf(catalog)));
    rmSync(join(root, '.colophon'), { recursive: true });
    const remote = configOf({ ...TCIA, base_url: await archive.start(Object.values(FILES)) });
    await pullAt(root, remote, async (catalog, report) => {
      expect(await codesOf(catalog)).toEqual({ [`${ONE}/2.25.9.1.dcm`]: 'ok', [`${ONE}/2.25.9.2.dcm`]: 'ok', [`${TWO}/2.25.9.3.dcm`]: 'ok', [GONE]: 'not-given' });
      expect(report.images[0]!.manifest).toMatchObject({ listed: 3, missing: 1 });
      expect(await pick(rowsOf(catalog))).toEqual(local);
    });
    await pullAt(root, remote, async (_catalog, { images: [report] }) => expect(report).toMatchObject({ read: 0, unchanged: 3 }));
  });

  test('an image of another UID, and a page instead of a list, are told', async () => {
    const root = tcia([ONE]);
    const config = configOf({ ...TCIA, base_url: await archive.start(Object.values(FILES)) });
    archive.answer = ({ pathname }) => (pathname.endsWith('/getSingleImage') ? image(ONE, 77) : null);
    await pullAt(root, config, async (catalog, { images: [report] }) => {
      expect(Object.values(await codesOf(catalog))).toEqual(['not-given', 'not-given']);
      expect(report!.problems[0]!.message).toContain('its SOPInstanceUID is another');
    });
    archive.answer = () => '<html>Maintenance</html>';
    await expect(pullAt(root, config, async () => {})).rejects.toMatchObject({ code: 'SOURCE_UNREADABLE', message: expect.stringContaining('looks like an HTML page') });
    archive.answer = ({ pathname }) => (pathname.endsWith('UIDs') ? JSON.stringify([{ SOPInstanceUID: '../../x' }]) : null);
    await pullAt(root, config, async (catalog) => expect(await codesOf(catalog)).toEqual({ [`${ONE}/1`]: 'unusable-name' }));
  });

  test('a real one is read: all its series are told as missing', async () => {
    const root = tcia([ONE]);
    const path = join(PACKAGE_ROOT, 'test/fixtures/exchange/tcia/ct-lower-extremity.tcia');
    await pullAt(root, configOf({ ...TCIA, path, base_path: 'files' }), async (_catalog, { images: [report] }) => {
      expect(report!.manifest!.missing).toBe(report!.manifest!.listed);
      expect(report!.manifest).toMatchObject({ left_out: 3, defect_count: 0 });
    });
  });
});

describe('what s5cmd downloaded', () => {
  const IDC = { name: 'commons', kind: 'idc-manifest', path: 'list.s5cmd', base_path: 'files' } as const;
  const uuid = (n: number): string => `0000000${n}-1aca-4aab-a2a1-f6d2c3e2ab19`;

  function idc(lines: string[], files: Record<string, Uint8Array | string> = FILES): string {
    const root = makeFolder();
    writeFiles(join(root, 'files'), files);
    writeFileSync(join(root, 'list.s5cmd'), `# comment\n${lines.join('\n')}\n`);
    return root;
  }

  test('flat: as many series must be there as were copied', async () => {
    const root = idc([1, 2].map((n) => `cp s3://idc-open-data/${uuid(n)}/* .`));
    const before = snapshot(join(root, 'files'));
    await pullAt(root, configOf(IDC), async (catalog, report) => {
      expect(Object.values(await codesOf(catalog))).toEqual(['ok', 'ok', 'ok']);
      expect(report.images[0]!.manifest).toMatchObject({ listed: 2, missing: 0, left_out: 0 });
    });
    writeFileSync(join(root, 'list.s5cmd'), [1, 2, 3].map((n) => `cp s3://idc-open-data/${uuid(n)}/* .`).join('\n'));
    await pullAt(root, configOf(IDC), async (catalog) => {
      expect((await codesOf(catalog))['*']).toBe('not-given');
      expect(await catalog.all("SELECT error FROM instance WHERE path = '*'")).toEqual([{ error: 'The manifest puts 3 series here, and there are files of 2.' }]);
    });
    expect(snapshot(join(root, 'files'))).toEqual(before);
  });

  test('in folders: files elsewhere are left out, an empty folder and a copy out of it are told', async () => {
    const root = idc([`cp s3://b-1/${uuid(1)}/* p/`, `cp s3://b-1/${uuid(2)}/* gone/`, `cp s3://b-1/${uuid(3)}/* ../out/`, `cp s3://b-1/${uuid(4)}/x.dcm one/`, 'rm s3://b-1/*']);
    await pullAt(root, configOf(IDC), async (catalog, report) => {
      expect(await codesOf(catalog)).toEqual({ 'p/1-1.dcm': 'ok', 'p/1-2.dcm': 'ok', 'gone/*': 'not-given', 'one/x.dcm': 'not-given', [`../out/${uuid(3)}`]: 'unusable-name' });
      expect(report.images[0]!.manifest).toMatchObject({ listed: 4, missing: 2, left_out: 1, defect_count: 2 });
    });
  });
});

test('where the files are must be said, once', async () => {
  const { checkConfig } = await import('../../src/workspace/config-rules.js');
  expect(() => checkConfig(configOf(TCIA), 'colophon.yaml')).toThrow(/archive: nothing says where its files are; add base_url .* or base_path/);
  expect(() => checkConfig(configOf({ ...TCIA, base_path: 'x', base_url: 'https://x' }), 'colophon.yaml')).toThrow(/base_url and base_path/);
});
