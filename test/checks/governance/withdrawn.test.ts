import { describe, expect, test } from '@jest/globals';
import type { Catalog } from '../../../src/catalog/catalog.js';
import { derivedCheck } from '../../../src/checks/governance/derived.js';
import { tombstoneCheck } from '../../../src/checks/governance/tombstones.js';
import { withdrawnCheck } from '../../../src/checks/governance/withdrawn.js';
import { cleanFixture, createRaw, type Fixture } from '../catalog-fixture.js';
import { runChecks, told, type RunOptions } from '../run-checks.js';

const run = (fixture: Fixture, options: RunOptions = {}) => runChecks([withdrawnCheck, tombstoneCheck, derivedCheck], fixture, options);

/** Two released cases, one withdrawn and one withheld, each of the latter with images and a row; ids as in real data. */
function withHidden(): Fixture {
  const fixture = cleanFixture();
  for (const [id, number] of [['461089-000232', 7], ['461089-000301', 8]] as const) {
    fixture.tables['case']?.push(['case', id, 'Open-A1', 'Male', '30', 'No', 'No', '606', 'true', 'S2']);
    fixture.tables['measurement']?.push(['measurement', `${id}-test`, id, '0', 'RT-PCR', 'COVID-19', 'Negative']);
    fixture.images.push({ path: `${id}/1.dcm`, sha256: `${number}`.repeat(64), case_id: id, PatientID: id, SOPInstanceUID: `1.2.${number}.1.1`, SeriesInstanceUID: `1.2.${number}.1`, StudyInstanceUID: `1.2.${number}` });
  }
  fixture.cases = { C1: 'accepted', C2: 'accepted', '461089-000232': 'withdrawn', '461089-000301': 'withheld' };
  return fixture;
}

/** Puts a text into a cell of a released row. */
function setCell(fixture: Fixture, table: string, column: string, text: string): void {
  const [header = [], row = []] = fixture.tables[table] ?? [];
  if (!header.includes(column)) fixture.tables[table]?.forEach((each, index) => each.push(index === 0 ? column : ''));
  row[header.indexOf(column)] = text;
}

test('what is hidden and nowhere named is fine; the clean catalog knows no images of hidden cases', async () => {
  expect(told(await run(withHidden()))).toEqual([]);
  const report = await run(cleanFixture());
  expect(told(report)).toEqual([]);
  expect(report.checks.filter(({ code }) => /^GOV/.test(code)).map(({ status }) => status)).toEqual(['checked', 'not-applicable', 'not-applicable']);
});

