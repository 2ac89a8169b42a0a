import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { parseCell } from '../../src/clinical/cell.js';
import { builtInPackFolder, loadPack } from '../../src/clinical/pack.js';
import { compileRowValidator } from '../../src/clinical/row-validator.js';
import type { WithdrawalsFile } from '../../src/model/workspace-files.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { buildSample } from '../support/sample/build-sample.js';
import { differenceHash, hashDistance } from '../support/sample/perceptual-hash.js';
import { md5, readImages, readTables, type SampleImage, type State, type TextRow } from '../support/sample/read-sample.js';
import { SeededDraw } from '../support/sample/seeded-draw.js';
import { readSourceFrames, SOURCES, type Frame, type SourceFrames } from '../support/sample/source-frames.js';

const ROOT = join(PACKAGE_ROOT, 'src/demo/sample');
const ACCEPTED = new Set(['Demo-A1', 'Demo-R1']);
const MODALITIES = ['cr', 'dx', 'ct'];

let images: SampleImage[];
let tables: Record<State, Map<string, TextRow[]>>;

beforeAll(async () => {
  images = readImages(ROOT);
  tables = { first: await readTables(ROOT, 'first'), second: await readTables(ROOT, 'second') };
});

const rows = (state: State, table: string): TextRow[] => tables[state].get(table) ?? [];
const imagesOf = (state: State): SampleImage[] => images.filter((image) => state === 'second' || image.state === 'first');
const seriesRows = (state: State): TextRow[] => MODALITIES.flatMap((modality) => rows(state, `${modality}_series_file`));

function groupBy<Value>(values: readonly Value[], key: (value: Value) => string): Map<string, Value[]> {
  const groups = new Map<string, Value[]>();
  for (const value of values) groups.set(key(value), [...(groups.get(key(value)) ?? []), value]);
  return groups;
}

describe('size and variety', () => {
  test('is under 6 MB', () => {
    const paths = readdirSync(ROOT, { recursive: true, encoding: 'utf8' }).map((path) => join(ROOT, path));
    const bytes = paths.filter((path) => statSync(path).isFile()).reduce((sum, path) => sum + statSync(path).size, 0);
    expect(bytes).toBeLessThan(6_000_000);
  });

  test('holds 35 cases at first and 42 in the end, of which 31 and 39 are accepted', () => {
    const accepted = (state: State) => rows(state, 'case').filter((row) => ACCEPTED.has(row['project_id']!)).length;
    expect([rows('first', 'case').length, accepted('first')]).toEqual([35, 31]);
    expect([rows('second', 'case').length, accepted('second')]).toEqual([42, 39]);
    expect(new Set(images.map(({ header }) => header['PatientID'])).size).toBe(42);
  });

  test('has several sites, modalities, transfer syntaxes and photometric interpretations', () => {
    const distinct = (values: (string | null)[]) => new Set(values).size;
    expect(distinct(rows('first', 'case').map((row) => row['site_id']!))).toBe(4);
    expect(distinct(images.map(({ header }) => header['Modality']!))).toBe(3);
    expect(distinct(images.map(({ transferSyntax }) => transferSyntax))).toBe(4);
    expect(distinct(images.map(({ header }) => header['PhotometricInterpretation']!))).toBe(2);
    const studies = groupBy(rows('first', 'imaging_study'), (row) => row['cases.submitter_id']!);
    expect([...studies.values()].some((group) => group.length > 1)).toBe(true);
    const series = groupBy(seriesRows('second'), (row) => row['imaging_studies.submitter_id']!);
    expect([...series.values()].some((group) => group.length > 1)).toBe(true);
  });
});

