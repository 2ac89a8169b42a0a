import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Catalog } from '../../src/catalog/catalog.js';
import { defaultEffects } from '../../src/effects.js';
import type { ColumnSchema, SchemaPack, TableSchema } from '../../src/model/clinical.js';
import type { Change } from '../../src/model/release-diff.js';
import { cutRelease, type CutOptions } from '../../src/release/cut.js';
import { planRelease } from '../../src/release/plan.js';
import { trustStaged } from '../support/release-pair.js';
import { cutOptions, fillCatalog, image, openStoreCatalog, row, smallStore, type Store } from '../support/release-store.js';

let root: string;
let catalog: Catalog;
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'colophon-test-'));
  catalog = await openStoreCatalog(root);
  await fillCatalog(catalog, smallStore(), root);
  await cutRelease(catalog, cutOptions(root, { verify: trustStaged }), defaultEffects);
});
afterAll(() => {
  catalog.close();
  rmSync(root, { recursive: true, force: true });
});

/** What a plan finds after a change of the store or of the options: the version and the changes without empty members. */
async function plan(change: (store: Store) => void, options: Partial<CutOptions> = {}): Promise<{ version: string | null; changes: Partial<Change>[] }> {
  const store = smallStore();
  change(store);
  await fillCatalog(catalog, store, root);
  const planned = await planRelease(catalog, cutOptions(root, options));
  const changes = planned.changes.map((each) => Object.fromEntries(Object.entries(each).filter(([, value]) => value !== null)));
  expect(planned.diff?.total).toBe(changes.length);
  return { version: planned.plan.version, changes };
}

test('nothing changed', async () => {
  expect(await plan(() => {})).toEqual({ version: null, changes: [] });
});

describe('images', () => {
  const cells: [string, (store: Store) => void, string, object[]][] = [
    ['other bytes', (store) => (store.images[2]!.text = 'IMAGE of b'), '2.0.0', [{ rule: 'instance-changed', case_id: 'case-b', key: '1.2.2.1.1' }]],
    ['one more in a series', (store) => store.images.push(image('case-b', '1.2.2', '1.2.2.1', '1.2.2.1.5', 'x')), '1.1.0', [{ rule: 'instance-added', case_id: 'case-b', key: '1.2.2.1.5' }]],
    ['one less', (store) => store.images.splice(1, 1), '2.0.0', [{ rule: 'instance-removed', case_id: 'case-a', key: '1.2.1.1.2' }]],
    ['one more series', (store) => store.images.push(image('case-b', '1.2.2', '1.2.2.7', '1.2.2.7.1', 'x')), '1.1.0', [{ rule: 'series-added', case_id: 'case-b', key: '1.2.2.7' }]],
    ['one series less', (store) => store.images.splice(3, 1), '2.0.0', [{ rule: 'series-removed', case_id: 'case-b', key: '1.2.2.2' }]],
    ['one more study', (store) => store.images.push(image('case-c', '1.2.3', '1.2.3.1', '1.2.3.1.1', 'x')), '1.1.0', [{ rule: 'study-added', case_id: 'case-c', key: '1.2.3' }]],
    ['one study less', (store) => store.images.splice(0, 2), '2.0.0', [{ rule: 'study-removed', case_id: 'case-a', key: '1.2.1' }]],
    ['an image of another case', (store) => (store.images[3]!.case_id = 'case-c'), '2.0.0', [
      { rule: 'series-moved', case_id: 'case-c', key: '1.2.2.2', before: 'case-b/1.2.2', after: 'case-c/1.2.2' },
      { rule: 'study-added', case_id: 'case-c', key: '1.2.2' },
    ]],
  ]; // prettier-ignore
  test.each(cells)('%s', async (_what, change, version, changes) => {
    expect(await plan(change)).toMatchObject({ version, changes });
  });
});