describe('GOV-002', () => {
  test('a text, a key and a file name of a released row that names a hidden case; no id is shown', async () => {
    const fixture = withHidden();
    setCell(fixture, 'measurement', 'test_name', 'compare with 461089_000232.');
    setCell(fixture, 'measurement', 'submitter_id', 'M1-461089-000301-x');
    setCell(fixture, 'cr_series_file', 'file_name', '461089-000232/cr-1-1/0001.dcm');
    const report = await run(fixture);
    expect(told(report)).toEqual(['GOV-002 error file_name', 'GOV-002 error submitter_id', 'GOV-002 error test_name']);
    expect(report.findings.map(({ location }) => location.line)).toEqual([2, 2, 2]);
    expect(report.findings[0]).toMatchObject({ message: 'The text names a case that is withdrawn, so is in no release.', found: '######-###### in 1 row, first 1.2.1.1' });
    expect(JSON.stringify(report.findings.map(({ found }) => found))).not.toContain('461089-000232');
  });

  test('a column called after cases, in any member of a list, whatever the id looks like', async () => {
    const fixture = withHidden();
    fixture.cases = { ...fixture.cases, X: 'rejected' };
    setCell(fixture, 'imaging_study', 'case_ids', 'C1,X');
    expect(told(await run(fixture))).toEqual(['GOV-002 error case_ids']);
  });

  test('a PatientID of a hidden case that is no case id, and the texts of colophon.yaml', async () => {
    const fixture = withHidden();
    for (const image of fixture.images) if (image.case_id === '461089-000232') image.PatientID = 'MRN-4711';
    setCell(fixture, 'measurement', 'test_name', 'see mrn-4711');
    const report = await run(fixture, { config: { dataset: { id: 'd', title: 'without 461089-000301', license: 'CC-BY-4.0' } } });
    expect(told(report).sort()).toEqual(['GOV-002 error dataset.title', 'GOV-002 error test_name']);
  });

  test('parts of longer words, and short ids in texts, are none', async () => {
    const fixture = withHidden();
    fixture.cases = { ...fixture.cases, '12': 'rejected', positive: 'rejected' };
    setCell(fixture, 'measurement', 'test_name', '1461089-000232 461089-0002321 12 positive');
    expect(told(await run(fixture))).toEqual([]);
  });

  test('a published attribute', async () => {
    expect(told(await run(withHidden(), { prepare: async (catalog) => void (await catalog.run("UPDATE instance SET ContrastBolusAgent = 'as 461089-000232' WHERE case_id = 'C1'")) }))).toEqual(['GOV-002 error ContrastBolusAgent']);
  });

  test('rows that also lead to a hidden case stay out of a release, so they name nothing in it', async () => {
    const fixture = withHidden();
    setCell(fixture, 'imaging_study', 'cases.submitter_id', '461089-000232');
    expect(told(await run(fixture))).toEqual([]);
  });

  test('a state that holds a record back', async () => {
    const fixture = withHidden();
    setCell(fixture, 'case', 'state', 'Suppressed');
    setCell(fixture, 'imaging_study', 'release_state', 'live');
    expect(told(await run(fixture))).toEqual(['GOV-002 error state']);
  });

  test('columns called like the names that SQL gives here change nothing', async () => {
    const fixture = withHidden();
    for (const name of ['cell', 'text', 'n', 'first', 'name', 'status', 'v', 'fold', 'word']) setCell(fixture, 'measurement', name, 'x');
    setCell(fixture, 'measurement', 'text', 'see 461089-000232');
    expect(told(await run(fixture))).toEqual(['GOV-002 error text']);
  });

  test('a copy of a file of a hidden case: bytes, object, pixels', async () => {
    const fixture = withHidden();
    const [a, b, c] = fixture.images;
    Object.assign(a ?? {}, { sha256: '7'.repeat(64) });
    Object.assign(b ?? {}, { SOPInstanceUID: '1.2.8.1.1' });
    const report = await run(fixture, { prepare: (catalog) => withInspection(catalog, [[c?.path ?? '', 'same', []], ['461089-000301/1.dcm', 'same', []]]) });
    expect(report.findings.map(({ code, location, found }) => [code, location.path, found])).toEqual([
      ['GOV-002', 'images/C1/1.dcm', 'the same bytes'],
      ['GOV-002', 'images/C1/2.dcm', 'the same SOPInstanceUID'],
      ['GOV-002', 'images/C2/1.dcm', 'the same pixels'],
    ]);
  });

  test('a withdrawn case that is accepted again', async () => {
    const report = await run(cleanFixture(), { governance: { withdrawals: [{ case_id: 'C2', reason: 'consent', date: '2026-01-01' }] } });
    expect(report.findings.map(({ code, location }) => [code, location.key])).toEqual([['GOV-002', 'C2']]);
    const tombstones = await run(cleanFixture(), { ...released, prepare: async (catalog) => { await publish(catalog); await catalog.run("INSERT INTO old_tombstones VALUES ('C1')"); } });
    expect(told(tombstones)).toEqual(['GOV-002 error C1']);
  });

  test('no waiver can accept it', async () => {
    const { listChecks } = await import('../../../src/checks/programme.js');
    expect(listChecks().filter(({ code, waivable }) => /^GOV-00[1-4]|^SEC-1/.test(code) && waivable).map(({ code }) => code)).toEqual(['SEC-120']);
  });

  test('ids of many shapes are found all the same', async () => {
    const fixture = withHidden();
    const ids = Array.from({ length: 200 }, (_, index) => (index * 7919 + 46_656).toString(36) + (index % 9) + 'q'.repeat(index % 40) + index.toString(16));
    fixture.cases = { ...fixture.cases, ...Object.fromEntries(ids.map((id) => [id, 'rejected'])) };
    const named = ids.filter((_, index) => index % 20 === 0);
    setCell(fixture, 'measurement', 'test_name', `see ${named.join(', ')}`);
    expect((await run(fixture)).findings).toHaveLength(named.filter((id) => id.length >= 5 && /[0-9]/.test(id) && /[^0-9]/.test(id)).length);
  });
});

/** The release before: C1, C2 and C3, with an image each. */
const released: RunOptions = { releases: [{ version: '1.0.0', tables: new Map([['cases', 'old_cases'], ['instances', 'old_instances'], ['tombstones', 'old_tombstones']]) }] };

