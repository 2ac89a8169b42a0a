/** The sample by a Gen3 manifest, from a folder and from a web server, by the command line: the same rows as out of the folder alone, and one release. */
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { runCli } from '../support/cli.js';
import { startBadServer, type BadServer } from '../support/hostile-server.js';
import { expectStatus, freezeSplits, makeSampleWorkspace, runJson } from '../support/sample-workspace.js';
import { claim, snapshot } from '../workflow/manifest-files.js';

const FOLDER = 'kind: dicom-folder\n    path: incoming/dicom\n';

describe('the sample by a manifest', () => {
  let root: string;
  let server: BadServer;
  let config: string;

  beforeAll(async () => {
    root = await makeSampleWorkspace();
    config = readFileSync(join(root, 'colophon.yaml'), 'utf8');
    const images = join(root, 'incoming/dicom');
    server = await startBadServer(images);
    const names = readdirSync(images, { recursive: true, encoding: 'utf8' }).filter((name) => statSync(join(images, name)).isFile());
    writeFileSync(join(root, 'manifest.json'), JSON.stringify(names.map((name) => claim(name, readFileSync(join(images, name))))));
  }, 240_000);

  afterAll(async () => {
    await server.stop();
    rmSync(root, { recursive: true, force: true });
  });

  async function cutFrom(source: string): Promise<string> {
    for (const made of ['.colophon', 'releases', 'splits']) rmSync(join(root, made), { recursive: true, force: true });
    writeFileSync(join(root, 'colophon.yaml'), config.replace(FOLDER, source));
    await runJson(root, ['pull']);
    await freezeSplits(root, '2026-03-01');
    await expectStatus(0, runCli(['release', 'cut', '--date', '2026-03-01'], root));
    const verified = await runJson<{ ok: boolean; digest: string }>(root, ['verify', 'releases/1.0.0']);
    expect(verified.ok).toBe(true);
    return verified.digest;
  }

  test('gives the same rows and one release, and nothing of the folder is touched', async () => {
    const before = snapshot(join(root, 'incoming'));
    await runJson(root, ['pull']);
    const rows = 'SELECT * EXCLUDE (mtime_ns, md5, revision, batch) FROM instance ORDER BY path';
    const plain = await runJson(root, ['query', rows]);
    const folder = await cutFrom('kind: gen3-manifest\n    path: manifest.json\n    base_path: incoming/dicom\n');
    expect(await runJson(root, ['query', rows])).toEqual(plain);
    expect(await cutFrom(`kind: gen3-manifest\n    path: manifest.json\n    base_url: ${server.url}\n    keep: false\n`)).toBe(folder);
    expect(snapshot(join(root, 'incoming'))).toEqual(before);
  }, 180_000);

  test('a file that is not as the manifest says is told, and the gate stops it', async () => {
    const entries = JSON.parse(readFileSync(join(root, 'manifest.json'), 'utf8')) as Record<string, unknown>[];
    writeFileSync(join(root, 'manifest.json'), JSON.stringify([{ ...entries[0], md5sum: '0'.repeat(32) }, ...entries.slice(1), { ...entries[1], file_name: 'gone.dcm' }]));
    writeFileSync(join(root, 'colophon.yaml'), config.replace(FOLDER, 'kind: gen3-manifest\n    path: manifest.json\n    base_path: incoming/dicom\n'));
    const { stdout } = await expectStatus(0, runCli(['pull'], root));
    expect(stdout).toContain(`manifest: ${entries.length + 1} listed, 1 missing, 1 not as it says`);
    expect(stdout).toContain('gone.dcm  not-given: The folder does not have this file, which the manifest lists.');
    const checked = await runCli(['check'], root);
    expect([checked.status, checked.stdout]).toEqual([1, expect.stringContaining('GATE-INCOMPLETE')]);
  }, 240_000);
});
