import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { ReleaseDocument } from '../../src/model/release.js';
import { planRelease } from '../../src/workflow/release.js';
import { auditOpening } from '../../src/workflow/split-audit.js';
import { commitHiddenPart } from '../../src/workflow/split-commitment.js';
import { proveCase, revealSplit } from '../../src/workflow/split-opening.js';
import { commitSplitSeed } from '../../src/workflow/split-seed.js';
import { assignWorkspaceSplit } from '../../src/workflow/split.js';
import type { Workspace } from '../../src/workspace/workspace.js';
import { configureSmall, EFFECTS, failure, freezeSmall, membersOf, publishSmall, pullSmall, smallCases, useFrozenWorkspace, type SmallConfig } from '../support/hidden-workspace.js';
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

describe('committing and opening', () => {
  let workspace: Workspace;
  beforeEach(async () => {
    workspace = frozen(root);
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
