import { describe, expect, test } from '@jest/globals';
import { Catalog } from '../../src/catalog/catalog.js';
import { implementedCodes } from '../../src/checks/programme.js';
import { checkCatalog } from '../../src/checks/run.js';
import type { CheckReport } from '../../src/model/check.js';
import { BAD_FIXTURES, type BadFixture } from './bad-fixtures.js';
import { cleanFixture, loadFixture, midrcPack, OPTIONS, type Fixture } from './catalog-fixture.js';

async function check(fixture: Fixture, pack = midrcPack()): Promise<CheckReport> {
  const catalog = await Catalog.open(':memory:');
  try {
    await loadFixture(catalog, fixture);
    return await checkCatalog(catalog, { ...OPTIONS, pack });
  } finally {
    catalog.close();
  }
}

/** Rules whose bad case is a broken run, not a broken catalog: see run.test.ts. */
const PROVEN_ELSEWHERE = ['GATE-COVERAGE', 'GATE-WAIVER'];

test('every implemented rule has a bad fixture', () => {
  const proven = new Set<string>([...BAD_FIXTURES.map(({ code }) => code), ...PROVEN_ELSEWHERE]);
  expect(implementedCodes().filter((code) => !proven.has(code))).toEqual([]);
});

test('the clean catalog breaks no rule, and every rule looked at it', async () => {
  const report = await check(cleanFixture());
  expect(report.findings).toEqual([]);
  expect(report.verdict).toBe('pass');
  const idle = report.checks.filter(({ status }) => status !== 'checked').map(({ code }) => code);
  expect(idle).toEqual(['GATE-WAIVER']);
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
