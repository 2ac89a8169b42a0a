import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { CurationError } from '../../src/errors.js';
import type { ReleaseDiff, TableDiff } from '../../src/model/release-diff.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { checkWorkspace } from '../../src/workflow/check.js';
import { pullWorkspace } from '../../src/workflow/pull.js';
import { diffReleases } from '../../src/workflow/release-diff.js';
import { cutRelease } from '../../src/workflow/release.js';
import { initWorkspace } from '../../src/workspace/init.js';
import { openWorkspace, type Workspace } from '../../src/workspace/workspace.js';

const FIXTURES = join(PACKAGE_ROOT, 'test/fixtures/spine-generic');

/** What the gate rightly finds in these tables, published by their authors as they are, is switched off with the reason. */
const CONFIG = `format: 1
dataset: {id: spine-generic, title: Spinal Cord MRI Public Database, license: CC-BY-4.0, creators: [{name: spine-generic}]}
sources: [{name: tables, kind: tables, path: incoming}]
schema: none
tables: {participants: {key: participant_id}}
accept: {table: participants, where: "true"}
link: {patient_id: participants.participant_id}
release: {git: false}
gate:
  off:
    DID-096: the authors publish dates of scans, sites and researchers
    DSC-008: the authors publish newcomers one by one
    DSC-009: the authors publish scanner and site of each participant
    SEC-120: a lone - stands for what is not told
    GOV-007: the dataset is described where it comes from
`;

let workspace: Workspace;

/** Pulls a tag, lets the gate judge it, and cuts it under its own date. */
async function release(tag: string, bump?: 'patch'): Promise<string | null> {
  const file = tag === 'r20231212' || tag === 'r20250314' ? 'r20230223' : tag;
  copyFileSync(join(FIXTURES, `${file}.tsv`), join(workspace.root, 'incoming/participants.tsv'));
  await pullWorkspace(workspace);
  await checkWorkspace(workspace, { jobs: 1 });
  const date = `${tag.slice(1, 5)}-${tag.slice(5, 7)}-${tag.slice(7)}`;
  return (await cutRelease(workspace, { date, jobs: 1, ...(bump === undefined ? {} : { bump }) })).plan.version;
}

/** Changed cells by column. */
function cells({ columns }: TableDiff): Record<string, number> {
  return Object.fromEntries(columns.filter(({ cells_changed }) => cells_changed > 0).map(({ column, cells_changed }) => [column, cells_changed]));
}

function diff(from: string, to: string): Promise<ReleaseDiff> {
  return diffReleases({ from, to, paths: workspace.paths, limit: 5 });
}

const versions: (string | null)[] = [];
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'colophon-test-'));
  const root = join(folder, 'spine');
  initWorkspace(root, 'minimal');
  writeFileSync(join(root, 'colophon.yaml'), CONFIG);
  mkdirSync(join(root, 'incoming'));
  workspace = openWorkspace(root);
  for (const tag of ['r20200907', 'r20201130', 'r20211125', 'r20220125', 'r20230223']) versions.push(await release(tag));
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the seven tags of spine-generic as releases', () => {
  test('each has the number that its changes ask for', () => {
    expect(versions).toEqual(['1.0.0', '2.0.0', '3.0.0', '4.0.0', '4.1.0']);
  });

  test('r20201130: demographics filled, models renamed', async () => {
    const { tables, total, counts } = await diff('1.0.0', '2.0.0');
    expect(tables.map(cells)).toEqual([{ sex: 41, age: 47, manufacturers_model_name: 18, date_of_scan: 16, software_versions: 6 }]);
    // ages were text as long as some were `-`
    expect(tables[0]?.columns.filter(({ change }) => change !== null)).toEqual([{ column: 'age', change: 'retyped', cells_changed: 47 }]);
    expect([total, counts.from.cases, counts.to.cases]).toEqual([41 + 47 + 18 + 16 + 6 + 1, 260, 260]);
  });

  test('r20211125: seven participants, two columns, two cells', async () => {
    const { tables, reasons } = await diff('2.0.0', '3.0.0');
    expect(tables[0]).toMatchObject({ rows_added: 0, rows_removed: 0, cells_changed: 2 });
    expect(tables[0]?.columns.filter(({ change }) => change === 'added').map(({ column }) => column)).toEqual(['height', 'weight']);
    expect(reasons.find(({ rule }) => rule === 'case-added')).toMatchObject({ count: 7, examples: ['sub-ucdavis01', 'sub-ucdavis02', 'sub-ucdavis03'] });
  });

  test('r20220125: heights, weights, coils', async () => {
    const { tables, reasons } = await diff('3.0.0', '4.0.0');
    expect(tables.map(cells)).toEqual([{ sex: 6, age: 21, height: 237, weight: 238, date_of_scan: 32, receive_coil_name: 56, software_versions: 12 }]);
    expect(reasons.find(({ rule }) => rule === 'cell-changed')).toMatchObject({ count: 602, examples: ['participants.weight (238)', 'participants.height (237)', 'participants.receive_coil_name (56)'] });
  });

  test('r20230223: two columns and nothing else', async () => {
    const { tables, total, level } = await diff('4.0.0', '4.1.0');
    expect([total, level, tables.map(cells)]).toEqual([2, 'minor', [{}]]);
    expect(tables[0]?.columns.map(({ column, change }) => [column, change])).toEqual([['notes', 'added'], ['pathology', 'added']]);
  });

  test('over all tags: nobody was ever removed', async () => {
    const { reasons, level, changes } = await diff('1.0.0', '4.1.0');
    expect(level).toBe('major');
    expect(reasons.map(({ rule }) => rule).filter((rule) => rule.endsWith('-removed'))).toEqual([]);
    expect(changes).toHaveLength(5);
  });

  test('r20231212 and r20250314 have the same bytes: nothing to release, unless asked for', async () => {
    const refused = await release('r20231212').then(() => null, (error: CurationError) => error.code);
    expect(refused).toBe('RELEASE_UNCHANGED');
    expect(await release('r20250314', 'patch')).toBe('4.1.1');
    expect(await diff('4.1.0', '4.1.1')).toMatchObject({ total: 0, level: null, reasons: [], tables: [], changes: [] });
  }, 60_000);
});
