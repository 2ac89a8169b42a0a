import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { CheckReport } from '../../src/model/check.js';
import type { QueryReport } from '../../src/model/query.js';
import type { CutReport, ReleasePlan } from '../../src/model/release-reports.js';
import type { ExtensionPlan } from '../../src/model/split-extension.js';
import type { ImportReport } from '../../src/model/split-import.js';
import type { ReleaseLeaks } from '../../src/model/split-leak.js';
import type { ReplayReport } from '../../src/model/split-replay.js';
import type { FreezeReport, SplitReport } from '../../src/model/split.js';
import { runCli } from '../support/cli.js';
import { expectStatus, makeSampleWorkspace, runJson } from '../support/sample-workspace.js';

let root: string;
let elsewhere: string;
let release: CutReport;

beforeAll(async () => {
  root = await makeSampleWorkspace();
  elsewhere = mkdtempSync(join(tmpdir(), 'colophon-elsewhere-'));
  await expectStatus(0, runCli(['pull', '-q'], root));
}, 120_000);

afterAll(() => {
  for (const folder of [root, elsewhere]) rmSync(folder, { recursive: true, force: true });
});

const query = async (sql: string): Promise<string[]> => (await runJson<QueryReport>(root, ['query', sql])).rows.map((row) => String(Object.values(row)[0]));
const record = (name: string): string => readFileSync(join(root, 'splits', `${name}.csv`), 'utf8');

test('a former master list becomes history, and draws are made around it', async () => {
  // what the engine would draw, but for three cases: so that what is released later passes the gate
  await expectStatus(0, runCli(['split', 'assign', 'open-sequestered', '-q'], root));
  const lines = await query("SELECT case_id || ',' || if(part = 'open', 'Open', 'Seq') FROM assignments ORDER BY case_id LIMIT 28");
  const other = lines.find((line) => line.endsWith(',Seq'))!.split(',')[0]!;
  writeFileSync(join(root, 'master.csv'), `\uFEFFcase_ids,dataset\r\n${lines.join('\r\n')}\r\ngone-1,Open\r\n`);
  const list = ['split', 'import', 'open-sequestered', 'master.csv', '--date', '2024-01-02'];
  await runJson(root, list, 3);
  const mapped = [...list, '--map', 'Seq=sequestered'];
  expect(await runJson<ImportReport>(root, [...mapped, '--dry-run'])).toMatchObject({ dry_run: true, added: 29, unknown_cases: ['gone-1'] });
  expect(existsSync(join(root, 'splits/open-sequestered.csv'))).toBe(false);
  expect(await runJson<ImportReport>(root, mapped)).toMatchObject({ added: 29, accepted: 28, unknown: 1 });
  const before = record('open-sequestered');

  const plan = await runJson<ExtensionPlan>(root, ['split', 'assign', 'open-sequestered', '--dry-run']);
  expect(plan).toMatchObject({ dry_run: true, after: { frozen: 28 } });
  expect(await query('SELECT count(*) AS n FROM assignment WHERE NOT frozen')).toEqual(['3']);
  const drawn = await runJson<SplitReport>(root, ['split', 'assign', 'open-sequestered']);
  expect(drawn).toEqual(plan.after);
  expect(await runJson<FreezeReport>(root, ['split', 'freeze', 'open-sequestered', '--date', '2026-03-01'])).toMatchObject({ added: 3, frozen: 32 });
  expect(record('open-sequestered').startsWith(before)).toBe(true);
  expect(await query(`SELECT part FROM assignments WHERE split = 'open-sequestered' AND case_id = '${other}'`)).toEqual(['sequestered']);
}, 120_000);

test('the last draw of a release is made again from its folder alone, elsewhere', async () => {
  for (const [command, ...more] of [['assign'], ['freeze', '--date', '2026-03-01']] as const) await expectStatus(0, runCli(['split', command, 'benchmark', ...more, '-q'], root));
  await expectStatus(0, runCli(['check', '-q'], root));
  release = await runJson<CutReport>(root, ['release', 'cut', '--date', '2026-03-02']);
  cpSync(release.path!, join(elsewhere, 'copy'), { recursive: true });
  const replayed = await runJson<ReplayReport>(elsewhere, ['split', 'assign', 'benchmark', '--replay', 'copy']);
  expect(replayed).toMatchObject({ identical: true, given: 0, differences: [], input: [], release: { version: '1.0.0', digest: release.digest } });
  expect(await runJson<ReplayReport>(root, ['split', 'assign', 'benchmark', '--replay', '1.0.0'])).toEqual(replayed);
  const leaks = await runJson<ReleaseLeaks>(elsewhere, ['split', 'report', 'benchmark', '--release', 'copy']);
  expect(leaks).toMatchObject({ total: 0, checked: ['assignment', 'study', 'instance', 'bytes', 'group'] });
  await runJson(elsewhere, ['split', 'assign', 'open-sequestered', '--replay', 'copy'], 2);
}, 120_000);

test('frozen patients that turn out to be one stop the release, and nothing moves', async () => {
  const before = [record('open-sequestered'), record('benchmark')];
  const find = async (part: string): Promise<string[]> =>
    query(`SELECT i.source || '|' || i.path || '|' || i.PatientID FROM instance AS i JOIN assignments AS a ON a.case_id = i.case_id WHERE a.split = 'open-sequestered' AND a.part = '${part}' ORDER BY ALL`);
  const [open, sequestered] = [(await find('open'))[0]!, (await find('sequestered'))[0]!].map((text) => text.split('|')) as [string[], string[]];
  // an image of the open patient comes under the name of the sequestered one: its study is in both
  const bytes = readFileSync(join(root, 'incoming/dicom', open[1]!)).toString('latin1').replaceAll(open[2]!, sequestered[2]!);
  writeFileSync(join(root, 'incoming/dicom', `copy-${readdirSync(join(root, 'incoming/dicom')).length}.dcm`), bytes, 'latin1');
  await expectStatus(0, runCli(['pull', '-q'], root));

  const report = await runJson<SplitReport>(root, ['split', 'assign', 'open-sequestered'], 1);
  expect(report.conflicts).toMatchObject([{ kind: 'frozen-apart', cases: expect.arrayContaining([{ case_id: open[2]!, part: 'open' }, { case_id: sequestered[2]!, part: 'sequestered' }]) }]);
  const check = await runJson<CheckReport>(root, ['check', '--only', 'DUP-009'], 1);
  expect(check.findings).toMatchObject([{ code: 'DUP-009', level: 'error', location: { kind: 'case', column: 'open-sequestered' } }]);
  const plan = await runJson<ReleasePlan>(root, ['release', 'plan'], 1);
  expect(plan.blocked).toContainEqual(expect.stringContaining(`In the split open-sequestered, ${[open[2]!, sequestered[2]!].sort()[1]}`));
  await runJson(root, ['release', 'cut'], 1);
  expect([record('open-sequestered'), record('benchmark')]).toEqual(before);
}, 120_000);
