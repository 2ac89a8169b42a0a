import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Catalog } from '../../src/catalog/catalog.js';
import type { Check } from '../../src/checks/check.js';
import { PROGRAMME } from '../../src/checks/programme.js';
import { checkCatalog, policyDigest, type CheckOptions } from '../../src/checks/run.js';
import { fingerprintOf } from '../../src/checks/sink.js';
import { CurationError } from '../../src/errors.js';
import type { CheckReport } from '../../src/model/check.js';
import type { Waiver } from '../../src/model/finding.js';
import { completePolicy } from '../../src/model/policy-profiles.js';
import { cleanFixture, CONFIG, createRaw, loadFixture, midrcPack, OPTIONS, type Fixture } from './catalog-fixture.js';

let catalog: Catalog;
beforeEach(async () => {
  catalog = await Catalog.open(':memory:');
});
afterEach(() => catalog.close());

/** A catalog with one error (SCH-007, case C1) and nothing else. */
async function withOneError(): Promise<void> {
  const fixture = cleanFixture();
  (fixture.tables['case']?.[1] ?? [])[3] = 'female';
  await loadFixture(catalog, fixture);
}

function run(options: Partial<CheckOptions> = {}): Promise<CheckReport> {
  return checkCatalog(catalog, { ...OPTIONS, pack: midrcPack(), ...options });
}

function waiver(code: string, fingerprint: string, expiry = '2026-03-01'): Waiver {
  return { code, fingerprint, reason: 'checked with the site', approver: 'A. Steward', expiry };
}

describe('waivers', () => {
  test('a waiver accepts its finding to the end of its last day; it is counted and listed apart', async () => {
    await withOneError();
    const [finding] = (await run()).findings;
    const report = await run({ waivers: [waiver('SCH-007', finding?.fingerprint ?? '')] });
    expect(report.verdict).toBe('pass');
    expect(report.summary).toMatchObject({ errors: 0, waived: 1 });
    expect(report.findings).toEqual([]);
    expect(report.waived).toEqual([{ ...finding, waiver: { reason: 'checked with the site', approver: 'A. Steward', expiry: '2026-03-01' } }]);
    expect(report.checks.find(({ code }) => code === 'SCH-007')).toMatchObject({ findings: 0, waived: 1 });
    expect(await catalog.all('SELECT code, waived FROM finding')).toEqual([{ code: 'SCH-007', waived: true }]);
    expect(await catalog.all('SELECT code, expiry FROM waiver')).toEqual([{ code: 'SCH-007', expiry: '2026-03-01' }]);
  });

  test('an expired waiver accepts nothing and is told', async () => {
    await withOneError();
    const [finding] = (await run()).findings;
    const report = await run({ waivers: [waiver('SCH-007', finding?.fingerprint ?? '', '2026-02-28')] });
    expect(report.verdict).toBe('fail');
    expect(report.findings.map(({ code, level, message }) => [code, level, message])).toEqual([
      ['SCH-007', 'error', 'sex holds a value that is not allowed.'],
      ['GOV-010', 'error', 'The waiver is out of date.'],
      ['GATE-WAIVER', 'warning', 'The waiver has expired, so its finding stands.'],
    ]);
  });

  test('a waiver that meets no finding, or no check, is told', async () => {
    await loadFixture(catalog, cleanFixture());
    const report = await run({ waivers: [waiver('SCH-007', '0123456789abcdef'), waiver('FOO-1', '0123456789abcdef')] });
    expect(report.findings.map(({ code, message }) => [code, message])).toEqual([
      ['GATE-WAIVER', 'The waiver meets no finding: what it accepted is gone or has changed.'],
      ['GATE-WAIVER', 'The waiver names a check that does not exist.'],
    ]);
    expect(report.verdict).toBe('pass');
  });

  test('a waiver binds to the content: another wrong value needs another one', async () => {
    await withOneError();
    const [finding] = (await run()).findings;
    await catalog.run("UPDATE raw_case SET sex = 'FEMALE' WHERE submitter_id = 'C1'");
    const report = await run({ waivers: [waiver('SCH-007', finding?.fingerprint ?? '')] });
    expect(report.summary).toMatchObject({ errors: 1, warnings: 1, waived: 0 });
  });

  test('rules that allow no waiver refuse it, and so does a check that broke off', async () => {
    const fixture = cleanFixture();
    fixture.defects = [{ code: 'SCH-003', table: 'case', line: 2, message: 'Too many cells.' }];
    await loadFixture(catalog, fixture);
    const programme = [...PROGRAMME, throwing(new Error('x'))];
    const { findings } = await run({ programme });
    const report = await run({ programme, waivers: findings.map(({ code, fingerprint }) => waiver(code, fingerprint)) });
    expect(report.summary).toMatchObject({ errors: 3, waived: 1, warnings: 2 });
    expect(report.findings.filter(({ code }) => code === 'GATE-WAIVER').every(({ message }) => /cannot be waived/.test(message))).toBe(true);
  });

  test('waivers of rules that a restricted run leaves out are left alone', async () => {
    await loadFixture(catalog, cleanFixture());
    const report = await run({ only: ['DUP', 'GATE-WAIVER'], waivers: [waiver('SCH-007', '0123456789abcdef')] });
    expect(report.findings).toEqual([]);
  });
});

