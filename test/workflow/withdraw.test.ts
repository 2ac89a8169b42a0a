import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { AmendmentDocument } from '../../src/model/amendment.js';
import type { CutReport, WithdrawReport } from '../../src/model/release-reports.js';
import type { VerifyReport } from '../../src/model/verification.js';
import { pullWorkspace } from '../../src/workflow/pull.js';
import { releaseTableReader } from '../../src/workflow/release-tables.js';
import { diffReleases } from '../../src/workflow/release-diff.js';
import { cutRelease } from '../../src/workflow/release.js';
import { listReleases, showRelease } from '../../src/workflow/releases.js';
import { withdrawCases, type WithdrawOptions } from '../../src/workflow/withdraw.js';
import type { VerifyOptions } from '../../src/verify/inspection.js';
import { readSigners } from '../../src/verify/signers-file.js';
import { verifyRelease } from '../../src/verify/verify.js';
import { openWorkspace, type Workspace } from '../../src/workspace/workspace.js';
import { runCli } from '../support/cli.js';
import { everythingIn } from '../support/hidden-workspace.js';
import { radiograph } from '../support/model/gray-image.js';
import { useTemporaryFolders } from '../support/temporary-folder.js';
import { EFFECTS, passGate } from './tag-workspace.js';
import { writeFiles } from './pull-workspace.js';

/** An id that should never have been published. */
const NAME = 'DOE-JANE';
const CASES = ['K-001', 'K-002', 'K-003', NAME];
const NOTE = 'called by the site';

const makeFolder = useTemporaryFolders();
let template: string;
let root: string;

function configure(folder: string, release: object = {}): Workspace {
  const config = {
    dataset: { id: 'small', title: 'Small', license: 'CC0-1.0' },
    sources: [{ name: 'images', kind: 'dicom-folder', path: 'dicom' }, { name: 'clinical', kind: 'tables', path: 'tables' }],
    schema: 'none',
    tables: { case: { key: 'case_id' } },
    gate: { profile: 'internal' },
    release,
  };
  writeFileSync(join(folder, 'colophon.yaml'), JSON.stringify(config));
  return openWorkspace(folder);
}

/** The table and the images of the cases, two a case. */
async function deliver(folder: string, cases: readonly string[]): Promise<void> {
  rmSync(join(folder, 'dicom'), { recursive: true, force: true });
  for (const [index, id] of CASES.entries())
    if (cases.includes(id)) for (const n of [1, 2]) writeFiles(folder, { [`dicom/${index}${n}.dcm`]: radiograph(id, 10 * (index + 1) + n, 10 * n + index, 'PA') });
  writeFiles(folder, {
    'tables/case.csv': ['case_id,sex,label', ...cases.map((id, index) => `${id},F,label-${index % 2}`), ''].join('\n'),
  });
  await pullWorkspace(openWorkspace(folder), { jobs: 1 }, EFFECTS);
}

beforeAll(async () => {
  template = mkdtempSync(join(tmpdir(), 'colophon-withdraw-'));
  mkdirSync(join(template, 'splits'));
  const workspace = configure(template);
  await deliver(template, CASES);
  await passGate(workspace);
  await cutRelease(workspace, { date: '2026-03-01', jobs: 1 }, EFFECTS);
});
afterAll(() => rmSync(template, { recursive: true, force: true }));
beforeEach(() => {
  root = join(makeFolder(), 'workspace');
  // times to the nanosecond, which fs.cp would cut: a changed time makes a file a changed file
  execFileSync('cp', ['-a', template, root]);
});

