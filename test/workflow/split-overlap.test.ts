import { readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { defaultEffects } from '../../src/effects.js';
import type { OverlapReport } from '../../src/model/split-overlap.js';
import { cutRelease } from '../../src/release/cut.js';
import { splitsAround } from '../../src/workflow/overlap-workspace.js';
import type { Workspace } from '../../src/workspace/workspace.js';
import { runCli } from '../support/cli.js';
import { cutOptions, fillCatalog, openStoreCatalog, row, smallStore } from '../support/release-store.js';
import { expectStatus, makeSampleWorkspace, runJson } from '../support/sample-workspace.js';
import { useTemporaryFolders } from '../support/temporary-folder.js';

const temporaryFolder = useTemporaryFolders();

/** A folder with a release of two splits, whose annotation table names objects, and some files. */
async function makeRelease(): Promise<string> {
  const root = temporaryFolder();
  const store = smallStore();
  store.tables.series_file = { columns: { submitter_id: 'VARCHAR', object_id: 'VARCHAR' }, key: 'submitter_id', rows: [row(['case-b'], { submitter_id: 's1', object_id: 'dg.X/f78c142c-f4ef-4449-b630-e0cc359e63a7' })] };
  const catalog = await openStoreCatalog(root);
  try {
    await fillCatalog(catalog, store, root);
    await cutRelease(catalog, cutOptions(root), defaultEffects);
  } finally {
    catalog.close();
  }
  return root;
}

async function overlap(cwd: string, args: string[], status = 0): Promise<OverlapReport> {
  return JSON.parse((await expectStatus(status, runCli(['split', 'overlap', ...args, '--json'], cwd))).stdout) as OverlapReport;
}

describe('without a workspace', () => {
  test('a release folder meets lists by its cases, and manifests by the objects of its tables', async () => {
    const root = await makeRelease();
    writeFileSync(join(root, 'old.csv'), 'case_ids,dataset\ncase-b,train\ncase-z,test\n');
    writeFileSync(join(root, 'files.json'), '[{"object_id":"F78C142C-F4EF-4449-B630-E0CC359E63A7"}]');
    const report = await overlap(root, ['releases/1.0.0', 'old.csv', 'files.json', '--part', 'files=train', '--fail-on-contamination'], 1);
    expect(report.sources.map(({ name, kind, cases, objects, parts }) => ({ name, kind, cases, objects, parts }))).toEqual([
      { name: '1.0.0:fold', kind: 'release', cases: 3, objects: 1, parts: { test: 1, train: 2 } },
      { name: '1.0.0:other', kind: 'release', cases: 3, objects: 1, parts: { open: 1 } },
      { name: 'old', kind: 'list', cases: 2, objects: null, parts: { test: 1, train: 1 } },
      { name: 'files', kind: 'manifest', cases: null, objects: 1, parts: { train: 1 } },
    ]);
    const pair = (a: string, b: string) => report.pairs.find((each) => each.a === a && each.b === b);
    expect(pair('1.0.0:fold', 'old')).toMatchObject({ key: 'case', shared: 1, contaminated: 1 });
    expect(pair('1.0.0:fold', 'files')).toMatchObject({ key: 'object', shared: 1, contaminated: 1 });
    expect(pair('old', 'files')).toMatchObject({ key: null, judged: false });
    expect((await overlap(root, ['releases/1.0.0:fold', 'old.csv'])).sources.map(({ name }) => name)).toEqual(['1.0.0:fold', 'old']);
    expect(await overlap(root, ['releases/1.0.0:none', 'old.csv'], 2)).toMatchObject({ error: { code: 'SPLIT_UNKNOWN' } });
  });

  test('a release whose tables were changed is refused', async () => {
    const root = await makeRelease();
    const path = join(root, 'releases/1.0.0/data/tables/splits.parquet');
    const bytes = readFileSync(path);
    bytes[bytes.length >> 1]! ^= 1;
    writeFileSync(path, bytes);
    writeFileSync(join(root, 'a.txt'), 'case-b\n');
    expect(await overlap(root, ['releases/1.0.0', 'a.txt'], 3)).toMatchObject({ error: { code: 'RELEASE_INVALID' } });
  });

  test('what cannot be compared is told', async () => {
    const root = temporaryFolder();
    writeFileSync(join(root, 'a.txt'), 'x\n');
    writeFileSync(join(root, 'b.dat'), 'x\n');
    expect(await overlap(root, ['a.txt'], 2)).toMatchObject({ error: { code: 'USAGE' } });
    expect(await overlap(root, ['a.txt', 'b.dat'], 3)).toMatchObject({ error: { code: 'SPLIT_LIST_INVALID' } });
    expect(await overlap(root, ['a.txt', 'c.txt'], 3)).toMatchObject({ error: { code: 'SOURCE_MISSING' } });
    expect(await overlap(root, ['a.txt', 'nobody'], 3)).toMatchObject({ error: { code: 'WORKSPACE_NOT_FOUND', message: expect.stringContaining('nobody') } });
    expect(await overlap(root, ['a.txt', 'a.txt', '--part', 'b=train'], 2)).toMatchObject({ error: { code: 'USAGE' } });
    expect(await overlap(root, ['a.txt', 'a.txt', '--fail-on-contamination'], 2)).toMatchObject({ error: { code: 'USAGE' } });
    expect((await overlap(root, ['a.txt', 'a.txt'])).sources.map(({ name }) => name)).toEqual(['a', 'a (2)']);
  });
});

describe('in a workspace', () => {
  let root: string;
  beforeAll(async () => {
    root = await makeSampleWorkspace();
    for (const args of [['pull'], ['split', 'assign', 'open-sequestered'], ['split', 'freeze', 'open-sequestered'], ['split', 'assign', 'benchmark']])
      await expectStatus(0, runCli([...args, '-q'], root));
  });
  afterAll(() => rm(root, { recursive: true, force: true }));

  test('a split within another is not contaminated by it, and a former list is', async () => {
    const [first] = await runJson<{ rows: { case_id: string }[] }>(root, ['query', "SELECT min(case_id) AS case_id FROM assignments WHERE split = 'benchmark' AND part = 'test'"]).then(({ rows }) => rows);
    writeFileSync(join(root, 'former.csv'), `case_id,part\n${first!.case_id},train\n`);
    const report = await runJson<OverlapReport>(root, ['split', 'overlap', 'open-sequestered', 'benchmark', 'former.csv', '--fail-on-contamination'], 1);
    expect(report.pairs).toMatchObject([
      { a: 'open-sequestered', b: 'benchmark', nested: true, contaminated: 0 },
      { a: 'open-sequestered', b: 'former', contaminated: 0, shared: 1 },
      { a: 'benchmark', b: 'former', contaminated: 1, shared: 1 },
    ]);
    const text = await expectStatus(0, runCli(['split', 'overlap', 'benchmark', 'former.csv'], root));
    expect(text.stdout).toContain('✗ 1 id: test of benchmark, and train of former');
    expect(text.stdout).toContain(first!.case_id);
  });

  test('names that it does not know are told', async () => {
    writeFileSync(join(root, 'a.txt'), 'x\n');
    expect(await runJson(root, ['split', 'overlap', 'benchmork', 'a.txt'], 2)).toMatchObject({ error: { code: 'SPLIT_UNKNOWN' } });
    expect(await runJson(root, ['split', 'overlap', '9.0.0', 'a.txt'], 3)).toMatchObject({ error: { code: 'RELEASE_NOT_FOUND' } });
  });
});

test('a repeat is expected to share cases with the other repeats and the splits around it, and with nothing else', () => {
  const part = { parts: { open: 1 }, seed: 1 };
  const splits = { outer: part, middle: { ...part, within: { outer: 'open' } }, cv: { ...part, repeats: 2, within: { middle: 'open' } }, other: part };
  const workspace = { config: { dataset: { id: 'd' }, splits } } as unknown as Workspace;
  expect(splitsAround(workspace, { dataset: 'd', split: 'cv.1' })).toEqual(['cv.2', 'middle', 'outer']);
  expect(splitsAround(workspace, { dataset: 'd', split: 'outer' })).toEqual([]);
  expect(splitsAround(workspace, { dataset: 'e', split: 'cv.1' })).toEqual([]);
  expect(splitsAround(workspace, null)).toEqual([]);
});
