import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { formulaStart } from '../../../src/checks/security/formula.js';
import { findInvisible } from '../../../src/checks/security/invisible.js';
import { findSecret, holdsRandomRun, isTellingColumn } from '../../../src/checks/security/secrets.js';
import { releasedTextCheck } from '../../../src/checks/security/text-check.js';
import { cleanFixture, midrcPack, type Fixture } from '../catalog-fixture.js';
import { runChecks, told, type RunOptions } from '../run-checks.js';

const run = (fixture: Fixture, options: RunOptions = {}) => runChecks([releasedTextCheck], fixture, options);

/** The clean fixture with these texts in the results of tests, a free text column. */
function withResults(...texts: string[]): Fixture {
  const fixture = cleanFixture();
  const rows = fixture.tables['measurement'] ?? [];
  texts.forEach((text, index) => rows.push(['measurement', `X${index}`, 'C1', '0', 'RT-PCR', text, 'Positive']));
  return fixture;
}

test('a clean catalog has nothing of the kind, and all of it was looked at', async () => {
  const report = await run(cleanFixture());
  expect(told(report)).toEqual([]);
  expect(report.checks.filter(({ code }) => code.startsWith('SEC')).map(({ status }) => status)).toEqual(['checked', 'checked', 'checked']);
});

describe('SEC-120 formulas', () => {
  test('what begins like one is told', async () => {
    const texts = ['=1+1', '+cmd|/c calc', '-', '+', '- none', '@SUM(A1)', '\tx', '\rx', '-1-2', '+1 555 0100', '\uFF1Dx', '-36 days'];
    expect(texts.filter((text) => formulaStart(text) === null)).toEqual([]);
    const report = await run(withResults(...texts));
    expect(told(report)).toEqual(texts.map(() => 'SEC-120 error test_name'));
    expect(new Set(report.findings.map(({ location }) => location.line)).size).toBe(texts.length);
  });

  test('numbers, and signs elsewhere, are fine', async () => {
    const texts = ['-36', '+3.2e-5', '-1.5', '-.5', '-1,5', '+20%', '-21,-1,16', '-120.5\\-130\\40', 'a=b', 'x', '\u22125', '5-7', ' =1'];
    expect(texts.filter((text) => formulaStart(text) !== null)).toEqual([]);
    expect(told(await run(withResults(...texts)))).toEqual([]);
  });

  test('one value of one column is one finding, with the number of rows; a waiver accepts it and no other', async () => {
    const report = await run(withResults('-', '-', '-', '=x'));
    expect(report.findings.map(({ found, location }) => [found, location.line])).toEqual([
      ['- and 0 more characters, in 3 rows, first X0', 4],
      ['= and 1 more characters, in 1 row, first X3', 7],
    ]);
    expect(new Set(report.findings.map(({ fingerprint }) => fingerprint)).size).toBe(2);
  });

  test('numbers of the schema and rows of withdrawn cases are not asked', async () => {
    const fixture = withResults('=x');
    const row = fixture.tables['measurement']?.at(-1) ?? [];
    row[2] = 'C3';
    fixture.cases = { C1: 'accepted', C2: 'accepted', C3: 'withdrawn' };
    fixture.tables['case']?.push(['case', 'C3', 'Open-A1', 'Male', '30', 'No', 'No', '606', 'true', 'S2']);
    (fixture.tables['measurement']?.[1] ?? [])[3] = '=days';
    expect(told(await run(fixture))).toEqual([]);
  });

  test('columns called like the names that SQL gives here change nothing', async () => {
    const fixture = cleanFixture();
    const names = ['cell', 'text', 'n', 'first', 'cut', 'hits0', 'invisible', 'formula'];
    fixture.tables['measurement']?.forEach((row, index) => row.push(...names.map((name) => (index === 0 ? name : name === 'cell' ? '=x' : 'fine'))));
    expect(told(await run(fixture))).toEqual(['SEC-120 error cell']);
  });

  test('a member of a list and a value of an attribute begin like one', async () => {
    const fixture = cleanFixture();
    (fixture.tables['imaging_study']?.[1] ?? [])[9] = 'CR,=x';
    const prepare = { prepare: async (catalog: { run(sql: string): Promise<number> }) => void (await catalog.run("UPDATE instance SET ContrastBolusAgent = '@x', ImagePositionPatient = '-1.5\\-2\\3', ImageType = 'A\\=B' WHERE case_id = 'C1'")) };
    const report = await run(fixture, prepare);
    expect(told(report)).toEqual(['SEC-120 error ContrastBolusAgent', 'SEC-120 error ImageType', 'SEC-120 error study_modality']);
    expect(report.findings[0]).toMatchObject({ location: { kind: 'dataset', tag: 'ContrastBolusAgent' }, found: '@ and 1 more characters, in 2 files, first C1/1.dcm' });
  });

  test('law: SQL and JavaScript say the same', async () => {
    const texts = fc.sample(fc.string({ unit: fc.constantFrom(...'=+-@.,0123e%; x\t'), maxLength: 8, minLength: 1 }), { numRuns: 400, seed: 7 }).filter((text) => text.trim() === text || /^[\t]/.test(text));
    const report = await run(withResults(...new Set(texts)));
    expect(report.checks.find(({ code }) => code === 'SEC-120')?.findings).toBe([...new Set(texts)].filter((text) => formulaStart(text) !== null).length);
  });
});

