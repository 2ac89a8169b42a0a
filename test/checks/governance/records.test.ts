import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { Catalog } from '../../../src/catalog/catalog.js';
import type { LoggedRelease } from '../../../src/checks/check.js';
import { citationCheck } from '../../../src/checks/governance/citation.js';
import { codebookCheck } from '../../../src/checks/governance/codebook.js';
import { consentCheck } from '../../../src/checks/governance/consent.js';
import { contributorCheck } from '../../../src/checks/governance/contributors.js';
import { editionCheck } from '../../../src/checks/governance/editions.js';
import { licenseCheck } from '../../../src/checks/governance/licenses.js';
import { releaseLogCheck } from '../../../src/checks/governance/release-log.js';
import { reviewCheck } from '../../../src/checks/governance/reviews.js';
import { waiverRuleCheck } from '../../../src/checks/governance/waiver-rules.js';
import { WaiverBook } from '../../../src/checks/waivers.js';
import { editionAge, EDITIONS } from '../../../src/facts/editions.js';
import { sha256Hex } from '../../../src/fixity/digest.js';
import type { Waiver } from '../../../src/model/finding.js';
import { PACKAGE_ROOT } from '../../../src/package-root.js';
import { cleanFixture, CONFIG, midrcPack, type Fixture } from '../catalog-fixture.js';
import { runChecks, told } from '../run-checks.js';

function withColumn(table: string, name: string, ...values: string[]): Fixture {
  const fixture = cleanFixture();
  fixture.tables[table]?.forEach((row, index) => row.push(index === 0 ? name : (values[index - 1] ?? '')));
  return fixture;
}

describe('GOV-001 consent', () => {
  const consent = { column: 'consent_group', permits: ['General Research Use', 'Waived'] };

  test('every case has a value that permits', async () => {
    const report = await runChecks([consentCheck], withColumn('case', 'consent_group', 'Waived', 'General Research Use'), { policy: { consent } });
    expect(told(report)).toEqual([]);
    expect(report.checks.find(({ code }) => code === 'GOV-001')).toMatchObject({ status: 'checked', checked: 2 });
  });

  test('another value, and none, are told without the value; the table may be named', async () => {
    const report = await runChecks([consentCheck], withColumn('case', 'consent_group', 'refused by wife', ''), { policy: { consent: { ...consent, column: 'case.consent_group' } } });
    expect(report.findings.map(({ code, level, location, found }) => [code, level, location.key, found])).toEqual([
      ['GOV-001', 'error', 'C1', 'text of 15 characters (letters, blanks)'],
      ['GOV-001', 'error', 'C2', 'nothing'],
    ]);
  });

  test('rows of cases that are not released are not asked', async () => {
    const fixture = withColumn('case', 'consent_group', 'Waived', '');
    fixture.cases = { C1: 'accepted', C2: 'withdrawn' };
    expect(told(await runChecks([consentCheck], fixture, { policy: { consent } }))).toEqual([]);
  });

  test('a column that is not there permits nobody', async () => {
    expect(told(await runChecks([consentCheck], cleanFixture(), { policy: { consent } }))).toEqual(['GOV-001 error consent_group']);
  });

  test('no column is a warning in public, and no matter inside', async () => {
    expect(told(await runChecks([consentCheck], cleanFixture()))).toEqual(['GOV-001 warning']);
    const report = await runChecks([consentCheck], cleanFixture(), { policy: { profile: 'controlled' } });
    expect(report.checks.find(({ code }) => code === 'GOV-001')).toMatchObject({ status: 'not-applicable', reason: 'the policy records no consent column' });
  });
});

