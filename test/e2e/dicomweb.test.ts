/** The sample out of a real Orthanc by the command line: the same catalog, the same release as out of a folder. */
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { runCli } from '../support/cli.js';
import { noOrthanc, startOrthanc, type Orthanc } from '../support/orthanc.js';
import { expectStatus, freezeSplits, makeSampleWorkspace, runJson } from '../support/sample-workspace.js';

const missing = noOrthanc();

interface Rows {
  rows: Record<string, unknown>[];
}

interface Verified {
  ok: boolean;
  digest: string;
}

(missing === null ? describe : describe.skip)(`the sample in Orthanc${missing === null ? '' : `: ${missing}`}`, () => {
  let orthanc: Orthanc;
  let root: string;

  beforeAll(async () => {
    orthanc = await startOrthanc();
    root = await makeSampleWorkspace();
    const images = join(root, 'incoming/dicom');
    for (const name of readdirSync(images, { recursive: true, encoding: 'utf8' })) {
      const path = join(images, name);
      if (statSync(path).isFile()) expect([name, await orthanc.store(readFileSync(path))]).toEqual([name, 200]);
    }
  }, 240_000);

  afterAll(async () => {
    await orthanc.stop();
    rmSync(root, { recursive: true, force: true });
  });

  async function pullAndCut(): Promise<{ instances: Rows; digest: string; files: number }> {
    rmSync(join(root, '.colophon'), { recursive: true, force: true });
    rmSync(join(root, 'releases'), { recursive: true, force: true });
    rmSync(join(root, 'splits'), { recursive: true, force: true });
    const env = { ORTHANC_AUTHORIZATION: orthanc.authorization };
    const pulled = await expectStatus(0, runCli(['pull', '--json'], root, env));
    expect(pulled.stdout + pulled.stderr).not.toContain(orthanc.authorization.slice(6));
    const instances = await runJson<Rows>(root, ['query', 'SELECT * EXCLUDE (path, mtime_ns, revision) FROM instance ORDER BY SOPInstanceUID']);
    await freezeSplits(root, '2026-03-01');
    // What the gate and the release look at is here already: the server need not be asked again.
    await expectStatus(0, runCli(['release', 'cut', '--date', '2026-03-01'], root));
    const verified = await runJson<Verified>(root, ['verify', 'releases/1.0.0']);
    expect(verified.ok).toBe(true);
    return { instances, digest: verified.digest, files: (JSON.parse(pulled.stdout) as { images: { files: number }[] }).images[0]!.files };
  }

  test('is the same catalog and the same release as in the folder', async () => {
    const folder = await pullAndCut();
    const config = join(root, 'colophon.yaml');
    const elsewhere = `kind: dicomweb\n    url: ${orthanc.url}\n    auth: {header: "\${ORTHANC_AUTHORIZATION}"}\n`;
    writeFileSync(config, readFileSync(config, 'utf8').replace('kind: dicom-folder\n    path: incoming/dicom\n', elsewhere));
    const pacs = await pullAndCut();
    expect(pacs.files).toBeGreaterThan(50);
    expect(pacs).toEqual(folder);
    await unchanged(pacs.files);
  }, 480_000);

  /** A second pull lists, and reads nothing. */
  async function unchanged(files: number): Promise<void> {
    const { stdout } = await expectStatus(0, runCli(['pull', '--json'], root, { ORTHANC_AUTHORIZATION: orthanc.authorization }));
    const { images } = JSON.parse(stdout) as { images: { files: number; read: number; unchanged: number }[] };
    expect(images).toEqual([expect.objectContaining({ files, read: 0, unchanged: files })]);
  }

  test('is not asked for by who is not known, and the message says what to do', async () => {
    const { status, stdout, stderr } = await runCli(['pull', '--json', '--rehash'], root, { ORTHANC_AUTHORIZATION: 'Basic d3Jvbmc6c2VjcmV0' });
    expect(status).toBe(3);
    const said = stdout + stderr;
    expect(said).toContain('may not be read (401)');
    expect(said).not.toContain('d3Jvbmc6c2VjcmV0');
    expect(said).not.toContain('wrong:secret');
    const unset = await runCli(['pull'], root, {});
    expect([unset.status, unset.stderr]).toEqual([3, expect.stringContaining('the variable ORTHANC_AUTHORIZATION of the environment is not set')]);
  }, 120_000);
});
