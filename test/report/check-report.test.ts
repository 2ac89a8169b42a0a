import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { Catalog } from '../../src/catalog/catalog.js';
import { listChecks } from '../../src/checks/programme.js';
import { checkCatalog } from '../../src/checks/run.js';
import type { CheckReport } from '../../src/model/check.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { renderCheck } from '../../src/report/check-text.js';
import { renderCheckSarif } from '../../src/report/check-sarif.js';
import { renderCheckEntry, renderChecksList } from '../../src/report/checks-text.js';
import { cleanFixture, loadFixture, midrcPack, OPTIONS } from '../checks/catalog-fixture.js';

const GOLDEN = join(PACKAGE_ROOT, 'test/golden/check');
const ENTRIES = listChecks();

/** Compares with the golden file; UPDATE_GOLDEN=1 writes it. */
function expectGolden(name: string, text: string): void {
  const path = join(GOLDEN, name);
  if (process.env['UPDATE_GOLDEN'] === '1') {
    mkdirSync(GOLDEN, { recursive: true });
    writeFileSync(path, text);
  }
  expect(text).toBe(readFileSync(path, 'utf8'));
}

let clean: CheckReport;
let dirty: CheckReport;
beforeAll(async () => {
  const catalog = await Catalog.open(':memory:');
  await loadFixture(catalog, cleanFixture());
  clean = await checkCatalog(catalog, { ...OPTIONS, pack: midrcPack() });
  catalog.close();
  dirty = await dirtyReport();
});

/** Errors, warnings and notes of several rules, a frequent one, hostile text in keys and paths, a waiver that holds and one that does not. */
async function dirtyReport(): Promise<CheckReport> {
  const fixture = cleanFixture();
  (fixture.tables['case']?.[1] ?? [])[3] = 'Fem\u200bale';
  for (let index = 0; index < 5; index++) fixture.tables['measurement']?.push(['measurement', `N${index}`, 'C1', String(index + 5), 'RT-PCR', 'COVID-19', 'positive']);
  fixture.tables['condition']?.push(['condition', 'K\u001b[31m\u202e9', 'C9', 'Hepatitis of Jane Roe', 'ICD-10-CM', '', '', '']);
  fixture.images.push({ path: 'a dir/café:\u001b]8;;x.dcm', status: 'unreadable', error_code: 'not-dicom', sha256: 'e'.repeat(64) });
  fixture.images.push({ path: 'DICOMDIR', status: 'unreadable', error_code: 'dicomdir' });
  fixture.images.push({ path: 'C1/3.dcm', sha256: fixture.images[0]?.sha256 ?? '', case_id: 'C1', PatientID: 'C1', SOPInstanceUID: '1.2.1.1.3', SeriesInstanceUID: '1.2.1.1', StudyInstanceUID: '1.2.1' });
  fixture.cases = { C1: 'accepted', C2: 'accepted', C7: 'rejected' };
  const catalog = await Catalog.open(':memory:');
  try {
    await loadFixture(catalog, fixture);
    const first = await checkCatalog(catalog, { ...OPTIONS, pack: midrcPack() });
    const accepted = first.findings.filter(({ code }) => code === 'DUP-001').map(({ code, fingerprint }) => ({ code, fingerprint, reason: 'kept twice on purpose', approver: 'A. Steward', expiry: '2026-12-31' }));
    const stale = { code: 'SCH-008', fingerprint: '0000000000000000', reason: 'old', approver: 'A. Steward', expiry: '2026-12-31' };
    return await checkCatalog(catalog, { ...OPTIONS, pack: midrcPack(), waivers: [...accepted, stale] });
  } finally {
    catalog.close();
  }
}