describe('GOV-005 licences', () => {
  const judge = async (license: string, licenses?: string[]) => {
    const report = await runChecks([licenseCheck], cleanFixture(), { config: { dataset: { ...CONFIG.dataset, license } }, ...(licenses === undefined ? {} : { policy: { licenses } }) });
    return report.findings.map(({ level, message, hint }) => `${level} ${message} ${hint ?? ''}`.trim());
  };

  test('ids of the list that the policy permits', async () => {
    expect(await judge('CC-BY-4.0')).toEqual([]);
    expect(await judge('CC0-1.0 OR MIT')).toEqual([]);
    expect(await judge('CC-BY-4.0 AND PDDL-1.0')).toEqual([]);
    expect(await judge('LicenseRef-Hospital', ['LicenseRef-Hospital'])).toEqual([]);
    expect(await judge('GPL-2.0-only WITH Classpath-exception-2.0', ['GPL-2.0-only WITH Classpath-exception-2.0'])).toEqual([]);
  });

  test('what is none, or not permitted', async () => {
    expect(await judge('CC BY 4.0')).toEqual(['error The licence of the dataset is no SPDX id. Did you mean CC-BY-4.0?']);
    expect((await judge('free for research'))[0]).toMatch(/^error The licence of the dataset is no SPDX id/);
    expect((await judge('LicenseRef-Hospital'))[0]).toMatch(/no SPDX id/);
    expect((await judge('(CC0-1.0)'))[0]).toMatch(/no SPDX id/);
    expect(await judge('MIT')).toEqual(['error The policy does not permit the licence of the dataset.']);
    expect(await judge('CC-BY-4.0 AND MIT')).toEqual(['error The policy does not permit the licence of the dataset.']);
    expect(await judge('cc-by-4.0')).toEqual([expect.stringMatching(/^warning .*another case/)]);
    expect(await judge('GPL-2.0', ['GPL-2.0'])).toEqual([expect.stringMatching(/^warning .*deprecated/)]);
  });

  test('a part may be freer than the whole, never stricter', async () => {
    const report = await runChecks([licenseCheck], withColumn('dataset', 'license', 'CC-BY-NC-4.0'));
    expect(report.findings).toMatchObject([{ code: 'GOV-005', level: 'error', location: { table: 'dataset', column: 'license' }, found: 'CC-BY-NC-4.0 in 1 row' }]);
    expect(told(await runChecks([licenseCheck], withColumn('dataset', 'license', 'CC0-1.0')))).toEqual([]);
    const odd = await runChecks([licenseCheck], withColumn('dataset', 'license', 'ask Dr. Miller'));
    expect(odd.findings).toMatchObject([{ message: 'The licence of a part is no SPDX id.' }]);
    expect(JSON.stringify(odd)).not.toContain('Miller');
  });

  test('another licence than that of the release before is told', async () => {
    const report = await runChecks([licenseCheck], cleanFixture(), { governance: { log: [entry(1, { license: 'CC0-1.0' })] } });
    expect(report.findings).toMatchObject([{ level: 'warning', message: 'The licence is another one than that of release 1.0.0, and may be stricter.' }]);
  });
});

function entry(sequence: number, changes: Partial<LoggedRelease> = {}): LoggedRelease {
  return { sequence, version: `${sequence}.0.0`, date: `2026-01-0${sequence}`, license: 'CC-BY-4.0', digest: `${sequence}`.repeat(64), previous: sequence === 1 ? null : `${sequence - 1}`.repeat(64), status: 'published', ...changes };
}

test('GOV-006: a log that hangs together, and every way it does not', async () => {
  const judge = async (log: LoggedRelease[]) => (await runChecks([releaseLogCheck], cleanFixture(), { governance: { log } })).findings.map(({ level, message }) => `${level} ${message}`);
  expect(await judge([entry(1), entry(2), entry(3)])).toEqual([]);
  expect(await judge([entry(1), entry(3, { previous: '1'.repeat(64) })])).toEqual(['error The log of releases has a hole before this entry.']);
  expect(await judge([entry(1), entry(2, { previous: null })])).toEqual(['error The release does not name the one before it.']);
  expect(await judge([entry(1), entry(2, { version: '0.9.12' })])).toEqual(['error The version is no successor of the one before.']);
  expect(await judge([entry(1), entry(2, { version: '1.0.10' }), entry(3, { version: '1.0.9' })])).toHaveLength(1);
  expect(await judge([entry(1, { status: 'edited' }), entry(2)])).toEqual(['error The release was edited: its release.json is not the one that was published.']);
  expect(await judge([entry(1, { status: 'missing' }), entry(2)])).toEqual([expect.stringMatching(/^warning .*not here/)]);
  expect(await judge([entry(1), entry(2, { status: 'missing' })])).toEqual([expect.stringMatching(/^error .*not here/)]);
  expect(await judge([entry(1, { date: '2026-04-01' })])).toEqual([expect.stringMatching(/in the future/)]);
  expect((await runChecks([releaseLogCheck], cleanFixture())).checks[0]).toMatchObject({ status: 'checked' });
});

