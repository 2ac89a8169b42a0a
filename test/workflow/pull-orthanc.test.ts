/** The files of the fixtures out of a real Orthanc: the same rows and digests as out of a folder, whole or by their metadata. */
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Catalog } from '../../src/catalog/catalog.js';
import { readHeader } from '../../src/dicom/header.js';
import { KEPT_ATTRIBUTES, NUMBER_FORMS } from '../../src/model/header.js';
import type { ImageSourceReport } from '../../src/model/pull.js';
import type { DicomwebSource, SourceConfig } from '../../src/model/source-config.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { valueOf } from '../support/dicom-corpus.js';
import { noOrthanc, startOrthanc, type Orthanc } from '../support/orthanc.js';
import { useTemporaryFolders } from '../support/temporary-folder.js';
import { makeConfig, pullAt } from './pull-workspace.js';

const missing = noOrthanc();

const FIXTURES = join(PACKAGE_ROOT, 'test/fixtures/dicom/files');
const COLUMNS = KEPT_ATTRIBUTES.map(({ keyword }) => `"${keyword}"`).join(', ');

type Row = Record<string, string | null>;

/** Rows of a source, by SOPInstanceUID. */
async function rowsOf(catalog: Catalog, source: string, columns: string): Promise<Map<string, Row>> {
  const rows = await catalog.all<Row>(`SELECT ${columns} FROM instance WHERE source = ? ORDER BY "SOPInstanceUID"`, [source]);
  return new Map(rows.map((row) => [row.SOPInstanceUID ?? '', row]));
}

/** Files of the fixtures that Orthanc takes, one a SOPInstanceUID. */
async function fill(orthanc: Orthanc): Promise<Buffer[]> {
  const seen = new Set<string | null>();
  const stored: Buffer[] = [];
  for (const name of readdirSync(FIXTURES, { recursive: true, encoding: 'utf8' }).sort()) {
    const path = join(FIXTURES, name);
    if (!statSync(path).isFile()) continue;
    const bytes = readFileSync(path);
    const reading = readHeader(bytes, { complete: true });
    if (reading === 'need-more-bytes' || seen.has(valueOf(reading, 'SOPInstanceUID'))) continue;
    if ((await orthanc.store(bytes)) !== 200) continue;
    seen.add(valueOf(reading, 'SOPInstanceUID'));
    stored.push(bytes);
  }
  return stored;
}

/** Whether two texts of a number attribute are the same numbers, one by one. */
function sameNumbers(one: string, other: string): boolean {
  const [left, right] = [one.split('\\'), other.split('\\')];
  return left.length === right.length && left.every((text, at) => text !== '' && Number(text) === Number(right[at]));
}