describe('cases', () => {
  const withdrawn = (store: Store): void => void (store.cases['case-c'] = 'withdrawn');
  test('one more stands for all in it', async () => {
    const found = await plan((store) => {
      store.cases['case-d'] = 'accepted';
      store.images.push(image('case-d', '1.2.4', '1.2.4.1', '1.2.4.1.1', 'x'));
      store.tables.case!.rows.push(row(['case-d'], { submitter_id: 'case-d' }));
      store.assignments.push(['fold', 'case-d', 'train']);
    });
    expect(found).toEqual({ version: '1.1.0', changes: [{ rule: 'case-added', case_id: 'case-d' }] });
  });

  test('one that is no longer accepted', async () => {
    expect(await plan((store) => (store.cases['case-c'] = 'rejected'))).toEqual({ version: '2.0.0', changes: [{ rule: 'case-removed', case_id: 'case-c' }] });
  });

  test('a withdrawn one tells the class of the reason and nothing that was in it', async () => {
    const found = await plan(withdrawn, { withdrawals: [{ case_id: 'case-c', reason: 'phi', date: '2026-02-09' }] });
    expect(found).toEqual({ version: '2.0.0', changes: [{ rule: 'case-withdrawn', case_id: expect.stringMatching(/^sha256:[0-9a-f]{64}$/), after: 'phi' }] });
    // the id may be what names somebody; for all other reasons it is told
    expect(await plan(withdrawn, { withdrawals: [{ case_id: 'case-c', reason: 'legal', date: '2026-02-09' }] })).toEqual({ version: '2.0.0', changes: [{ rule: 'case-withdrawn', case_id: 'case-c', after: 'legal' }] });
  });

  test('a duplicate is merged into the case that takes its place', async () => {
    const found = await plan(withdrawn, { withdrawals: [{ case_id: 'case-c', reason: 'duplicate', date: '2026-02-09', replacement: 'case-a' }] });
    expect(found).toEqual({ version: '2.0.0', changes: [{ rule: 'case-merged', case_id: 'case-c', after: 'case-a' }] });
  });

  test('a replacement that is not released is not named', async () => {
    const found = await plan(withdrawn, { withdrawals: [{ case_id: 'case-c', reason: 'duplicate', date: '2026-02-09', replacement: 'case-x' }] });
    expect(found).toEqual({ version: '2.0.0', changes: [{ rule: 'case-withdrawn', case_id: 'case-c', after: 'duplicate' }] });
  });
});

