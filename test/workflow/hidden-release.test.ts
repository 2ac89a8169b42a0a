import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { ReleaseDocument } from '../../src/model/release.js';
import { queryRelease } from '../../src/workflow/query.js';
import { planRelease } from '../../src/workflow/release.js';
import { auditOpening } from '../../src/workflow/split-audit.js';
import { commitHiddenPart } from '../../src/workflow/split-commitment.js';
import { proveCase, revealSplit } from '../../src/workflow/split-opening.js';
import { assignWorkspaceSplit } from '../../src/workflow/split.js';
import type { Workspace } from '../../src/workspace/workspace.js';
import { benchmark, configureSmall, EFFECTS, everythingIn, failure, freezeSmall, membersOf, publishSmall, pullSmall, smallCases, useFrozenWorkspace, type SmallConfig } from '../support/hidden-workspace.js';
import { useTemporaryFolders } from '../support/temporary-folder.js';

const makeFolder = useTemporaryFolders();
let folder: string;
let root: string;
const key = () => join(folder, 'master.key');
beforeEach(() => {
  folder = makeFolder();
  root = join(folder, 'workspace');
});

const frozen = useFrozenWorkspace();
const CASES = smallCases(40);
const commit = (workspace: Workspace, reason?: string) => commitHiddenPart(workspace, 'benchmark', { key: key(), ...(reason === undefined ? {} : { reason }) }, EFFECTS);
const hiddenOnes = () => membersOf(root, 'benchmark', 'test');
const document = (at = root, version = '1.0.0') => JSON.parse(readFileSync(join(at, 'releases', version, 'release.json'), 'utf8')) as ReleaseDocument;

describe('a hidden part stays out of a release', () => {
  test('no case, label, seed, key or nonce of it is in any file, and the release verifies and says what it commits to', async () => {
    const workspace = frozen(root);
    await commit(workspace);
    const cut = await publishSmall(workspace);
    expect(cut.verified?.files).toBeGreaterThan(10);
    const said = await everythingIn(join(root, 'releases/1.0.0'));
    const hidden = hiddenOnes();
    expect(hidden.length).toBeGreaterThan(8);
    await revealSplit(workspace, 'benchmark', { key: key(), output: join(folder, 'reveal.json'), seed: true }, EFFECTS);
    const reveal = JSON.parse(readFileSync(join(folder, 'reveal.json'), 'utf8')) as { opening: { rows: { nonce: string }[]; padding_key: string }; seed: { secret: string; effective: string } };
    const secrets = [
      ...hidden.flatMap((id) => [id, id.slice(1)]),
      readFileSync(key(), 'utf8').trim(),
      readFileSync(join(root, 'private/benchmark.seed'), 'utf8').trim(),
      reveal.seed.effective,
      reveal.opening.padding_key,
      ...reveal.opening.rows.map(({ nonce }) => nonce),
    ];
    for (const secret of secrets) expect([secret, said.includes(secret)]).toEqual([secret, false]);
    const released = (await queryRelease(join(root, 'releases/1.0.0'), 'SELECT case_id FROM cases ORDER BY 1')).rows.map(({ case_id }) => String(case_id));
    expect(released).toEqual(CASES.map(({ case_id }) => case_id).filter((id) => !hidden.includes(id)).sort());
    const { splits, commitments, seeds } = document();
    expect(splits).toMatchObject([{ name: 'benchmark', seed: null, parts: { train: 20, validation: 8 } }]);
    expect(Object.keys(splits[0]!.parts)).toEqual(['train', 'validation']);
    expect(commitments).toMatchObject([{ split: 'benchmark', part: 'test', size: 256, columns: ['case_id', 'label', 'sex'], path: 'data/commitments/benchmark.txt' }]);
    expect(seeds).toMatchObject([{ split: 'benchmark', again: [], public: null }]);
  });

  test('another split that was drawn over hidden cases tells neither its seed nor what it was drawn from', async () => {
    const workspace = frozen(root, { splits: { benchmark: benchmark(), other: { parts: { a: 0.5, b: 0.5 }, balance: ['sex'], seed: 77_001 }, within: { within: { benchmark: 'train' }, folds: 2, balance: ['sex'], seed: 77_002 } } });
    for (const name of ['other', 'within']) await freezeSmall(workspace, name);
    await commit(workspace);
    await publishSmall(workspace);
    const told = document().splits.map(({ name, seed, draw }) => [name, seed, draw !== undefined]);
    expect(told).toEqual([['benchmark', null, false], ['other', null, false], ['within', '77002', true]]);
    const said = await everythingIn(join(root, 'releases/1.0.0'));
    expect([said.includes('77001'), said.includes('77002')]).toEqual([false, true]);
    for (const id of hiddenOnes()) expect(said.includes(id)).toBe(false);
  });

  test('cases that may still be drawn into it stay out too; what can still move stops a release', async () => {
    const workspace = frozen(root);
    await commit(workspace);
    const later = [...CASES, ...smallCases(44).slice(40)];
    await pullSmall(workspace, later);
    const plan = await planRelease(workspace, { date: '2026-03-02' }, EFFECTS);
    expect(plan.notes.join(' ')).toContain('4 accepted cases are withheld: not drawn yet into the split benchmark');
    expect(plan.counts.cases).toBe(28);
    await assignWorkspaceSplit(workspace, 'benchmark', {}, EFFECTS);
    expect(await failure(publishSmall(workspace))).toMatchObject({ code: 'SPLIT_STALE', message: expect.stringContaining('can still move') });
    expect(await failure(commit(workspace, 'new cases'))).toMatchObject({ code: 'SPLIT_STALE', message: expect.stringContaining('not frozen') });
  });

  test('a commitment that no longer is to the hidden part stops a release, until there is another one with a reason', async () => {
    const workspace = frozen(root);
    await commit(workspace);
    const [id] = hiddenOnes();
    await pullSmall(workspace, CASES.map((each) => (each.case_id === id ? { ...each, label: 'mark-corrected' } : each)));
    expect(await failure(publishSmall(workspace))).toMatchObject({ code: 'SPLIT_STALE', message: expect.stringContaining('not as it was committed') });
    expect(await failure(commit(workspace))).toMatchObject({ code: 'USAGE' });
    expect(await commit(workspace, 'a label was corrected')).toMatchObject({ sequence: 2, reason: 'a label was corrected', key_created: false });
    await publishSmall(workspace);
    // both can be proven: the one of the release, and the one before it
    for (const [commitment, label] of [[1, CASES.find((each) => each.case_id === id)!.label], [2, 'mark-corrected']] as const) {
      const output = join(folder, `proof-${commitment}.json`);
      await proveCase(workspace, 'benchmark', id!, { key: key(), output, commitment }, EFFECTS);
      expect(readFileSync(output, 'utf8')).toContain(label);
      const audit = await auditOpening(output, { release: join(root, 'releases/1.0.0') });
      expect([commitment, audit.ok]).toEqual([commitment, commitment === 2]);
    }
    const roots = JSON.parse(readFileSync(join(root, 'splits/benchmark.commitment.json'), 'utf8')) as { commitments: { root: string }[] };
    expect(await auditOpening(join(folder, 'proof-1.json'), { root: roots.commitments[0]!.root })).toMatchObject({ ok: true });
  });
});

