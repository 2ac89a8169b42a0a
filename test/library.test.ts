import { cpSync, mkdtempSync, rmSync, writeFileSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import * as colophon from '../src/index.js';
import { PACKAGE_ROOT } from '../src/package-root.js';

/** Seven cases are few: what they say together is for use within an institution. */
const CONFIG = `
format: 1
dataset: {id: library, title: Seven cases, license: CC-BY-4.0, description: Part of the bundled sample., creators: [{name: Nobody}], url: 'https://example.org/seven'}
sources: [{name: images, kind: dicom-folder, path: incoming/dicom}]
schema: none
gate: {profile: internal}
`;

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'colophon-library-'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

test('a workspace of images alone goes from init to a verified release by library calls, quietly', async () => {
  colophon.initWorkspace(root, 'minimal');
  cpSync(join(PACKAGE_ROOT, 'src/demo/sample/second/dicom'), join(root, 'incoming/dicom'), { recursive: true });
  writeFileSync(join(root, 'colophon.yaml'), CONFIG);
  const workspace = colophon.openWorkspace(root);
  const stages = new Set<string>();
  const effects: colophon.Effects = { ...colophon.defaultEffects, now: () => new Date('2026-03-02T12:00:00Z'), progress: ({ stage }) => stages.add(stage) };
  const pulled = await colophon.pullWorkspace(workspace, { jobs: 1 }, effects);
  expect(pulled.cases).toMatchObject({ accepted: 7, unknown: 0 });
  expect(stages.size).toBeGreaterThan(0);
  expect((await colophon.checkWorkspace(workspace, {}, effects)).verdict).toBe('pass');
  const cut = await colophon.cutRelease(workspace, {}, effects);
  expect(cut.plan).toMatchObject({ version: '1.0.0', date: '2026-03-02', counts: { cases: 7, instances: 9 } });
  expect(await colophon.verifyRelease(join(root, 'releases/1.0.0'), { expect: cut.digest ?? '' })).toMatchObject({ ok: true });
  const rows = await colophon.queryWorkspace(workspace, 'SELECT count(*) AS images FROM instances', '1.0.0');
  expect(rows).toEqual({ columns: ['images'], rows: [{ images: 9 }] });
});

test('failures are CurationErrors with a code and an exit status', async () => {
  expect(() => colophon.openWorkspace(join(root, 'nowhere'))).toThrow(colophon.CurationError);
  await expect(colophon.verifyRelease(join(root, 'incoming'))).rejects.toMatchObject({ code: 'NOT_A_RELEASE', exitCode: colophon.EXIT.input });
});

test('a flipped bit in a released image is named', async () => {
  const folder = join(root, 'flipped');
  cpSync(join(root, 'releases/1.0.0'), folder, { recursive: true });
  const manifest = readFileSync(join(folder, 'manifest-sha256.txt'), 'utf8').split('\n').find((line) => line.endsWith('.dcm'))!;
  const path = manifest.slice(66);
  const bytes = readFileSync(join(folder, path));
  bytes[bytes.length - 1]! ^= 1;
  writeFileSync(join(folder, path), bytes);
  const report = await colophon.verifyRelease(folder);
  expect(report.problems.map(({ kind, path: where }) => [kind, where])).toEqual([['corrupt', path]]);
});
