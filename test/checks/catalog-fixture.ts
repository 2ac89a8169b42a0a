import type { Catalog} from '../../src/catalog/catalog.js';
import { quoteIdentifier } from '../../src/catalog/catalog.js';
import { refreshRowCases } from '../../src/catalog/row-cases.js';
import { builtInPackFolder, loadPack } from '../../src/clinical/pack.js';
import type { CheckOptions } from '../../src/checks/run.js';
import { sha256Hex } from '../../src/fixity/digest.js';
import type { SchemaPack } from '../../src/model/clinical.js';
import type { Config } from '../../src/model/config.js';
import { FILE_RULES } from '../../src/model/file-rules.js';

let midrc: SchemaPack | undefined;

/** The built-in pack, read once. */
export function midrcPack(): SchemaPack {
  return (midrc ??= loadPack(builtInPackFolder('midrc')));
}

/** A table as text: a header and rows of cells, '' for an empty cell. */
export type Table = string[][];

export interface ImageRow {
  path: string;
  status?: string;
  error_code?: string;
  sha256?: string;
  case_id?: string | null;
  PatientID?: string | null;
  SOPInstanceUID?: string;
  SeriesInstanceUID?: string;
  StudyInstanceUID?: string;
  Modality?: string;
  PatientSex?: string;
  StudyDescription?: string;
  LossyImageCompression?: string;
}

/** What a small catalog holds. */
export interface Fixture {
  tables: Record<string, Table>;
  images: ImageRow[];
  /** Cases and their status; by default every row of `case` is accepted. */
  cases?: Record<string, string>;
  defects?: { code: string; table: string; line?: number; column?: string; message: string }[];
  refused?: string[];
}

/** Complete enough for the rules of governance; for consent any column will do that has one value in every row. */
export const CONFIG: Config = {
  dataset: { id: 'demo', title: 'Demo', license: 'CC-BY-4.0', description: 'Two invented patients.', creators: [{ name: 'Nobody' }], url: 'https://example.org/demo' },
  sources: [
    { name: 'tables', kind: 'tables', path: 'tables' },
    { name: 'images', kind: 'dicom-folder', path: 'dicom' },
  ],
  // Rules that ask for many cases, and for what is in the files themselves, are proven in tests of their own.
  gate: { profile: 'internal', consent: { column: 'type', permits: ['case'] } },
};

export const OPTIONS: CheckOptions = { pack: null, config: CONFIG, waivers: [], today: '2026-03-01' };

/** Two cases with a study, a series, two images and a test each: nothing to find. */
export function cleanFixture(): Fixture {
  return {
    tables: {
      dataset: [
        ['type', 'submitter_id', 'data_description', 'projects.code'],
        ['dataset', 'Open-A1', 'Chest radiographs', 'demo'],
      ],
      case: [
        ['type', 'submitter_id', 'datasets.submitter_id', 'sex', 'age_at_index', 'age_at_index_gt89', 'covid19_positive', 'zip', 'icu_indicator', 'site_id'],
        ['case', 'C1', 'Open-A1', 'Female', '34', 'No', 'Yes', '036', 'false', 'S1'],
        ['case', 'C2', 'Open-A1', 'Male', '', 'Yes', 'No', '606', 'true', 'S2'],
      ],
      imaging_study: [
        ['type', 'submitter_id', 'cases.submitter_id', 'datasets.submitter_id', 'study_uid', 'days_to_study', 'study_year', 'loinc_code', 'study_description', 'study_modality', 'loinc_long_common_name'],
        ['imaging_study', '1.2.1', 'C1', 'Open-A1', '1.2.1', '3', '2021', '36643-5', 'XR CHEST 2 VIEWS', 'CR', 'XR Chest 2 Views'],
        ['imaging_study', '1.2.2', 'C2', 'Open-A1', '1.2.2', '5', '2021', '', '', 'CR', ''],
      ],
      cr_series_file: [
        ['type', 'submitter_id', 'imaging_studies.submitter_id', 'series_uid', 'file_name', 'file_size', 'md5sum', 'data_format', 'data_type', 'data_category', 'lossy_image_compression'],
        ['cr_series_file', '1.2.1.1', '1.2.1', '1.2.1.1', 'a.zip', '1000', 'd41d8cd98f00b204e9800998ecf8427e', 'DCM', 'DICOM', 'CR', '00'],
        ['cr_series_file', '1.2.2.1', '1.2.2', '1.2.2.1', 'b.zip', '1000', 'd41d8cd98f00b204e9800998ecf8427f', 'DCM', 'DICOM', 'CR', '01'],
      ],
      condition: [
        ['type', 'submitter_id', 'cases.submitter_id', 'condition_code', 'condition_code_system', 'condition_name', 'days_to_condition_start', 'days_to_condition_end'],
        ['condition', 'K1', 'C1', 'U07.1', 'ICD-10-CM', 'COVID-19', '0', '14'],
        ['condition', 'K2', 'C2', '840539006', 'SCT', 'COVID-19', '2', '9'],
      ],
      measurement: [
        ['type', 'submitter_id', 'cases.submitter_id', 'test_days_from_index', 'test_method', 'test_name', 'test_result_text'],
        ['measurement', 'M1', 'C1', '0', 'RT-PCR', 'COVID-19', 'Positive'],
        ['measurement', 'M2', 'C2', '0', 'RT-PCR', 'COVID-19', 'Negative'],
      ],
    },
    images: ['C1', 'C2'].flatMap((patient, index) =>
      [1, 2].map((number): ImageRow => ({
        path: `${patient}/${number}.dcm`,
        sha256: `${patient}${number}`.padEnd(64, '0').toLowerCase(),
        case_id: patient,
        PatientID: patient,
        SOPInstanceUID: `1.2.${index + 1}.1.${number}`,
        SeriesInstanceUID: `1.2.${index + 1}.1`,
        StudyInstanceUID: `1.2.${index + 1}`,
        Modality: 'CR',
        PatientSex: index === 0 ? 'F' : 'M',
        LossyImageCompression: index === 0 ? '00' : '01',
        ...(index === 0 ? { StudyDescription: 'XR CHEST 2 VIEWS' } : {}),
      })),
    ),
  };
}

