import { beforeEach, describe, expect, test } from '@jest/globals';
import type { CutReport, ReleasePlan } from '../../src/model/release-reports.js';
import type { ModelConfig } from '../../src/model/tagging.js';
import { checkWorkspace } from '../../src/workflow/check.js';
import { pullWorkspace } from '../../src/workflow/pull.js';
import { queryRelease } from '../../src/workflow/query.js';
import { cutRelease, planRelease } from '../../src/workflow/release.js';
import { reportsOf, type SplitReport } from '../../src/model/split.js';
import { assignWorkspaceSplit, freezeWorkspaceSplit } from '../../src/workflow/split.js';
import { tagWorkspace } from '../../src/workflow/tag.js';
import type { Workspace } from '../../src/workspace/workspace.js';
import { radiograph } from '../support/model/gray-image.js';
import { useTemporaryFolders } from '../support/temporary-folder.js';
import { writeFiles } from './pull-workspace.js';
import { configure as configureAt, EFFECTS as effects, makeTaggable, passGate } from './tag-workspace.js';

const makeFolder = useTemporaryFolders();
let root: string;
beforeEach(async () => {
  root = makeFolder();
  await makeTaggable(root);
});

const configure = (model?: Partial<ModelConfig> | null, more?: object): Workspace => configureAt(root, model, more);

async function tag(workspace = configure()): Promise<void> {
  await tagWorkspace(workspace, { jobs: 1 }, effects);
}

describe('what uses tags', () => {
  test('the gate warns where a view is another one than ViewPosition says', async () => {
    writeFiles(root, { 'dicom/1.dcm': radiograph('P1', 1, 190, 'PA') });
    await pullWorkspace(configure(), { jobs: 1 }, effects);
    await tag();
    const { findings } = await checkWorkspace(configure(), { only: ['TAG'] }, effects);
    expect(findings.map(({ code, location, found }) => [code, location.path, found])).toEqual([['TAG-001', 'images/1.dcm', 'bright (score 1.00)']]);
  });

  test('a split is balanced on them, and refuses to be when there are none', async () => {
    writeFiles(root, { 'dicom/7.dcm': radiograph('P7', 7, 10, 'PA'), 'dicom/8.dcm': radiograph('P8', 8, 190, 'AP') });
    await pullWorkspace(configure(), { jobs: 1 }, effects);
    const splitBy = (split: object, seed = 1): Workspace => configure({}, { splits: { half: { parts: { a: 0.5, b: 0.5 }, balance: ['tag:light'], seed, ...split } } });
    await expect(assignWorkspaceSplit(splitBy({}), 'half', {}, effects)).rejects.toMatchObject({ code: 'CATALOG_EMPTY', suggestions: ['Run: colophon tag light'] });
    await tag();
    for (const seed of [1, 2, 3, 4, 5]) {
      const [{ variables }] = reportsOf(await assignWorkspaceSplit(splitBy({}, seed), 'half', {}, effects)) as [SplitReport];
      expect(variables['tag:light']).toMatchObject({ max_difference: 0 });
    }
    for (const wrong of ['tag:lihgt', 'tag:'])
      await expect(assignWorkspaceSplit(splitBy({ balance: [wrong] }), 'half', {}, effects)).rejects.toMatchObject({ code: 'CONFIG_INVALID', expected: 'tag:light' });
    await expect(assignWorkspaceSplit(splitBy({ balance: [], group_by: ['tag:light'] }), 'half', {}, effects)).rejects.toThrow(/ties no cases/);
  });
});

describe('a release', () => {
  const cut = async (workspace: Workspace): Promise<CutReport> => {
    await passGate(workspace);
    return cutRelease(workspace, { jobs: 1 }, effects);
  };
  const plan = async (workspace: Workspace): Promise<ReleasePlan> => {
    await passGate(workspace);
    return planRelease(workspace, {}, effects);
  };
  const tagsOf = async (report: CutReport, columns: string): Promise<unknown[]> => (await queryRelease(report.path as string, `SELECT ${columns} FROM tags GROUP BY ALL ORDER BY ALL`)).rows;

  test('publishes the tags of its own images, and of no others', async () => {
    const split = { splits: { open: { parts: { open: 0.5, kept: 0.5 }, seed: 1 } }, release: { within: { open: 'open' }, git: false } };
    const workspace = configure({}, split);
    await tag(workspace);
    await assignWorkspaceSplit(workspace, 'open', {}, effects);
    await freezeWorkspaceSplit(workspace, 'open', '2026-03-01', effects);
    const report = await cut(workspace);
    expect(report.plan.counts.instances).toBe(3);
    const rows = await tagsOf(report, 'model, model_version, length(model_sha256) AS digest, score BETWEEN 0.99 AND 1 AS sure, score = round(score, 4) AS short, path IN (SELECT path FROM instances) AS own, count(*) AS n');
    expect(rows).toEqual([{ model: 'light', model_version: '1', digest: 64, sure: true, short: true, own: true, n: 3 }]);
  });

  test('has no table of tags without tags, and without a model', async () => {
    const [bare, untagged] = [await planRelease(configure(null), {}, effects), await planRelease(configure(), {}, effects)];
    expect(untagged.counts.tables).toBe(bare.counts.tables);
    await tag();
    expect((await planRelease(configure(), {}, effects)).counts.tables).toBe(bare.counts.tables + 1);
    expect((await planRelease(configure({ version: '2' }), {}, effects)).counts.tables).toBe(bare.counts.tables);
    expect((await planRelease(configure(null), {}, effects)).counts.tables).toBe(bare.counts.tables);
  });

  test('of other tags alone is a PATCH that names the model; the same tags are no change', async () => {
    const git = { release: { git: false } };
    await tag();
    expect((await cut(configure({}, git))).plan.version).toBe('1.0.0');
    await expect(cut(configure({}, git))).rejects.toMatchObject({ code: 'RELEASE_UNCHANGED' });
    await tag(configure({ version: '2' }));
    expect((await plan(configure({ version: '2' }, git))).reasons).toMatchObject([{ rule: 'metadata-changed', count: 1 }]);
    const turned = { output: { labels: ['dark', 'bright'], activation: 'softmax' as const } };
    await tag(configure({ ...turned, agrees_with: { attribute: 'ViewPosition', values: { PA: 'bright', AP: 'dark' } } }));
    const second = await cut(configure({ ...turned, agrees_with: { attribute: 'ViewPosition', values: { PA: 'bright', AP: 'dark' } } }, git));
    expect(second.plan).toMatchObject({ version: '1.0.1', level: 'patch' });
    await expect(cutRelease(configure({ ...turned, version: '9' }, git), { jobs: 1 }, effects)).rejects.toMatchObject({ code: 'GATE_STALE' });
    expect(await tagsOf(second, 'label, count(*) AS n')).toEqual([{ label: 'bright', n: 3 }, { label: 'dark', n: 3 }]);
    const third = await plan(configure(null, git));
    expect(third).toMatchObject({ version: '1.0.2', reasons: [{ rule: 'metadata-changed' }] });
  });
});
