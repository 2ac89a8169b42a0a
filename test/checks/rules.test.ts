import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Catalog } from '../../src/catalog/catalog.js';
import { implementedCodes, PROGRAMME } from '../../src/checks/programme.js';
import { checkCatalog } from '../../src/checks/run.js';
import type { CheckReport } from '../../src/model/check.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { BAD_FIXTURES, type BadFixture } from './bad-fixtures.js';
import { cleanFixture, loadFixture, midrcPack, OPTIONS, type Fixture } from './catalog-fixture.js';

/** The checks of tables and of how images hang together; the other groups prove their rules in tests of their own. */
const BASIC = PROGRAMME.filter(({ codes }) => codes.some((code) => /^(?:GATE|SCH|REF|DUP)-/.test(code)));

async function check(fixture: Fixture, pack = midrcPack(), programme = BASIC): Promise<CheckReport> {
  const catalog = await Catalog.open(':memory:');
  try {
    await loadFixture(catalog, fixture);
    return await checkCatalog(catalog, { ...OPTIONS, pack, programme });
  } finally {
    catalog.close();
  }
}

/** Every code that a test of the rules names as a text: each group proves its rules in a folder of its own. */
function codesInTests(): Set<string> {
  const files = ['checks', 'conformance', 'deidentification', 'inspection', 'pixels', 'tagging', 'text'].flatMap((room) => {
    const folder = join(PACKAGE_ROOT, 'test', room);
    return existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts')).map((name) => join(folder, name)) : [];
  });
  return new Set(files.flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/['"`]([A-Z]{3,4}-[A-Z0-9]+)\b/g)].map(([, code]) => code ?? '')));
}

test('every implemented rule has a bad fixture, here or in the tests of its group', () => {
  const proven = new Set<string>([...BAD_FIXTURES.map(({ code }) => code), ...codesInTests()]);
  expect(implementedCodes().filter((code) => !proven.has(code))).toEqual([]);
});

test('the clean catalog breaks no rule, and every rule of its kind looked at it', async () => {
  const report = await check(cleanFixture(), midrcPack(), [...PROGRAMME]);
  expect(report.findings.filter(({ level }) => level !== 'info').map(({ code, message, location }) => [code, message, location])).toEqual([]);
  expect(report.verdict).toBe('pass');
  const idle = report.checks.filter(({ status }) => status !== 'checked');
  expect(idle.filter(({ reason }) => reason === null || reason === '')).toEqual([]);
  const basic = /^(?:SCH|REF|GATE)-/;
  expect(idle.map(({ code }) => code).filter((code) => basic.test(code))).toEqual(['GATE-WAIVER', 'SCH-019', 'SCH-022', 'SCH-023', 'SCH-024', 'REF-006']);
});

describe('each rule names what breaks it', () => {
  test.each(BAD_FIXTURES.filter(({ findings }) => findings.length > 0).map((bad): [string, BadFixture] => [`${bad.code} ${bad.what}`, bad]))('%s', async (_name, bad) => {
    const report = await check(bad.fixture, bad.pack);
    const found = report.findings.filter(({ code }) => code === bad.code);
    expect(found.map(({ message }) => message)).toHaveLength(bad.findings.length);
    bad.findings.forEach((expected, index) => {
      const finding = found[index];
      const { message, found: value, hint, level, ...location } = expected;
      expect(finding?.message).toMatch(message);
      if (value !== undefined) expect(finding?.found).toMatch(value);
      if (hint !== undefined) expect(finding?.hint).toMatch(hint);
      if (level !== undefined) expect(finding?.level).toBe(level);
      expect(finding?.location).toMatchObject(location);
      expect(finding?.fingerprint).toMatch(/^[0-9a-f]{16}$/);
    });
  });

  test('no finding repeats the PatientID of images that meet no case', async () => {
    const bad = BAD_FIXTURES.find(({ what }) => what.startsWith('images whose patient'));
    expect(JSON.stringify(await check(bad?.fixture ?? cleanFixture()))).not.toContain('MRN4711');
  });
});

describe('what is not released is not judged', () => {
  test('rows and images of rejected and withdrawn cases block nothing, and are counted', async () => {
    const fixture = cleanFixture();
    fixture.cases = { C1: 'rejected', C2: 'accepted' };
    (fixture.tables['case']?.[1] ?? [])[3] = 'unknown sex';
    (fixture.tables['measurement']?.[1] ?? [])[3] = 'soon';
    (fixture.tables['cr_series_file']?.[1] ?? [])[6] = 'no digest';
    Object.assign(fixture.images[0] ?? {}, { status: 'partial', error_code: 'truncated', sha256: fixture.images[1]?.sha256 });
    const report = await check(fixture);
    expect(report.findings).toEqual([]);
    expect(report.not_checked.join()).toMatch(/^5 table rows of rejected, withdrawn or withheld cases/);
  });

  test('a row of two cases counts as long as one of them is released', async () => {
    const fixture = cleanFixture();
    fixture.cases = { C1: 'rejected', C2: 'accepted' };
    (fixture.tables['measurement']?.[1] ?? [])[2] = 'C2';
    (fixture.tables['measurement']?.[1] ?? [])[3] = 'soon';
    const report = await check(fixture);
    expect(report.findings.map(({ code, location }) => [code, location.key])).toEqual([['SCH-006', 'M1']]);
  });

  test('a row that links to a rejected case is an orphan of the release', async () => {
    const fixture = cleanFixture();
    fixture.cases = { C1: 'rejected', C2: 'accepted' };
    const report = await check(fixture);
    expect(report.verdict).toBe('pass');
  });
});

test('two people may share every demographic, and two studies of one day may look alike', async () => {
  const fixture = cleanFixture();
  const copy = [...(fixture.tables['case']?.[1] ?? [])];
  copy[1] = 'C3';
  fixture.tables['case']?.push(copy);
  fixture.images.push({ path: 'C3/1.dcm', sha256: 'c'.repeat(64), case_id: 'C3', PatientID: 'C3', SOPInstanceUID: '1.3.1.1.1', SeriesInstanceUID: '1.3.1.1', StudyInstanceUID: '1.3.1' });
  const report = await check(fixture);
  expect(report.findings.filter(({ code }) => code.startsWith('DUP'))).toEqual([]);
});
