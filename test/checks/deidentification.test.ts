import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Catalog } from '../../src/catalog/catalog.js';
import { DEIDENTIFICATION_CHECKS } from '../../src/checks/deidentification.js';
import { checkCatalog } from '../../src/checks/run.js';
import { PLACELESS_ZIPS, RESTRICTED_ZIPS } from '../../src/facts/restricted-zips.js';
import type { Finding } from '../../src/model/finding.js';
import type { GateConfig } from '../../src/model/config.js';
import { completePolicy } from '../../src/model/policy-profiles.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { cleanFixture, loadFixture, midrcPack, OPTIONS, type Fixture, type ImageRow } from './catalog-fixture.js';

/** Columns of `instance` beyond those of a fixture. */
type Image = ImageRow & Record<string, string | null | undefined>;

interface Facts {
  path: string;
  referenced?: string[];
  texts?: string[];
}

interface Case {
  fixture?: Fixture;
  facts?: Facts[];
  policy?: GateConfig;
  withPack?: boolean;
}

/** What one rule finds in a catalog, and how it went. */
async function run(code: string, { fixture = cleanFixture(), facts = [], policy, withPack = true }: Case): Promise<{ findings: Finding[]; status: string | undefined }> {
  const catalog = await Catalog.open(':memory:');
  try {
    await loadFixture(catalog, fixture);
    for (const { path, referenced = [], texts = [] } of facts)
      await catalog.run(
        `INSERT INTO header_facts (source, path, referenced_instances, rare_candidates, pixel_risk) VALUES ('images', ?, [${referenced.map(quote).join(', ')}]::VARCHAR[], [${texts.map(quote).join(', ')}]::VARCHAR[], false)`,
        [path],
      );
    const report = await checkCatalog(catalog, { ...OPTIONS, pack: withPack ? midrcPack() : null, only: [code], programme: DEIDENTIFICATION_CHECKS, policy: completePolicy(policy) });
    return { findings: report.findings.filter((finding) => finding.code === code), status: report.checks.find((outcome) => outcome.code === code)?.status };
  } finally {
    catalog.close();
  }
}