const workspace = () => openWorkspace(root);
const withdraw = (cases: string[], options: Partial<WithdrawOptions> = {}): Promise<WithdrawReport> => withdrawCases(workspace(), cases, { reason: 'consent', date: '2026-03-05', note: NOTE, ...options }, EFFECTS);
const verify = (path: string, options: VerifyOptions = {}): Promise<VerifyReport> => verifyRelease(path, { jobs: 1, tables: releaseTableReader, ...options });
const release = (version: string) => join(root, 'releases', version);
const amendments = () => readdirSync(join(root, 'releases/amendments')).sort();
const amendmentText = (number: number) => readFileSync(join(root, `releases/amendments/amendment-${number}.json`), 'utf8');
const amendment = (number: number) => JSON.parse(amendmentText(number)) as AmendmentDocument;
async function cut(date = '2026-03-10'): Promise<CutReport> {
  await passGate(workspace());
  return cutRelease(workspace(), { date, jobs: 1 }, EFFECTS);
}

describe('withdrawing a released case', () => {
  test('a dry run tells releases and files, and writes nothing', async () => {
    const report = await withdraw(['K-001'], { dryRun: true });
    expect(report).toMatchObject({ dry_run: true, withdrawn: ['K-001'], releases: ['1.0.0'], concerned: [{ version: '1.0.0', cases: 1, files: 2 }], amendment: { number: 1, path: null, signed: false } });
    expect(existsSync(join(root, 'withdrawals.yaml')) || existsSync(join(root, 'releases/amendments')) || existsSync(join(release('1.0.0'), 'NOTICE'))).toBe(false);
    const real = await withdraw(['K-001']);
    expect(real.amendment?.digest).toBe(report.amendment?.digest);
  });

  test('readers are told at once: amendment, NOTICE, verify, list and show; a second run changes nothing', async () => {
    expect(await withdraw(['K-001'])).toMatchObject({ amendment: { number: 1, signed: false } });
    expect(readFileSync(join(release('1.0.0'), 'NOTICE'), 'utf8')).toContain('K-001, consent, 2026-03-05');
    expect(readFileSync(join(release('1.0.0'), '../index.html'), 'utf8')).toContain('1 case withdrawn since: read its NOTICE');
    const report = await verify(release('1.0.0'));
    expect(report).toMatchObject({ problems: [], withdrawn: ['K-001'] });
    expect(report.destroy[0]?.paths).toHaveLength(2);
    expect(report.destroy[0]?.tables).toEqual(['cases', 'clinical_case', 'instances', 'series', 'studies'].map((table) => ({ table, rows: table === 'instances' ? 2 : table === 'series' || table === 'studies' ? 2 : 1 })));
    expect(await listReleases(workspace())).toMatchObject({ releases: [{ version: '1.0.0', withdrawn: 0, withdrawn_since: 1 }], amendment: { number: 1 } });
    expect(await showRelease(workspace(), '1.0.0')).toMatchObject({ withdrawn_since: [{ case_id: 'K-001', reason: 'consent' }], amendment: { number: 1 } });
    const index = readFileSync(join(root, 'releases/index.html'), 'utf8');
    expect(index).toContain('1 case withdrawn since: read its NOTICE');
    expect(index).toContain('href="amendments/amendment-1.json"');
    expect(index).not.toContain('K-001');
    const before = amendmentText(1);
    expect(await withdraw(['K-001'])).toMatchObject({ withdrawn: [], already: ['K-001'], amendment: { number: 1 } });
    expect([amendments(), amendmentText(1)]).toEqual([['amendment-1.json'], before]);
  });

  test('what was interrupted between record and amendment is completed by the next withdrawal, and by a cut that publishes nothing', async () => {
    const { withdrawals } = workspace().paths;
    writeFileSync(withdrawals, 'withdrawals:\n  - {case_id: K-001, reason: consent, date: 2026-03-05}\n');
    await expect(cutRelease(workspace(), { date: '2026-03-10', jobs: 1 }, EFFECTS)).rejects.toMatchObject({ code: 'GATE_STALE' });
    expect(amendment(1).withdrawn).toMatchObject([{ case_id: 'K-001', since_version: null }]);
    rmSync(join(release('1.0.0'), 'NOTICE'));
    rmSync(join(root, '.colophon/catalog.duckdb'));
    await deliver(root, CASES);
    expect(await withdraw(['K-002'])).toMatchObject({ releases: ['1.0.0'], amendment: { number: 2 } });
    expect(readFileSync(join(release('1.0.0'), 'NOTICE'), 'utf8')).toMatch(/^2 cases of small 1\.0\.0 were WITHDRAWN/);
  });

  test('the next release names itself in the amendment; its tombstones serve as one, beside the copy and elsewhere', async () => {
    await withdraw(['K-001'], { reason: 'duplicate', replacement: 'K-002' });
    expect(await cut()).toMatchObject({ plan: { version: '2.0.0' }, amendment: { number: 2 } });
    expect(amendment(2)).toMatchObject({ previous: { number: 1 }, latest: { version: '2.0.0' }, releases: [{ version: '1.0.0' }], withdrawn: [{ case_id: 'K-001', replacement: 'K-002', since_version: '2.0.0' }] });
    expect((await showRelease(workspace(), '2.0.0')).tombstones).toMatchObject([{ case_id: 'K-001', replacement: 'K-002' }]);
    expect(await verify(release('2.0.0'))).toMatchObject({ ok: true, withdrawn: [] });
    rmSync(join(root, 'releases/amendments'), { recursive: true });
    expect(await verify(release('1.0.0'))).toMatchObject({ withdrawn: ['K-001'], destroy: [{ source: '../2.0.0', since_version: '2.0.0' }] });
    const away = join(makeFolder(), 'copy');
    cpSync(release('1.0.0'), away, { recursive: true });
    expect(await verify(away)).toMatchObject({ ok: true });
    expect(await verify(away, { amendments: [release('2.0.0')] })).toMatchObject({ withdrawn: ['K-001'] });
  });

  test('withdrawn content is never hidden behind exit status 1', async () => {
    await withdraw(['K-001']);
    rmSync(join(release('1.0.0'), 'CHANGES.md'));
    const { status, stdout } = await runCli(['verify', 'releases/1.0.0'], root);
    expect([status, stdout.split('\n')[0]]).toEqual([5, '✗ small 1.0.0 is not what was published: 1 problem. It also holds WITHDRAWN content.']);
    const { status: alone } = await runCli(['verify', 'releases/1.0.0', '--amendments', 'nowhere'], root);
    expect(alone).toBe(2);
  });
});