describe('images', () => {
  test('no two files have the same bytes, the same pixels or the same SOPInstanceUID', () => {
    for (const key of [
      ({ bytes }: SampleImage) => md5(bytes),
      ({ frame }: SampleImage) => md5(Buffer.from(frame.values.buffer)),
      ({ header }: SampleImage) => header['SOPInstanceUID']!,
    ])
      expect(new Set(images.map(key)).size).toBe(images.length);
  });

  test('pictures of different patients are no near-duplicates', () => {
    const hashes = images.map(({ path, header, frame }) => ({ path, patient: header['PatientID'], hash: differenceHash(frame) }));
    const close = hashes.flatMap((a, index) =>
      hashes.slice(index + 1).filter((b) => a.patient !== b.patient && hashDistance(a.hash, b.hash) <= 4).map((b) => [a.path, b.path]),
    );
    expect(close).toEqual([]);
  });

  test('every header is de-identified', () => {
    const blank = ['PatientName', 'PatientBirthDate', 'AccessionNumber', 'StudyID'];
    for (const { path, bytes, header } of images) {
      expect({ path, blank: blank.map((keyword) => header[keyword]) }).toEqual({ path, blank: ['', '', '', ''] });
      expect(header['PatientID']).toMatch(/^[0-9]{6}-[0-9]{6}$/);
      expect(header).toMatchObject({ PatientIdentityRemoved: 'YES', BurnedInAnnotation: 'NO', LongitudinalTemporalInformationModified: 'MODIFIED' });
      expect(header['InstitutionName']).toBeNull();
      for (const keyword of ['SOPInstanceUID', 'SeriesInstanceUID', 'StudyInstanceUID']) expect(header[keyword]).toMatch(/^2\.25\.[1-9][0-9]{30,38}$/);
      expect(bytes.subarray(0, 128).every((byte) => byte === 0)).toBe(true);
    }
  });

  test('no two patients were imaged at the same moment', () => {
    const moments = groupBy(images, ({ header }) => `${header['StudyDate']} ${header['StudyTime']}`);
    for (const group of moments.values()) expect(new Set(group.map(({ header }) => header['PatientID'])).size).toBe(1);
  });

  test('an instance is in one series, a series in one study, a study in one patient', () => {
    for (const [child, parent] of [['SeriesInstanceUID', 'StudyInstanceUID'], ['StudyInstanceUID', 'PatientID']] as const) {
      const parents = groupBy(images, ({ header }) => header[child]!);
      for (const group of parents.values()) expect(new Set(group.map(({ header }) => header[parent])).size).toBe(1);
    }
  });
});