const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`;

function withImages(images: Image[]): Fixture {
  return { ...cleanFixture(), images };
}

function slice(number: number, more: Partial<Image> = {}): Image {
  return { path: `C1/${number}.dcm`, case_id: 'C1', PatientID: 'C1', StudyInstanceUID: '2.25.1', SeriesInstanceUID: '2.25.2', SOPInstanceUID: `2.25.3${number}`, InstanceNumber: String(number), Modality: 'CT', ...more } as Image;
}

const slices = (count: number, more: Partial<Image> = {}): Image[] => Array.from({ length: count }, (_, index) => slice(index + 1, more));
const said = (findings: Finding[]): string[] => findings.map(({ level, message }) => `${level} ${message}`);

describe('DID-015: the mapping of UIDs', () => {
  test('references inside the release, and to absent objects of its roots, are no finding', async () => {
    const facts = [{ path: 'C1/1.dcm', referenced: ['2.25.32', '2.25.999', '1.2.840.10008.1.20.1'] }];
    expect(await run('DID-015', { fixture: withImages(slices(3)), facts })).toEqual({ findings: [], status: 'checked' });
  });

  test('a reference that kept its UID', async () => {
    const { findings } = await run('DID-015', { fixture: withImages(slices(3)), facts: [{ path: 'C1/2.dcm', referenced: ['1.3.12.2.1107.5.1.4.7', '2.25.31'] }] });
    expect(findings.map(({ level, location, found }) => [level, location.path, found])).toEqual([['error', 'images/C1/2.dcm', '1 reference to others']]);
  });

  test('a series in two halves, and two series that only look alike', async () => {
    const frame = { FrameOfReferenceUID: '2.25.9', SeriesNumber: '3', SeriesDescription: 'AX' };
    const split = [1, 2, 3, 4, 5, 6].map((number) => slice(number, { ...frame, SeriesInstanceUID: number % 2 === 0 ? '2.25.20' : '2.25.21' }));
    expect(said((await run('DID-015', { fixture: withImages(split) })).findings)).toEqual(['warning Two series share everything but their UID, and the images of one are missing in the other: one series was split.']);
    const one = [1, 2, 3].map((number) => slice(number, { ...frame, SeriesInstanceUID: '2.25.20' }));
    const other = [1, 2, 3].map((number) => slice(number, { ...frame, path: `C1/b${number}.dcm`, SOPInstanceUID: `2.25.4${number}`, SeriesInstanceUID: '2.25.21' }));
    expect((await run('DID-015', { fixture: withImages([...one, ...other]) })).findings).toEqual([]);
  });
});

describe('DID-061: shifts of dates', () => {
  const dated = (days: [string, string][]): Fixture => {
    const fixture = cleanFixture();
    const [header = []] = fixture.tables['imaging_study'] ?? [];
    const row = (uid: string, day: string): string[] => header.map((name) => ({ type: 'imaging_study', submitter_id: uid, 'cases.submitter_id': 'C1', 'datasets.submitter_id': 'Open-A1', study_uid: uid, days_to_study: day })[name] ?? '');
    fixture.tables['imaging_study'] = [header, ...days.map(([day], index) => row(`2.25.${index}`, day))];
    fixture.images = days.map(([, date], index) => slice(index + 1, { StudyInstanceUID: `2.25.${index}`, StudyDate: date }));
    return fixture;
  };

  test('one shift a case is no finding', async () => {
    expect(await run('DID-061', { fixture: dated([['3', '20030104'], ['10', '20030111'], ['-5', '20021227']]) })).toEqual({ findings: [], status: 'checked' });
  });

  test('two shifts in one case', async () => {
    const { findings } = await run('DID-061', { fixture: dated([['3', '20030104'], ['10', '20030112']]) });
    expect(findings.map(({ level, location, found }) => [level, location.key, found])).toEqual([['error', 'C1', '2 shifts in 2 studies']]);
  });

  test('a text that is no date, and days that are no number, do not count', async () => {
    expect((await run('DID-061', { fixture: dated([['3', '2003'], ['x', '20030112'], ['10', '20030111']]) })).findings).toEqual([]);
  });

  const week = (dayOf: (index: number) => number): Fixture =>
    withImages(
      Array.from({ length: 200 }, (_, index) => {
        const date = new Date(Date.UTC(2001, 0, 1 + dayOf(index))).toISOString().slice(0, 10).replaceAll('-', '');
        return slice(index, { StudyInstanceUID: `2.25.${index}`, SOPInstanceUID: `2.25.9${index}`, StudyDate: date, LongitudinalTemporalInformationModified: 'MODIFIED' });
      }),
    );

  test('weekends that stay rare betray real dates', async () => {
    expect((await run('DID-061', { fixture: week((index) => Math.floor(index / 5) * 7 + (index % 5)) })).findings.map(({ level, found }) => [level, found])).toEqual([['warning', '0 of 200 studies']]);
    expect((await run('DID-061', { fixture: week((index) => index * 3) })).findings).toEqual([]);
  });
});

describe('DID-073: faces', () => {
  const head = { BodyPartExamined: 'HEAD', SliceThickness: '1.25' };

  test('a thin volume of the head', async () => {
    const { findings } = await run('DID-073', { fixture: withImages(slices(24, head)) });
    expect(findings.map(({ level, found }) => [level, found])).toEqual([['warning', '24 slices']]);
    expect((await run('DID-073', { fixture: withImages(slices(24, head)), policy: { defacing: 'error' } })).findings[0]?.level).toBe('error');
    expect((await run('DID-073', { fixture: withImages(slices(24, head)), policy: { defacing: 'off' } })).status).toBe('not-applicable');
  });

  test.each<[string, Image[]]>([
    ['few slices', slices(12, head)],
    ['thick slices', slices(24, { BodyPartExamined: 'HEAD', SliceThickness: '5' })],
    ['another part of the body', slices(24, { BodyPartExamined: 'CHEST', StudyDescription: 'CT CHEST AND NECK', SliceThickness: '1' })],
    ['the neck of a bone', slices(24, { StudyDescription: 'CT FEMORAL NECK', SliceThickness: '1' })],
    ['a method that says so', slices(24, { ...head, DeidentificationMethod: 'Defaced with mri_deface' })],
    ['a radiograph', slices(24, { ...head, Modality: 'CR' })],
  ])('%s: no finding', async (_what, images) => expect((await run('DID-073', { fixture: withImages(images) })).findings).toEqual([]));

  test('the marker of every slice counts', async () => {
    const facts = slices(24).map(({ path }) => ({ path, texts: ['RecognizableVisualFeatures=NO'] }));
    expect((await run('DID-073', { fixture: withImages(slices(24, head)), facts })).findings).toEqual([]);
    expect((await run('DID-073', { fixture: withImages(slices(24, head)), facts: facts.slice(0, 3) })).findings).toHaveLength(1);
  });

  test('what only a description says, frames of one file, and photographs', async () => {
    expect((await run('DID-073', { fixture: withImages(slices(30, { StudyDescription: 'MR BRAIN W/O', Modality: 'MR' })) })).findings).toHaveLength(1);
    expect((await run('DID-073', { fixture: withImages(slices(1, { ...head, NumberOfFrames: '120' })) })).findings).toHaveLength(1);
    expect((await run('DID-073', { fixture: withImages(slices(2, { Modality: 'XC' })) })).findings.map(({ found }) => found)).toEqual(['2 pictures']);
  });
});

describe('DID-095: rare words', () => {
  const cases = Array.from({ length: 40 }, (_, index) => `P${index}`);
  const fixture = (): Fixture => ({ ...withImages(cases.map((id, index) => slice(index, { path: `${id}.dcm`, case_id: id, PatientID: id, SOPInstanceUID: `2.25.5${index}` }))), cases: Object.fromEntries(cases.map((id) => [id, 'accepted'])) });
  const facts = (text: (index: number) => string): Facts[] => cases.map((id, index) => ({ path: `${id}.dcm`, texts: [`SeriesDescription=${text(index)}`] }));

  test('a word that one patient has', async () => {
    const { findings } = await run('DID-095', { fixture: fixture(), facts: facts((index) => (index === 7 ? 'AX BELLWEATHER' : index % 2 === 0 ? 'AX LUNG' : 'COR LUNG')) });
    expect(findings.map(({ level, location, found }) => [level, location.path, location.tag, found])).toEqual([['warning', 'images/P7.dcm', 'SeriesDescription', '** ***********']]);
    expect(JSON.stringify(findings)).not.toMatch(/BELLWEATHER/);
  });

  test('a rare text of common words is none', async () => {
    expect(await run('DID-095', { fixture: fixture(), facts: facts((index) => (index === 7 ? 'COR AX LUNG 3' : index % 2 === 0 ? 'AX LUNG' : 'COR LUNG')) })).toEqual({ findings: [], status: 'checked' });
  });

  test('a rare word of imaging is none', async () => {
    expect((await run('DID-095', { fixture: fixture(), facts: facts((index) => (index === 7 ? 'VENOUS DOPPLER' : index % 2 === 0 ? 'AX LUNG' : 'COR LUNG')) })).findings).toEqual([]);
  });

  test('where everybody has another text, nothing is compared', async () => {
    expect((await run('DID-095', { fixture: fixture(), facts: facts((index) => `TEXT ${String.fromCharCode(65 + index)}X`) })).status).toBe('not-applicable');
  });
});

describe('DID-096: tables', () => {
  const withColumn = (label: string, values: [string, string]): Fixture => {
    const fixture = cleanFixture();
    fixture.tables['case'] = (fixture.tables['case'] ?? []).map((row, index) => [...row, [label, ...values][index] ?? '']);
    return fixture;
  };

  test('the clean tables', async () => expect(await run('DID-096', {})).toEqual({ findings: [], status: 'checked' }));

  test.each(['MRN', 'ssn', 'PatientName', 'patient name', 'date_of_birth', 'DOB', 'phone-number', 'e-mail', 'Accession Number', 'zip5', 'street_address'])('a column %s', async (label) => {
    const { findings } = await run('DID-096', { fixture: withColumn(label, ['', '']) });
    expect(findings.map(({ level, location }) => [level, location.column])).toEqual([['error', label]]);
  });

  test.each(['status', 'race2', 'site_label', 'test_name', 'age_at_index2', 'surname_redacted_flag'])('a column %s is none', async (label) => expect((await run('DID-096', { fixture: withColumn(label, ['', '']) })).findings).toEqual([]));

  test.each<[string, string]>([
    ['a name', 'seen by Dr. Petra Novak'],
    ['a telephone number', 'call (312) 555-0142'],
    ['a date', 'admitted 03/14/2021'],
    ['a record number', 'MRN 0048812'],
  ])('%s in a cell', async (_what, text) => {
    const { findings } = await run('DID-096', { fixture: withColumn('remarks', ['stable', text]) });
    expect(findings.map(({ level, location }) => [level, location.table, location.column, location.key])).toEqual([['error', 'case', 'remarks', 'C2']]);
    const [{ fingerprint: _fingerprint, ...shown } = {} as Finding] = findings;
    expect(JSON.stringify(shown)).not.toMatch(/Novak|0142|03\/14|0048812/);
  });

  test('the same cell in many rows is said once', async () => {
    const { findings } = await run('DID-096', { fixture: withColumn('remarks', ['Dr. Petra Novak', 'Dr. Petra Novak']) });
    expect(findings).toHaveLength(1);
    expect(findings[0]?.found).toMatch(/ in 2 rows$/);
  });

  test('numbers of the schema and UIDs are no text', async () => {
    expect((await run('DID-096', { fixture: withColumn('weight', ['81.5', '72']) })).findings).toEqual([]);
    expect((await run('DID-096', { fixture: withColumn('other_uid', ['1.2.826.0.1.3680043.10.474.12345678', '']) })).findings).toEqual([]);
  });

  test('without a schema the same is found', async () => {
    expect((await run('DID-096', { fixture: withColumn('remarks', ['', 'Dr. Petra Novak']), withPack: false })).findings).toHaveLength(1);
  });
});

describe('DID-097: postal codes', () => {
  const zips = (first: string, second: string): Fixture => {
    const fixture = cleanFixture();
    const at = fixture.tables['case']?.[0]?.indexOf('zip') ?? 0;
    (fixture.tables['case']?.[1] ?? [])[at] = first;
    (fixture.tables['case']?.[2] ?? [])[at] = second;
    return fixture;
  };

  test.each<[string, string[]]>([
    ['606', []],
    ['000', []],
    ['60614', ['error A postal code is not cut to three digits.']],
    ['60614-2203', ['error A postal code is not cut to three digits.']],
    ['36', ['error A postal code is not cut to three digits.']],
    ['036', ['error A postal code is of an area with 20,000 people or fewer.']],
    ['203', ['error A postal code is of an area with 20,000 people or fewer.']],
    ['001', ['warning A postal code is of no place: no civilian area has the prefix.']],
  ])('%s', async (zip, expected) => {
    const { findings } = await run('DID-097', { fixture: zips(zip, '606') });
    expect(said(findings)).toEqual(expected);
    for (const finding of findings) expect(JSON.stringify({ ...finding, fingerprint: '', location: '' })).not.toContain(zip);
  });

  test('the lists are those of the facts', () => {
    const facts = readFileSync(join(PACKAGE_ROOT, 'src/facts/safe-harbor.md'), 'utf8');
    const union = /Union \(23\): ([0-9 ]+)\./.exec(facts)?.[1]?.trim().split(' ') ?? [];
    expect(RESTRICTED_ZIPS).toEqual(union);
    expect(RESTRICTED_ZIPS).toHaveLength(23);
    expect(PLACELESS_ZIPS.some((zip) => RESTRICTED_ZIPS.includes(zip))).toBe(false);
  });
});

describe('DID-098: hashes', () => {
  const keyed = (...ids: [string, string]): Fixture => {
    const fixture = cleanFixture();
    fixture.tables = { case: [['submitter_id', 'sex'], [ids[0], 'Female'], [ids[1], 'Male']] };
    return { ...fixture, images: [] };
  };

  test.each([32, 40, 64])('keys of %s hexadecimal digits', async (digits) => {
    const id = (letter: string): string => `${letter}0`.repeat(digits / 2);
    const { findings } = await run('DID-098', { fixture: keyed(id('a'), id('b')) });
    expect(findings.map(({ level, location, found }) => [level, location.table, location.column, found])).toEqual([['error', 'case', 'submitter_id', '2 of 2 values']]);
  });

  test('pseudonyms, UUIDs and digests of files are none', async () => {
    expect((await run('DID-098', {})).findings).toEqual([]);
    expect((await run('DID-098', { fixture: keyed('9f8b7a6c5d4e4f3a8b2c1d0e9f8a7b6c', '0f8b7a6c5d4e4f3a9b2c1d0e9f8a7b6c') })).findings).toEqual([]);
    expect((await run('DID-098', { fixture: keyed('9f8b7a6c-5d4e-4f3a-8b2c-1d0e9f8a7b6c', 'C2') })).findings).toEqual([]);
  });

  test('one hash among pseudonyms', async () => {
    expect((await run('DID-098', { fixture: keyed('a0'.repeat(16), 'C2') })).findings.map(({ found }) => found)).toEqual(['1 of 2 values']);
  });

  test('PatientID of the images', async () => {
    const fixture = withImages(slices(2, { PatientID: 'a0'.repeat(16) }));
    expect((await run('DID-098', { fixture })).findings.map(({ location }) => location.tag)).toEqual(['PatientID']);
  });
});