describe('what a withdrawal must hide', () => {
  test('of a case withdrawn for phi no later byte holds id, UID or note: releases with all their tables, amendments, NOTICE; its holders are told all the same', async () => {
    const uids = ['2.25.141', '2.25.142', '2.25.241', '2.25.242', '2.25.341', '2.25.342'];
    await withdraw([NAME], { reason: 'phi', replacement: 'K-003' });
    const { plan } = await cut();
    expect(plan.reasons.map(({ rule }) => rule)).toContain('case-withdrawn');
    await deliver(root, CASES.filter((id) => id !== NAME));
    writeFiles(root, { 'tables/case.csv': ['case_id,sex,label', 'K-001,M,label-1', 'K-002,F,label-1', 'K-003,F,label-0', ''].join('\n') });
    await pullWorkspace(workspace(), { jobs: 1 }, EFFECTS);
    expect((await cut('2026-03-20')).plan.version).toBe('3.0.0');
    const said = [
      await everythingIn(release('2.0.0')), await everythingIn(release('3.0.0')), readFileSync(join(release('1.0.0'), 'NOTICE'), 'utf8'),
      ...amendments().map((name) => readFileSync(join(root, 'releases/amendments', name), 'utf8')),
    ].join('\n'); // prettier-ignore
    for (const secret of [NAME, NOTE, ...uids]) expect([secret, said.includes(secret)]).toEqual([secret, false]);
    const { tombstones } = await showRelease(workspace(), '3.0.0');
    expect(tombstones).toEqual([{ case_id: expect.stringMatching(/^sha256:[0-9a-f]{64}$/), reason: 'phi', since_version: '2.0.0', date: '2026-03-05', replacement: null }]);
    const report = await verify(release('1.0.0'));
    expect(report).toMatchObject({ problems: [], withdrawn: [NAME], destroy: [{ reason: 'phi', replacement: null }] });
    expect(report.destroy[0]?.paths.every((path) => path.startsWith(`data/images/${NAME}/`))).toBe(true);
    // by the tombstones alone too
    rmSync(join(root, 'releases/amendments'), { recursive: true });
    expect(await verify(release('1.0.0'))).toMatchObject({ withdrawn: [NAME] });
    expect((await diffReleases({ from: '1.0.0', to: '2.0.0', paths: workspace().paths })).changes).toContainEqual(expect.objectContaining({ rule: 'case-withdrawn', case_id: tombstones[0]!.case_id, after: 'phi' }));
  });

  test('neither withdrawals with notes nor the ids of phi are committed; the amendment and the NOTICE are', async () => {
    const git = (...args: string[]) => execFileSync('git', args, { cwd: root, encoding: 'utf8' });
    git('init', '-q');
    for (const [name, value] of [['user.name', 'S'], ['user.email', 's@example.org']] as const) git('config', name, value);
    await withdraw([NAME], { reason: 'phi' });
    const { git: report } = await cut();
    expect([report?.status, report?.message]).toEqual(['committed', expect.stringContaining('withdrawals.yaml')]);
    const names = git('ls-files').split('\n');
    expect(names).toEqual(expect.arrayContaining(['releases/amendments/amendment-2.json', 'releases/1.0.0/NOTICE']));
    expect(names).not.toContain('withdrawals.yaml');
    expect(spawnSync('git', ['grep', '-q', '-e', NAME, '-e', NOTE, 'HEAD'], { cwd: root }).status).toBe(1);
  });

  test('a case of a hidden part that was never released leaves no trace', async () => {
    await withdraw(['K-001']);
    writeFiles(root, { 'tables/case.csv': ['case_id,sex,label', ...[...CASES, 'HIDDEN-1'].map((id) => `${id},F,x`), ''].join('\n') });
    await pullWorkspace(workspace(), { jobs: 1 }, EFFECTS);
    const before = amendmentText(1);
    expect(await withdraw(['HIDDEN-1'])).toMatchObject({ withdrawn: ['HIDDEN-1'], unreleased: ['HIDDEN-1'], releases: [], concerned: [], amendment: null });
    expect([amendments(), amendmentText(1)]).toEqual([['amendment-1.json'], before]);
    expect((await cut()).plan.version).toBe('2.0.0');
    expect(await everythingIn(release('2.0.0'))).not.toContain('HIDDEN-1');
  });

  test('a replacement that no release holds is not named by an amendment', async () => {
    writeFiles(root, { 'tables/case.csv': ['case_id,sex,label', ...[...CASES, 'KEPT-BACK'].map((id) => `${id},F,x`), ''].join('\n') });
    await pullWorkspace(workspace(), { jobs: 1 }, EFFECTS);
    await withdraw(['K-001'], { replacement: 'KEPT-BACK' });
    expect(amendmentText(1)).not.toContain('KEPT-BACK');
  });
});