(missing === null ? describe : describe.skip)(`the fixtures in Orthanc${missing === null ? '' : `: ${missing}`}`, () => {
  const makeFolder = useTemporaryFolders();
  let orthanc: Orthanc;
  let stored: Buffer[];

  beforeAll(async () => {
    orthanc = await startOrthanc();
    stored = await fill(orthanc);
    process.env.COLOPHON_TEST_PACS = orthanc.authorization;
  }, 240_000);
  afterAll(() => orthanc.stop());

  const pacs = (name: string, more: Partial<DicomwebSource> = {}): DicomwebSource => ({ name, kind: 'dicomweb', url: orthanc.url, auth: { header: '${COLOPHON_TEST_PACS}' }, ...more });

  /** A workspace whose folder `dicom` holds what Orthanc holds. */
  function makeRoot(): string {
    const root = makeFolder();
    mkdirSync(join(root, 'dicom'));
    stored.forEach((bytes, at) => writeFileSync(join(root, 'dicom', `${at}.dcm`), bytes));
    return root;
  }

  const sources = (...list: SourceConfig[]) => makeConfig({ sources: list, tables: {} });
  const FOLDER: SourceConfig = { name: 'folder', kind: 'dicom-folder', path: 'dicom' };

  test('are the same rows with the same digests as in the folder, and their bytes lie where they are named', async () => {
    expect(stored.length).toBeGreaterThan(35);
    const root = makeRoot();
    const columns = `size_bytes, sha256, status, error_code, error, case_id, "TransferSyntaxUID", ${COLUMNS}`;
    await pullAt(root, sources(FOLDER, pacs('pacs')), async (catalog, report) => {
      const [folder, whole] = [await rowsOf(catalog, 'folder', columns), await rowsOf(catalog, 'pacs', columns)];
      expect(whole.size).toBe(stored.length);
      expect(whole).toEqual(folder);
      const paths = await catalog.all<{ path: string; named: string }>(`SELECT path, "StudyInstanceUID" || '/' || "SeriesInstanceUID" || '/' || "SOPInstanceUID" || '.dcm' AS named FROM instance WHERE source = 'pacs'`);
      expect(paths.filter(({ path, named }) => path !== named)).toEqual([]);
      expect(paths.every(({ path }) => stored.some((bytes) => bytes.equals(readFileSync(join(root, '.colophon/sources/pacs', path)))))).toBe(true);
      expect(report.images[1]).toMatchObject({ files: stored.length, read: stored.length, unreadable: 0 });
    });
  }, 240_000);

  test('have the same attributes by their metadata, but for what DICOM JSON and Orthanc change', async () => {
    await pullAt(makeRoot(), sources(FOLDER, pacs('pacs', { read: 'headers' })), async (catalog, report) => {
      const columns = `sha256, status, error_code, "TransferSyntaxUID", ${COLUMNS}`;
      const [folder, headers] = [await rowsOf(catalog, 'folder', columns), await rowsOf(catalog, 'pacs', columns)];
      expect([...headers.keys()]).toEqual([...folder.keys()]);
      const differences: string[] = [];
      for (const [uid, row] of folder) {
        const other = headers.get(uid) ?? {};
        // Nothing but the bytes tells a digest; the file meta information is no part of metadata (PS3.18 8.3.5).
        expect([other.sha256, other.TransferSyntaxUID, other.status, other.error_code]).toEqual([null, null, row.status, row.error_code]);
        for (const { keyword, vr } of KEPT_ATTRIBUTES) {
          const [one = null, two = null] = [row[keyword], other[keyword]];
          // Numbers come as JSON numbers (PS3.18 F.2.3): `10.00` as 10.
          if (one !== two && !(one !== null && two !== null && NUMBER_FORMS.has(vr) && sameNumbers(one, two))) differences.push(`${keyword}: ${JSON.stringify(one)} ${JSON.stringify(two)}`);
        }
      }
      expect(differences.sort()).toEqual([
        // Orthanc leaves out a value that is no number of its VR.
        'NumberOfFrames: "1A" ""',
        // Orthanc drops the empty first value of a character set.
        String.raw`SpecificCharacterSet: "\\ISO 2022 IR 87" "ISO 2022 IR 87"`,
      ]);
      // No instance was retrieved: 40 that are listed, and their metadata.
      expect(report.images[1]?.remote?.transferred_bytes).toBe(0);
    });
  }, 240_000);

  test('are read once: then only what is new, what was corrected, and all of it when that is asked for', async () => {
    const root = makeRoot();
    const config = sources(pacs('pacs', { match: { ModalitiesInStudy: 'CT' } }));
    const pull = (rehash = false): Promise<ImageSourceReport | undefined> => pullAt(root, config, async (_catalog, report) => report.images[0], { rehash });
    const first = await pull();
    expect(first).toMatchObject({ unchanged: 0, read: first?.files });
    expect(await pull()).toMatchObject({ files: first?.files, read: 0, unchanged: first?.files });
    const uid = await pullAt(root, config, async (catalog) => (await catalog.all<{ uid: string }>('SELECT max("SOPInstanceUID") AS uid FROM instance'))[0]?.uid ?? '');
    const bytes = stored.find((each) => each.includes(uid))!;
    await orthanc.remove(uid);
    expect(await pull()).toMatchObject({ read: 0, removed: 1 });
    expect(await orthanc.store(bytes)).toBe(200);
    expect(await pull()).toMatchObject({ read: 1, unchanged: (first?.files ?? 0) - 1 });
    expect(await pull(true)).toMatchObject({ read: first?.files, unchanged: 0 });
  }, 240_000);

  test('and a server without what is wanted is no reason to drop what is known', async () => {
    const none = pullAt(makeFolder(), sources(pacs('pacs', { match: { PatientID: 'nobody' } })), async () => {});
    await expect(none).rejects.toMatchObject({ code: 'SOURCE_MISSING' });
  });
});