/** A check that yields one finding and then breaks off. */
function throwing(error: unknown): Check {
  return {
    codes: ['DUP-001'],
    async *run() {
      yield { code: 'DUP-001', message: 'Seen before it broke.', location: { kind: 'dataset' }, content: '' };
      throw error;
    },
  };
}

describe('fails closed', () => {
  test('a check that throws is an error, its findings so far and the other checks stand, and no value is told', async () => {
    await withOneError();
    const report = await run({ programme: [throwing(new TypeError('cannot read John Doe')), ...PROGRAMME.filter(({ codes }) => codes.some((code) => code.startsWith('SCH')))] });
    expect(report.findings.map(({ code }) => code)).toEqual(['GATE-INCOMPLETE', 'SCH-007', 'DUP-001']);
    expect(report.findings[0]).toMatchObject({ found: 'TypeError', location: { kind: 'dataset', key: 'DUP-001' } });
    expect(report.checks.find(({ code }) => code === 'DUP-001')).toMatchObject({ status: 'incomplete', reason: 'TypeError' });
    expect(JSON.stringify(report)).not.toContain('John Doe');
  });

  test('a table that is gone breaks only the checks that need it', async () => {
    await withOneError();
    await catalog.run('ALTER TABLE raw_condition RENAME COLUMN condition_code TO gone');
    const report = await run();
    expect(report.verdict).toBe('fail');
    expect(report.findings.some(({ code }) => code === 'GATE-INCOMPLETE')).toBe(true);
    expect(report.checks.find(({ code }) => code === 'DUP-001')?.status).toBe('checked');
  });

  test('a full disk and an interruption end the run and leave the findings of the run before', async () => {
    await withOneError();
    await run();
    await expect(run({ programme: [throwing(new CurationError('DISK_FULL', 'full'))] })).rejects.toMatchObject({ code: 'DISK_FULL' });
    const aborted = AbortSignal.abort();
    await expect(run({ signal: aborted })).rejects.toMatchObject({ code: 'INTERRUPTED' });
    expect(await catalog.all('SELECT code FROM finding')).toEqual([{ code: 'SCH-007' }]);
    expect(await catalog.all("SELECT table_name FROM duckdb_tables() WHERE table_name LIKE 'check_%'")).toEqual([]);
  });

  test('an empty catalog is no pass', async () => {
    const report = await run();
    expect(report.verdict).toBe('fail');
    expect(report.findings.map(({ message }) => message)).toContain('No case is accepted, so there is nothing to judge.');
  });
});

