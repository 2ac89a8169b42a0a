import { mkdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Catalog, quoteIdentifier } from '../../src/catalog/catalog.js';
import type { CatalogOptions } from '../../src/catalog/instance.js';
import { sha256Hex, md5Hex } from '../../src/fixity/digest.js';
import type { Withdrawal } from '../../src/model/workspace-files.js';
import type { HiddenRelease } from '../../src/release/candidate/hidden-release.js';
import type { CutOptions } from '../../src/release/cut.js';
import { verifyRelease } from '../../src/verify/verify.js';

/** An image to be: its bytes are its text. */
export interface StoreImage {
  case_id: string | null;
  study: string | null;
  series: string | null;
  instance: string | null;
  text: string;
  status?: 'ok' | 'partial';
  modality?: string;
}

/** A clinical row: its cells, and the cases that it leads to. */
export interface StoreRow {
  cells: Record<string, string | number | boolean | null>;
  cases: string[];
}

/** All that a small catalog holds. */
export interface Store {
  cases: Record<string, 'accepted' | 'rejected' | 'withdrawn'>;
  images: StoreImage[];
  /** Column types (DuckDB), key and rows of each clinical table. */
  tables: Record<string, { columns: Record<string, string>; key: string | null; rows: StoreRow[] }>;
  /** Split, case, part. */
  assignments: [split: string, case_id: string, part: string][];
}

/** Three cases in two parts, one of them without images; a dataset table that belongs to nobody. */
export function smallStore(): Store {
  return {
    cases: { 'case-a': 'accepted', 'case-b': 'accepted', 'case-c': 'accepted', 'case-x': 'rejected' },
    images: [
      image('case-a', '1.2.1', '1.2.1.1', '1.2.1.1.1', 'first image of a'),
      image('case-a', '1.2.1', '1.2.1.1', '1.2.1.1.2', 'second image of a'),
      image('case-b', '1.2.2', '1.2.2.1', '1.2.2.1.1', 'image of b'),
      image('case-b', '1.2.2', '1.2.2.2', '1.2.2.2.1', 'another series of b'),
      image('case-x', '1.2.9', '1.2.9.1', '1.2.9.1.1', 'image of a rejected case'),
    ],
    tables: {
      case: {
        columns: { submitter_id: 'VARCHAR', sex: 'VARCHAR', age_at_index: 'BIGINT', score: 'DOUBLE', covid19_positive: 'VARCHAR' },
        key: 'submitter_id',
        rows: [
          row(['case-a'], { submitter_id: 'case-a', sex: 'Female', age_at_index: 41, score: 0.1, covid19_positive: 'Yes' }),
          row(['case-b'], { submitter_id: 'case-b', sex: 'Male', age_at_index: 70, score: 1e21, covid19_positive: 'No' }),
          row(['case-c'], { submitter_id: 'case-c', sex: null, age_at_index: null, score: null, covid19_positive: 'No' }),
          row(['case-x'], { submitter_id: 'case-x', sex: 'Male', age_at_index: 1, score: 2, covid19_positive: 'No' }),
        ],
      },
      annotation: {
        columns: { submitter_id: 'VARCHAR', note: 'VARCHAR' },
        key: 'submitter_id',
        rows: [
          row(['case-a', 'case-b'], { submitter_id: 'n1', note: 'of two cases' }),
          row(['case-a', 'case-x'], { submitter_id: 'n2', note: 'also of a rejected case' }),
          row([], { submitter_id: 'n3', note: 'of nobody' }),
        ],
      },
      dataset: { columns: { submitter_id: 'VARCHAR' }, key: 'submitter_id', rows: [row([], { submitter_id: 'Open-A1' })] },
    },
    assignments: [
      ['fold', 'case-a', 'train'],
      ['fold', 'case-b', 'test'],
      ['fold', 'case-c', 'train'],
      ['fold', 'case-x', 'test'],
      ['other', 'case-a', 'open'],
    ],
  };
}

export function image(case_id: string | null, study: string | null, series: string | null, instance: string | null, text: string): StoreImage {
  return { case_id, study, series, instance, text };
}

export function row(cases: string[], cells: StoreRow['cells']): StoreRow {
  return { cases, cells };
}

/** How a store is put into a catalog. */
export interface FillOptions {
  /** Order of insertion and names of the source files; default: as written. */
  reversed?: boolean;
}

const MODIFIED = new Date('2026-01-02T03:04:05.678Z');

