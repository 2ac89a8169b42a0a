import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Catalog } from '../../../src/catalog/catalog.js';
import type { CheckInput, FindingDraft } from '../../../src/checks/check.js';
import { CONFORMANCE_CHECKS } from '../../../src/checks/conformance.js';

type Row = Record<string, string | null>;

let catalog: Catalog;
beforeEach(async () => {
  catalog = await Catalog.open(':memory:');
});
afterEach(() => catalog.close());

/** Ten slices of one CT series, 2.5 mm apart; `change` says what is other about each. */
function stack(change: (at: number) => Row = () => ({}), count = 10): Row[] {
  return Array.from({ length: count }, (_, at) => ({
    path: `${String(at).padStart(3, '0')}.dcm`,
    Modality: 'CT',
    ImageType: 'ORIGINAL\\PRIMARY\\AXIAL',
    PatientID: 'C1',
    StudyInstanceUID: '2.25.1',
    SeriesInstanceUID: '2.25.2',
    FrameOfReferenceUID: '2.25.3',
    Manufacturer: 'ACME',
    Rows: '512',
    Columns: '512',
    InstanceNumber: String(at + 1),
    SliceThickness: '2.5',
    SpacingBetweenSlices: null,
    NumberOfFrames: null,
    ImagePositionPatient: `-120.5\\-120.5\\${-100 + at * 2.5}`,
    ImageOrientationPatient: '1\\0\\0\\0\\1\\0',
    ...change(at),
  }));
}

async function judge(rows: Row[]): Promise<{ findings: FindingDraft[]; coverage: string[] }> {
  await catalog.run("INSERT INTO case_ VALUES ('C1', 'accepted', ''), ('C2', 'rejected', '')");
  for (const row of rows) {
    const columns = Object.keys(row);
    const names = columns.map((column) => `"${column}"`).join(', ');
    await catalog.run(`INSERT INTO instance (source, status, case_id, ${names}) VALUES ('images', 'ok', 'C1', ${columns.map(() => '?').join(', ')})`, columns.map((column) => row[column] ?? null));
  }
  const findings: FindingDraft[] = [];
  const coverage: string[] = [];
  const input = { catalog, images: rows.length } as unknown as CheckInput;
  for (const check of CONFORMANCE_CHECKS) {
    const noted = { looked: (code: string, n: number) => void (n > 0 && coverage.push(`${code} ${n}`)), notApplicable: (code: string) => void coverage.push(`${code} -`) };
    for await (const finding of check.run(input, noted)) findings.push(finding);
  }
  return { findings, coverage };
}

async function say(rows: Row[]): Promise<string[]> {
  const { findings } = await judge(rows);
  return findings.map(({ code, level, location, found }) => [code, level, location.tag, found].filter((part) => part !== undefined).join(' | ')).toSorted();
}

test('a regular stack gives nothing, and is counted', async () => {
  expect(await judge(stack())).toEqual({ findings: [], coverage: ['DCM-014 1', 'DCM-015 1'] });
});

describe('DCM-014', () => {
  const one = (attribute: string, value: string) => stack((at) => (at === 4 ? { [attribute]: value } : {}));

  test.each([
    ['Modality', 'MR'],
    ['PatientID', 'C2'],
    ['StudyInstanceUID', '2.25.9'],
    ['FrameOfReferenceUID', '2.25.9'],
    ['Rows', '256'],
    ['Columns', '256'],
    ['Manufacturer', 'OTHER'],
  ])('one image with another %s', async (attribute, value) => {
    const lines = await say(one(attribute, value));
    expect(lines.filter((line) => line.startsWith('DCM-014'))).toEqual([`DCM-014 | ${attribute} | 2 values in 10 images`]);
  });

  test('a manufacturer in other letters, a position of an empty value, are no difference', async () => {
    expect(await say([...one('Manufacturer', ' acme').slice(0, 9), ...one('Manufacturer', '').slice(9)])).toEqual([]);
  });

  test('another orientation: an error of an original CT, a warning of MR and of derived views', async () => {
    const turned = (at: number): Row => (at > 4 ? { ImageOrientationPatient: '0\\1\\0\\0\\0\\-1' } : {});
    const about = async (extra: Row) => {
      await catalog.run('DELETE FROM instance');
      await catalog.run('DELETE FROM case_');
      return (await say(stack((at) => ({ ...turned(at), ...extra })))).filter((line) => line.startsWith('DCM-014'));
    };
    expect(await about({})).toEqual(['DCM-014 | ImageOrientationPatient | several orientations in 10 images']);
    expect(await about({ Modality: 'MR' })).toEqual(['DCM-014 | warning | ImageOrientationPatient | several orientations in 10 images']);
    expect(await about({ ImageType: 'DERIVED\\SECONDARY\\MPR' })).toEqual(['DCM-014 | warning | ImageOrientationPatient | several orientations in 10 images']);
    expect(await about({ ImageOrientationPatient: '1\\0\\0\\0\\0.99999\\0.001' })).toEqual([]);
  });

  test('localizers among the slices, and radiographs of several sizes, are no fault', async () => {
    expect(await say(stack((at): Row => (at === 0 ? { ImageType: 'ORIGINAL\\PRIMARY\\LOCALIZER', Rows: '888', ImageOrientationPatient: '1\\0\\0\\0\\0\\-1' } : {})))).toEqual([]);
    await catalog.run('DELETE FROM instance');
    await catalog.run('DELETE FROM case_');
    expect(await judge(stack((at) => ({ Modality: 'CR', Rows: String(at), ImagePositionPatient: null, ImageOrientationPatient: null })))).toEqual({ findings: [], coverage: ['DCM-014 1', 'DCM-015 -'] });
  });
});