describe('hidden cases that are released without some columns', () => {
  const config: SmallConfig = {
    splits: {
      benchmark: benchmark({ hidden: { part: 'test', columns: ['label', 'measurement.result'] } }),
      inner: { within: { benchmark: 'test' }, parts: { a: 0.5, b: 0.5 }, seed: 4 },
      outer: { within: { benchmark: 'train' }, parts: { a: 0.5, b: 0.5 }, seed: 5 },
    },
  };

  test('have none of their values, in no table; rows of others keep theirs; no split tells the part', async () => {
    const workspace = frozen(root, config);
    for (const name of ['inner', 'outer']) await freezeSmall(workspace, name);
    await commit(workspace);
    const plan = await planRelease(workspace, { date: '2026-03-02' }, EFFECTS);
    expect(plan.notes.join(' ')).toMatch(/released without label, measurement.result.*The rows of outer are those of a visible part/);
    await publishSmall(workspace);
    const release = join(root, 'releases/1.0.0');
    const hidden = new Set(hiddenOnes());
    const { rows } = await queryRelease(release, 'SELECT c.case_id, c.sex, c.label, list(m.result ORDER BY m.measurement_id) AS results FROM clinical_case AS c JOIN clinical_measurement AS m ON m.case_id = c.case_id GROUP BY ALL ORDER BY 1');
    expect(rows).toEqual(
      CASES.map(({ case_id, sex, label, results }) => (hidden.has(case_id) ? { case_id, sex, label: null, results: [null, null] } : { case_id, sex, label, results })).sort((a, b) => (a.case_id < b.case_id ? -1 : 1)),
    );
    expect(document().splits.map(({ name }) => name)).toEqual(['outer']);
    expect((await queryRelease(release, 'SELECT DISTINCT split FROM splits')).rows).toEqual([{ split: 'outer' }]);
    expect(await everythingIn(release)).not.toContain('"test":');
  });

  test('a column that does not exist, that names rows, or is no column, is refused before anything is committed or released', async () => {
    const workspace = frozen(root);
    for (const [column, message] of [['lable', 'lable'], ['case_id', 'names the rows'], ['measurement.measurement_id', 'names the rows'], ['modality', 'no column']] as const) {
      const changed = configureSmall(root, { splits: { benchmark: benchmark({ hidden: { part: 'test', columns: [column] } }) } });
      expect(await failure(commit(changed))).toMatchObject({ code: 'CONFIG_INVALID', message: expect.stringContaining(message) });
      expect(await failure(planRelease(changed, { date: '2026-03-02' }, EFFECTS))).toMatchObject({ code: 'CONFIG_INVALID' });
    }
    expect(workspace.root).toBe(root);
  });
});
