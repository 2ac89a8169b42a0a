import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { SplitReport } from '../../src/model/split.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { runCli } from '../support/cli.js';
import { expectStatus, runJson } from '../support/sample-workspace.js';
import { TASK_COLUMNS, taskCohort } from '../support/task-cohort.js';
import { useTemporaryFolders } from '../support/temporary-folder.js';

const makeFolder = useTemporaryFolders();

const CONFIG = `dataset: {id: task, title: Task, license: CC0-1.0}
sources: [{name: clinical, kind: tables, path: tables}]
schema: none
tables: {case: {key: case_id}}
splits:
  task:
    kind: sample
    seed: 7
    balance: [sex, covid19_positive]
    sample: {reference: targets.csv, tolerance: 0.02}
  census:
    kind: sample
    seed: 7
    balance: [sex, ethnicity]
    sample: {reference: census_all.xlsx}
  impossible:
    kind: sample
    seed: 7
    balance: [race]
    sample: {reference: census_all.xlsx, tolerance: 0.0005}
`;

/** A workspace with 4,016 cases; their rows in the order that is asked for. */
function makeWorkspace(reverse: boolean): string {
  const root = makeFolder();
  const rows = taskCohort('e2e').map((row, at) => [`c${at}`, ...TASK_COLUMNS.map((column) => `"${row[column]}"`)].join(','));
  if (reverse) rows.reverse();
  for (const folder of ['tables', 'splits']) mkdirSync(join(root, folder));
  writeFileSync(join(root, 'colophon.yaml'), CONFIG);
  writeFileSync(join(root, 'tables/case.csv'), `case_id,${TASK_COLUMNS.join(',')}\n${rows.join('\n')}\n`);
  writeFileSync(join(root, 'targets.csv'), 'variable,category,percent\nsex,Female,50\nsex,Male,50\ncovid19_positive,Yes,70\ncovid19_positive,No,30\n');
  cpSync(join(PACKAGE_ROOT, 'test/fixtures/midrc-representativeness/census_all.xlsx'), join(root, 'census_all.xlsx'));
  return root;
}

test('samples by a CSV of targets and by the census: told, frozen, the same from rows in any order', async () => {
  const root = makeWorkspace(false);
  await runJson(root, ['pull']);
  const { sample, parts, unassigned } = await runJson<SplitReport>(root, ['split', 'assign', 'task']);
  // 1,499 positive cases are 68 % of at most 2,204
  expect(sample).toMatchObject({ size: 2204, largest: 2204, excluded: 1, reference: { source: 'targets.csv' }, scarcest: { variable: 'covid19_positive', category: 'Yes', allows: 2204 } });
  expect(parts).toMatchObject({ sample: { cases: 2204 } });
  expect(unassigned).toHaveLength(4016 - 2204);

  const census = await runJson<SplitReport>(root, ['split', 'assign', 'census']);
  expect(census.sample).toMatchObject({ reference: { source: 'census_all.xlsx' }, variables: { ethnicity: { categories: [{ category: 'Hispanic or Latino', target: 0.187298774 }, {}, { category: 'Not reported', target: 0 }] } } });
  for (const { max_deviation } of Object.values(census.sample!.variables)) expect(max_deviation).toBeLessThanOrEqual(0.01);
  expect(census.sample!.size).toBe(census.sample!.largest);

  const text = await runCli(['split', 'report', 'task'], root);
  expect(text.stdout).toContain('Sample of 2,204 cases; no sample within 2 points of every target is larger.');
  expect(text.stdout).toContain('Scarcest is covid19_positive = Yes: there are enough for a sample of 2,204.');

  const refused = await expectStatus(3, runCli(['split', 'assign', 'impossible'], root));
  expect(refused.stderr).toMatch(/No sample of impossible meets these together:/);

  await runJson(root, ['split', 'freeze', 'task', '--date', '2026-03-02']);
  const other = makeWorkspace(true);
  await runJson(other, ['pull']);
  await runJson(other, ['split', 'assign', 'task']);
  await runJson(other, ['split', 'freeze', 'task', '--date', '2026-03-02']);
  expect(readFileSync(join(other, 'splits/task.csv'), 'utf8')).toBe(readFileSync(join(root, 'splits/task.csv'), 'utf8'));
});