describe('GOV-007 citation', () => {
  const judge = (dataset: typeof CONFIG.dataset, policy = {}) => runChecks([citationCheck], withColumn('dataset', 'data_citation', 'Nobody 2026'), { config: { dataset }, policy });

  test('what is missing in a public release blocks it; an address may come later', async () => {
    const bare = { id: 'd', title: 'D', license: 'CC-BY-4.0' };
    expect(told(await judge(CONFIG.dataset)).filter((line) => !line.includes('info'))).toEqual([]);
    expect(told(await judge(bare)).filter((line) => !line.includes('info'))).toEqual(['GOV-007 error dataset.creators', 'GOV-007 error dataset.description', 'GOV-007 warning dataset.url']);
    expect(told(await judge(bare, { profile: 'controlled' })).filter((line) => line.includes('error'))).toEqual([]);
    expect(told(await judge(bare, { profile: 'internal' }))).toEqual([]);
  });

  test('the texts of the template are none', async () => {
    const template = readFileSync(join(PACKAGE_ROOT, 'schemas/templates/midrc.colophon.yaml'), 'utf8');
    const dataset = { ...CONFIG.dataset, title: 'Untitled imaging dataset', description: 'What the cases are, who sent them, how they were curated.', creators: [{ name: 'Your institution' }] };
    for (const text of [dataset.title, dataset.description, 'Your institution']) expect(template).toContain(text);
    expect(told(await judge(dataset)).filter((line) => line.includes('error'))).toHaveLength(3);
  });

  test('contributors that leave their credit empty', async () => {
    const { url: _url, ...dataset } = CONFIG.dataset;
    expect(told(await runChecks([citationCheck], cleanFixture()))).toEqual([]);
    const report = await runChecks([citationCheck], withColumn('dataset', 'acknowledgement', ' '), { config: { dataset } });
    expect(report.findings.map(({ level, location, found }) => [level, location.column, found])).toEqual([
      ['warning', undefined, 'nothing'],
      ['warning', 'acknowledgement', 'empty in 1 of 1 rows'],
      ['info', undefined, 'without data_contributor, data_citation, data_url_doi'],
    ]);
  });
});

describe('GOV-008 reviews', () => {
  const review = { rule: 'DID-071', reviewer: 'B. Second', submitter: 'A. First', date: '2026-02-01' };
  const withUltrasound = (): Fixture => {
    const fixture = cleanFixture();
    for (const image of fixture.images.slice(0, 2)) image.Modality = 'US';
    return fixture;
  };

  test('pictures that need none, and a recorded review', async () => {
    expect(told(await runChecks([reviewCheck], cleanFixture()))).toEqual([]);
    expect(told(await runChecks([reviewCheck], withUltrasound(), { policy: { reviews: [review] } }))).toEqual([]);
  });

  test('pictures that need one: a warning, and an error once reviews are recorded', async () => {
    const report = await runChecks([reviewCheck], withUltrasound());
    expect(report.findings).toMatchObject([{ code: 'GOV-008', level: 'warning', location: { key: 'DID-071' }, found: '1 series of the kind' }]);
    expect(told(await runChecks([reviewCheck], withUltrasound(), { policy: { reviews: [{ ...review, rule: 'DID-073' }] } }))).toEqual(['GOV-008 error DID-071']);
  });

  test('a head CT of many slices may show a face', async () => {
    const fixture = cleanFixture();
    for (let index = 0; index < 20; index++) fixture.images.push({ path: `h/${index}.dcm`, sha256: `${index}`.padEnd(64, 'a'), case_id: 'C1', PatientID: 'C1', SOPInstanceUID: `3.${index}`, SeriesInstanceUID: '3', StudyInstanceUID: '1.2.1', Modality: 'CT' });
    expect(told(await runChecks([reviewCheck], fixture, { prepare: async (catalog) => void (await catalog.run("UPDATE instance SET BodyPartExamined = 'Head' WHERE Modality = 'CT'")) }))).toEqual(['GOV-008 warning DID-073']);
  });

  test('the reviewer is another person than the submitter, and the review is over', async () => {
    const reviews = [{ ...review, reviewer: ' a.  FIRST ' }, { ...review, reviewer: '' }, { ...review, date: '2026-03-02' }];
    const report = await runChecks([reviewCheck], cleanFixture(), { policy: { reviews } });
    expect(report.findings.map(({ level, location, message }) => [level, location.key, message])).toEqual([
      ['error', 'gate.reviews[1]', 'The review does not say who reviewed and who submitted.'],
      ['error', 'gate.reviews[0]', 'The data were reviewed by whoever submitted them.'],
      ['error', 'gate.reviews[2]', 'The review is dated in the future.'],
    ].sort((a, b) => ((a[1] ?? '') < (b[1] ?? '') ? -1 : 1)).sort((a, b) => ((a[2] ?? '') < (b[2] ?? '') ? -1 : 1)));
  });
});

