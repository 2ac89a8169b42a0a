import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { CROSS_CHECKS } from '../../src/checks/cross.js';
import { PROGRAMME } from '../../src/checks/programme.js';
import { checkCatalog } from '../../src/checks/run.js';
import { defaultEffects } from '../../src/effects.js';
import type { Finding } from '../../src/model/finding.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { pullSources } from '../../src/workflow/pull.js';
import { withSession } from '../../src/workflow/session.js';
import { initWorkspace } from '../../src/workspace/init.js';
import { loadPolicy } from '../../src/workspace/policy.js';
import { openWorkspace } from '../../src/workspace/workspace.js';

const SAMPLE = join(PACKAGE_ROOT, 'src/demo/sample/first/dicom');
const TABLES = join(PACKAGE_ROOT, 'test/fixtures/lung-nodules');
const NAMES = ['case', 'ct_study', 'ct_series', 'nodule'];
const SERIES = ['218417-000430/ct-1-1', '218417-000497/ct-1-1', '330562-000562/ct-1-1', '330562-000562/ct-1-2'];

/** The rules that a schema pack drives. */
const PACK_CHECKS = PROGRAMME.filter(({ codes }) => codes.some((code) => /^(SCH|REF|XCK|DUP-005)/.test(code)));

let root: string;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'colophon-nodules-'));
  initWorkspace(root, 'lung-nodules');
  for (const series of SERIES) cpSync(join(SAMPLE, series), join(root, 'incoming/dicom', series), { recursive: true });
});

afterAll(() => rmSync(root, { recursive: true }));

/** Delivers the tables, each changed first, pulls, and judges what the pack drives. */
async function findings(changes: Record<string, (text: string) => string> = {}, folder = root): Promise<Finding[]> {
  for (const name of NAMES) {
    cpSync(join(TABLES, `${name}.csv`), join(folder, 'incoming/tables', `${name}.csv`));
    const text = readFileSync(join(TABLES, `${name}.csv`), 'utf8');
    writeFileSync(join(folder, 'incoming/tables', `${name}.csv`), (changes[name] ?? ((same) => same))(text));
  }
  return withSession(openWorkspace(folder), 'testing', defaultEffects, async (session) => {
    await pullSources(session, {});
    const { catalog, pack, workspace } = session;
    const report = await checkCatalog(catalog, { pack, config: workspace.config, waivers: [], today: '2026-03-01', programme: PACK_CHECKS });
    return report.findings.filter(({ code }) => /^(SCH|REF|XCK|DUP|GATE-INC)/.test(code));
  });
}

const said = (list: Finding[]): string[] => list.map(({ code, level, location }) => [code, level, location.table, location.key ?? '-', location.column ?? '-'].join(' ')).toSorted();

/** Names that queries give to what they compute. */
const CLASHING: Record<string, string> = {
  case_id: 'case_id', sex: 'cell', age_years: 'age', has_nodule: 'evidence', index_event: 'day', study_uid: 'uid', series_uid: 'key', days_from_baseline: 'days', age_at_study_years: 'start',
  slices: 'n', modalities: 'headers', mark_id: 'at', reader: 'folder', sop_instance_uid: 'missing', slice_thickness_mm: 'stated', body_part: 'c0', contrast: 'origin', kernel: 'depth',
};

test('columns may be called like anything', async () => {
  const rename = (text: string, quote: string): string =>
    Object.entries(CLASHING).reduce((all, [from, to]) => all.replaceAll(new RegExp(`(?<![\\w-])${quote}${from}${quote}(?![\\w-])`, 'g'), `${quote}${to}${quote}`), text);
  const renamed = mkdtempSync(join(tmpdir(), 'colophon-clash-'));
  try {
    initWorkspace(renamed, 'lung-nodules');
    for (const name of readdirSync(join(renamed, 'schemas'))) {
      const path = join(renamed, 'schemas', name);
      writeFileSync(path, rename(readFileSync(path, 'utf8'), '"'));
    }
    const config = join(renamed, 'colophon.yaml');
    writeFileSync(config, readFileSync(config, 'utf8').replace(/^splits:[^]*?(?=^release:)/m, ''));
    cpSync(join(root, 'incoming/dicom'), join(renamed, 'incoming/dicom'), { recursive: true });
    const header = (text: string): string => text.replace(/^.*/, (line) => rename(line, ''));
    const wrong = { case: replace('000562,female', '000562,male'), ct_study: replace('330562-000562,0,83,CT', '330562-000562,-3,73,PT'), ct_series: replace('CT,3,5.0', 'CT,4,2.5') };
    const heads = Object.fromEntries(NAMES.map((name) => [name, header]));
    const spoilt = Object.fromEntries(NAMES.map((name) => [name, (text: string) => header((wrong[name as keyof typeof wrong] ?? ((same: string) => same))(text))]));
    expect(await findings(heads, renamed)).toEqual([]);
    expect((await findings(spoilt, renamed)).map(({ code }) => code).toSorted()).toEqual(['XCK-002', 'XCK-003', 'XCK-004', 'XCK-005', 'XCK-006', 'XCK-009', 'XCK-015']);
  } finally {
    rmSync(renamed, { recursive: true });
  }
});

const replace = (from: string, to: string) => (text: string): string => {
  if (!text.includes(from)) throw new Error(`the fixture has no ${from}`);
  return text.replace(from, to);
};

test('the tables and the images of the sample agree, by rules that know no name of the pack', async () => {
  expect(CROSS_CHECKS.length).toBeGreaterThan(10);
  expect(await findings()).toEqual([]);
});

