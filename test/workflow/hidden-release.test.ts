import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { ReleaseDocument } from '../../src/model/release.js';
import { queryRelease } from '../../src/workflow/query.js';
import { planRelease } from '../../src/workflow/release.js';
import { auditOpening } from '../../src/workflow/split-audit.js';
import { commitHiddenPart } from '../../src/workflow/split-commitment.js';
import { proveCase, revealSplit } from '../../src/workflow/split-opening.js';
import { commitSplitSeed } from '../../src/workflow/split-seed.js';
import { assignWorkspaceSplit } from '../../src/workflow/split.js';
import type { Workspace } from '../../src/workspace/workspace.js';
import { configureSmall, EFFECTS, everythingIn, filesBelow, freezeSmall, membersOf, publishSmall, pullSmall, smallCases, type SmallCase, type SmallConfig } from '../support/hidden-workspace.js';
import { useTemporaryFolders } from '../support/temporary-folder.js';

const makeFolder = useTemporaryFolders();
const CASES = smallCases(40);
const benchmark = (more: object = {}) => ({ parts: { train: 0.5, validation: 0.2, test: 0.3 }, balance: ['sex'], seed: { file: 'private/benchmark.seed' }, hidden: { part: 'test' }, ...more });
const KEPT_OUT: SmallConfig = { splits: { benchmark: benchmark() } };

let folder: string;
let root: string;
const key = () => join(folder, 'master.key');
beforeEach(() => {
  folder = makeFolder();
  root = join(folder, 'workspace');
});

/** A workspace whose split is drawn with a secret seed, and frozen. */
async function makeFrozen(config: SmallConfig = KEPT_OUT, cases: readonly SmallCase[] = CASES): Promise<Workspace> {
  const workspace = configureSmall(root, config);
  await pullSmall(workspace, cases);
  await commitSplitSeed(workspace, 'benchmark', { date: '2026-02-01' }, EFFECTS);
  await freezeSmall(workspace, 'benchmark');
  return workspace;
}

const commit = (workspace: Workspace, reason?: string) => commitHiddenPart(workspace, 'benchmark', { key: key(), ...(reason === undefined ? {} : { reason }) }, EFFECTS);
const hiddenOnes = () => membersOf(root, 'benchmark', 'test');
const document = (at = root, version = '1.0.0') => JSON.parse(readFileSync(join(at, 'releases', version, 'release.json'), 'utf8')) as ReleaseDocument;
const failure = (work: Promise<unknown>) => work.then(() => ({ code: 'none', message: '' }), (error: { code: string; message: string; suggestions: string[] }) => error);

