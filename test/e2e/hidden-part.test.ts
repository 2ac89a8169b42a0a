import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { AuditReport, CommitReport, ProofDocument, ProveReport, RevealDocument, RevealReport, SeedReport } from '../../src/model/commitment.js';
import type { ReleaseDocument } from '../../src/model/release.js';
import type { CutReport } from '../../src/model/release-reports.js';
import type { VerifyReport } from '../../src/model/verification.js';
import { auditOpening } from '../../src/workflow/split-audit.js';
import { runCli, type CliResult } from '../support/cli.js';
import { everythingIn, membersOf } from '../support/hidden-workspace.js';
import { makeSampleWorkspace, runJson } from '../support/sample-workspace.js';

const DAY = '2026-03-02';
const SPLITS = `splits:
  benchmark:
    parts: {train: 0.6, validation: 0.2, test: 0.2}
    balance: [sex, covid19_positive, modality]
    seed: {file: private/benchmark.seed}
    hidden: {part: test}

release:
  payload: copy
  md5: true
`;

let root: string;
/** A place without any workspace, where the auditor sits. */
let outside: string;
let key: string;
/** All that commands in the workspace said; an audit speaks of what was opened. */
const said: string[] = [];
beforeAll(async () => {
  root = await makeSampleWorkspace();
  outside = mkdtempSync(join(tmpdir(), 'colophon-auditor-'));
  key = join(outside, 'keys/benchmark.key');
  mkdirSync(join(outside, 'keys'), { mode: 0o700 });
  const config = join(root, 'colophon.yaml');
  const text = readFileSync(config, 'utf8');
  // what this is about is not burned-in text, which takes most of the time of a gate
  writeFileSync(config, `${text.slice(0, text.indexOf('splits:')).replace('profile: public', "profile: public\n  ocr: 'off'")}${SPLITS}`);
});
afterAll(() => {
  for (const folder of [root, outside]) rmSync(folder, { recursive: true, force: true });
});

/** Runs a command for people, keeps all it says, and checks its status. */
async function run(args: string[], status = 0, cwd = root): Promise<CliResult> {
  const result = await runCli(args, cwd);
  if (cwd === root) said.push(result.stdout, result.stderr);
  expect([args.join(' '), result.status, result.status === status ? '' : result.stderr]).toEqual([args.join(' '), status, '']);
  return result;
}

async function json<T>(args: string[], status = 0, cwd = root): Promise<T> {
  const value = await runJson<T>(cwd, args, status);
  if (cwd === root) said.push(JSON.stringify(value));
  return value;
}

const release = () => join(root, 'releases/1.0.0');
const read = <T>(path: string): T => JSON.parse(readFileSync(path, 'utf8')) as T;
const audit = (file: string, status = 0, against = ['--release', release()]) => json<AuditReport>(['split', 'audit', file, ...against], status, outside);

/** The same audit in this process: each of many forgeries need not start a program. */
const kindsOf = async (file: string, against = release()) => (await auditOpening(file, { release: against })).problems.map(({ kind }) => kind);

/** Writes a changed copy of an opening. */
function forge<T>(name: string, from: string, change: (document: T) => void): string {
  const document = read<T>(from);
  change(document);
  const path = join(outside, name);
  writeFileSync(path, JSON.stringify(document));
  return path;
}

