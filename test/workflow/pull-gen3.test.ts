import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { startBadServer, type BadServer } from '../support/hostile-server.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { useTemporaryFolders } from '../support/temporary-folder.js';
import { claim, codesOf, configOf, image, rowsOf, snapshot } from './manifest-files.js';
import { pullAt, writeFiles } from './pull-workspace.js';

const makeFolder = useTemporaryFolders();
const A = image('2.25.3', 1);
const B = image('2.25.3', 2);
const GEN3 = { name: 'commons', kind: 'gen3-manifest', path: 'manifest.json' } as const;
const inFolder = configOf({ ...GEN3, base_path: 'files' });

let server: BadServer | null = null;
afterEach(async () => {
  await server?.stop();
  server = null;
});

/** A workspace with files and a manifest of these entries. */
function workspace(entries: unknown[], files: Record<string, Uint8Array | string> = { 'a/a.dcm': A, 'b.dcm': B }): string {
  const root = makeFolder();
  writeFiles(join(root, 'files'), files);
  writeFileSync(join(root, 'manifest.json'), JSON.stringify(entries));
  return root;
}

async function served(root: string) {
  server = await startBadServer(join(root, 'files'));
  return configOf({ ...GEN3, base_url: server.url });
}

const BOTH = [claim('a/a.dcm', A), claim('b.dcm', B)];