describe('withdrawing again, and taking back', () => {
  test('another reason or replacement is refused, and what to do is told', async () => {
    await withdraw(['K-001']);
    await expect(withdraw(['K-001'], { reason: 'phi' })).rejects.toMatchObject({ code: 'USAGE', expected: '--reason consent', suggestions: [expect.stringContaining('withdrawals.yaml')] });
    await expect(withdraw(['K-001'], { replacement: 'K-002' })).rejects.toMatchObject({ code: 'USAGE' });
  });

  test('a reason that was corrected to phi in withdrawals.yaml hides the id from then on', async () => {
    await withdraw([NAME]);
    await cut();
    expect((await showRelease(workspace(), '2.0.0')).tombstones).toMatchObject([{ case_id: NAME }]);
    const { withdrawals } = workspace().paths;
    writeFileSync(withdrawals, readFileSync(withdrawals, 'utf8').replace('reason: consent', 'reason: phi'));
    expect(await withdraw([NAME], { reason: 'phi' })).toMatchObject({ already: [NAME], amendment: { number: 3 } });
    expect(amendmentText(3)).not.toContain(NAME);
    await passGate(workspace());
    await cutRelease(workspace(), { date: '2026-03-20', jobs: 1, bump: 'patch' }, EFFECTS);
    expect(await everythingIn(release('2.0.1'))).not.toContain(NAME);
  });

  test('an entry that is gone from withdrawals.yaml does not bring a case back of which readers were told', async () => {
    await withdraw(['K-001', NAME], { reason: 'phi' });
    writeFileSync(workspace().paths.withdrawals, 'withdrawals: []\n');
    await expect(cut()).rejects.toMatchObject({ code: 'RELEASE_INVALID', message: expect.stringContaining('is accepted again, and 1 more') });
    expect(amendment(1).withdrawn).toHaveLength(2);
  });

  test('a chain of replacements leads to the case that is still there', async () => {
    await withdraw(['K-001'], { reason: 'duplicate', replacement: 'K-002' });
    await expect(withdraw(['K-003'], { replacement: 'K-001' })).rejects.toMatchObject({ code: 'USAGE', suggestions: [expect.stringContaining('K-002')] });
    await withdraw(['K-002'], { reason: 'quality', replacement: 'K-003' });
    expect(amendment(2).withdrawn.map(({ case_id, replacement }) => [case_id, replacement])).toEqual([['K-001', 'K-003'], ['K-002', 'K-003']]);
    await cut();
    expect((await showRelease(workspace(), '2.0.0')).tombstones.map(({ case_id, replacement }) => [case_id, replacement])).toEqual([['K-001', 'K-003'], ['K-002', 'K-003']]);
  });

  test('a case whose sources are gone can be withdrawn still, as long as a release holds it', async () => {
    await deliver(root, CASES.filter((id) => id !== 'K-001'));
    expect(await withdraw(['K-001'])).toMatchObject({ withdrawn: ['K-001'], releases: ['1.0.0'] });
    await expect(withdraw(['K-009'])).rejects.toMatchObject({ code: 'CASE_UNKNOWN' });
  });

  test('a damaged newest amendment stops the next one, and says so', async () => {
    await withdraw(['K-001']);
    writeFileSync(join(root, 'releases/amendments/amendment-1.json'), '{}');
    await expect(withdraw(['K-002'])).rejects.toMatchObject({ code: 'RELEASE_INVALID', message: expect.stringContaining('The amendment cannot be used') });
  });
});

