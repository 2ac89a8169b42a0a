import { describe, expect, test } from '@jest/globals';
import { Catalog } from '../../src/catalog/catalog.js';
import { recordConfiguredModels } from '../../src/catalog/tag-load.js';
import { checkCatalog } from '../../src/checks/run.js';
import type { CheckReport } from '../../src/model/check.js';
import type { ModelConfig } from '../../src/model/tagging.js';
import { cleanFixture, CONFIG, loadFixture, midrcPack, OPTIONS } from './catalog-fixture.js';

const MODEL: ModelConfig = {
  name: 'view',
  path: 'view.onnx',
  version: '1.2',
  input: { width: 8, height: 8, channels: 1, window: 'full' },
  output: { labels: ['pa', 'ap', 'lateral', 'inverted'], activation: 'softmax' },
};

const NOW = { model: 'view', version: '1.2', sha256: 'a'.repeat(64), settings: 's', modalities: null };

/** [path, label, score, error]: a tag of an image of the clean fixture. */
type Tag = [path: string, label: string | null, score?: number, error?: string];

const ALL_PA: Tag[] = ['C1/1.dcm', 'C1/2.dcm', 'C2/1.dcm', 'C2/2.dcm'].map((path): Tag => [path, 'pa']);

interface Setting {
  model?: Partial<ModelConfig>;
  tags?: Tag[];
  headers?: Record<string, string>;
  now?: Partial<Omit<typeof NOW, 'sha256'>> & { sha256?: string | null };
  sql?: string;
}

async function check({ model = {}, tags = ALL_PA, headers = {}, now = {}, sql }: Setting): Promise<CheckReport> {
  const catalog = await Catalog.open(':memory:');
  try {
    await loadFixture(catalog, cleanFixture());
    await catalog.run("UPDATE instance SET ViewPosition = 'PA', BodyPartExamined = 'CHEST'");
    for (const [path, view] of Object.entries(headers)) await catalog.run('UPDATE instance SET ViewPosition = ? WHERE path = ?', [view, path]);
    await recordConfiguredModels(catalog, [{ ...NOW, ...now }]);
    await catalog.run("INSERT INTO tag_model VALUES ('view', '1.2', ?, 's', ['pa', 'ap', 'lateral', 'inverted'])", ['a'.repeat(64)]);
    for (const [path, label, score = 0.9, error = null] of tags)
      await catalog.run("INSERT INTO tag SELECT source, path, sha256, 'view', ?, ?, NULL, ? FROM instance WHERE path = ?", [label, label === null ? null : score, error, path]);
    if (sql !== undefined) await catalog.run(sql);
    return await checkCatalog(catalog, { ...OPTIONS, pack: midrcPack(), only: ['TAG'], config: { ...CONFIG, models: [{ ...MODEL, ...model }] } });
  } finally {
    catalog.close();
  }
}

async function found(setting: Setting): Promise<string[]> {
  const { findings } = await check(setting);
  return findings.map(({ code, level, location, expected, found: what }) => [code, level, location.path ?? location.key, location.tag, expected, what].filter((part) => part !== undefined).join(' | '));
}

const AGREES = { agrees_with: { attribute: 'ViewPosition' as const, values: { PA: 'pa', AP: 'ap', LL: 'lateral', RL: ['lateral', 'inverted'] } } };

describe('TAG-001 the view that a model sees is the one that ViewPosition names', () => {
  test('when they agree nothing is found, and every image was looked at', async () => {
    const report = await check({ model: AGREES });
    expect(report.findings).toEqual([]);
    expect(report.checks.find(({ code }) => code === 'TAG-001')).toMatchObject({ status: 'checked', checked: 4 });
  });

  test('another view is a warning on the image', async () => {
    expect(await found({ model: AGREES, tags: [...ALL_PA.slice(1), ['C1/1.dcm', 'lateral', 0.876]] })).toEqual([
      'TAG-001 | warning | images/C1/1.dcm | ViewPosition | PA, as in the header | lateral (score 0.88)',
    ]);
  });

  test('the header is read whatever its case and blanks; several labels may agree', async () => {
    expect(await found({ model: AGREES, headers: { 'C1/1.dcm': ' pa ', 'C1/2.dcm': 'AP', 'C2/1.dcm': 'RL' }, tags: [['C1/1.dcm', 'pa'], ['C1/2.dcm', 'ap'], ['C2/1.dcm', 'inverted'], ['C2/2.dcm', 'pa']] })).toEqual([]);
  });

  test('what the configuration does not name, and what the model is not sure of, is not judged', async () => {
    const report = await check({ model: AGREES, headers: { 'C1/1.dcm': 'XX', 'C1/2.dcm': '' }, tags: [['C1/1.dcm', 'lateral'], ['C1/2.dcm', 'lateral'], ['C2/1.dcm', null], ['C2/2.dcm', 'pa']] });
    expect(report.findings).toEqual([]);
    expect(report.checks.find(({ code }) => code === 'TAG-001')).toMatchObject({ checked: 1 });
  });

  test('a model that gives several labels is asked about those only that the agreement names', async () => {
    const several = { ...AGREES, agrees_with: { attribute: 'ViewPosition' as const, values: { PA: 'pa', AP: 'ap' } }, output: { ...MODEL.output, activation: 'sigmoid' as const } };
    const tags: Tag[] = [['C1/1.dcm', 'inverted', 0.99], ['C1/2.dcm', 'inverted', 0.99], ['C1/2.dcm', 'pa', 0.6], ['C2/1.dcm', 'ap', 0.7], ['C2/2.dcm', 'pa']];
    expect(await found({ model: several, tags })).toEqual(['TAG-001 | warning | images/C2/1.dcm | ViewPosition | PA, as in the header | ap (score 0.70)']);
  });

  test('images that are not released are not judged', async () => {
    expect(await found({ model: AGREES, tags: ALL_PA.map(([path]): Tag => [path, 'lateral']), sql: "UPDATE case_ SET status = 'rejected' WHERE case_id = 'C1'" })).toHaveLength(2);
  });
});