describe.each<State>(['first', 'second'])('tables of the %s state', (state) => {
  test('every row fits the MIDRC schemas', () => {
    const pack = loadPack(builtInPackFolder('midrc'));
    const defects = [...tables[state]].flatMap(([table, tableRows]) => {
      const schema = pack.tables.get(table)!;
      const validate = compileRowValidator(schema);
      const columns = new Map(schema.columns.map((column) => [column.name, column]));
      return tableRows.flatMap((row) => {
        const cells = Object.entries(row).map(([name, text]) => {
          const column = columns.get(name);
          return [name, column === undefined ? text : parseCell(text, column, schema.listSeparator)] as const;
        });
        return validate(Object.fromEntries(cells.filter(([, cell]) => cell !== undefined))).map((defect) => ({ table, ...defect }));
      });
    });
    expect(defects).toEqual([]);
  });

  test('keys are unique and every link resolves', () => {
    const keys = new Map([...tables[state]].map(([table, tableRows]) => [table, new Set(tableRows.map((row) => row['submitter_id']!))]));
    for (const [table, tableRows] of tables[state]) expect([table, keys.get(table)!.size]).toEqual([table, tableRows.length]);
    const links = { 'cases.submitter_id': 'case', 'datasets.submitter_id': 'dataset', 'imaging_studies.submitter_id': 'imaging_study' };
    for (const tableRows of tables[state].values()) {
      for (const row of tableRows) {
        for (const [column, target] of Object.entries(links)) if (row[column] !== undefined) expect(keys.get(target)).toContain(row[column]);
      }
    }
  });

  test('series rows repeat the headers and digests of their files', () => {
    const byPath = groupBy(imagesOf(state), ({ header }) => header['SeriesInstanceUID']!);
    expect(new Set(seriesRows(state).map((row) => row['series_uid']!))).toEqual(new Set(byPath.keys()));
    const list = (value: string | null | undefined) => value?.replaceAll('\\', ',') ?? null;
    for (const row of seriesRows(state)) {
      const files = byPath.get(row['series_uid']!)!;
      const md5s = files.map(({ bytes }) => md5(bytes)).toSorted();
      const header = files[0]!.header;
      expect(row).toMatchObject({
        submitter_id: header['SeriesInstanceUID'],
        type: `${header['Modality']!.toLowerCase()}_series_file`,
        'imaging_studies.submitter_id': header['StudyInstanceUID'],
        number_of_instances: String(files.length),
        file_size: String(files.reduce((sum, { bytes }) => sum + bytes.length, 0)),
        md5sum: md5s.length === 1 ? md5s[0] : md5(md5s.join('')),
        file_name: files.length === 1 ? files[0]!.path : files[0]!.path.slice(0, files[0]!.path.lastIndexOf('/')),
        modality: header['Modality'],
        manufacturer: header['Manufacturer'],
        manufacturer_model_name: header['ManufacturerModelName'],
        image_type: list(header['ImageType']),
        lossy_image_compression: header['LossyImageCompression'],
        series_description: header['SeriesDescription'],
      });
      const spacing = row['pixel_spacing'] ?? row['imager_pixel_spacing'];
      expect(spacing).toBe(list(header['PixelSpacing'] ?? header['ImagerPixelSpacing']));
      expect(row['view_position'] ?? null).toBe(header['ViewPosition']);
      expect(row['detector_type'] ?? null).toBe(header['DetectorType']);
      expect(row['convolution_kernel'] ?? null).toBe(header['ConvolutionKernel']);
      expect(row['slice_thickness'] ?? null).toBe(header['SliceThickness']);
      expect(row['spacing_between_slices'] ?? null).toBe(header['SpacingBetweenSlices']);
      expect(row['patient_position'] ?? null).toBe(header['PatientPosition']);
    }
  });

  test('study rows agree with headers, ages and tests', () => {
    const cases = new Map(rows(state, 'case').map((row) => [row['submitter_id'], row]));
    const byStudy = groupBy(imagesOf(state), ({ header }) => header['StudyInstanceUID']!);
    const tests = groupBy(rows(state, 'measurement'), (row) => row['cases.submitter_id']!);
    expect(rows(state, 'imaging_study').length).toBe(byStudy.size);
    for (const study of rows(state, 'imaging_study')) {
      const { header } = byStudy.get(study['study_uid']!)![0]!;
      const owner = cases.get(study['cases.submitter_id']!)!;
      expect(study['submitter_id']).toBe(study['study_uid']);
      expect(header['PatientID']).toBe(owner['submitter_id']);
      expect(header['PatientSex']).toBe({ Female: 'F', Male: 'M', 'Not Reported': '' }[owner['sex']!]);
      const age = study['age_at_imaging'] ?? null;
      expect(header['PatientAge']).toBe(age === null ? null : `${age.padStart(3, '0')}Y`);
      expect(age).toBe(owner['age_at_index'] ?? null);
      expect(study['study_year']).toBe(header['StudyDate']!.slice(0, 4));
      expect(study['study_modality']).toBe(header['Modality']);
      expect(study['study_description']).toBe(header['StudyDescription']);
      const daysTo = (result: string) =>
        (tests.get(owner['submitter_id']!) ?? [])
          .filter((row) => row['test_result_text'] === result)
          .map((row) => Number(row['test_days_from_index']) - Number(study['days_to_study']));
      const stated = (cell: string | null | undefined) => (cell ?? null) === null ? [] : cell!.split(',').map(Number);
      expect(stated(study['days_from_study_to_pos_covid_test'])).toEqual(daysTo('Positive'));
      expect(stated(study['days_from_study_to_neg_covid_test'])).toEqual(daysTo('Negative'));
    }
  });

  test('offsets of two studies differ as their dates do', () => {
    const dayOf = (date: string) => Date.parse(`${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}`) / 86_400_000;
    const dates = new Map(imagesOf(state).map(({ header }) => [header['StudyInstanceUID'], dayOf(header['StudyDate']!)]));
    for (const studies of groupBy(rows(state, 'imaging_study'), (row) => row['cases.submitter_id']!).values()) {
      const shifts = studies.map((study) => dates.get(study['study_uid']!)! - Number(study['days_to_study']));
      expect(new Set(shifts).size).toBe(1);
    }
  });

  test('flags agree with tests, stays, procedures and medication', () => {
    const having = (table: string, meets: (row: TextRow) => boolean) => new Set(rows(state, table).filter(meets).map((row) => row['cases.submitter_id']));
    const positive = having('measurement', (row) => row['test_result_text'] === 'Positive');
    const inIcu = having('visit', (row) => (row['days_to_icu_admission'] ?? null) !== null);
    const ventilated = having('procedure', () => true);
    const treated = having('medication', () => true);
    for (const row of rows(state, 'case')) {
      const id = row['submitter_id'];
      expect([id, row['covid19_positive'] === 'Yes']).toEqual([id, positive.has(id)]);
      expect([id, row['icu_indicator'], row['ventilator_indicator'], row['treatment_info']]).toEqual([id, ...[inIcu, ventilated, treated].map((set) => String(set.has(id)))]);
    }
    expect(rows(state, 'case').filter((row) => row['age_at_index_gt89'] === 'Yes').map((row) => row['age_at_index'])).toEqual([null]);
  });
});