describe('a Gen3 manifest', () => {
  test('gives the same rows out of a folder, which is read in place, and over HTTP', async () => {
    const root = workspace(BOTH, { 'a/a.dcm': A, 'b.dcm': B, 'not-listed.dcm': image('2.25.3', 3) });
    const before = snapshot(join(root, 'files'));
    const local = await pullAt(root, inFolder, async (catalog, report) => {
      expect(report.images[0]).toMatchObject({ files: 2, read: 2, ok: 2, manifest: { entries: 2, listed: 2, missing: 0, not_as_claimed: 0, left_out: 1, defect_count: 0 } });
      return rowsOf(catalog);
    });
    expect(existsSync(join(root, '.colophon/sources/commons'))).toBe(false);
    await pullAt(root, inFolder, async (_catalog, { images: [report] }) => expect(report).toMatchObject({ read: 0, unchanged: 2, removed: 0 }));
    rmSync(join(root, '.colophon'), { recursive: true });
    const remote = await served(root);
    await pullAt(root, remote, async (catalog, report) => {
      expect(report.images[0]).toMatchObject({ files: 2, ok: 2, manifest: { listed: 2, missing: 0, left_out: 0 }, remote: { kept_files: 2 } });
      expect(await rowsOf(catalog)).toEqual(local);
    });
    // The GUID names the content: it is not asked for again. Back in the folder the copies go, and the folder stays.
    await pullAt(root, remote, async (_catalog, { images: [report] }) => expect(report).toMatchObject({ read: 0, unchanged: 2, remote: { requests: 0 } }));
    await pullAt(root, inFolder, async (catalog) => expect(await rowsOf(catalog)).toEqual(local));
    expect(existsSync(join(root, '.colophon/sources/commons'))).toBe(false);
    await pullAt(root, configOf({ name: 'other', kind: 'dicom-folder', path: 'files' }), async () => {});
    expect(snapshot(join(root, 'files'))).toEqual(before);
  });

  test.each(['folder', 'server'])('%s: what is missing, and what is not as it says, are rows of their own', async (place) => {
    const root = workspace([...BOTH, claim('gone.dcm', A), claim('short.dcm', B, { file_size: 5 }), claim('other.dcm', B, { md5sum: '0'.repeat(32) })], { 'a/a.dcm': A, 'b.dcm': B, 'short.dcm': B, 'other.dcm': B });
    const config = place === 'folder' ? inFolder : await served(root);
    for (const again of [false, true]) {
      await pullAt(root, config, async (catalog, report) => {
        expect(await codesOf(catalog)).toEqual({ 'a/a.dcm': 'ok', 'b.dcm': 'ok', 'gone.dcm': 'not-given', 'short.dcm': 'checksum-mismatch', 'other.dcm': 'checksum-mismatch' });
        expect(report.images[0]).toMatchObject({ ok: 2, unreadable: 3, removed: 0, manifest: { listed: 5, missing: 1, not_as_claimed: 2 }, unchanged: again ? 2 : 0 });
        const broken = await catalog.all<{ sha256: string | null }>("SELECT sha256, PatientID FROM instance WHERE error_code = 'checksum-mismatch'");
        expect(broken).toEqual([{ sha256: null, PatientID: null }, { sha256: null, PatientID: null }]);
      });
    }
  });

  test('a manifest that says something else later is held against files that did not change', async () => {
    const root = workspace(BOTH);
    await pullAt(root, inFolder, async () => {});
    writeFileSync(join(root, 'manifest.json'), JSON.stringify([BOTH[0], claim('b.dcm', B, { md5sum: 'f'.repeat(32) })]));
    await pullAt(root, inFolder, async (catalog) => expect(await codesOf(catalog)).toEqual({ 'a/a.dcm': 'ok', 'b.dcm': 'checksum-mismatch' }));
    writeFileSync(join(root, 'manifest.json'), JSON.stringify(BOTH));
    await pullAt(root, inFolder, async (catalog) => expect(await codesOf(catalog)).toEqual({ 'a/a.dcm': 'ok', 'b.dcm': 'ok' }));
  });

  test.each(['folder', 'server'])('%s: names that leave the folder, and entries that contradict one another, are rows and never read', async (place) => {
    const root = workspace([
      claim('../manifest.json', A), claim('/etc/passwd', A), { file_size: 1, md5sum: '0'.repeat(32) },
      ...BOTH, claim('b.dcm', B), claim('twice.dcm', A), claim('twice.dcm', B),
    ], { 'a/a.dcm': A, 'b.dcm': B, 'twice.dcm': B });
    const config = place === 'folder' ? inFolder : await served(root);
    await pullAt(root, config, async (catalog, report) => {
      const codes = await codesOf(catalog);
      expect(codes).toEqual({ '../manifest.json': 'unusable-name', '/etc/passwd': 'unusable-name', 'line 1': 'unusable-name', 'a/a.dcm': 'ok', 'b.dcm': 'ok', 'twice.dcm': 'checksum-mismatch' });
      expect(report.images[0]!.manifest).toMatchObject({ entries: 8, listed: 6, missing: 0, not_as_claimed: 1 });
      const [twice] = await catalog.all<{ error: string }>("SELECT error FROM instance WHERE path = 'twice.dcm'");
      expect(twice!.error).toMatch(/^The manifest says two (?:sizes|digests) of this file/);
    });
    expect((server?.requests ?? []).map(({ path }) => path).toSorted()).toEqual(place === 'folder' ? [] : ['/a/a.dcm', '/b.dcm']);
  });

  test('lines that are not in order are told, and are findings of the gate', async () => {
    const root = workspace([...BOTH, { object_id: 'no guid', file_name: 'a/a.dcm', file_size: 'many' }]);
    await pullAt(root, inFolder, async (catalog, report) => {
      expect(report.images[0]!.manifest).toMatchObject({ defect_count: 2, defects: [{ line: 1, message: 'The id is no GUID.' }, { line: 1 }] });
      expect(await catalog.all("SELECT source, path, line::INTEGER AS line FROM source_defect WHERE code = 'GATE-INCOMPLETE'")).toEqual([{ source: 'commons', path: 'manifest.json', line: 1 }, { source: 'commons', path: 'manifest.json', line: 1 }]);
    });
    await pullAt(root, configOf({ name: 'commons', kind: 'dicom-folder', path: 'files' }), async (catalog) => expect(await catalog.all('SELECT * FROM source_defect')).toEqual([]));
    await pullAt(root, inFolder, async (catalog) => expect(await catalog.all('SELECT * FROM source_defect')).toHaveLength(2));
    writeFileSync(join(root, 'manifest.json'), JSON.stringify(BOTH));
    await pullAt(root, inFolder, async (catalog) => expect(await catalog.all('SELECT * FROM source_defect')).toEqual([]));
  });

  test('an HTML page, an answer for every name, is no image; nor is a missing folder an empty one', async () => {
    const root = workspace(BOTH.map(({ object_id, file_name }) => ({ object_id, file_name })));
    const config = await served(root);
    server!.misdeed = (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<!DOCTYPE html><title>Log in</title>');
      return true;
    };
    await pullAt(root, config, async (catalog, report) => {
      expect(await codesOf(catalog)).toEqual({ 'a/a.dcm': 'not-given', 'b.dcm': 'not-given' });
      expect(report.images[0]!.problems[0]!.message).toContain('sends an HTML page instead of the file');
    });
    rmSync(join(root, 'files'), { recursive: true });
    await expect(pullAt(root, inFolder, async () => {})).rejects.toMatchObject({ code: 'SOURCE_MISSING' });
    writeFiles(join(root, 'files'), { 'else.dcm': A });
    await expect(pullAt(root, inFolder, async () => {})).rejects.toMatchObject({ code: 'SOURCE_MISSING', message: expect.stringContaining('holds nothing that its manifest lists') });
  });

  test('a server that does not know who asks ends the pull; what was pulled before stays', async () => {
    const root = workspace(BOTH);
    const config = await served(root);
    await pullAt(root, config, async (catalog) => expect(await codesOf(catalog)).toEqual({ 'a/a.dcm': 'ok', 'b.dcm': 'ok' }));
    const C = image('2.25.3', 3);
    writeFiles(join(root, 'files'), { 'c.dcm': C });
    writeFileSync(join(root, 'manifest.json'), JSON.stringify([...BOTH, claim('c.dcm', C)]));
    server!.misdeed = (_request, response) => (response.writeHead(401).end('sign in'), true);
    await expect(pullAt(root, config, async () => {})).rejects.toMatchObject({ code: 'SOURCE_UNREADABLE', message: expect.stringMatching(/may not be read \(401\)/) });
    server!.misdeed = () => false;
    await pullAt(root, config, async (catalog, report) => {
      expect(await codesOf(catalog)).toEqual({ 'a/a.dcm': 'ok', 'b.dcm': 'ok', 'c.dcm': 'ok' });
      expect(report.images[0]).toMatchObject({ read: 1, unchanged: 2 });
    });
  });

  test('secrets of the URL go to its server and into no message', async () => {
    const root = workspace([...BOTH, claim('gone.dcm', A)]);
    const { url } = (await served(root), server!);
    process.env.MANIFEST_SECRET = 'hush-hush';
    const config = configOf({ ...GEN3, base_url: `${url.replace('//', '//user:${MANIFEST_SECRET}@')}/?sig=\${MANIFEST_SECRET}` });
    await pullAt(root, config, async (catalog, report) => {
      expect(report.images[0]).toMatchObject({ ok: 2, unreadable: 1 });
      expect(server!.requests.map(({ headers }) => headers.authorization)).toEqual(Array(3).fill(`Basic ${Buffer.from('user:hush-hush').toString('base64')}`));
      expect(JSON.stringify([report, await catalog.all('SELECT * EXCLUDE (mtime_ns) FROM instance'), await catalog.all('SELECT asked FROM pull_batch')])).not.toContain('hush');
    });
    delete process.env.MANIFEST_SECRET;
  });

  test.each(['folder', 'server'])('%s: files without names are looked for under their ids, and held against size and md5', async (place) => {
    const nameless = (bytes: Buffer, more = {}): Record<string, unknown> => claim('', bytes, { file_name: undefined, ...more });
    const C = image('2.25.3', 3);
    const [a, b, wrong] = [nameless(A), nameless(B), nameless(C, { md5sum: '0'.repeat(32) })] as const;
    const [idOfA, idOfB, idOfWrong] = [String(a.object_id), String(b.object_id), String(wrong.object_id)];
    const gone = 'dg.TEST/00000000-0000-4000-8000-000000000000';
    const entries = [a, { ...b, object_id: `drs://${idOfB.toUpperCase().replace('DG.TEST/', 'dg.TEST:')}` }, wrong, { object_id: gone }, { object_id: '../manifest.json' }];
    const root = workspace(entries, { [idOfA]: A, [idOfB]: B, [idOfWrong]: C, 'manifest.json': A });
    const config = place === 'folder' ? inFolder : await served(root);
    await pullAt(root, config, async (catalog, report) => {
      expect(await codesOf(catalog)).toEqual({ '../manifest.json': 'unusable-name', [gone]: 'not-given', [idOfA]: 'ok', [idOfB]: 'ok', [idOfWrong]: 'checksum-mismatch' });
      expect(report.images[0]).toMatchObject({ ok: 2, unreadable: 3, manifest: { entries: 5, listed: 5, missing: 1, not_as_claimed: 1, defect_count: 1 } });
    });
  });

  test('real manifests: ids alone are listed; a table of an index is read', async () => {
    const root = workspace(BOTH);
    const fixture = (name: string): string => join(PACKAGE_ROOT, 'test/fixtures/exchange/gen3', name);
    const ids = configOf({ ...GEN3, path: fixture('midrc_100_ids.json'), base_path: 'files' });
    await expect(pullAt(root, ids, async () => {})).rejects.toMatchObject({ code: 'SOURCE_MISSING', suggestions: expect.arrayContaining([expect.stringContaining('--filename-format=guid')]) });
    const [{ object_id: first }] = JSON.parse(readFileSync(fixture('midrc_100_ids.json'), 'utf8')) as [{ object_id: string }];
    writeFiles(join(root, 'files'), { [first]: A });
    await pullAt(root, ids, async (catalog, report) => {
      expect((await codesOf(catalog))[first]).toBe('ok');
      expect(report.images[0]).toMatchObject({ ok: 1, manifest: { listed: 100, missing: 99 } });
    });
    writeFiles(join(root, 'files'), { 'TestDataSet1.sav': 'not the file' });
    await pullAt(root, configOf({ ...GEN3, path: fixture('manifest_test_1.json'), base_path: 'files' }), async (catalog) => {
      expect((await codesOf(catalog))['TestDataSet1.sav']).toBe('checksum-mismatch');
      expect(Object.values(await codesOf(catalog)).filter((code) => code === 'not-given').length).toBeGreaterThan(0);
    });
    const { md5sum, file_size, object_id } = claim('a/a.dcm', A);
    writeFileSync(join(root, 'index.tsv'), `guid\tmd5\tsize\turls\n${object_id}\t${md5sum}\t${file_size}\t[s3://bucket/a/a.dcm]\n`);
    await pullAt(root, configOf({ ...GEN3, path: 'index.tsv', base_path: 'files' }), async (catalog) => expect(await codesOf(catalog)).toEqual({ 'a/a.dcm': 'ok' }));
  });

  test('100,000 entries are listed, and told as missing', async () => {
    const root = workspace([...BOTH, ...Array.from({ length: 100_000 }, (_, n) => ({ object_id: `dg.TEST/00000000-0000-4000-8000-${String(n).padStart(12, '0')}`, file_name: `many/${n}.dcm`, file_size: 1 }))]);
    await pullAt(root, inFolder, async (_catalog, { images: [report] }) => expect(report).toMatchObject({ ok: 2, unreadable: 100_000, manifest: { entries: 100_002, listed: 100_002, missing: 100_000 } }));
  }, 240_000);
});