test('the policy takes what is sensitive from the pack', () => {
  expect(loadPolicy(openWorkspace(root))).toMatchObject({ sensitive: ['diagnosis'], quasi_identifiers: [{ column: 'sex' }, { column: 'smoking_status' }, { column: 'age_years', width: 10 }] });
});

test('disclosure is judged by the columns of the pack', async () => {
  await findings();
  const workspace = openWorkspace(root);
  const report = await withSession(workspace, 'testing', defaultEffects, ({ catalog, pack }) =>
    checkCatalog(catalog, { pack, config: workspace.config, policy: loadPolicy(workspace), waivers: [], today: '2026-03-01', programme: PROGRAMME.filter(({ codes }) => codes.some((code) => code.startsWith('DSC'))) }),
  );
  const small = report.findings.filter(({ code }) => code === 'DSC-001');
  expect(small.length).toBeGreaterThan(0);
  expect(JSON.stringify(report)).toContain('smoking_status');
  expect(JSON.stringify(report)).not.toMatch(/covid|submitter_id|age_at_index/);
});

const SERIES_UID = '2.25.16311386652541489070173650584765394474';
const STUDY_UID = '2.25.333184964843513547634273308480625071565';

/** Changes that do not touch each other, by table, with all that must be found. */
const WRONG: [string, Record<string, ((text: string) => string)[]>, string[]][] = [
  [
    'schema',
    {
      case: [replace('cancer,biopsy', 'cancer,')],
      nodule: [replace('texture', 'radiologist'), replace('14.8,5,4', '14.8,6,4'), replace('6.4,2,1', '2.4,2,1'), replace(',R3,', ',Smith,'), (text) => `${text}M6${text.split('\n')[2]?.slice(2)}\n`],
      ct_series: [(text) => `${text}${text.split('\n')[1]}\n`],
    },
    [
      'DUP-005 error ct_series 2.25.84129222018859130999812480038472564893 -', // a series twice
      'DUP-005 error nodule M6 -', // one finding marked twice by one reader
      'REF-003 error ct_series 2.25.84129222018859130999812480038472564893 -',
      'SCH-004 error case 330562-000562 diagnosis_method', // a diagnosis without a method
      'SCH-005 error nodule - radiologist', // a column that the pack does not know
      'SCH-006 error nodule M5 reader', // a reader by name
      'SCH-008 error nodule M1 diameter_mm', // a small nodule that is called large
      'SCH-008 error nodule M4 malignancy', // beyond the scale
      'SCH-010 error ct_series 2.25.84129222018859130999812480038472564893 series_uid',
    ],
  ],
  [
    'references and headers',
    {
      case: [replace('000562,female', '000562,male'), replace('Baseline CT,true,benign', 'Baseline CT,false,benign')],
      ct_study: [replace('330562-000562,0,83,CT,CHEST', '330562-000562,-3,73,CT|PT,HEAD')],
      ct_series: [replace('CT,3,5.0', 'CT,4,2.5')],
      nodule: [replace(`M4,${SERIES_UID}`, 'M4,1.2.3'), replace('2.25.294043871756265393502104622395486951285,R3', '1.2.3,R3')],
    },
    [
      'REF-001 error nodule M4 series_uid', // a series that is not there
      'REF-006 error nodule M5 sop_instance_uid', // a slice that is not there
      'XCK-001 error nodule M4 series_uid',
      'XCK-002 error case 330562-000562 sex',
      `XCK-003 error ct_study ${STUDY_UID} age_at_study_years`,
      `XCK-004 error ct_study ${STUDY_UID} age_at_study_years`,
      `XCK-005 error ct_study ${STUDY_UID} modalities`,
      `XCK-006 error ct_series ${SERIES_UID} slices`,
      `XCK-009 error ct_series ${SERIES_UID} slice_thickness_mm`,
      `XCK-010 warning ct_study ${STUDY_UID} body_part`,
      'XCK-011 error case 218417-000497 has_nodule', // a nodule that the case denies
      'XCK-015 error case 330562-000562 index_event', // a first study before day 0
    ],
  ],
  [
    'a study of another case',
    { ct_study: [replace(`${STUDY_UID},330562-000562,0,83`, `${STUDY_UID},218417-000497,0,83`)] },
    [
      'XCK-001 error ct_series 2.25.16311386652541489070173650584765394474 -',
      'XCK-001 error ct_series 2.25.65299876645775230213102690043050471453 -',
      `XCK-001 error ct_study ${STUDY_UID} -`,
      'XCK-001 error nodule M4 -',
      'XCK-001 error nodule M5 -',
      `XCK-004 error ct_study ${STUDY_UID} age_at_study_years`,
      `XCK-007 error ct_study ${STUDY_UID} days_from_baseline`,
      'XCK-011 error case 330562-000562 has_nodule',
    ],
  ],
];

describe('a wrong row is found by the rule that would find it in any pack', () => {
  test.each(WRONG)('%s', async (_what, changes, expected) => {
    const applied = Object.fromEntries(Object.entries(changes).map(([name, list]) => [name, (text: string) => list.reduce((all, change) => change(all), text)]));
    expect(said(await findings(applied))).toEqual(expected);
  });
});

test('the configuration must name the pack that is there', async () => {
  const path = join(root, 'colophon.yaml');
  const text = readFileSync(path, 'utf8');
  writeFileSync(path, text.replace('schema: lung-nodules', 'schema: midrc'));
  await expect(findings()).rejects.toMatchObject({ code: 'CONFIG_INVALID', message: expect.stringMatching(/schema: midrc.* is not the pack/) as unknown });
  writeFileSync(path, text);
});
