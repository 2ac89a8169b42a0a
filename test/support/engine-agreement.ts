/** Pull, check and verify by another engine must give what they give here, byte for byte. */
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { slice, writeFiles } from '../workflow/pull-workspace.js';
import { runCli } from './cli.js';
import { PAYLOAD, writeRelease } from './release-folder.js';

const CONFIG = 'format: 1\ndataset: {id: test, title: Test, license: CC0-1.0}\nsources:\n  - {name: images, kind: dicom-folder, path: dicom}\nschema: none\n';

/** A workspace with `count` slices, odd names, and a file that is no DICOM; nothing pulled yet. */
export function makeImageWorkspace(root: string, count = 12): void {
  writeFiles(root, { 'colophon.yaml': CONFIG, 'dicom/broken.dcm': 'no DICOM' });
  for (let n = 0; n < count; n++) writeFiles(root, { [`dicom/p${n % 3}/a [${n}]\n.dcm`]: slice(`p${n % 3}`, n) });
}

/**
 * Pulls and checks one workspace here and one like it by the engine: the same catalog, the same report, the same exit status.
 * Returns what the engine's runs wrote to stderr.
 */
export async function expectSamePullAndCheck(folder: string, engine: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  const sides = [{ root: join(folder, 'local'), more: [], env: {} }, { root: join(folder, 'spread'), more: engine, env }];
  const [here, there] = await Promise.all(
    sides.map(async ({ root, more, env }) => {
      makeImageWorkspace(root);
      const pulled = await runCli(['pull', '--json', ...more], root, env);
      expect(pulled.status).toBe(0);
      expect(JSON.parse(pulled.stdout)).toMatchObject({ images: [{ files: 13, read: 13, ok: 12, unreadable: 1 }] });
      const rows = await runCli(['query', '--json', 'SELECT * EXCLUDE (mtime_ns) FROM instance ORDER BY path'], root);
      const checked = await runCli(['check', '--format', 'json', '--output', 'report.json', ...more], root, env);
      const said = { rows: rows.stdout, status: checked.status, report: readFileSync(join(root, 'report.json'), 'utf8') };
      return { said, stderr: pulled.stderr + checked.stderr, left: more.length === 0 ? [] : readdirSync(join(root, '.colophon/shards')) };
    }),
  );
  expect(there?.said).toEqual(here?.said);
  expect(here?.said).toMatchObject({ status: 1, report: expect.stringContaining('a [1]') });
  expect(there?.left).toEqual([]);
  return there?.stderr ?? '';
}

/** Verifies a release with a changed, a missing and an extra file here and by the engine. */
export async function expectSameVerify(folder: string, engine: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  const release = join(folder, 'release');
  writeRelease(release);
  const [changed = '', missing = ''] = Object.keys(PAYLOAD).filter((path) => path.endsWith('.dcm'));
  writeFileSync(join(release, changed), Buffer.alloc(3000, 'eno'));
  cpSync(join(release, missing), join(release, 'data/images/extra.dcm'));
  writeFileSync(join(release, missing), '');
  const reports: unknown[] = [];
  for (const [more, set] of [[[], {}], [engine, env]] as const) {
    const { status, stdout, stderr } = await runCli(['verify', release, '--json', '--no-remember', ...more], folder, { ...set, COLOPHON_STATE: join(folder, 'state') });
    const { seconds: _seconds, speed: _speed, ...report } = JSON.parse(stdout) as Record<string, unknown>;
    reports.push({ status, stderr, report });
  }
  expect(reports[1]).toEqual(reports[0]);
  expect(reports[0]).toMatchObject({ status: 1, report: { problems: expect.arrayContaining([expect.objectContaining({ path: changed, kind: 'corrupt' })]) } });
}