describe('coverage', () => {
  test('a check that applies and looked at nothing is a warning, one that does not apply is told apart', async () => {
    const idle: Check = { codes: ['SCH-021' as never], async *run() {} };
    const empty: Check = { codes: ['DUP-001'], async *run(_, coverage) { coverage.looked('DUP-001', 0); } };
    const absent: Check = { codes: ['DUP-002'], async *run(_, coverage) { coverage.notApplicable('DUP-002', 'there are no image files'); } };
    await loadFixture(catalog, cleanFixture());
    const report = await run({ programme: [empty, absent, idle] });
    expect(report.findings).toMatchObject([{ code: 'GATE-COVERAGE', level: 'warning', location: { key: 'DUP-001' } }]);
    expect(report.checks.find(({ code }) => code === 'DUP-002')).toMatchObject({ status: 'not-applicable', reason: 'there are no image files' });
    expect(report.not_checked.join()).toContain('DUP-002: there are no image files.');
  });

  test('a workspace of tables alone: rules about images do not apply', async () => {
    const fixture: Fixture = { ...cleanFixture(), images: [] };
    await loadFixture(catalog, fixture);
    const report = await run({ config: { ...CONFIG, sources: CONFIG.sources.filter(({ kind }) => kind === 'tables') } });
    expect(report.findings).toEqual([]);
    expect(report.checks.filter(({ status }) => status === 'not-applicable').map(({ code }) => code)).toEqual(
      expect.arrayContaining(['REF-003', 'REF-004', 'REF-005', 'DUP-001', 'DUP-002']),
    );
  });

  test('without a schema, keys are still judged', async () => {
    const fixture = cleanFixture();
    fixture.tables['measurement']?.push(['measurement', 'M1', 'C2', '9', '', '', ''], ['measurement', '', 'C2', '7', '', '', ''], ['measurement', ' M9', 'C2', '8', '', '', '']);
    await loadFixture(catalog, fixture, null);
    const report = await run({ pack: null });
    expect(report.findings.map(({ code, message }) => [code, message])).toEqual([
      ['SCH-010', 'The key has blanks around it or invisible characters in it.'],
      ['SCH-010', 'The key of the row occurs more than once.'],
      ['SCH-010', 'The row has no key.'],
    ]);
    expect(report.not_checked.join()).toContain('no schema is configured');
  });
});

describe('only', () => {
  test('restricts the run, gives no verdict, and says so', async () => {
    await withOneError();
    const report = await run({ only: ['dup', 'SCH-010'] });
    expect(report.checks.map(({ code }) => code)).toEqual(['SCH-010', 'DUP-001', 'DUP-002', 'DUP-003', 'DUP-004', 'DUP-005', 'DUP-006', 'DUP-007', 'DUP-008', 'DUP-009']);
    expect(report.verdict).toBe('none');
    expect(report.not_checked[0]).toBe('Only dup, SCH-010 ran: this is no verdict on the dataset.');
  });

  test('an unknown or unimplemented check is refused with a suggestion', async () => {
    await expect(run({ only: ['SCH-07'] })).rejects.toMatchObject({ code: 'CHECK_UNKNOWN', suggestions: [expect.stringContaining('SCH-007'), expect.any(String)] });
    await expect(run({ only: ['SCH-021'] })).rejects.toMatchObject({ code: 'CHECK_UNKNOWN', message: 'This version does not run SCH-021' });
  });
});

