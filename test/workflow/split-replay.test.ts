import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Catalog } from '../../src/catalog/catalog.js';
import { defaultEffects, type Effects } from '../../src/effects.js';
import type { SplitConfig } from '../../src/model/config.js';
import type { ReplayReport } from '../../src/model/split-replay.js';
import type { SplitSource } from '../../src/release/candidate/splits.js';
import { cutRelease, type CutOptions } from '../../src/release/cut.js';
import { assignSplit, freezeSplit, type SplitOptions } from '../../src/splits/run.js';
import { replaySplit } from '../../src/workflow/split-replay.js';
import type { Session } from '../../src/workflow/session.js';
import { describeDraws, lastDraw } from '../../src/workflow/split-sources.js';
import { cutOptions, fillCatalog, image, openStoreCatalog, row, type Store } from '../support/release-store.js';
import { useTemporaryFolders } from '../support/temporary-folder.js';

const temporaryFolder = useTemporaryFolders();
const effects: Effects = { ...defaultEffects, now: () => new Date('2026-03-04T05:06:07Z'), warn: () => {} };
let root: string;
let catalog: Catalog;
beforeEach(async () => {
  root = temporaryFolder();
  mkdirSync(join(root, 'splits'));
  catalog = await openStoreCatalog(root);
});
afterEach(() => catalog.close());

const CONFIG: SplitConfig = {
  parts: { train: 0.7, test: 0.3 },
  balance: ['sex', { column: 'age', quantiles: 4 }, 'Manufacturer', 'modality'],
  hold_out: { test: "site = 'S3'" },
  seed: 2026,
};

function options(config: Partial<SplitConfig> = {}): SplitOptions {
  return { name: 'fold', config: { ...CONFIG, ...config }, recordPath: join(root, 'splits', 'fold.csv'), caseTable: 'case', patientLink: null };
}

/** Cases c000, c001, ... with a study and an image each, in a store. */
function makeStore(count: number): Store {
  const ids = Array.from({ length: count }, (_, index) => `c${String(index).padStart(3, '0')}`);
  const cells = (id: string, index: number) => ({ submitter_id: id, sex: ['F', 'M', null][index % 3]!, age: (index * 37) % 91, site: `S${index % 7}` });
  return {
    cases: Object.fromEntries(ids.map((id) => [id, 'accepted' as const])),
    images: ids.map((id, index) => ({ ...image(id, `1.2.${index}`, `1.3.${index}`, `1.4.${index}`, `image ${index}`), modality: index % 4 === 0 ? 'CT' : 'DX' })),
    tables: { case: { columns: { submitter_id: 'VARCHAR', sex: 'VARCHAR', age: 'BIGINT', site: 'VARCHAR' }, key: 'submitter_id', rows: ids.map((id, index) => row([id], cells(id, index))) } },
    assignments: [],
  };
}

/** Fills the catalog anew, but for what the splits of it know; PatientID ties the pairs of cases given. */
async function fill(store: Store, tied: readonly (readonly [string, string])[] = []): Promise<void> {
  await catalog.run('CREATE OR REPLACE TABLE kept AS FROM assignment');
  await fillCatalog(catalog, store, root);
  await catalog.run("INSERT INTO assignment FROM kept; DROP TABLE kept; UPDATE instance SET Manufacturer = 'M' || (hash(case_id) % 3), PatientID = case_id");
  for (const [one, other] of tied) await catalog.run('UPDATE instance SET PatientID = ? WHERE case_id = ?', [one, other]);
}

async function drawAndFreeze(config: Partial<SplitConfig> = {}): Promise<void> {
  await assignSplit(catalog, options(config), effects);
  await freezeSplit(catalog, options(config), effects);
}

async function cut(source: Partial<SplitSource> = {}, changes: Partial<CutOptions> = {}): Promise<string> {
  const split = { name: 'fold', algorithm: 'unknown', seed: '2026', ...(await lastDraw(catalog, 'fold', options().recordPath)), ...source };
  const { published } = await cutRelease(catalog, cutOptions(root, { splits: [split], wholeTables: new Set(), ...changes }), effects);
  return published!.path;
}

const replay = (folder: string): Promise<ReplayReport> => replaySplit('fold', folder, null);