const hasKeygen = spawnSync('ssh-keygen', ['-?']).error === undefined;
// amendments are signed by OpenSSH's own tool: without it on the PATH there is nothing to check
(hasKeygen ? test : test.skip)('an amendment is signed by release.signer; one that could not be signed is not published, and the next run completes it', async () => {
  const keys = makeFolder();
  const key = join(keys, 'steward');
  configure(root, { signer: key });
  await expect(withdraw(['K-001'])).rejects.toMatchObject({ code: 'SIGNING_FAILED' });
  expect(readFileSync(workspace().paths.withdrawals, 'utf8')).toContain('K-001');
  expect(existsSync(join(root, 'releases/amendments'))).toBe(false);
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', key]);
  expect(await withdraw(['K-001'])).toMatchObject({ already: ['K-001'], amendment: { number: 1, signed: true } });
  writeFileSync(join(keys, 'allowed'), `steward@example.org namespaces="colophon-*@v1" ${readFileSync(`${key}.pub`, 'utf8')}`);
  const report = await verify(release('1.0.0'), { signers: readSigners(join(keys, 'allowed')) });
  expect(report.amendments).toMatchObject([{ accepted: true, signer: 'steward@example.org' }]);
  expect(report.withdrawn).toEqual(['K-001']);
  // killed between the file and its signature
  rmSync(join(root, 'releases/amendments/amendment-1.json.sig'));
  expect(await withdraw(['K-001'])).toMatchObject({ amendment: { number: 1, signed: true } });
});
