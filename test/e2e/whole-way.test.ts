import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sha256Hex } from '../../src/fixity/digest.js';
import type { CheckReport } from '../../src/model/check.js';
import type { PullReport } from '../../src/model/pull.js';
import type { QueryReport } from '../../src/model/query.js';
import type { ReleaseDocument } from '../../src/model/release.js';
import type { ReleaseDiff } from '../../src/model/release-diff.js';
import type { CutReport, ReleaseDetails, ReleaseList, ReleasePlan } from '../../src/model/release-reports.js';
import type { FreezeReport, SplitReport } from '../../src/model/split.js';
import type { VerifyReport } from '../../src/model/verification.js';
import { runCli, startCli } from '../support/cli.js';
import { deliver, expectStatus, freezeSplits, hasProgram, makeSampleWorkspace, reverseRows, runJson } from '../support/sample-workspace.js';

const FIRST = '2026-03-02';
const SECOND = '2026-09-01';
const PYTHON = process.env.COLOPHON_TEST_PYTHON;

let root: string;
const copies: string[] = [];
beforeAll(async () => {
  root = await makeSampleWorkspace();
});
afterAll(() => {
  for (const folder of [root, ...copies]) rmSync(folder, { recursive: true, force: true });
});

function copyWorkspace(name: string): string {
  const copy = `${root}-${name}`;
  copyExactly([root], copy);
  copies.push(copy);
  return copy;
}

/** Times to the nanosecond, which fs.cp would cut: a changed time makes a file a changed file. */
function copyExactly(from: string[], to: string): void {
  execFileSync('cp', ['-a', ...from, to]);
}

const document = (folder: string, version: string) => JSON.parse(readFileSync(join(folder, 'releases', version, 'release.json'), 'utf8')) as ReleaseDocument;