/** Fills the catalog as pull does, and writes the image files below `<root>/incoming`. */
export async function fillCatalog(catalog: Catalog, store: Store, root: string, { reversed = false }: FillOptions = {}): Promise<void> {
  const order = <T>(items: readonly T[]): T[] => (reversed ? items.toReversed() : [...items]);
  for (const table of ['instance', 'case_', 'row_case', 'clinical_table', 'assignment']) await catalog.run(`DELETE FROM ${table}`);
  for (const [index, { case_id, study, series, instance, text, status = 'ok', modality = 'CT' }] of order(store.images).entries()) {
    const name = `${reversed ? 'z' : 'a'}/${index}.dcm`;
    const path = join(root, 'incoming', name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    utimesSync(path, MODIFIED, MODIFIED);
    const { size, mtimeNs } = statSync(path, { bigint: true });
    await catalog.run(
      `INSERT INTO instance (source, path, size_bytes, mtime_ns, sha256, md5, status, case_id, StudyInstanceUID, SeriesInstanceUID, SOPInstanceUID, Modality, PatientName, Rows)
       VALUES ('images', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'Doe^Jane', '512')`,
      [name, size, mtimeNs, sha256Hex(text), md5Hex(text), status, case_id, study, series, instance, modality],
    );
  }
  for (const [case_id, status] of order(Object.entries(store.cases))) await catalog.run('INSERT INTO case_ VALUES (?, ?, ?)', [case_id, status, '']);
  for (const [name, table] of order(Object.entries(store.tables))) await fillTable(catalog, name, table, order);
  for (const [index, [split, case_id, part]] of order(store.assignments).entries())
    await catalog.run('INSERT INTO assignment VALUES (?, ?, ?, ?, ?, true, NULL)', [split, index + 1, case_id, case_id, part]);
}

async function fillTable(catalog: Catalog, name: string, { columns, key, rows }: Store['tables'][string], order: <T>(items: readonly T[]) => T[]): Promise<void> {
  const typed = quoteIdentifier(`clinical_${name}`);
  const declared = Object.entries(columns).map(([column, type]) => `${quoteIdentifier(column)} ${type}`);
  await catalog.run(`CREATE OR REPLACE TABLE ${typed} (${['source VARCHAR', 'source_row BIGINT', ...declared].join(', ')})`);
  await catalog.run('INSERT INTO clinical_table VALUES (?, ?, ?)', [name, Object.keys(columns), key]);
  for (const [index, { cells, cases }] of order(rows).entries()) {
    const values = Object.keys(columns).map((column) => cells[column] ?? null);
    await catalog.run(`INSERT INTO ${typed} VALUES ('tables', ?, ${values.map(() => '?').join(', ')})`, [index + 1, ...values]);
    for (const case_id of cases) await catalog.run('INSERT INTO row_case VALUES (?, ?, ?, ?)', [name, 'tables', index + 1, case_id]);
  }
}

/** A release that keeps nothing back. */
export const NOTHING_HIDDEN: HiddenRelease = { parts: [], columns: [], commitments: [], seeds: [], obstacles: [], notes: [] };

/** What a cut of a store below `root` needs; the gate passes. */
export function cutOptions(root: string, changes: Partial<CutOptions> = {}): CutOptions {
  const withdrawals: Withdrawal[] = [];
  return {
    dataset: { id: 'demo', title: 'A demo', license: 'CC-BY-4.0', creators: [{ name: 'Nobody' }] },
    release: {},
    pack: null,
    wholeTables: new Set(['dataset']),
    splits: ['fold', 'other'].map((name) => ({ name, algorithm: 'test/1', seed: '1' })),
    hidden: NOTHING_HIDDEN,
    withdrawals,
    gate: { profile: 'public', digest: '0'.repeat(64), verdict: 'pass', errors: 0, warnings: 0, waived: 0 },
    date: '2026-02-03',
    paths: storePaths(root),
    tool: { name: 'colophon', version: '0.0.0' },
    roots: new Map([['images', join(root, 'incoming')]]),
    verify: (folder) => verifyRelease(folder, { jobs: 1 }),
    ...changes,
  };
}

/** The paths of a workspace at `root`. */
export function storePaths(root: string): CutOptions['paths'] {
  return { releases: join(root, 'releases'), releaseLog: join(root, 'releases', 'log'), staging: join(root, '.colophon', 'staging') };
}

/** A catalog that may read the releases below `root`. */
export function openStoreCatalog(root: string, options: CatalogOptions = {}): Promise<Catalog> {
  return Catalog.open(':memory:', { folders: [join(root, 'releases'), join(root, '.colophon')], ...options });
}

/** The small store a month later: one case withdrawn, one added, a label corrected. */
export function goldenSecond(): { store: Store; options: Partial<CutOptions> } {
  const store = smallStore();
  store.cases['case-b'] = 'withdrawn';
  store.cases['case-d'] = 'accepted';
  store.images.push(image('case-d', '1.2.4', '1.2.4.1', '1.2.4.1.1', 'image of d'));
  store.tables.case!.rows.push(row(['case-d'], { submitter_id: 'case-d', sex: 'Female', age_at_index: 33, score: -0.5, covid19_positive: 'No' }));
  store.tables.case!.rows[0]!.cells.covid19_positive = 'No';
  store.assignments.push(['fold', 'case-d', 'train']);
  return { store, options: { date: '2026-03-04', withdrawals: [{ case_id: 'case-b', reason: 'consent', date: '2026-02-20' }] } };
}