describe('GOV-009 editions', () => {
  test('are what the files say of themselves', () => {
    for (const { file, edition } of EDITIONS) expect(readFileSync(join(PACKAGE_ROOT, 'src/facts', file), 'utf8').slice(0, 3000)).toContain(edition);
  });

  test('age by months', () => {
    expect(editionAge({ what: '', file: '', edition: '2024e' }, '2026-03-01')).toBe(16);
    expect(editionAge({ what: '', file: '', edition: '2025a' }, '2025-01-31')).toBe(0);
  });

  test('are recent enough today, and too old in five years', async () => {
    expect(told(await runChecks([editionCheck], cleanFixture()))).toEqual([]);
    expect(told(await runChecks([editionCheck], cleanFixture(), { today: '2031-03-01' })).sort()).toEqual(EDITIONS.map(({ file }) => `GOV-009 warning ${file}`).sort());
  });
});

describe('GOV-010 waivers', () => {
  const waiver: Waiver = { code: 'SCH-007', fingerprint: '0123456789abcdef', reason: 'checked with the site', approver: 'A. Steward', expiry: '2026-03-01' };
  const judge = async (changes: Partial<Waiver>, approvers: string[] = []) =>
    (await runChecks([waiverRuleCheck], cleanFixture(), { governance: { waivers: [{ ...waiver, ...changes }] }, policy: { approvers } })).findings.map(({ code, level, message }) => [code, level, message].join(' '));

  test('in date, by anybody or by a name of the policy', async () => {
    expect(await judge({})).toEqual([]);
    expect(await judge({}, ['B. Other', 'a. steward'])).toEqual([]);
  });

  test('out of date, by nobody who may, without reason, for a rule that takes none', async () => {
    expect(await judge({ expiry: '2026-02-28' })).toEqual(['GOV-010 error The waiver is out of date.']);
    expect(await judge({ expiry: '2026-02-30' })).toEqual(['GOV-010 error The last day of the waiver is no day.']);
    expect(new WaiverBook([{ ...waiver, expiry: '9999-99-99' }], '2026-01-01').match('SCH-007', waiver.fingerprint, 'x')).toBeNull();
    expect(await judge({}, ['B. Other'])).toEqual(['GOV-010 error The waiver was approved by somebody who may not.']);
    expect(await judge({ approver: ' ' })).toEqual(['GOV-010 error The waiver was approved by nobody.']);
    expect(await judge({ reason: '' })).toEqual(['GOV-010 error The waiver gives no reason.']);
    expect(await judge({ code: 'GOV-002' })).toEqual(['GOV-010 error No waiver can accept findings of GOV-002.']);
  });

  test('the book accepts nothing by a waiver of the wrong name or for other content', () => {
    const fate = (changes: Partial<Waiver>, approvers: string[] = []) => {
      const book = new WaiverBook([{ ...waiver, ...changes }], '2026-03-01', approvers);
      const accepted = book.match('SCH-007', waiver.fingerprint, 'content') !== null;
      return [accepted, ...[...book.findings(new Set(['SCH-007']))].map(({ message }) => message)];
    };
    expect(fate({})).toEqual([true]);
    expect(fate({}, ['A. STEWARD'])).toEqual([true]);
    expect(fate({ content_digest: sha256Hex('content').slice(0, 12) })).toEqual([true]);
    expect(fate({}, ['B. Other'])).toEqual([false, 'The waiver was approved by nobody who may, so its finding stands.']);
    expect(fate({ content_digest: '00000000' })).toEqual([false, 'The waiver was given for other content, so its finding stands.']);
  });
});

