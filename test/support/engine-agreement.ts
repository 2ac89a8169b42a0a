/** Check and verify by another engine must say what they say here, byte for byte. */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
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

/** Checks a pulled workspace here and one like it by the engine, and holds reports and exit statuses against each other. */
export async function expectSameCheck(folder: string, engine: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  const [local, spread] = [join(folder, 'local'), join(folder, 'spread')];
  for (const root of [local, spread]) {
    makeImageWorkspace(root, 4);
    expect(await runCli(['pull', '-q'], root)).toMatchObject({ status: 0 });
  }
  const here = await runCli(['check', '--format', 'json', '--output', '../local.json', '-q'], local);
  const there = await runCli(['check', '--format', 'json', '--output', '../spread.json', '-q', ...engine], spread, env);
  expect(there).toEqual(here);
  const report = readFileSync(join(folder, 'local.json'), 'utf8');
  expect(here.status).toBe(1);
  expect(readFileSync(join(folder, 'spread.json'), 'utf8')).toBe(report);
  expect(report).toContain('a [1]');
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