describe('text', () => {
  test('of a catalog with findings', () => {
    expectGolden('dirty.txt', `${renderCheck(dirty, ENTRIES)}\n`);
  });

  test('of a clean catalog', () => {
    expectGolden('clean.txt', `${renderCheck(clean, ENTRIES)}\n`);
  });

  test('holds no control, bidi or zero-width character but the colours that were asked for', () => {
    const text = renderCheck(dirty, ENTRIES);
    expect(text).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u200B-\u200F\u202A-\u202E]/);
    const colored = renderCheck(dirty, ENTRIES, { color: true });
    expect(colored).not.toBe(text);
    expect(colored.replace(/\u001B\[\d+m/g, '')).toBe(text);
  });

  test('repeats no free text', () => {
    expect(renderCheck(dirty, ENTRIES)).not.toContain('Jane');
    expect(JSON.stringify(dirty)).not.toContain('Jane');
  });

  test('names the fingerprint that a waiver needs, and what a restricted run is worth', () => {
    const [first] = dirty.findings;
    expect(renderCheck(dirty, ENTRIES)).toContain(first?.fingerprint ?? '?');
    expect(renderCheck({ ...clean, verdict: 'none', only: ['DUP'] }, ENTRIES)).toMatch(/no verdict/);
  });
});

test('JSON', () => {
  expectGolden('dirty.json', `${JSON.stringify(dirty, null, 2)}\n`);
});

describe('SARIF 2.1.0', () => {
  test('of a catalog with findings', () => {
    expectGolden('dirty.sarif', renderCheckSarif(dirty, ENTRIES, '0.0.0'));
  });

  test('has what the standard requires, and refers only to what is there', () => {
    const log = JSON.parse(renderCheckSarif(dirty, ENTRIES, '1.2.3')) as SarifLog;
    expect(log.version).toBe('2.1.0'); // 3.13.2
    expect(log.runs).toHaveLength(1);
    const [run] = log.runs;
    expect(run?.tool.driver.name).toBe('Colophon'); // 3.19.8
    const ids = run?.tool.driver.rules.map(({ id }) => id) ?? [];
    expect(new Set(ids).size).toBe(ids.length); // 3.19.23
    expect(run?.results.length).toBe(dirty.findings.length + dirty.waived.length);
    for (const result of run?.results ?? []) {
      expect(result.message.text).not.toBe(''); // 3.27.11
      expect(['error', 'warning', 'note']).toContain(result.level); // 3.27.10
      expect(ids[result.ruleIndex]).toBe(result.ruleId); // 3.27.6
      expect(Object.values(result.partialFingerprints)).toEqual([expect.stringMatching(/^[0-9a-f]{16}$/)]); // 3.27.17
      for (const { physicalLocation, logicalLocations } of result.locations) {
        expect(physicalLocation ?? logicalLocations).toBeDefined();
        if (physicalLocation === undefined) continue;
        const { uri } = physicalLocation.artifactLocation;
        expect(new URL(uri, 'file:///base/').pathname).toBe(`/base/${uri}`); // 3.4.3: a valid relative reference
        if (physicalLocation.region !== undefined) expect(physicalLocation.region.startLine).toBeGreaterThan(0); // 3.30.5
      }
      for (const suppression of result.suppressions ?? []) expect(suppression).toEqual({ kind: 'external', status: 'accepted', justification: expect.any(String) }); // 3.35
    }
    expect(run?.results.filter(({ suppressions }) => suppressions !== undefined)).toHaveLength(1);
    expect(run?.results.some(({ locations }) => locations[0]?.physicalLocation?.artifactLocation.uri === 'images/a%20dir/caf%C3%A9%3A%1B%5D8%3B%3Bx.dcm')).toBe(true);
  });
});

interface SarifLog {
  version: string;
  runs: {
    tool: { driver: { name: string; rules: { id: string }[] } };
    results: {
      ruleId: string;
      ruleIndex: number;
      level: string;
      message: { text: string };
      locations: { physicalLocation?: { artifactLocation: { uri: string }; region?: { startLine: number } }; logicalLocations?: object[] }[];
      partialFingerprints: Record<string, string>;
      suppressions?: object[];
    }[];
  }[];
}

describe('the catalogue', () => {
  test('as a list and rule by rule', () => {
    expectGolden('catalogue.txt', `${[renderChecksList(ENTRIES), ...ENTRIES.map((entry) => renderCheckEntry(entry))].join('\n\n')}\n`);
  });

  test('says of every rule why and how to mend, in whole sentences', () => {
    for (const { title, why, mend, source } of ENTRIES) {
      expect(title).not.toMatch(/\.$/);
      for (const text of [why, mend]) expect(text).toMatch(/^[A-Z0-9].*\.$/);
      expect(source).not.toBe('');
    }
  });
});