async function publish(catalog: Catalog, ...cases: string[]): Promise<void> {
  await catalog.run('CREATE TABLE old_cases (case_id VARCHAR); CREATE TABLE old_tombstones (case_id VARCHAR); CREATE TABLE old_instances (case_id VARCHAR, StudyInstanceUID VARCHAR, SeriesInstanceUID VARCHAR, SOPInstanceUID VARCHAR)');
  await catalog.run('INSERT INTO old_instances SELECT case_id, StudyInstanceUID, SeriesInstanceUID, SOPInstanceUID FROM instance');
  await catalog.run("INSERT INTO old_cases SELECT case_id FROM case_ WHERE status = 'accepted'");
  for (const id of cases) await catalog.run('INSERT INTO old_cases VALUES (?)', [id]);
}

async function withInspection(catalog: Catalog, rows: [path: string, digest: string | null, references: string[]][]): Promise<void> {
  await catalog.run('DELETE FROM header_facts; DELETE FROM pixel_facts');
  for (const [path, digest, references] of rows) {
    await catalog.run("INSERT INTO header_facts VALUES ('images', ?, ?, [], false)", [path, references]);
    await catalog.run("INSERT INTO pixel_facts VALUES ('images', ?, ?, NULL, NULL, NULL)", [path, digest]);
  }
}

describe('GOV-003', () => {
  test('cases of the release before that are all there, or explained', async () => {
    const report = await run(withHidden(), { ...released, prepare: (catalog) => publish(catalog, '461089-000232') });
    expect(told(report)).toEqual([]);
    expect(report.checks.find(({ code }) => code === 'GOV-003')).toMatchObject({ status: 'checked', checked: 3 });
  });

  test('a case that is gone, rejected or withheld now, without a word', async () => {
    const fixture = withHidden();
    fixture.cases = { ...fixture.cases, X: 'rejected' };
    const report = await run(fixture, { ...released, prepare: (catalog) => publish(catalog, 'GONE', 'X', '461089-000301') });
    expect(report.findings.map(({ code, level, location, found }) => [code, level, location.key, found])).toEqual([
      ['GOV-003', 'error', '461089-000301', 'a case that is withheld'],
      ['GOV-003', 'error', 'GONE', 'no trace of the case'],
      ['GOV-003', 'error', 'X', 'a case that is rejected'],
    ]);
  });

  test('images that are gone while their case stays are for a person to decide', async () => {
    const report = await run(cleanFixture(), { ...released, prepare: async (catalog) => { await publish(catalog); await catalog.run("DELETE FROM instance WHERE path = 'C1/1.dcm'"); } });
    expect(report.findings).toMatchObject([{ code: 'GOV-003', level: 'warning', location: { key: 'C1' }, found: '1 image fewer' }]);
  });
});

describe('GOV-004', () => {
  test('rows that refer to a study, series or image of a hidden case', async () => {
    const fixture = withHidden();
    setCell(fixture, 'measurement', 'test_name', '1.2.7.1.1');
    setCell(fixture, 'imaging_study', 'body_part_examined', 'CHEST,1.2.8');
    const report = await run(fixture);
    expect(told(report)).toEqual(['GOV-004 error body_part_examined', 'GOV-004 error test_name']);
  });

  test('a segmentation of a withdrawn image, of this catalog or of an earlier release', async () => {
    const fixture = withHidden();
    const references: [string, string | null, string[]][] = [['C1/1.dcm', null, ['1.2.7.1.1', '1.2.1.1.1']], ['C1/2.dcm', null, ['1.2.1.1.1']], ['C2/1.dcm', null, ['9.9.9']]];
    const report = await run(fixture, {
      ...released,
      prepare: async (catalog) => {
        await publish(catalog);
        await catalog.run("INSERT INTO old_instances VALUES ('461089-000232', '9.9', '9.9.8', '9.9.9')");
        await withInspection(catalog, references);
      },
    });
    expect(report.findings.map(({ code, location, found }) => [code, location.path, found])).toEqual([
      ['GOV-004', 'images/C1/1.dcm', '1 reference'],
      ['GOV-004', 'images/C2/1.dcm', '1 reference'],
    ]);
  });

  test('a table that nobody described and that leads to no case is not released', async () => {
    const report = await run(withHidden(), {
      prepare: async (catalog) => {
        await createRaw(catalog, 'notes', ['text'], [['tables', 2, '461089-000232 1.2.7.1.1']]);
        await catalog.run("INSERT INTO clinical_table VALUES ('notes', ['text'], NULL)");
      },
    });
    expect(told(report)).toEqual([]);
  });
});