describe('a hidden part stays out of a release', () => {
  test('no case, label, seed, key or nonce of it is in any file, and the release verifies and says what it commits to', async () => {
    const workspace = await makeFrozen();
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

  test('cases that may still be drawn into it stay out too; what can still move stops a release', async () => {
    const workspace = await makeFrozen();
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
    const workspace = await makeFrozen();
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

/** What of two releases may differ: random-looking numbers of equal length. */
function maskRandom(path: string, bytes: Buffer): string {
  const text = bytes.toString('latin1');
  if (path.startsWith('data/commitments/')) return text.replace(/[0-9a-f]/g, 'x');
  return /\.(txt|json)$/.test(path) && !path.startsWith('data/gate') ? text.replace(/[0-9a-f]{64}|(?<="commitment":")[0-9a-f]{32}/g, (hex) => 'x'.repeat(hex.length)) : text;
}

function expectIndistinguishable(left: string, right: string, versions = ['1.0.0', '1.0.0']): void {
  const [a, b] = [left, right].map((at, side) => filesBelow(join(at, 'releases', versions[side]!))) as [Map<string, Buffer>, Map<string, Buffer>];
  expect([...b.keys()]).toEqual([...a.keys()]);
  for (const [path, bytes] of a) {
    expect([path, b.get(path)!.length]).toEqual([path, bytes.length]);
    expect(maskRandom(path, b.get(path)!)).toBe(maskRandom(path, bytes));
  }
  // the content hashes, the tables and all counts are the same to the byte: only what commits differs
  const differs = [...a].flatMap(([path, bytes]) => (b.get(path)!.equals(bytes) ? [] : [path]));
  expect(differs).toEqual(['data/commitments/benchmark.txt', 'data/datapackage.json', 'manifest-sha256.txt', 'release.json', 'tagmanifest-sha256.txt']);
  const [x, y] = [document(left, versions[0]), document(right, versions[1])];
  expect(y.digests.content).toBe(x.digests.content);
  const bare = (each: ReleaseDocument) => ({ ...each, digests: { ...each.digests, manifest: '' }, commitments: each.commitments!.map((one) => ({ ...one, root: '', commitment: '' })), seeds: each.seeds!.map((one) => ({ ...one, commitment: '' })) });
  expect(bare(y)).toEqual(bare(x));
}

describe('the distinguishing game: nobody can tell by the release what is hidden', () => {
  /** A second world: the same workspace up to the frozen split, then with other hidden cases. */
  async function otherWorld(name: string, config: SmallConfig, change: (cases: SmallCase[], hidden: ReadonlySet<string>) => SmallCase[]): Promise<string> {
    const other = join(folder, name);
    cpSync(root, other, { recursive: true });
    rmSync(join(other, 'releases'), { recursive: true, force: true });
    const workspace = configureSmall(other, config);
    await pullSmall(workspace, change([...CASES], new Set(hiddenOnes())));
    await commitHiddenPart(workspace, 'benchmark', { key: join(folder, `${name}.key`) }, EFFECTS);
    await publishSmall(workspace);
    return other;
  }

  const flip = (each: SmallCase): SmallCase => ({ ...each, label: each.label === 'mark-positive' ? 'mark-negative' : 'mark-positive', results: each.results.map((result) => 96 - result) });

  test('labels, values, number and order of cases that stay out', async () => {
    const workspace = await makeFrozen();
    const worlds = [
      await otherWorld('labels', KEPT_OUT, (cases, hidden) => cases.map((each) => (hidden.has(each.case_id) ? flip(each) : each))),
      await otherWorld('fewer', KEPT_OUT, (cases, hidden) => cases.filter(({ case_id }) => !hidden.has(case_id) || case_id === [...hidden][0])),
      await otherWorld('order', KEPT_OUT, (cases) => cases.toReversed()),
      await otherWorld('rows', KEPT_OUT, (cases, hidden) => cases.map((each) => (hidden.has(each.case_id) ? { ...each, results: [1, 2, 3, 4] } : each))),
    ];
    await commit(workspace);
    await publishSmall(workspace);
    for (const world of worlds) expectIndistinguishable(root, world);
  });

  test('labels of cases that are released without them', async () => {
    const config: SmallConfig = { splits: { benchmark: benchmark({ hidden: { part: 'test', columns: ['label', 'measurement.result'] } }) } };
    const workspace = await makeFrozen(config);
    const world = await otherWorld('labels', config, (cases, hidden) => cases.map((each) => (hidden.has(each.case_id) ? flip(each) : each)));
    await commit(workspace);
    await publishSmall(workspace);
    expectIndistinguishable(root, world);
  });

  test('membership and number, when nothing but the part is hidden of released cases', async () => {
    const hide = (train: number): SmallConfig => ({ splits: { benchmark: { parts: { train, test: 1 - train }, seed: { file: 'private/benchmark.seed' }, hidden: { part: 'test', columns: [] } } } });
    const first = root;
    const left = await makeFrozen(hide(0.7));
    await commit(left);
    await publishSmall(left);
    const members = hiddenOnes();
    root = join(folder, 'second');
    const right = await makeFrozen(hide(0.45));
    await commitHiddenPart(right, 'benchmark', { key: join(folder, 'second.key') , size: 256 }, EFFECTS);
    await publishSmall(right);
    expect(members.length).toBe(12);
    expect(hiddenOnes().length).toBe(22);
    expect(document().splits).toEqual([]);
    expectIndistinguishable(first, root);
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
    const workspace = await makeFrozen(config);
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
    const workspace = await makeFrozen();
    for (const [column, message] of [['lable', 'lable'], ['case_id', 'names the rows'], ['measurement.measurement_id', 'names the rows'], ['modality', 'no column']] as const) {
      const changed = configureSmall(root, { splits: { benchmark: benchmark({ hidden: { part: 'test', columns: [column] } }) } });
      expect(await failure(commit(changed))).toMatchObject({ code: 'CONFIG_INVALID', message: expect.stringContaining(message) });
      expect(await failure(planRelease(changed, { date: '2026-03-02' }, EFFECTS))).toMatchObject({ code: 'CONFIG_INVALID' });
    }
    expect(workspace.root).toBe(root);
  });
});

describe('committing and opening', () => {
  let workspace: Workspace;
  beforeEach(async () => {
    workspace = await makeFrozen();
    await commit(workspace);
  });

  test('the same key, always: another or a missing one is refused, a new one has to be asked for', async () => {
    writeFileSync(join(folder, 'other.key'), `${'a'.repeat(64)}\n`, { mode: 0o600 });
    const output = join(folder, 'proof.json');
    const [id] = hiddenOnes();
    for (const [name, code] of [['other.key', 'SECRET_UNSAFE'], ['none.key', 'SECRET_UNSAFE']] as const) {
      const options = { key: join(folder, name), output };
      expect(await failure(proveCase(workspace, 'benchmark', id!, options, EFFECTS))).toMatchObject({ code });
      expect(await failure(revealSplit(workspace, 'benchmark', options, EFFECTS))).toMatchObject({ code });
      expect(await failure(commitHiddenPart(workspace, 'benchmark', { key: join(folder, name), reason: 'x' }, EFFECTS))).toMatchObject({ code });
    }
    expect(await commitHiddenPart(workspace, 'benchmark', { key: join(folder, 'new.key'), newKey: true, reason: 'the old one is lost' }, EFFECTS)).toMatchObject({ sequence: 2, key_created: true });
    expect(await failure(commitHiddenPart(workspace, 'benchmark', { key: join(folder, 'new.key'), newKey: true, reason: 'x' }, EFFECTS))).toMatchObject({ code: 'SECRET_UNSAFE' });
  });

  test('a visible case, an unknown case, an output that is there or would be published, are refused', async () => {
    const [id] = hiddenOnes();
    const [visible] = membersOf(root, 'benchmark', 'train');
    const prove = (caseId: string, output: string) => failure(proveCase(workspace, 'benchmark', caseId, { key: key(), output }, EFFECTS));
    expect(await prove(visible!, join(folder, 'p.json'))).toMatchObject({ code: 'CASE_UNKNOWN' });
    expect(await prove('nobody', join(folder, 'p.json'))).toMatchObject({ code: 'CASE_UNKNOWN' });
    expect(await prove(id!, key())).toMatchObject({ code: 'USAGE', message: expect.stringContaining('not replaced') });
    expect(await prove(id!, join(root, 'releases/p.json'))).toMatchObject({ code: 'USAGE' });
    expect(await prove(id!, join(root, 'splits/p.json'))).toMatchObject({ code: 'USAGE' });
  });

  test('rows, list or record that were changed since are found before anything is opened or released', async () => {
    const rows = join(root, 'private/benchmark.commitment-1.json');
    const list = join(root, 'splits/benchmark.commitment-1.txt');
    const record = join(root, 'splits/benchmark.commitment.json');
    const [id] = hiddenOnes();
    const spoilt = [
      [rows, (text: string) => text.replace('mark-negative', 'mark-positive')],
      [list, (text: string) => text.slice(65)],
      [record, (text: string) => text.replace(/"root": "[0-9a-f]/, '"root": "x')],
      [record, (text: string) => text.replace('"sequence": 1', '"sequence": 2')],
    ] as const;
    for (const [path, change] of spoilt) {
      const text = readFileSync(path, 'utf8');
      writeFileSync(path, change(text));
      const opened = path === list ? failure(planRelease(workspace, { date: '2026-03-02' }, EFFECTS)) : failure(proveCase(workspace, 'benchmark', id!, { key: key(), output: join(folder, 'p.json') }, EFFECTS));
      expect([path, await opened]).toEqual([path, expect.objectContaining({ code: 'COMMITMENT_INVALID' })]);
      writeFileSync(path, text);
    }
  });
});

describe('a seed that was committed to', () => {
  const config = (more: object = {}): SmallConfig => ({ splits: { benchmark: { parts: { train: 0.5, test: 0.5 }, balance: ['sex'], seed: { file: 'private/benchmark.seed' }, ...more } } });
  let workspace: Workspace;
  beforeEach(async () => {
    workspace = configureSmall(root, config());
    await pullSmall(workspace, CASES);
  });

  test('must be committed to before it draws, is in no report, and can be drawn once only', async () => {
    expect(await failure(assignWorkspaceSplit(workspace, 'benchmark', {}, EFFECTS))).toMatchObject({ code: 'SPLIT_NOT_ASSIGNED' });
    const early = configureSmall(root, config({ seed: { file: 'private/benchmark.seed', public: 'known' } }));
    expect(await failure(commitSplitSeed(early, 'benchmark', {}, EFFECTS))).toMatchObject({ code: 'USAGE', message: expect.stringContaining('known already') });
    const report = await commitSplitSeed(workspace, 'benchmark', { beacon: 'drand round 7' }, EFFECTS);
    expect(report).toMatchObject({ drawn: true, beacon: 'drand round 7', reason: null });
    expect(await failure(commitSplitSeed(workspace, 'benchmark', {}, EFFECTS))).toMatchObject({ code: 'USAGE' });
    const drawn = await assignWorkspaceSplit(workspace, 'benchmark', {}, EFFECTS);
    expect(drawn).toMatchObject({ seed: `committed ${report.commitment}` });
    const secret = readFileSync(join(root, 'private/benchmark.seed'), 'utf8').trim();
    expect(JSON.stringify([report, drawn])).not.toContain(secret);
  });

  test('draws otherwise once the public randomness is mixed in', async () => {
    await commitSplitSeed(workspace, 'benchmark', {}, EFFECTS);
    const parts = [];
    for (const value of [undefined, 'beef', 'cafe']) {
      const mixed = configureSmall(root, config({ seed: { file: 'private/benchmark.seed', ...(value === undefined ? {} : { public: value }) } }));
      const report = await assignWorkspaceSplit(mixed, 'benchmark', {}, EFFECTS);
      parts.push((report as { input_digest: string }).input_digest);
    }
    expect(new Set(parts).size).toBe(3);
  });

  test('refuses another configuration, unless that is committed to with a reason, which the release tells', async () => {
    await commitSplitSeed(workspace, 'benchmark', {}, EFFECTS);
    const changed = configureSmall(root, config({ parts: { train: 0.6, test: 0.4 } }));
    expect(await failure(assignWorkspaceSplit(changed, 'benchmark', {}, EFFECTS))).toMatchObject({ code: 'SPLIT_STALE' });
    await commitSplitSeed(changed, 'benchmark', { reason: 'site C joined' }, EFFECTS);
    await freezeSmall(changed, 'benchmark');
    await publishSmall(changed);
    expect(document()).toMatchObject({ splits: [{ name: 'benchmark', seed: null }], seeds: [{ split: 'benchmark', again: [{ reason: 'site C joined' }] }] });
    await revealSplit(changed, 'benchmark', { output: join(folder, 'seed.json'), seed: true }, EFFECTS);
    expect(await auditOpening(join(folder, 'seed.json'), { release: join(root, 'releases/1.0.0') })).toMatchObject({ ok: true, kind: 'reveal', rows: 0 });
    // told once, the next release gives it
    await publishSmall(changed);
    const effective = (JSON.parse(readFileSync(join(folder, 'seed.json'), 'utf8')) as { seed: { effective: string } }).seed.effective;
    expect(document(root, '1.0.1').splits[0]?.seed).toBe(effective);
    expect(await auditOpening(join(folder, 'seed.json'), { release: join(root, 'releases/1.0.1') })).toMatchObject({ ok: true });
  });

  test('is refused when its file holds another one, or is gone', async () => {
    await commitSplitSeed(workspace, 'benchmark', {}, EFFECTS);
    writeFileSync(join(root, 'private/benchmark.seed'), `${'b'.repeat(64)}\n`, { mode: 0o600 });
    expect(await failure(assignWorkspaceSplit(workspace, 'benchmark', {}, EFFECTS))).toMatchObject({ code: 'SECRET_UNSAFE', message: expect.stringContaining('not the one') });
    rmSync(join(root, 'private/benchmark.seed'));
    expect(await failure(assignWorkspaceSplit(workspace, 'benchmark', {}, EFFECTS))).toMatchObject({ code: 'SECRET_UNSAFE', message: expect.stringContaining('not there') });
  });
});