test('TAG-002 judges the other attributes, and its finding hangs on image, header and label', async () => {
  const model = { agrees_with: { attribute: 'BodyPartExamined' as const, values: { CHEST: ['pa', 'ap'] } } };
  const tags: Tag[] = [...ALL_PA.slice(1), ['C1/1.dcm', 'lateral']];
  expect(await found({ model, tags })).toEqual(['TAG-002 | warning | images/C1/1.dcm | BodyPartExamined | CHEST, as in the header | lateral (score 0.90)']);
  const [first, again, other] = await Promise.all([check({ model, tags }), check({ model, tags: tags.toReversed() }), check({ model, tags: [...ALL_PA.slice(1), ['C1/1.dcm', 'inverted']] })]);
  expect(first.findings[0]?.fingerprint).toBe(again.findings[0]?.fingerprint);
  expect(first.findings[0]?.fingerprint).not.toBe(other.findings[0]?.fingerprint);
});

test('TAG-003 flags labels at the level that the configuration gives them', async () => {
  const flag = ['lateral', { label: 'inverted', level: 'error' as const }];
  expect(await found({ model: { flag }, tags: [['C1/1.dcm', 'lateral'], ['C1/2.dcm', 'inverted'], ['C2/1.dcm', 'pa'], ['C2/2.dcm', null]] })).toEqual([
    'TAG-003 | error | images/C1/2.dcm | no flagged label | inverted (score 0.90)',
    'TAG-003 | warning | images/C1/1.dcm | no flagged label | lateral (score 0.90)',
  ]);
});

describe('TAG-004 every image has a tag of the model as it is configured now', () => {
  const finding = (stale: number, failed: number): string[] => [`TAG-004 | warning | view | 4 tagged images | ${stale} without a current tag, ${failed} that could not be tagged`];

  test.each<[string, Setting, string[]]>([
    ['an image without tag', { tags: ALL_PA.slice(1) }, finding(1, 0)],
    ['an image that could not be tagged', { tags: [...ALL_PA.slice(1), ['C1/1.dcm', null, 0, 'not-decodable']] }, finding(0, 1)],
    ['an image without pixels', { tags: [...ALL_PA.slice(1), ['C1/1.dcm', null, 0, 'no-pixels']] }, []],
    ['other bytes of an image', { sql: "UPDATE instance SET sha256 = 'new' WHERE path = 'C1/1.dcm'" }, finding(1, 0)],
    ['another version', { now: { version: '1.3' } }, finding(4, 0)],
    ['another file', { now: { sha256: 'b'.repeat(64) } }, finding(4, 0)],
    ['no file', { now: { sha256: null } }, finding(4, 0)],
    ['other settings', { now: { settings: 't' } }, finding(4, 0)],
  ])('%s', async (_what, setting, expected) => {
    expect(await found(setting)).toEqual(expected);
  });

  test('a stale tag is neither compared with the header nor flagged', async () => {
    const codes = (await found({ model: { ...AGREES, flag: ['lateral'] }, tags: ALL_PA.map(([path]): Tag => [path, 'lateral']), now: { version: '2' } })).map((line) => line.slice(0, 7));
    expect(codes).toEqual(['TAG-004']);
  });
});

test('without models the rules do not apply, and say so', async () => {
  const catalog = await Catalog.open(':memory:');
  await loadFixture(catalog, cleanFixture());
  const report = await checkCatalog(catalog, { ...OPTIONS, pack: midrcPack(), only: ['TAG'] });
  catalog.close();
  expect(report.checks.map(({ code, status, reason }) => `${code} ${status}: ${reason}`)).toEqual([1, 2, 3, 4].map((n) => `TAG-00${n} not-applicable: no model is configured`));
});