describe('a replay from the tables of a release', () => {
  test('puts every case where it was, one release after the other', async () => {
    await fill(makeStore(60), [['c001', 'c030']]);
    await drawAndFreeze();
    const first = await cut();
    const replayed = await replay(first);
    expect(replayed).toMatchObject({ identical: true, cases: 60, given: 0, drawn: 60, differences: [], input: [], seed: '2026', notes: [] });

    // a frozen case is withdrawn, one of its relatives comes, and others do
    const store = makeStore(75);
    store.cases.c005 = 'withdrawn';
    await fill(store, [['c001', 'c030'], ['c002', 'c070']]);
    await drawAndFreeze();
    const second = await cut({}, { date: '2026-03-01', withdrawals: [{ case_id: 'c005', reason: 'consent', date: '2026-02-20' }] });
    const extended = await replay(second);
    expect(extended).toMatchObject({ identical: true, cases: 74, given: 59, drawn: 15, input: [] });
    expect(extended.notes).toEqual([expect.stringContaining('59 cases were placed by earlier draws'), expect.stringContaining('Frozen cases that had been withdrawn')]);
    // the release before is what it was
    expect(await replay(first)).toEqual(replayed);
  });

  test('of what is not frozen yet, of cases that lie within a part, and again when nobody came', async () => {
    await fill(makeStore(40));
    await catalog.run("INSERT INTO assignment SELECT 'around', row_number() OVER (ORDER BY case_id), case_id, case_id, CASE WHEN case_id < 'c030' THEN 'open' ELSE 'other' END, true, NULL FROM case_");
    const within = { within: { around: 'open' } };
    await assignSplit(catalog, options(within), effects);
    expect(await replay(await cut())).toMatchObject({ identical: true, cases: 30, given: 0, drawn: 30 });
    await freezeSplit(catalog, options(within), effects);
    await assignSplit(catalog, options(within), effects);
    expect(await replay(await cut({}, { bump: 'patch', date: '2026-03-01' }))).toMatchObject({ identical: true, cases: 30, given: 0, drawn: 30 });
  });

  test('keeps linked cases that are frozen apart, and the newcomer that waits for a decision', async () => {
    await fill(makeStore(40));
    await drawAndFreeze();
    const sides = await catalog.all<{ case_id: string }>("SELECT min(case_id) AS case_id FROM assignments WHERE split = 'fold' GROUP BY part ORDER BY case_id");
    const [one, other] = sides.map(({ case_id }) => case_id) as [string, string];
    await fill(makeStore(48), [[one, other], [one, 'c047']]);
    const report = await assignSplit(catalog, options(), effects);
    expect(report.conflicts).toMatchObject([{ withheld: ['c047'] }]);
    await freezeSplit(catalog, options(), effects);
    await expect(cut()).rejects.toMatchObject({ code: 'SPLIT_CONFLICT' });
    await catalog.run(`INSERT INTO finding SELECT 'DUP-009', 'error', '', '{"kind":"case","table":"splits","key":"' || case_id || '","column":"fold"}', NULL, NULL, NULL, '0123456789abcdef', true FROM case_`);
    expect(await replay(await cut())).toMatchObject({ identical: true, cases: 48, given: 40, drawn: 7 });
  });

  test('with limits and cases that a file forces into a part, though the file is not published', async () => {
    await fill(makeStore(60));
    writeFileSync(join(root, 'forced.csv'), 'case_id,part\nc008,test\nc009,train\n');
    const config: Partial<SplitConfig> = { assign: 'forced.csv', limits: [{ part: 'test', where: "sex = 'F'", min: 8 }], unit: 'studies' };
    const own = { ...options(config), folder: root };
    await assignSplit(catalog, own, effects);
    await freezeSplit(catalog, own, effects);
    expect(await replay(await cut())).toMatchObject({ identical: true, cases: 60, drawn: 60, input: [] });
    expect(await catalog.all("SELECT part FROM assignments WHERE case_id IN ('c008', 'c009') ORDER BY case_id")).toEqual([{ part: 'test' }, { part: 'train' }]);
  });

  test('balances numbers and lists of the headers, which a release has as such, however they are written', async () => {
    await fill(makeStore(40));
    await catalog.run(`UPDATE instance SET SliceThickness = (['5.00', '5', ' 1.25 ', '1,5', '', NULL])[(hash(case_id) % 6)::BIGINT + 1], KVP = (['120', '1.2e2', '80.0'])[(hash(case_id) % 3)::BIGINT + 1],
      "Rows" = (['512', '1024'])[(hash(case_id) % 2)::BIGINT + 1], ImageType = (['ORIGINAL\\PRIMARY', 'DERIVED\\SECONDARY\\', '', NULL])[(hash(case_id) % 4)::BIGINT + 1]`);
    const config: Partial<SplitConfig> = { balance: ['SliceThickness', { column: 'KVP', bins: [100] }, 'Rows', { column: 'ImageType', separator: '\\' }] };
    await drawAndFreeze(config);
    const folder = await cut();
    expect(await replay(folder)).toMatchObject({ identical: true, cases: 40, differences: [], input: [] });
    const [row] = await catalog.all<{ thickness: string }>(`SELECT string_agg(DISTINCT SliceThickness::VARCHAR, ' ' ORDER BY SliceThickness::VARCHAR) AS thickness FROM '${join(folder, 'data/tables/instances.parquet')}'`);
    expect(row?.thickness).toBe('1.25 5.0');
  });

  test('of a sample', async () => {
    await fill(makeStore(60));
    const sample: Partial<SplitConfig> = { kind: 'sample', balance: ['sex'], sample: { size: 20, targets: { sex: { F: 0.5, M: 0.5 } }, tolerance: 0.1 } };
    const { parts: _parts, hold_out: _holdOut, ...rest } = CONFIG;
    const own = { ...options(), config: { ...rest, ...sample } as SplitConfig };
    await assignSplit(catalog, own, effects);
    await freezeSplit(catalog, own, effects);
    expect(await replay(await cut())).toMatchObject({ identical: true, cases: 60, drawn: 20 });
  });
});