/** Loads a fixture as pull would leave it. */
export async function loadFixture(catalog: Catalog, { tables, images, cases, defects = [], refused = [] }: Fixture, pack: SchemaPack | null = midrcPack()): Promise<void> {
  for (const [name, [header = [], ...rows]] of Object.entries(tables)) {
    await createRaw(catalog, name, header, rows.map((row, index) => ['tables', index + 2, ...row.map((cell) => (cell === '' ? null : cell))]));
    await catalog.run('INSERT INTO clinical_table VALUES (?, ?, ?)', [name, header, pack?.tables.get(name)?.key ?? CONFIG.tables?.[name]?.key ?? 'submitter_id']);
  }
  for (const name of [...Object.keys(tables), ...refused])
    await insert(catalog, 'table_file', {
      source: 'tables', path: `${name}.tsv`, table_name: name, size_bytes: 1, mtime_ns: 0, sha256: name, row_count: (tables[name]?.length ?? 1) - 1,
      status: refused.includes(name) ? 'refused' : 'loaded', columns: tables[name]?.[0] ?? [], schema_digest: '',
    });
  for (const { code, table, line, column, message } of defects)
    await catalog.run('INSERT INTO source_defect (source, path, table_name, code, line, column_name, message) VALUES (?, ?, ?, ?, ?, ?, ?)', [
      'tables', `${table}.tsv`, table, code, line ?? null, column ?? null, message,
    ]);
  for (const image of images) await insert(catalog, 'instance', { source: 'images', status: 'ok', size_bytes: 1, mtime_ns: 0, ...image });
  // As an inspection without findings would leave it.
  for (const { source, path, sha256, status } of await catalog.all<{ source: string; path: string; sha256: string | null; status: string }>('SELECT source, path, sha256, status FROM instance'))
    if (status !== 'unreadable' && sha256 !== null)
{
      await insert(catalog, 'header_facts', { source, path, referenced_instances: [], rare_candidates: [], pixel_risk: false });
      await insert(catalog, 'pixel_facts', { source, path, pixel_probe: `probe of ${path}`, perceptual_hash: sha256Hex(path).slice(0, 16), perceptual_detail: sha256Hex(path) });
      await insert(catalog, 'inspected', { stage: 'header', source, path, sha256, inspector: 'test', outcome: 'judged', applied: FILE_RULES.header.join(' ') });
    }
  const known = cases ?? Object.fromEntries((tables['case'] ?? []).slice(1).map((row) => [row[tables['case']?.[0]?.indexOf('submitter_id') ?? 0] ?? '', 'accepted']));
  for (const [id, status] of Object.entries(known)) if (id !== '') await catalog.run('INSERT INTO case_ VALUES (?, ?, ?)', [id, status, '']);
  const lineage = [...midrcPack().tables.values()].map(({ table, key, links }) => {
    const usable = links.filter(({ column, targetKey }) => targetKey === 'submitter_id' && tables[table]?.[0]?.includes(column) === true);
    return { table, key, links: usable.map(({ column, target }) => ({ column, target })) };
  });
  await refreshRowCases(catalog, 'case', lineage);
}

export async function createRaw(catalog: Catalog, name: string, header: string[], rows: (string | number | null)[][]): Promise<void> {
  const columns = ['source VARCHAR', 'source_row BIGINT', ...header.map((column) => `${quoteIdentifier(column)} VARCHAR`)];
  await catalog.run(`CREATE OR REPLACE TABLE ${quoteIdentifier(`raw_${name}`)} (${columns.join(', ')})`);
  const appender = await catalog.appender(`raw_${name}`);
  for (const row of rows) appender.appendRow(row);
  appender.close();
}

async function insert(catalog: Catalog, table: string, row: Record<string, string | number | boolean | null | string[]>): Promise<void> {
  const columns = Object.keys(row);
  const values = columns.map((column) => row[column] ?? null);
  await catalog.run(`INSERT INTO ${table} (${columns.map(quoteIdentifier).join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`, values);
}