describe('a hidden part, from the committed seed to the audit', () => {
  test('the seed is committed to before anybody draws, into a file that nobody else can read', async () => {
    await run(['pull', '-q', '--jobs', '2']);
    expect(await json(['split', 'assign', 'benchmark'], 3)).toMatchObject({ error: { code: 'SPLIT_NOT_ASSIGNED' } });
    const seed = await json<SeedReport>(['split', 'seed', 'benchmark', '--beacon', 'drand round 5000000', '--date', DAY]);
    expect(seed).toMatchObject({ split: 'benchmark', drawn: true, file: 'private/benchmark.seed' });
    if (process.platform !== 'win32') expect(statSync(join(root, 'private/benchmark.seed')).mode & 0o777).toBe(0o600);
    await run(['split', 'seed', 'benchmark'], 2);
    writeFileSync(join(root, 'colophon.yaml'), readFileSync(join(root, 'colophon.yaml'), 'utf8').replace('private/benchmark.seed}', 'private/benchmark.seed, public: 8f3ac1}'));
    await run(['split', 'assign', 'benchmark']);
    await run(['split', 'freeze', 'benchmark', '--date', DAY]);
    await run(['split', 'report', 'benchmark', '--json']);
  });

  test('the hidden part is committed to under a key outside the workspace', async () => {
    await run(['split', 'commit', 'benchmark', '--key', join(root, 'private/k')], 3);
    const commit = await json<CommitReport>(['split', 'commit', 'benchmark', '--key', key, '--date', DAY]);
    expect(commit).toMatchObject({ sequence: 1, part: 'test', size: 256, key_created: true, key_file: key });
    await run(['split', 'commit', 'benchmark', '--key', key], 2);
    await run(['split', 'commit', 'nothing', '--key', key], 2);
  });

  test('the release says nothing of it but the commitment, and verifies', async () => {
    await run(['check', '-q', '--jobs', '2']);
    const cut = await json<CutReport>(['release', 'cut', '--date', DAY]);
    expect(await json<VerifyReport>(['verify', release()], 0, outside)).toMatchObject({ ok: true, digest: cut.digest });
    execFileSync('sha256sum', ['-c', '--quiet', '--strict', 'manifest-sha256.txt'], { cwd: release() });
    const hidden = membersOf(root, 'benchmark', 'test');
    expect(hidden.length).toBeGreaterThan(4);
    const told = await everythingIn(release());
    const secrets = [...hidden, readFileSync(key, 'utf8').trim(), readFileSync(join(root, 'private/benchmark.seed'), 'utf8').trim()];
    for (const secret of secrets) expect([secret, told.includes(secret)]).toEqual([secret, false]);
    const { commitments, seeds, splits } = read<ReleaseDocument>(join(release(), 'release.json'));
    expect(splits.map(({ name, seed, parts, draw }) => [name, seed, Object.keys(parts), draw])).toEqual([['benchmark', null, ['train', 'validation'], undefined]]);
    expect(commitments?.map(({ split, part, size }) => [split, part, size])).toEqual([['benchmark', 'test', 256]]);
    expect(seeds).toMatchObject([{ split: 'benchmark', beacon: 'drand round 5000000', public: '8f3ac1', again: [] }]);
    expect(readFileSync(join(release(), 'data/commitments/benchmark.txt'), 'utf8')).toMatch(/^([0-9a-f]{64}\n){256}$/);
  });

  test('one case is proven to an auditor who has nothing but the old release; every forgery is named', async () => {
    const [id = ''] = membersOf(root, 'benchmark', 'test');
    const proof = join(outside, 'proof.json');
    expect(await json<ProveReport>(['split', 'prove', 'benchmark', id, '--key', key, '--output', proof])).toMatchObject({ case_id: id, sequence: 1 });
    if (process.platform !== 'win32') expect(statSync(proof).mode & 0o777).toBe(0o600);
    for (const other of membersOf(root, 'benchmark', 'test').slice(1)) expect(readFileSync(proof, 'utf8')).not.toContain(other);
    expect(await audit(proof)).toMatchObject({ ok: true, kind: 'proof', rows: 1, confirmed: 1, problems: [] });
    const { digest, root: treeRoot } = await auditOpening(proof, { release: release() }).then((report) => ({ digest: 'digest' in report.against ? report.against.digest : '', root: report.root ?? '' }));
    expect(await audit(proof, 0, ['--release', release(), '--expect', digest])).toMatchObject({ ok: true });
    expect(await audit(proof, 0, ['--root', treeRoot])).toMatchObject({ ok: true });
    expect(await audit(proof, 1, ['--root', '0'.repeat(64)])).toMatchObject({ ok: false });
    expect(await json(['split', 'audit', proof, '--release', release(), '--expect', `sha256:${'0'.repeat(64)}`], 3, outside)).toMatchObject({ error: { code: 'RELEASE_INVALID' } });
    const forged: [string, string, (document: ProofDocument) => void][] = [
      ['label', 'wrong-row', ({ row }) => (row.columns.covid19_positive = { cell: 'forged' })],
      ['part', 'wrong-part', ({ row }) => (row.part = 'train')],
      ['split', 'other-split', (each) => (each.split = 'other')],
      ['dataset', 'other-dataset', (each) => (each.dataset = 'other')],
      ['root', 'wrong-root', (each) => (each.root = '0'.repeat(64))],
      ['path', 'wrong-path', (each) => each.path.pop()],
    ];
    for (const [name, kind, change] of forged) expect([name, await kindsOf(forge(`proof-${name}.json`, proof, change))]).toEqual([name, expect.arrayContaining([kind])]);
    expect((await run(['split', 'audit', join(outside, 'proof-label.json'), '--release', release()], 1, outside)).stdout).toContain(`wrong-row ${id}`);
  });

  test('all is revealed, seed and rows, and what is changed, added or left out is named', async () => {
    const reveal = join(outside, 'reveal.json');
    const hidden = membersOf(root, 'benchmark', 'test');
    expect(await json<RevealReport>(['split', 'reveal', 'benchmark', '--key', key, '--seed', '--output', reveal])).toMatchObject({ rows: hidden.length, seed: true });
    expect(await audit(reveal)).toMatchObject({ ok: true, kind: 'reveal', rows: hidden.length, confirmed: hidden.length });
    const forged: [string, string, (document: RevealDocument) => void][] = [
      ['label', 'wrong-row', ({ opening }) => (opening!.rows[0]!.columns.covid19_positive = { cell: 'forged' })],
      ['missing', 'missing-row', ({ opening }) => opening!.rows.pop()],
      ['extra', 'extra-row', ({ opening }) => opening!.rows.push({ ...opening!.rows[0]!, case_id: 'invented' })],
      ['twice', 'duplicate-case', ({ opening }) => opening!.rows.push(opening!.rows[0]!)],
      ['seed', 'wrong-seed', ({ seed }) => (seed!.secret = '0'.repeat(64))],
      ['public', 'wrong-seed', ({ seed }) => (seed!.public = 'another')],
    ];
    for (const [name, kind, change] of forged) expect([name, await kindsOf(forge(`reveal-${name}.json`, reveal, change))]).toEqual([name, expect.arrayContaining([kind])]);
  });

  test('a release whose list was changed, a folder that is none, and files that are no opening, are told apart', async () => {
    const reveal = join(outside, 'reveal.json');
    const copy = join(outside, 'copy');
    execFileSync('cp', ['-a', release(), copy]);
    const list = join(copy, 'data/commitments/benchmark.txt');
    writeFileSync(list, readFileSync(list, 'utf8').slice(65));
    expect(await kindsOf(reveal, copy)).toContain('wrong-list');
    rmSync(list);
    expect(await kindsOf(reveal, copy)).toContain('wrong-list');
    const refused: [string[], number, string][] = [
      [[reveal, '--release', outside], 3, 'NOT_A_RELEASE'],
      [[reveal], 2, 'USAGE'],
      [[reveal, '--root', 'xyz'], 2, 'USAGE'],
      [[join(outside, 'nothing.json'), '--release', release()], 2, 'USAGE'],
      [[join(release(), 'release.json'), '--release', release()], 3, 'COMMITMENT_INVALID'],
      [[forge<RevealDocument>('more.json', reveal, (each) => Object.assign(each, { more: 1 })), '--release', release()], 3, 'COMMITMENT_INVALID'],
      [[forge<RevealDocument>('huge.json', reveal, ({ opening }) => (opening!.size = 2 ** 40)), '--root', '0'.repeat(64)], 3, 'COMMITMENT_INVALID'],
    ];
    for (const [[file = '', flag, value = ''], , code] of refused) await expect(auditOpening(file, flag === undefined ? {} : { [flag.slice(2)]: value })).rejects.toMatchObject({ code });
    for (const [args, status, code] of [refused[0]!, refused[2]!]) expect(await json(['split', 'audit', ...args], status, outside)).toMatchObject({ error: { code, exit: status } });
  });

  test('no command ever said the key or the seed', () => {
    const secrets = [readFileSync(key, 'utf8').trim(), readFileSync(join(root, 'private/benchmark.seed'), 'utf8').trim(), read<RevealDocument>(join(outside, 'reveal.json')).seed!.effective];
    const all = said.join('\n');
    expect(all.length).toBeGreaterThan(10_000);
    for (const secret of secrets) expect(all.includes(secret)).toBe(false);
  });
});