describe('tables', () => {
  const at = { case_id: 'case-a', table_name: 'case', key: 'case-a' };
  const changes: [string, (store: Store) => void, string, object[]][] = [
    ['a label', (store) => (store.tables.case!.rows[0]!.cells.covid19_positive = 'No'), '2.0.0', [{ rule: 'cell-changed', ...at, column_name: 'covid19_positive', after: 'No' }]],
    ['a number, in its last digit', (store) => (store.tables.case!.rows[0]!.cells.score = 0.1 + Number.EPSILON / 4), '2.0.0', [{ rule: 'cell-changed', ...at, column_name: 'score', before: '0.1' }]],
    ['an emptied cell', (store) => (store.tables.case!.rows[0]!.cells.sex = null), '2.0.0', [{ rule: 'cell-changed', ...at, column_name: 'sex' }]],
    ['a filled cell', (store) => (store.tables.case!.rows[2]!.cells.age_at_index = 5), '2.0.0', [{ rule: 'cell-changed', case_id: 'case-c', key: 'case-c', column_name: 'age_at_index', after: '5' }]],
    ['a column with values', (store) => {
      store.tables.case!.columns.zip = 'VARCHAR';
      store.tables.case!.rows[0]!.cells.zip = '606';
    }, '1.1.0', [{ rule: 'column-added', table_name: 'case', column_name: 'zip', after: 'VARCHAR' }]],
    ['a column less', (store) => delete store.tables.case!.columns.sex, '2.0.0', [{ rule: 'column-removed', table_name: 'case', column_name: 'sex', before: 'VARCHAR' }]],
    ['another type', (store) => (store.tables.case!.columns.age_at_index = 'DOUBLE'), '2.0.0', [{ rule: 'column-retyped', table_name: 'case', column_name: 'age_at_index', before: 'BIGINT', after: 'DOUBLE' }]],
    ['a row of nobody', (store) => store.tables.dataset!.rows.push(row([], { submitter_id: 'Open-R1' })), '1.1.0', [{ rule: 'row-added', table_name: 'dataset', key: 'Open-R1' }]],
    ['a row less', (store) => store.tables.dataset!.rows.splice(0, 1), '2.0.0', [{ rule: 'row-removed', table_name: 'dataset', key: 'Open-A1' }]],
    ['a row of a known case', (store) => store.tables.annotation!.rows.push(row(['case-a'], { submitter_id: 'n9', note: 'new' })), '1.1.0', [{ rule: 'row-added', case_id: 'case-a', table_name: 'annotation', key: 'n9' }]],
    ['a row of two cases', (store) => (store.tables.annotation!.rows[0]!.cells.note = 'Of two cases'), '2.0.0', [{ rule: 'cell-changed', table_name: 'annotation', key: 'n1', column_name: 'note' }]],
    ['a row that leads to another case', (store) => (store.tables.annotation!.rows[0]!.cases = ['case-a']), '2.0.0', [{ rule: 'cell-changed', table_name: 'annotation', key: 'n1', column_name: 'case_id', after: 'case-a' }, { rule: 'content-changed', case_id: 'case-b' }]],
    ['a key that is there twice', (store) => store.tables.dataset!.rows.push(row([], { submitter_id: 'Open-A1' })), '1.1.0', [{ rule: 'row-added', table_name: 'dataset', key: 'Open-A1' }]],
    ['a table', (store) => (store.tables.visit = { columns: { id: 'VARCHAR' }, key: 'id', rows: [row(['case-a'], { id: 'v' })] }), '1.1.0', [{ rule: 'table-added', table_name: 'visit' }]],
    ['a table less', (store) => delete store.tables.dataset, '2.0.0', [{ rule: 'table-removed', table_name: 'dataset' }]],
    ['another key', (store) => (store.tables.annotation!.key = 'note'), '2.0.0', [{ rule: 'table-rekeyed', table_name: 'annotation', before: 'submitter_id', after: 'note' }]],
    ['two rows that swap their cases, unseen in every cell', (store) => {
      store.tables.annotation!.rows[0]!.cases = ['case-a', 'case-c'];
    }, '2.0.0', [{ rule: 'content-changed', case_id: 'case-b' }, { rule: 'content-changed', case_id: 'case-c' }]],
  ]; // prettier-ignore
  test.each(changes)('%s', async (_what, change, version, expected) => {
    const found = await plan(change);
    expect(found.version).toBe(version);
    expect(found.changes).toMatchObject(expected);
  });

  test('a table without key: a row is its cells', async () => {
    const keyless = (store: Store): void => void (store.tables.dataset!.key = null);
    const before = await plan(keyless);
    expect(before.changes).toEqual([{ rule: 'table-rekeyed', table_name: 'dataset', before: 'submitter_id' }]);
    const changed = await plan((store) => {
      keyless(store);
      store.tables.dataset!.rows = [row([], { submitter_id: 'Open-A2' })];
    });
    expect(changed.changes.map(({ rule }) => rule)).toEqual(['table-rekeyed', 'row-removed', 'row-added']);
  });
});