describe('nothing is told of a draw that could give away what is kept back', () => {
  const described = async (splits: Record<string, Partial<SplitConfig>> = {}, seed: string | null = '2026'): Promise<SplitSource['draw']> => {
    const config = { dataset: { id: 'demo', title: 'A demo', license: 'CC0-1.0' }, sources: [{ name: 'tables', kind: 'tables', path: 't' }], tables: { case: { key: 'submitter_id' } }, splits: { fold: CONFIG, ...splits } };
    const workspace = { root, config, paths: { splits: join(root, 'splits') } } as unknown as Session['workspace'];
    const context = { cases: { table: 'case', key: 'submitter_id' }, lineage: [] };
    const [source] = await describeDraws({ workspace, catalog, pack: null }, context, [{ name: 'fold', algorithm: 'x', seed }]);
    return source?.draw ?? null;
  };
  beforeEach(async () => {
    await fill(makeStore(40));
    await drawAndFreeze();
  });

  test('it is told when all of its cases are released', async () => {
    expect(await described()).toMatchObject({ batch: 1, cases: 40 });
    // also when the catalog was built anew since
    await catalog.run('DELETE FROM split_draw; DELETE FROM split_member');
    expect(await described()).toMatchObject({ batch: 1, cases: 40 });
  });

  test.each(['withheld', 'withdrawn'])('not when one of its cases is %s', async (status) => {
    await catalog.run(`UPDATE case_ SET status = '${status}' WHERE case_id = 'c007'`);
    expect(await described()).toBeNull();
    await catalog.run('DELETE FROM split_draw; DELETE FROM split_member');
    expect(await described()).toBeNull();
  });

  test('not when it has a hidden part or a secret seed, nor when another split hides a column that it speaks of', async () => {
    expect(await described({ fold: { ...CONFIG, hidden: { part: 'test' } } })).toBeNull();
    expect(await described({ fold: { ...CONFIG, seed: { file: 'private/seed' } } }, null)).toBeNull();
    for (const column of ['sex', 'case.Sex', 'site']) expect(await described({ other: { parts: { a: 1 }, seed: 1, hidden: { part: 'a', columns: [column] } } })).toBeNull();
    expect(await described({ other: { parts: { a: 1 }, seed: 1, hidden: { part: 'a', columns: ['covid19_positive'] } } })).not.toBeNull();
  });
});

describe('what differs is told', () => {
  test('another seed', async () => {
    await fill(makeStore(60));
    await drawAndFreeze();
    const report = await replay(await cut({ seed: '7' }));
    expect(report.identical).toBe(false);
    expect(report.input).toEqual([{ what: 'settings', message: expect.stringContaining('seed') }]);
    expect(report.total_differences).toBeGreaterThan(0);
    expect(report.differences[0]).toEqual({ case_id: expect.stringMatching(/^c/), released: expect.stringMatching(/^t/), drawn: expect.stringMatching(/^t/) });
  });

  test('a value, an image, a link, a case that came or went since the draw', async () => {
    await fill(makeStore(60));
    await drawAndFreeze();
    const inputs = async (version: string): Promise<string[]> => (await replay(version)).input.map(({ what, variable }) => variable ?? what);
    await catalog.run("UPDATE clinical_case SET sex = 'M' WHERE submitter_id = 'c000'");
    expect(await inputs(await cut())).toEqual(['sex']);
    await catalog.run("UPDATE clinical_case SET sex = 'F' WHERE submitter_id = 'c000'; UPDATE case_ SET status = 'withdrawn' WHERE case_id = 'c003'");
    const gone = await replay(await cut({}, { date: '2026-03-01', withdrawals: [{ case_id: 'c003', reason: 'consent', date: '2026-02-20' }] }));
    expect(gone.input).toContainEqual({ what: 'cases', message: expect.stringContaining('60 then, 59 here') });
  });

  test('who drew it, when nobody says, and what cannot be opened', async () => {
    await fill(makeStore(20));
    await drawAndFreeze();
    const { draw } = await lastDraw(catalog, 'fold', options().recordPath);
    const silent = await cut({ draw: null });
    await expect(replay(silent)).rejects.toMatchObject({ code: 'SPLIT_NOT_REPLAYABLE', exitCode: 3 });
    await expect(replaySplit('flod', silent, null)).rejects.toMatchObject({ code: 'SPLIT_UNKNOWN', exitCode: 2, suggestions: ['Did you mean fold?'] });
    await expect(replaySplit('fold', root, null)).rejects.toMatchObject({ code: 'NOT_A_RELEASE' });
    await expect(replaySplit('fold', '9.9.9', null)).rejects.toMatchObject({ code: 'RELEASE_NOT_FOUND' });
    const old = await cut({ draw: { ...draw!, algorithm: 'coin/1' } }, { bump: 'patch', date: '2026-03-01' });
    await expect(replay(old)).rejects.toMatchObject({ code: 'SPLIT_NOT_REPLAYABLE', found: 'coin/1' });
  });
});