describe('the report is a function of the data', () => {
  test('rows and files in another order give the same findings and fingerprints', async () => {
    const fixture = cleanFixture();
    for (let index = 0; index < 12; index++) fixture.tables['condition']?.push(['condition', `X${index % 9}`, index % 2 === 0 ? 'C1' : 'C8', `code ${index}`, 'ICD-10-CM', '', String(index), String(5)]);
    fixture.images.push({ ...fixture.images[0], path: 'C1/copy.dcm' });
    const [header = [], ...rows] = fixture.tables['condition'] ?? [];
    const reports = new Set<string>();
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(rows, { minLength: rows.length }), fc.shuffledSubarray(fixture.images, { minLength: fixture.images.length }), async (shuffled, images) => {
        const other = await Catalog.open(':memory:');
        await loadFixture(other, { ...fixture, tables: { ...fixture.tables, condition: [header, ...shuffled] }, images });
        const { findings, summary } = await checkCatalog(other, { ...OPTIONS, pack: midrcPack() });
        other.close();
        // Which of two rows with one key is the later one does depend on their order.
        const judged = findings.filter(({ message }) => !/more than once/.test(message)).map(({ code, fingerprint }) => `${code} ${fingerprint}`);
        reports.add(JSON.stringify([judged.sort(), summary]));
      }),
      { numRuns: 6 },
    );
    expect(reports.size).toBe(1);
  });

  test('two runs give the same bytes', async () => {
    await withOneError();
    expect(JSON.stringify(await run())).toBe(JSON.stringify(await run()));
  });

  test('the fingerprint depends on rule, subject and content, not on line and path of a row', () => {
    const draft = { code: 'SCH-007', location: { kind: 'cell', table: 'case', key: 'C1', column: 'sex', line: 3, path: 'a/case.tsv' }, content: 'x' } as const;
    const other = fingerprintOf({ ...draft, location: { ...draft.location, line: 9, path: 'b/case.csv' } });
    expect(fingerprintOf(draft)).toBe(other);
    for (const change of [{ code: 'SCH-006' as const }, { content: 'y' }, { location: { ...draft.location, key: 'C2' } }, { location: { ...draft.location, column: 'race' } }])
      expect(fingerprintOf({ ...draft, ...change })).not.toBe(other);
    expect(fingerprintOf({ ...draft, content: '\uD800' })).toMatch(/^[0-9a-f]{16}$/);
  });

  test('the policy digest changes with policy, schema, rules and waivers, and with nothing else', () => {
    const pack = midrcPack();
    const policy = completePolicy();
    const base = policyDigest(policy, pack, []);
    expect(policyDigest(completePolicy({ profile: 'public', k_anonymity: 11 }), pack, [])).toBe(base);
    expect(policyDigest(policy, pack, [{ ...waiver('SCH-007', 'a'), reason: 'other words' }])).toBe(policyDigest(policy, pack, [waiver('SCH-007', 'a')]));
    const others = [
      policyDigest(completePolicy({ profile: 'internal' }), pack, []),
      policyDigest(completePolicy({ institutions: ['Somewhere'] }), pack, []),
      policyDigest(policy, null, []),
      policyDigest(policy, pack, [waiver('SCH-007', 'a')]),
      policyDigest(policy, pack, [], ['SCH-001']),
    ];
    expect(new Set([base, ...others]).size).toBe(6);
  });
});

describe('many findings', () => {
  test('a hundred thousand are all counted, few are listed, each message gets its share, and memory stays flat', async () => {
    await loadFixture(catalog, cleanFixture());
    const header = ['type', 'submitter_id', 'cases.submitter_id', 'test_days_from_index', 'test_result_text'];
    await createRaw(catalog, 'measurement', header, []);
    await catalog.run(`INSERT INTO raw_measurement SELECT 'tables', i + 2, 'measurement', 'M' || i, 'C1', (i % 1000)::VARCHAR, CASE WHEN i % 50000 = 0 THEN 'x' || i ELSE 'positive' END FROM range(100000) AS r(i)`);
    await catalog.run("UPDATE clinical_table SET columns = ? WHERE table_name = 'measurement'", [header]);
    await catalog.run("INSERT INTO raw_measurement VALUES ('tables', 100002, 'measurement', 'M-last', 'C1', 'soon', 'Positive')");
    await run();
    globalThis.gc?.();
    const before = process.memoryUsage().heapUsed;
    let peak = before;
    const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage().heapUsed)), 5);
    const report = await run({ maxFindings: 10 });
    clearInterval(watch);
    const enumeration = report.checks.find(({ code }) => code === 'SCH-007');
    expect(enumeration).toMatchObject({ checked: 100_010, findings: 100_000 });
    expect(report.findings.filter(({ code }) => code === 'SCH-007').map(({ location }) => location.line)).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    expect(report.findings.filter(({ code }) => code === 'SCH-006')).toHaveLength(1);
    expect(report.groups.find(({ code }) => code === 'SCH-007')).toMatchObject({ table: 'measurement', column: 'test_result_text', count: 100_000 });
    expect(await catalog.all('SELECT count(*) AS n FROM finding')).toEqual([{ n: report.summary.errors + report.summary.warnings }]);
    expect((peak - before) / 1e6).toBeLessThan(120);
  });

  test('an unusual message is not hidden behind a frequent one', async () => {
    const fixture = cleanFixture();
    for (let index = 0; index < 30; index++) fixture.tables['measurement']?.push(['measurement', `N${index}`, 'C1', String(index + 5), 'by hand', 'COVID-19', index === 29 ? 'maybe' : 'Positive']);
    await loadFixture(catalog, fixture);
    const report = await run({ maxFindings: 5 });
    expect(report.findings.filter(({ code }) => code === 'SCH-007').map(({ location }) => location.column)).toEqual([...Array<string>(4).fill('test_method'), 'test_result_text']);
  });
});