describe('SEC-121 what nobody sees', () => {
  test('is told by its code point and never shown', async () => {
    const texts: [string, string][] = [['\u001B[31m', 'U+001B'], ['a\u0085b', 'U+0085'], ['a\u202Eb', 'U+202E'], ['Fem\u200Bale', 'U+200B'], ['\uFEFFx', 'U+FEFF'], ['x\u200Dy', 'U+200D'], ['a\u{E0041}', 'U+E0041']];
    const report = await run(withResults(...texts.map(([text]) => text)));
    const found = report.findings.toSorted((a, b) => (a.location.line ?? 0) - (b.location.line ?? 0));
    expect(found.map(({ code, level, location }) => [code, level, location.column])).toEqual(texts.map(() => ['SEC-121', 'error', 'test_name']));
    texts.forEach(([text, character], index) => {
      expect(found[index]?.found).toMatch(`${character}, in 1 row`);
      expect(JSON.stringify(report)).not.toContain(text);
    });
  });

  test('lines, tabs, letters of any script and what joins them are fine', async () => {
    const texts = ['two\nlines', 'a\tb', 'naïve', '肺炎', 'می\u200Cخواهم', '👩\u200D⚕️'];
    expect(texts.filter((text) => findInvisible(text) !== null)).toEqual([]);
    expect(told(await run(withResults(...texts)))).toEqual([]);
  });

  test('titles, creators, parts and descriptions are published too', async () => {
    const dataset = { id: 'demo', title: 'De\u202Emo', license: 'CC-BY-4.0', creators: [{ name: 'A\u0007' }] };
    const pack = midrcPack();
    const table = pack.tables.get('case');
    if (table === undefined) throw new Error('no case');
    const told121 = told(await run(cleanFixture(), { config: { dataset, splits: { s: { parts: { 'a\u200B': 0.5, b: 0.5 }, seed: 1 } } }, pack: { ...pack, tables: new Map([...pack.tables, ['case', { ...table, description: 'a\u0000' }]]) } }));
    expect(told121.sort()).toEqual(['SEC-121 error case', 'SEC-121 error dataset.creators[0].name', 'SEC-121 error dataset.title', 'SEC-121 error splits.parts']);
  });

  test('a very long text is judged by what SQL saw of it', async () => {
    expect(told(await run(withResults(`${'x'.repeat(70_000)}\u202E`)))).toEqual(['SEC-121 error test_name']);
  });
});

describe('SEC-151 secrets', () => {
  const bearer = 'Bearer abcdefghijklmnopqrstuvwxyz';
  const secrets: [string, RegExp][] = [
    ['-----BEGIN RSA PRIVATE KEY-----', /private key/],
    [`x AKIA${'A1B2'.repeat(4)} y`, /AWS/],
    [`ghp_${'a1B2'.repeat(9)}`, /GitHub/],
    ['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln', /web token/],
    ['password=hunter2', /password/],
    ['Server=db;Pwd = "x9$k"', /password/],
    ['salt: 8f3a9c0b12', /salt/],
    ['postgres://user:pass@db/x', /URL/],
    [bearer, /request/],
  ];
  test('are told by their kind and never shown', async () => {
    const report = await run(withResults(...secrets.map(([text]) => text)));
    const found = report.findings.filter(({ code }) => code === 'SEC-151').sort((a, b) => (a.location.line ?? 0) - (b.location.line ?? 0));
    expect(found).toHaveLength(secrets.length);
    secrets.forEach(([text, kind], index) => {
      expect(found[index]).toMatchObject({ level: 'error', location: { column: 'test_name' } });
      expect(found[index]?.message).toMatch(kind);
      expect(JSON.stringify(report)).not.toContain(text);
    });
  });

  test('digests, UIDs and words about salt are none', async () => {
    const texts = ['salt: reduced intake', 'token of thanks', 'secretory phase', 'keyhole surgery', 'd41d8cd98f00b204e9800998ecf8427e', '2.25.164509566290509482414438487695956678181', 'a8098c1a-f86e-11da-bd1a-00112444be1e', 'PressureControlledVentilationVolumeGuaranteed'];
    expect(texts.filter((text) => findSecret(text) !== null || holdsRandomRun(text))).toEqual([]);
    expect(told(await run(withResults(...texts)))).toEqual([]);
  });

  test('a stray random word is a warning; a column of them is a column of ids', async () => {
    const word = (index: number) => `q7RkW2mZ9xLpT4vB8nYc3HdF6sJg${String.fromCharCode(65 + (index % 26))}aE5${index}uK`;
    expect(told(await run(withResults(word(1))))).toEqual(['SEC-151 warning test_name']);
    expect(told(await run(withResults(...Array.from({ length: 12 }, (_, index) => word(index)))))).toEqual([]);
  });

  test('columns that undo a de-identification are named so; no column of the pack is', async () => {
    const fixture = cleanFixture();
    fixture.tables['case']?.forEach((row, index) => row.push(index === 0 ? 'originalPatientID' : 'x'));
    expect(told(await run(fixture))).toEqual(['SEC-151 error originalPatientID']);
    expect([...midrcPack().tables.values()].flatMap(({ columns }) => columns.map(({ name }) => name)).filter(isTellingColumn)).toEqual([]);
    expect(['mrn', 'day_shift', 'old_id', 'hmac_key'].every(isTellingColumn)).toBe(true);
  });

  test('the address of a release holds no password', async () => {
    expect(told(await run(cleanFixture(), { config: { release: { base_url: 'https://me:geheim@example.org/x' } } }))).toEqual(['SEC-151 error release.base_url']);
  });

  test('time grows with the length of a text, not with its square', () => {
    const started = performance.now();
    for (const text of ['eyJ-'.repeat(16_000), 'password '.repeat(7000), 'a://'.repeat(16_000), '-----BEGIN '.repeat(6000)]) findSecret(text);
    expect(performance.now() - started).toBeLessThan(2000);
  });
});
