/** One folder, accepted at once by everybody's validators: the bundled sample, cut by the real command line. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { ExportReport } from '../../src/model/exchange.js';
import type { ReleaseDocument } from '../../src/model/release.js';
import type { CutReport } from '../../src/model/release-reports.js';
import type { VerifyReport } from '../../src/model/verification.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { runCli } from '../support/cli.js';
import { dataciteSchema, datapackageSchema } from '../support/foreign-schemas.js';
import { PYTHON, runPython, runPythonTool, testWithPython } from '../support/python.js';
import { expectStatus, freezeSplits, makeSampleWorkspace, runJson } from '../support/sample-workspace.js';

const DAY = '2026-03-02';

/** What the configuration of a real dataset says, and the demo does not. */
const ABOUT = `
  doi: 10.1234/chest-demo
  publisher: Example Institute
  keywords: [chest, COVID-19]
  labels: [case.covid19_positive]
  contributors: [{name: Ada Example, role: DataCurator, kind: person, orcid: 0000-0002-1825-0097, affiliation: Example Institute}]
  responsible_ai: {limitations: Invented patients.}
`;

let root: string;
let release: string;
let digest: string;

beforeAll(async () => {
  root = await makeSampleWorkspace();
  const config = join(root, 'colophon.yaml');
  // what this is about is not burned-in text, which takes most of the time of a gate
  writeFileSync(config, readFileSync(config, 'utf8').replace('profile: public', "profile: public\n  ocr: 'off'").replace('\nsources:', `${ABOUT}\nsources:`));
  await expectStatus(0, runCli(['pull', '-q'], root));
  await freezeSplits(root, DAY);
  const cut = await runJson<CutReport>(root, ['release', 'cut', '--date', DAY]);
  release = cut.path!;
  digest = cut.digest!;
}, 300_000);

afterAll(() => rmSync(root, { recursive: true, force: true }));

const read = <T>(path: string) => JSON.parse(readFileSync(join(release, path), 'utf8')) as T;

test('verify', async () => {
  const report = await runJson<VerifyReport>(root, ['verify', release, '--expect', digest]);
  expect(report).toMatchObject({ ok: true, problems: [] });
});

test('sha256sum -c', () => {
  for (const list of ['manifest-sha256.txt', 'tagmanifest-sha256.txt'])
    expect(execFileSync('sha256sum', ['-c', '--quiet', '--strict', list], { cwd: release, encoding: 'utf8' })).toBe('');
});

test('the JSON Schema of Data Package 2.0', () => {
  const accepts = datapackageSchema();
  const descriptor = read<{ resources: { path: string; bytes: number; hash: string; schema?: { primaryKey?: string[]; foreignKeys?: unknown[] } }[] }>('data/datapackage.json');
  expect(accepts(descriptor)).toEqual([]);
  expect(accepts({ ...descriptor, resources: [{ ...descriptor.resources[0], bytes: 'many' }] })).not.toEqual([]);
  const manifest = readFileSync(join(release, 'manifest-sha256.txt'), 'utf8');
  for (const { path, hash } of descriptor.resources) expect(manifest).toContain(`${hash.replace('sha256:', '')}  data/${path}\n`);
  expect(descriptor.resources.filter(({ schema }) => schema?.primaryKey !== undefined).length).toBeGreaterThan(10);
  expect(descriptor.resources.filter(({ schema }) => schema?.foreignKeys !== undefined).length).toBeGreaterThan(10);
});

test('the JSON Schema of DataCite 4.5', () => {
  const accepts = dataciteSchema();
  const record = read<Record<string, unknown>>('data/datacite.json');
  expect(accepts(record)).toEqual([]);
  expect(accepts({ ...record, titles: undefined })).not.toEqual([]);
  expect(record).toMatchObject({
    subjects: [{ subject: 'chest' }, { subject: 'COVID-19' }],
    contributors: [{ contributorType: 'DataCurator', nameType: 'Personal' }],
    relatedIdentifiers: [{ relatedIdentifier: '10.1234/chest-demo', relatedIdentifierType: 'DOI', relationType: 'IsVersionOf' }],
    url: 'https://example.org/chest-demo/1.0.0',
  });
});

testWithPython(['bagit'], 'a BagIt validator: bagit.py --validate', () => {
  const { status, said } = runPythonTool('bagit.py', '--validate', release);
  expect([status, said.trimEnd().split('\n').at(-1)]).toEqual([0, expect.stringMatching(/ is valid$/)]);
});