describe('DCM-015', () => {
  const z = (value: number): Row => ({ ImagePositionPatient: `-120.5\\-120.5\\${value}` });

  test('missing slices', async () => {
    const rows = stack(() => ({}), 20).filter((_, at) => at !== 7 && at !== 11 && at !== 12);
    expect(await say(rows)).toEqual(['DCM-015 | ImagePositionPatient | 2 other gaps in 17 images']);
  });

  test('irregular distances; rounding is none', async () => {
    expect(await say(stack((at) => (at === 5 ? z(-87.1) : {})))).toEqual(['DCM-015 | ImagePositionPatient | 2 other gaps in 10 images']);
    await catalog.run('DELETE FROM instance');
    await catalog.run('DELETE FROM case_');
    expect(await say(stack((at) => z(-100 + Math.round(at * 2.5333 * 10) / 10)))).toEqual([]);
  });

  test('places with more images than others, but not volumes over time', async () => {
    const twice = [...stack(), ...stack((at) => ({ path: `b${at}.dcm`, InstanceNumber: String(100 + at) }))];
    expect(await say(twice)).toEqual([]);
    await catalog.run('DELETE FROM instance');
    await catalog.run('DELETE FROM case_');
    expect(await say(twice.slice(0, 12))).toEqual(['DCM-015 | ImagePositionPatient | 2 places with more, in 12 images']);
  });

  test('numbers against the places; both directions are an order', async () => {
    expect(await say(stack((at) => ({ InstanceNumber: String(10 - at) })))).toEqual([]);
    await catalog.run('DELETE FROM instance');
    await catalog.run('DELETE FROM case_');
    expect(await say(stack((at) => ({ InstanceNumber: String(at === 3 ? 9 : at === 8 ? 4 : at + 1) })))).toEqual(['DCM-015 | InstanceNumber | 2 of 10 out of order']);
  });

  test('what headers say of thickness and spacing', async () => {
    expect(await say(stack(() => ({ SpacingBetweenSlices: '5' })))).toEqual(['DCM-015 | SpacingBetweenSlices | 5 mm']);
    await catalog.run('DELETE FROM instance');
    await catalog.run('DELETE FROM case_');
    expect(await say(stack(() => ({ SliceThickness: '1', SpacingBetweenSlices: '2.5' })))).toEqual(['DCM-015 | SliceThickness | 1 mm']);
  });

  test('oblique planes and several planes of one MR series', async () => {
    const c = Math.SQRT1_2;
    const oblique = (at: number): Row => ({ Modality: 'MR', ImageOrientationPatient: `1\\0\\0\\0\\${c.toFixed(6)}\\${c.toFixed(6)}`, ImagePositionPatient: `0\\${(-at * 4 * c).toFixed(5)}\\${(at * 4 * c).toFixed(5)}`, SliceThickness: '4' });
    const axial = (at: number): Row => ({ Modality: 'MR', path: `a${at}.dcm`, InstanceNumber: String(20 + at), SliceThickness: '4', ...z(at * 4) });
    expect((await say([...stack(oblique), ...stack(axial)])).filter((line) => line.startsWith('DCM-015'))).toEqual([]);
  });

  test('values that are no numbers, multi-frame images, and two slices are passed over', async () => {
    expect(await say([...stack((at) => ({ SeriesInstanceUID: `2.25.${100 + (at % 5)}` })), ...stack(() => ({ path: 'x', SeriesInstanceUID: '2.25.7', ImagePositionPatient: 'a\\b' }), 1), ...stack((at) => ({ path: `m${at}`, SeriesInstanceUID: '2.25.8', NumberOfFrames: '20', ...z(at * at) }))])).toEqual([]);
  });

  test('images of cases that are not released are not judged', async () => {
    await judge(stack((at) => z(at * at)));
    await catalog.run("UPDATE instance SET case_id = 'C2'");
    const input = { catalog, images: 10 } as unknown as CheckInput;
    const findings: FindingDraft[] = [];
    for (const check of CONFORMANCE_CHECKS) for await (const finding of check.run(input, { looked: () => undefined, notApplicable: () => undefined })) findings.push(finding);
    expect(findings).toEqual([]);
  });
});