test('GOV-011: tables and columns that nobody described, one finding a table', async () => {
  expect(told(await runChecks([codebookCheck], cleanFixture()))).toEqual([]);
  const fixture = withColumn('case', 'extra', 'x');
  fixture.tables['notes'] = [['text'], ['x']];
  const pack = midrcPack();
  const dataset = pack.tables.get('dataset');
  if (dataset === undefined) throw new Error('no dataset');
  const bare = { ...pack, tables: new Map([...pack.tables, ['dataset', { ...dataset, description: ' ' }]]) };
  const report = await runChecks([codebookCheck], fixture, { pack: bare });
  expect(report.findings.map(({ level, location, message, found }) => [level, location.table, message, found])).toEqual([
    ['warning', 'case', 'The schema does not describe every column of the table.', '1 without: extra'],
    ['warning', 'dataset', 'The schema does not say what a row of the table is.', undefined],
    ['warning', 'notes', 'No schema describes the table.', '1 columns'],
  ]);
  expect((await runChecks([codebookCheck], fixture, { pack: null })).checks.find(({ code }) => code === 'GOV-011')).toMatchObject({ status: 'not-applicable' });
});

describe('GOV-012 contributors', () => {
  const sourcesOf = (tables?: string, images?: string) => ({
    sources: [
      { name: 'tables', kind: 'tables' as const, path: 'tables', ...(tables === undefined ? {} : { contributor: tables }) },
      { name: 'images', kind: 'dicom-folder' as const, path: 'dicom', ...(images === undefined ? {} : { contributor: images }) },
    ],
  });
  const judge = async (sources: ReturnType<typeof sourcesOf>, fixture = cleanFixture(), prepare?: (catalog: Catalog) => Promise<void>) => {
    const { findings, checks } = await runChecks([contributorCheck], fixture, { config: sources, ...(prepare === undefined ? {} : { prepare }) });
    return { findings, outcome: checks.find(({ code }) => code === 'GOV-012') };
  };

  test('no contributor, one, and the same one: nothing to compare', async () => {
    for (const sources of [sourcesOf(), sourcesOf('Mercy'), sourcesOf('Mercy', 'Mercy')])
      expect((await judge(sources)).outcome).toMatchObject({ status: 'not-applicable', reason: 'the sources do not name two contributors' });
  });

  test('rows of one and images of another are claims of both, for each accepted case', async () => {
    const fixture = cleanFixture();
    fixture.cases = { C1: 'accepted', C2: 'rejected' };
    const { findings, outcome } = await judge(sourcesOf('St. Anne', 'Mercy'), fixture);
    expect(findings).toMatchObject([{ code: 'GOV-012', level: 'error', location: { kind: 'case', key: 'C1' }, found: 'Mercy, St. Anne', hint: 'It comes from the sources images, tables.' }]);
    expect(outcome).toMatchObject({ status: 'checked', checked: 1 });
  });

  test('a case with a row of each, and none of a case that only one sends', async () => {
    const { findings } = await judge(sourcesOf('St. Anne', 'Mercy'), { ...cleanFixture(), images: [] }, async (catalog) => {
      await catalog.run("INSERT INTO row_case VALUES ('case', 'images', 9, 'C2'), ('measurement', 'images', 3, 'C1')");
    });
    expect(findings.map(({ location }) => location.key)).toEqual(['C2']);
  });
});
