/** Catalogs of rows without files: what the bench makes by the million is right by the thousand. */
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Catalog } from '../../src/catalog/catalog.js';
import { digestJudged } from '../../src/catalog/judged-root.js';
import type { CheckReport } from '../../src/model/check.js';
import type { QueryReport } from '../../src/model/query.js';
import type { ReleaseDiff } from '../../src/model/release-diff.js';
import type { CutReport } from '../../src/model/release-reports.js';
import type { VerifyReport } from '../../src/model/verification.js';
import { openWorkspace } from '../../src/workspace/workspace.js';
import { changeMetadataWorkspace } from '../support/metadata/change.js';
import { makeMetadataWorkspace } from '../support/metadata/workspace.js';
import { runCli } from '../support/cli.js';
import { expectStatus, runJson } from '../support/sample-workspace.js';

const IMAGES = 5000;
let folder = '';
let root = '';

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'colophon-metadata-'));
  root = join(folder, 'workspace');
  await makeMetadataWorkspace(root, IMAGES);
  for (const args of [['split', 'assign', 'fold'], ['split', 'freeze', 'fold', '--date', '2026-01-15']]) await expectStatus(0, runCli([...args, '-q'], root));
}, 240_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('the gate judges every image and lets the release through; it is cut by reference, verifies, and the next one differs', async () => {
  // a small part of the machine: what does not fit is spilled
  const report = await runJson<CheckReport>(root, ['check', '--memory', '300MB']);
  expect(report.verdict).toBe('pass');
  expect(report.summary).toMatchObject({ errors: 0, checked: { 'DCM-001': IMAGES, 'DUP-001': IMAGES, 'DUP-004': IMAGES } });
  const first = await runJson<CutReport>(root, ['release', 'cut', '--date', '2026-01-15', '--memory', '300MB']);
  expect(first.plan.counts).toMatchObject({ instances: IMAGES });
  const release = join(root, 'releases/1.0.0');
  expect(await runJson<VerifyReport>(root, ['verify', release])).toMatchObject({ ok: true });
  expect(readFileSync(join(release, 'fetch.txt'), 'utf8').trimEnd().split('\n')).toHaveLength(IMAGES);
  await changeMetadataWorkspace(openWorkspace(root));
  await expectStatus(0, runCli(['check', '-q'], root));
  const second = await runJson<CutReport>(root, ['release', 'cut', '--date', '2026-01-16']);
  expect(second.plan.version).toBe('2.0.0');
  const diff = await runJson<ReleaseDiff>(root, ['release', 'diff', '1.0.0', '2.0.0', '--memory', '300MB'], 1);
  expect(new Set(diff.changes.map(({ rule }) => rule))).toContain('instance-changed');
  const asked = await runJson<QueryReport>(root, ['query', '--release', '2.0.0', 'SELECT count(*) AS n FROM instances']);
  expect(asked.rows).toEqual([{ n: IMAGES }]);
}, 240_000);

test('the digest of what was judged is the same in however many passes it is made, and another when one image is', async () => {
  const copy = join(folder, 'catalog.duckdb');
  cpSync(join(root, '.colophon/catalog.duckdb'), copy);
  const catalog = await Catalog.open(copy);
  const digest = await digestJudged(catalog, ['fold']);
  expect(digest).toMatch(/^[0-9a-f]{64}$/);
  for (const images of [1, 100, 3000, IMAGES]) expect(await digestJudged(catalog, ['fold'], images)).toBe(digest);
  await catalog.run("UPDATE instance SET sha256 = reverse(sha256) WHERE path = (SELECT min(path) FROM instance)");
  expect(await digestJudged(catalog, ['fold'], 100)).not.toBe(digest);
  catalog.close();
});

test('nothing that was spilled stays', () => {
  for (const name of ['catalog.duckdb.scratch', 'catalog.duckdb.wal']) expect(existsSync(join(root, '.colophon', name))).toBe(false);
});