test('the second state adds cases, corrects one, accepts one that was held, and withdraws one', () => {
  const first = new Map(rows('first', 'case').map((row) => [row['submitter_id']!, row]));
  const second = new Map(rows('second', 'case').map((row) => [row['submitter_id']!, row]));
  const changed = [...first].flatMap(([id, row]) => {
    const columns = Object.keys(row).filter((column) => row[column] !== second.get(id)?.[column]);
    return columns.length === 0 ? [] : [columns];
  });
  expect(changed.toSorted((a, b) => a.length - b.length)).toEqual([['covid19_positive'], ['project_id', 'datasets.submitter_id']]);
  const { withdrawals } = parse(readFileSync(join(ROOT, 'second/withdrawals.yaml'), 'utf8')) as WithdrawalsFile;
  expect(withdrawals.map(({ reason }) => reason)).toEqual(['consent']);
  expect(ACCEPTED).toContain(first.get(withdrawals[0]!.case_id)!['project_id']);
  expect(second.has(withdrawals[0]!.case_id)).toBe(true);
});

describe('the script', () => {
  test('gives the same bytes for the same frames', async () => {
    const digest = async () => digests(await buildSample(inventedFrames()));
    expect(await digest()).toEqual(await digest());
  });

  const sources = process.env['COLOPHON_SAMPLE_SOURCES'] ?? '';
  const ready = existsSync(join(sources, SOURCES.radiograph.path));
  const named = ready ? 'made again from its sources it is the same' : 'made again from its sources it is the same (skipped: COLOPHON_SAMPLE_SOURCES names no folder with them)';
  (ready ? test : test.skip)(named, async () => {
    const made = await buildSample(readSourceFrames(sources, process.env['COLOPHON_SAMPLE_PYTHON'] ?? 'python3'));
    const paths = ['first', 'second'].flatMap((state) =>
      readdirSync(join(ROOT, state), { recursive: true, encoding: 'utf8' }).map((path) => `${state}/${path.replaceAll('\\', '/')}`),
    );
    const bundled = paths.filter((path) => statSync(join(ROOT, path)).isFile()).map((path) => [path, readFileSync(join(ROOT, path))] as const);
    expect(digests(new Map(bundled))).toEqual(digests(made));
  });
});

function digests(files: ReadonlyMap<string, Buffer>): [string, string][] {
  const pairs = [...files].map(([path, bytes]): [string, string] => [path, createHash('sha256').update(bytes).digest('hex')]);
  return pairs.toSorted(([a], [b]) => (a < b ? -1 : 1));
}

/** Blotches in place of the four source images. */
function inventedFrames(): SourceFrames {
  const blotches = (name: string): Frame => {
    const draw = new SeededDraw(name);
    const corners = Array.from({ length: 17 * 17 }, () => draw.between(0, 2000));
    const values = Float64Array.from({ length: 256 * 256 }, (_, index) => corners[Math.floor(index / 4096) * 17 + Math.floor((index % 256) / 16)]! + (index % 7));
    return { rows: 256, columns: 256, values };
  };
  return { radiograph: blotches('radiograph'), scout: blotches('scout'), midChest: blotches('midChest'), inlet: blotches('inlet') };
}