describe('from accepted cases to a verified release', () => {
  test('before the first pull nothing passes for checked or releasable', async () => {
    expect(await runJson(root, ['query', 'SELECT 1'], 3)).toMatchObject({ error: { code: 'CATALOG_EMPTY' } });
    for (const args of [['check'], ['release', 'plan'], ['release', 'cut'], ['split', 'assign', 'open-sequestered']])
      expect(await runJson(root, args, 3)).toMatchObject({ error: { code: 'CATALOG_EMPTY', exit: 3 } });
  });

  test('pull reads every file once; a second pull reads none', async () => {
    const first = await runJson<PullReport>(root, ['pull']);
    expect(first.images[0]).toMatchObject({ files: 72, read: 72, ok: 72, unreadable: 0 });
    expect(first.cases).toMatchObject({ accepted: 31 });
    const second = await runJson<PullReport>(root, ['pull']);
    expect(second.images[0]).toMatchObject({ read: 0, unchanged: 72 });
    expect(second.tables[0]?.tables.every(({ status }) => status === 'unchanged')).toBe(true);
  });

  test('check passes, in text, JSON and SARIF', async () => {
    const report = await runJson<CheckReport>(root, ['check']);
    expect(report).toMatchObject({ verdict: 'pass', summary: { errors: 0 } });
    const sarif = await expectStatus(0, runCli(['check', '--format', 'sarif'], root));
    expect(JSON.parse(sarif.stdout)).toMatchObject({ version: '2.1.0' });
    await expectStatus(0, runCli(['check', '--output', 'report.txt'], root));
    expect(readFileSync(join(root, 'report.txt'), 'utf8')).toContain('Nothing stands against a release');
  });

  test('splits are drawn, frozen and reported without leakage', async () => {
    const drawn = await runJson<SplitReport>(root, ['split', 'assign', 'open-sequestered']);
    expect(drawn.leakage).toEqual({ groups: 0, patients: 0, studies: 0, instances: 0 });
    expect(await runJson<FreezeReport>(root, ['split', 'freeze', 'open-sequestered', '--date', FIRST])).toMatchObject({ added: 31, frozen: 31 });
    expect(await runJson<FreezeReport>(root, ['split', 'freeze', 'open-sequestered', '--date', FIRST])).toMatchObject({ added: 0, frozen: 31 });
    await freezeSplits(root, FIRST);
    expect((await runJson<SplitReport>(root, ['split', 'report', 'benchmark'])).frozen).toBeGreaterThan(20);
  });

  test('plan and dry run write nothing; cut publishes what they told', async () => {
    const plan = await runJson<ReleasePlan>(root, ['release', 'plan', '--date', FIRST]);
    expect(plan).toMatchObject({ version: '1.0.0', sequence: 1, blocked: [], counts: { cases: 25, withdrawn: 0 } });
    expect(plan.notes).toContain('6 accepted cases are withheld: not in the part open of the split open-sequestered.');
    await runJson<CutReport>(root, ['release', 'cut', '--dry-run', '--date', FIRST]);
    expect(readdirSync(join(root, 'releases'))).toEqual([]);
    const cut = await runJson<CutReport>(root, ['release', 'cut', '--date', FIRST]);
    expect(cut.plan.content).toBe(plan.content);
    expect(cut.git).toMatchObject({ status: 'no-repository' });
    expect(cut.digest).toBe(`sha256:${sha256Hex(readFileSync(join(root, 'releases/1.0.0/release.json')))}`);
  });

  test('the release verifies, against its digest too, and holds nothing of cases that were not accepted', async () => {
    const { digest } = (await runJson<ReleaseList>(root, ['release', 'list'])).releases[0]!;
    const report = await runJson<VerifyReport>(root, ['verify', 'releases/1.0.0', '--expect', digest]);
    expect(report).toMatchObject({ ok: true, problems: [], digest });
    const held = await runJson<QueryReport>(root, ['query', "SELECT case_id FROM case_ WHERE status <> 'accepted'"]);
    const names = execFileSync('grep', ['-rlE', held.rows.map(({ case_id }) => String(case_id)).join('|'), '.'], { cwd: join(root, 'incoming/dicom'), encoding: 'utf8' });
    expect(names).not.toBe('');
    const released = await runJson<QueryReport>(root, ['query', '--release', '1.0.0', 'SELECT case_id FROM cases']);
    expect(released.rows).toHaveLength(25);
    for (const { case_id } of held.rows) expect(released.rows.map((row) => row.case_id)).not.toContain(case_id);
    expect(readdirSync(join(root, 'releases/1.0.0/data/images')).toSorted()).toEqual(released.rows.map(({ case_id }) => String(case_id)).toSorted());
  });

  test('cutting again without a change is refused', async () => {
    expect(await runJson(root, ['release', 'cut', '--date', FIRST], 1)).toMatchObject({ error: { code: 'RELEASE_UNCHANGED' } });
  });

  test('new cases, a correction and a withdrawal make 2.0.0; frozen cases stay; the old release stays', async () => {
    const before = readFileSync(join(root, 'splits/open-sequestered.csv'), 'utf8');
    await runJson(root, ['release', 'withdraw', '507734-000598', '--reason', 'consent', '--date', '2026-08-20', '--note', 'called the site']);
    expect(await runJson(root, ['release', 'withdraw', '507734-000999', '--reason', 'consent'], 2)).toMatchObject({ error: { code: 'CASE_UNKNOWN' } });
    deliver(root, 'second');
    const pull = await runJson<PullReport>(root, ['pull']);
    expect(pull.images[0]).toMatchObject({ read: 9, unchanged: 72 });
    await runJson<CheckReport>(root, ['check', '--ahead']);
    await freezeSplits(root, SECOND);
    expect(readFileSync(join(root, 'splits/open-sequestered.csv'), 'utf8').startsWith(before)).toBe(true);
    const cut = await runJson<CutReport>(root, ['release', 'cut', '--date', SECOND]);
    expect(cut.plan).toMatchObject({ version: '2.0.0', sequence: 2, level: 'major', counts: { cases: 30 } });
    expect(cut.plan.reasons.map(({ rule }) => rule)).toEqual(expect.arrayContaining(['case-withdrawn', 'case-added', 'cell-changed']));
    expect(document(root, '2.0.0').previous?.digest).toBe(sha256Hex(readFileSync(join(root, 'releases/1.0.0/release.json'))));
    expect(await runJson<VerifyReport>(root, ['verify', 'releases/2.0.0'])).toMatchObject({ ok: true });
    // the old one never changed; the amendment beside it says what was withdrawn
    const old = await runJson<VerifyReport>(root, ['verify', 'releases/1.0.0'], 5);
    expect(old).toMatchObject({ ok: false, problems: [], withdrawn: ['507734-000598'], destroy: [{ reason: 'consent', since_version: '2.0.0' }] });
    for (const path of old.destroy[0]!.paths) expect(path).toMatch(/^data\/images\/507734-000598\//);
  });

  test('the diff names what changed; the tombstone says no more than it may', async () => {
    const diff = await runJson<ReleaseDiff>(root, ['release', 'diff', '1.0.0', '2.0.0'], 1);
    const of = (rule: string) => diff.changes.filter((change) => change.rule === rule);
    expect(of('case-withdrawn').map(({ case_id }) => case_id)).toEqual(['507734-000598']);
    expect(of('case-added')).toHaveLength(6);
    expect(of('cell-changed').map(({ case_id, column_name, before, after }) => [case_id, column_name, before, after])).toContainEqual(['330562-000299', 'covid19_positive', 'No', 'Yes']);
    expect(of('assignment-moved')).toEqual([]);
    const details = await runJson<ReleaseDetails>(root, ['release', 'show', '2.0.0']);
    expect(details.tombstones).toEqual([{ case_id: '507734-000598', reason: 'consent', since_version: '2.0.0', date: '2026-08-20', replacement: null }]);
    for (const name of readdirSync(join(root, 'releases/2.0.0'))) if (/\.(json|md|txt)$/.test(name)) expect(readFileSync(join(root, 'releases/2.0.0', name), 'utf8')).not.toContain('called the site');
  });

  test('the sequestered part leaves no trace: no row in any table, no split, no count, no seed', async () => {
    const { rows } = await runJson<QueryReport>(root, ['query', "SELECT case_id FROM assignments WHERE split = 'open-sequestered' AND part = 'sequestered'"]);
    expect(rows.length).toBeGreaterThan(5);
    const list = rows.map(({ case_id }) => `'${String(case_id)}'`).join(', ');
    const { tables, document: released } = await runJson<ReleaseDetails>(root, ['release', 'show', '2.0.0']);
    for (const table of Object.keys(tables)) {
      const found = await runJson<QueryReport>(root, ['query', '--release', '2.0.0', `SELECT count(*) AS n FROM "${table}" AS t WHERE list_has_any(regexp_extract_all(t::VARCHAR, '[0-9]{6}-[0-9]{6}'), [${list}])`]);
      expect([table, found.rows[0]?.n]).toEqual([table, 0]);
    }
    expect(released.splits.map(({ name }) => name)).toEqual(['benchmark']);
    expect(readFileSync(join(root, 'releases/2.0.0/release.json'), 'utf8')).not.toContain('sequestered');
  });

  test('sha256sum accepts both releases as they are', () => {
    for (const version of ['1.0.0', '2.0.0'])
      for (const manifest of ['manifest-sha256.txt', 'tagmanifest-sha256.txt']) execFileSync('sha256sum', ['-c', '--quiet', '--strict', manifest], { cwd: join(root, 'releases', version) });
  });

  const bagit = PYTHON === undefined ? test.skip : test;
  bagit(`bagit-python accepts the release${PYTHON === undefined ? ' (skipped: COLOPHON_TEST_PYTHON names no Python)' : ''}`, () => {
    execFileSync(PYTHON ?? '', ['-m', 'bagit', '--validate', join(root, 'releases/2.0.0')], { stdio: 'pipe' });
  });
});

describe('the same input gives the same release', () => {
  test('rows and files in another order, another clone: the same release.json, byte for byte', async () => {
    const clone = await makeSampleWorkspace();
    copies.push(clone);
    reverseRows(clone);
    for (const name of readdirSync(join(clone, 'incoming/dicom')).toReversed()) {
      renameSync(join(clone, 'incoming/dicom', name), join(clone, 'incoming', name));
      renameSync(join(clone, 'incoming', name), join(clone, 'incoming/dicom', `z${name.length}-${name.split('').toReversed().join('')}`));
    }
    await expectStatus(0, runCli(['pull', '-q', '--jobs', '1'], clone));
    await freezeSplits(clone, FIRST);
    await expectStatus(0, runCli(['release', 'cut', '-q', '--date', FIRST], clone));
    expect(readFileSync(join(clone, 'releases/1.0.0/release.json'), 'utf8')).toBe(readFileSync(join(root, 'releases/1.0.0/release.json'), 'utf8'));
  });
});

describe('what goes wrong', () => {
  test('a cut that is killed at any time leaves nothing half published, and the next one goes through', async () => {
    const victim = copyWorkspace('killed');
    rmSync(join(victim, 'releases'), { recursive: true });
    for (const delay of [600, 1200, 1500, 1800, 2100, 2400]) {
      const { child, result } = startCli(['release', 'cut', '-q', '--date', SECOND], victim);
      const timer = setTimeout(() => child.kill('SIGKILL'), delay);
      const { signal } = await result;
      clearTimeout(timer);
      const published = existsSync(join(victim, 'releases')) ? readdirSync(join(victim, 'releases')).filter((name) => /^\d/.test(name)) : [];
      for (const version of published) await expectStatus(0, runCli(['verify', `releases/${version}`, '-q'], victim));
      if (signal === null) break;
    }
    const last = await runCli(['release', 'cut', '-q', '--date', SECOND], victim);
    expect([0, 1]).toContain(last.status);
    const { releases } = await runJson<ReleaseList>(victim, ['release', 'list']);
    expect(releases.map(({ version, status }) => [version, status])).toEqual([['1.0.0', 'published']]);
    expect(readdirSync(join(victim, '.colophon/staging'))).toEqual([]);
  });

  test('of two cuts at once one publishes and the other finds nothing left to do', async () => {
    const shared = copyWorkspace('two');
    rmSync(join(shared, 'releases'), { recursive: true });
    const runs = await Promise.all([1, 2].map(() => runCli(['release', 'cut', '-q', '--date', SECOND], shared)));
    expect(runs.map(({ status }) => status).toSorted()).toEqual([0, 1]);
    expect((await runJson<ReleaseList>(shared, ['release', 'list'])).releases).toHaveLength(1);
  });

  test('a release edited by hand is found by verify and list, and the next cut refuses to build on it', async () => {
    const edited = copyWorkspace('edited');
    const path = join(edited, 'releases/2.0.0/release.json');
    writeFileSync(path, readFileSync(path, 'utf8').replace('"cases":30', '"cases":31'));
    const report = await runJson<VerifyReport>(edited, ['verify', 'releases/2.0.0'], 1);
    expect(report.problems.map(({ kind, path: where }) => [kind, where])).toContainEqual(['manifest-tampered', 'release.json']);
    expect((await runJson<ReleaseList>(edited, ['release', 'list'], 1)).releases[1]).toMatchObject({ status: 'edited' });
    await runJson(edited, ['release', 'withdraw', '330562-000299', '--reason', 'quality']);
    expect(await runJson(edited, ['release', 'cut'], 3)).toMatchObject({ error: { code: 'RELEASE_INVALID' } });
  });

  test('an image that changed since the pull is not published under its old digest', async () => {
    const changed = copyWorkspace('changed');
    await runJson(changed, ['release', 'withdraw', '330562-000299', '--reason', 'quality']);
    const config = join(changed, 'colophon.yaml');
    writeFileSync(config, readFileSync(config, 'utf8').replace('  profile: public\n', "  profile: public\n  off: {DSC-008: 'a single withdrawal, which is not what this is about'}\n"));
    await expectStatus(0, runCli(['check', '-q'], changed));
    const { rows } = await runJson<QueryReport>(changed, ['query', "SELECT path FROM instance JOIN case_ USING (case_id) WHERE case_.status = 'accepted' ORDER BY path LIMIT 1"]);
    const path = join(changed, 'incoming/dicom', String(rows[0]?.path));
    writeFileSync(path, Buffer.concat([readFileSync(path), Buffer.from([0])]));
    const result = await runJson<{ error: { message: string; suggestions: string[] } }>(changed, ['release', 'cut'], 3);
    expect(result.error.suggestions.join(' ')).toContain('colophon pull');
    expect(readdirSync(join(changed, 'releases')).filter((name) => /^\d/.test(name)).toSorted()).toEqual(['1.0.0', '2.0.0']);
  });

  const mountable = process.getuid?.() === 0 && process.platform === 'linux' && hasProgram('mount', '--version');
  const onSmallDisk = mountable ? test : test.skip;
  onSmallDisk(`a full disk stops the cut with status 3 and nothing published${mountable ? '' : ' (skipped: mounting a small disk needs root on Linux)'}`, async () => {
    const small = `${root}-small`;
    execFileSync('mkdir', ['-p', small]);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'tmpfs', small]);
    try {
      copyExactly(readdirSync(root).filter((name) => name !== 'releases').map((name) => join(root, name)), small);
      const free = Number(execFileSync('df', ['--output=avail', '-B1', small], { encoding: 'utf8' }).split('\n')[1]);
      writeFileSync(join(small, 'ballast'), Buffer.alloc(Math.max(0, free - 2_000_000)));
      expect(await runJson(small, ['release', 'cut'], 3)).toMatchObject({ error: { code: 'DISK_FULL' } });
      expect(existsSync(join(small, 'releases/1.0.0'))).toBe(false);
      rmSync(join(small, 'ballast'));
      expect(existsSync(join(small, 'releases/log/1.json'))).toBe(false);
    } finally {
      execFileSync('umount', ['-l', small]);
      rmSync(small, { recursive: true, force: true });
    }
  });
});