describe('what a cell held before', () => {
  const relabel = (store: Store): void => {
    const { cells } = store.tables.case!.rows[0]!;
    cells.covid19_positive = 'No';
    cells.sex = 'somebody@example.org';
    cells.age_at_index = null;
    cells.score = 3;
  };
  const column = (name: string, values?: string[]): ColumnSchema => ({ name, type: 'string', sqlType: 'VARCHAR', required: false, ...(values === undefined ? {} : { enum: values }) });

  test('is published where it is coded or a number, not where it is text or was emptied', async () => {
    const table: TableSchema = { table: 'case', key: 'submitter_id', unique: [], columns: [column('sex'), column('covid19_positive', ['Yes', 'No'])], links: [], listSeparator: ',', json: {} };
    const pack: SchemaPack = { name: 'p', version: '1', dictionary: null, digest: '2'.repeat(64), tables: new Map([['case', table]]) };
    const found = await plan(relabel, { pack });
    expect(found.changes.filter(({ rule }) => rule === 'cell-changed').map(({ column_name, before, after }) => [column_name, before, after])).toEqual([
      ['age_at_index', undefined, undefined],
      ['covid19_positive', 'Yes', 'No'],
      ['score', '0.1', '3.0'],
      ['sex', undefined, 'somebody@example.org'],
    ]);
  });
});

describe('splits', () => {
  const at = { case_id: 'case-a', key: 'fold' };
  const changes: [string, (store: Store) => void, string, object[]][] = [
    ['a moved case', (store) => (store.assignments[0]![2] = 'test'), '2.0.0', [{ rule: 'assignment-moved', ...at, before: 'train', after: 'test' }]],
    ['a case less', (store) => store.assignments.splice(0, 1), '2.0.0', [{ rule: 'assignment-removed', ...at, before: 'train' }]],
    ['a case more', (store) => store.assignments.push(['other', 'case-b', 'open']), '1.1.0', [{ rule: 'assignment-added', case_id: 'case-b', key: 'other', after: 'open' }]],
    ['a split less', (store) => store.assignments.splice(4, 1), '2.0.0', [{ rule: 'split-removed', key: 'other' }]],
  ];
  test.each(changes)('%s', async (_what, change, version, expected) => {
    expect(await plan(change)).toEqual({ version, changes: expected });
  });
});

describe('what is said of the data', () => {
  const dataset = { id: 'demo', title: 'A demo', license: 'CC-BY-4.0', creators: [{ name: 'Nobody' }] };
  const gate = { profile: 'public', digest: '0'.repeat(64), verdict: 'pass' as const, errors: 0, warnings: 0, waived: 0 };
  const changes: [string, Partial<CutOptions>, string | null, string[]][] = [
    ['a stricter licence', { dataset: { ...dataset, license: 'CC-BY-NC-4.0' } }, '2.0.0', ['license-stricter']],
    ['a looser licence', { dataset: { ...dataset, license: 'CC0-1.0' } }, '1.1.0', ['license-looser']],
    ['another title', { dataset: { ...dataset, title: 'B' } }, '1.0.1', ['metadata-changed']],
    ['another policy', { gate: { ...gate, digest: '1'.repeat(64) } }, '1.0.1', ['policy-changed']],
    ['other numbers of warnings', { gate: { ...gate, warnings: 7 } }, null, []],
    ['another schema', { pack: { name: 'p', version: '1', dictionary: null, digest: '2'.repeat(64), tables: new Map() } }, '1.0.1', ['schema-changed']],
    ['another seed', { splits: [{ name: 'fold', algorithm: 'test/1', seed: '2' }, { name: 'other', algorithm: 'test/1', seed: '1' }] }, '1.0.1', ['metadata-changed']],
    ['md5 besides', { release: { md5: true } }, '1.0.1', ['metadata-changed']],
    ['another version of the tool', { tool: { name: 'colophon', version: '0.0.1' } }, '1.0.1', ['metadata-changed']],
  ];
  test.each(changes)('%s', async (_what, options, version, rules) => {
    const found = await plan(() => {}, options);
    expect({ ...found, changes: found.changes.map(({ rule }) => rule) }).toEqual({ version, changes: rules });
  });
});