testWithPython(['mlcroissant', 'pyarrow'], 'mlcroissant: no error, and every record set loads with as many records as its table has rows', () => {
  const script = [
    'import sys, json, mlcroissant as mlc',
    'd = mlc.Dataset(jsonld=sys.argv[1])',
    'counts = {r.uuid: sum(1 if isinstance(x, dict) else 10**9 for x in d.records(r.uuid)) for r in d.metadata.record_sets}',
    'issues = d.metadata.ctx.issues',
    'print(json.dumps([sorted(issues.errors), sorted(issues.warnings), counts]))',
  ].join('\n');
  const [errors, warnings, counts] = runPython<[string[], string[], Record<string, number>]>(script, join(release, 'data/croissant.json'));
  expect([errors, warnings]).toEqual([[], []]);
  const document = read<ReleaseDocument>('release.json');
  expect(counts).toMatchObject({ cases: document.counts.cases, studies: document.counts.studies, series: document.counts.series, instances: document.counts.instances, clinical_case: document.counts.cases });
  expect(counts['split_benchmark']).toBe(3);
  expect(counts['splits']).toBe(document.counts.cases);
  expect(Object.keys(counts).filter((name) => name.startsWith('enum_')).length).toBeGreaterThan(10);
}, 180_000);

interface FrictionlessError {
  table: string;
  type: string;
  field: string | null;
  cell: string | null;
}

testWithPython(['frictionless', 'pyarrow'], 'frictionless: schemas, keys and every cell of the data', () => {
  // It counts no bytes of Parquet files, takes lists for text, and a number that is NULL for NaN: these are its own.
  const script = [
    'import sys, json',
    'from frictionless import validate, Checklist',
    "report = validate(sys.argv[1], checklist=Checklist(skip_errors=['byte-count']))",
    "errors = [dict(table=t.name, type=e.type, field=getattr(e, 'field_name', None), cell=getattr(e, 'cell', None)) for t in report.tasks for e in t.errors]",
    'print(json.dumps([len(report.tasks), [e.message for e in report.errors], errors]))',
  ].join('\n');
  const [tables, errors, cells] = runPython<[number, string[], FrictionlessError[]]>(script, join(release, 'data/datapackage.json'));
  expect(errors).toEqual([]);
  const { resources } = read<{ resources: { name: string; schema?: { fields: { name: string; type: string }[] } }[] }>('data/datapackage.json');
  expect(tables).toBe(resources.length);
  const isList = ({ table, field }: FrictionlessError) => resources.find(({ name }) => name === table)?.schema?.fields.find(({ name }) => name === field)?.type === 'array';
  expect(cells.filter((error) => !(error.type.endsWith('-error') && (error.cell === 'nan' || isList(error))))).toEqual([]);
}, 180_000);

testWithPython(['rocrate', 'rocrate_validator'], 'RO-Crate 1.2: loaded by rocrate, and nothing that it requires is missing for roc-validator', () => {
  const script = readFileSync(join(PACKAGE_ROOT, 'test/support/ro-crate-check.py'), 'utf8');
  const { name, entities, issues } = runPython<{ name: string; entities: string[]; issues: [severity: string, check: string, message: string][] }>(script, join(release, 'data'));
  expect(name).toBe('Chest radiographs and CT of invented patients');
  expect(entities).toEqual(expect.arrayContaining(['croissant.json', 'images/', 'tables/cases.parquet']));
  expect(issues.filter(([severity]) => severity === 'REQUIRED')).toEqual([]);
}, 180_000);

testWithPython(['ocfl'], 'OCFL 1.1: the release as a version of an object, by ocfl-py', async () => {
  const storage = mkdtempSync(join(tmpdir(), 'colophon-ocfl-'));
  const report = await runJson<ExportReport>(root, ['export', 'ocfl', '1.0.0', '--output', storage]);
  const object = report.files[0]!.path.replace(/\/v1$/, '');
  expect(runPythonTool('ocfl-root.py', 'validate', '--root', storage)).toMatchObject({ status: 0 });
  const { status, said } = runPythonTool('ocfl-validate.py', object);
  expect([status, said.split('\n').filter((line) => /^\[[EW]\d/.test(line)), said]).toEqual([0, [], expect.stringContaining('is VALID')]);
  rmSync(storage, { recursive: true });
});

test('all of them say no to the folder with one byte changed, where they read it', () => {
  const copy = mkdtempSync(join(tmpdir(), 'colophon-changed-'));
  cpSync(release, copy, { recursive: true });
  const path = join(copy, 'data/tables/cases.parquet');
  const bytes = readFileSync(path);
  bytes[bytes.length - 20]! ^= 1;
  writeFileSync(path, bytes);
  expect(() => execFileSync('sha256sum', ['-c', '--quiet', 'manifest-sha256.txt'], { cwd: copy, stdio: 'ignore' })).toThrow();
  if (PYTHON !== undefined) expect(runPythonTool('bagit.py', '--validate', copy).status).not.toBe(0);
  expect(readdirSync(copy)).toContain('data');
  rmSync(copy, { recursive: true });
});
